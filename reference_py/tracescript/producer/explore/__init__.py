"""Exploring: run a program down several paths and merge them, so that branches stay."""
