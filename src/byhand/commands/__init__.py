"""Commands for people, each run as `python -m byhand.commands.NAME`: status, verify, reproduce, summary, gallery."""
