"""One script for each rule of `workflow/rules/report.smk`."""
