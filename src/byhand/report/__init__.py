"""The report: every published claim held against the tables of this run."""
