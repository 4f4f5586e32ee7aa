"""Calls: of Python functions, of methods that become functions of the model, and of themselves."""
