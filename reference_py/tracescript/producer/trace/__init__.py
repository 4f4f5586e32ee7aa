"""Tracing: run a program once on examples and keep what it computed."""
