"""Generated protobuf messages. Nothing here is written by hand."""
