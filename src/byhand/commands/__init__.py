"""Commands to run from a terminal, each as `python -m byhand.commands.NAME`; see the Makefile."""
