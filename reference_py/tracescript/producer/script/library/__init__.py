"""Functions of torch, numpy and TraceScript: from a call to ops."""
