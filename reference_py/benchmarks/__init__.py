"""Measures TraceScript against its peers: `python -m benchmarks`."""
