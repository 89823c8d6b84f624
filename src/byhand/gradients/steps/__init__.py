"""One script for each rule of `workflow/rules/gradients.smk`."""
