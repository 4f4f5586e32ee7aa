"""Bytes and messages on one side, the model in memory on the other. No rules of the graph here."""
