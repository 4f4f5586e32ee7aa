"""Operators, comparisons, names, subscripts and assignment."""
