"""Statements: branches, loops, and what both leave names standing for."""
