"""The two data sets: where they come from, and the arrays that the other rooms read.

In reading order: `sources` (the data sets), `layout` (where the libraries cache them), `cache` (whether a cache is
intact), `arrays` (reads `results/data/*.npz`); then `steps`.
"""
