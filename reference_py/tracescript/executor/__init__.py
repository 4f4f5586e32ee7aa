"""Generated protobuf packages. Nothing here is written by hand."""
