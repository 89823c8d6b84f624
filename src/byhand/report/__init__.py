"""Every claim of the assignment against the tables of this run, and the page that shows the result.

In reading order: `assignment` (the document that is checked), `claims` (what is claimed, and by which table it is
judged), `judgement` (the verdicts), `captions` (of the figures), `history` (which steps were run); then `steps` and
`figures`.
"""
