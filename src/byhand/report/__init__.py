"""Every claim of the assignment against the tables of this run, and the page that shows the result.

In reading order: `claims` (what is claimed, and by which table it is judged), `judgement` (the verdicts), `chapters`
(the page's content), `history` (which steps were run); then `steps` and `figures`.
"""
