"""One script for each rule of `workflow/rules/relu.smk`."""
