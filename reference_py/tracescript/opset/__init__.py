"""The opset as data: definitions, name tables, call checking, shape rules, data types."""
