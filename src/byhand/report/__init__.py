"""Every claim of the assignment against the tables of this run, its derivations line by line, and the page of both.

In reading order: `assignment` (the document that is checked), `claims` (what is claimed, and by which table it is
judged), `judgement` (the verdicts), `derivations` (the lines as data), `formulas` and `operations` (what a formula
means), `typeset` (its LaTeX), `checks` (whether it is true), `captions` (of the figures), `history` (which steps were
run); then `steps` and `figures`.
"""
