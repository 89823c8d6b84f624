"""One script for each rule of `workflow/rules/jacobian.smk`."""
