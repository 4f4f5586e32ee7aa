"""Engines run a model: one protocol, several ways."""
