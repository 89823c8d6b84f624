"""Commands for people, each run as `python -m byhand.commands.NAME`: see the Makefile."""
