"""Random programs: CPython against scripted models."""
