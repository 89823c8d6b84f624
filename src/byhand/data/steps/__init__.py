"""One script for each rule of `workflow/rules/data.smk`."""
