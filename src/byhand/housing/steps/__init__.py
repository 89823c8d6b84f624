"""One script for each rule of `workflow/rules/housing.smk`."""
