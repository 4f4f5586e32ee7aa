"""Rewrites of whole graphs. Each is a function from a model or block to a new one."""
