"""Python's builtins, `math` and `operator`."""
