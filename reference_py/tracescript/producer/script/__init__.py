"""Compiles Python source to the graph, control flow included."""
