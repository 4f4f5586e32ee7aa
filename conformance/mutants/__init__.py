"""Measures the suite: loaders with one thing wrong inside, each of which some case must notice.

`python -m mutants` runs the faults written by hand (`*.toml` here), `python -m mutants.source`
faults made by changing the loader's source by rule.
"""
