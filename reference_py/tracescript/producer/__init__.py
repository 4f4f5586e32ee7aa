"""Producers turn Python programs into models: tracing and scripting."""
