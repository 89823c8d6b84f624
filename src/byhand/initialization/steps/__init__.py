"""One script for each rule of `workflow/rules/initialization.smk`."""
