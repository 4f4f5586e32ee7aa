"""The default engine: a graph becomes Python source over NumPy."""
