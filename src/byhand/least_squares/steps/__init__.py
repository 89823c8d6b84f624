"""One script for each rule of `workflow/rules/least_squares.smk`."""
