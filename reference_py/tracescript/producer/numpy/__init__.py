"""The front door for numpy functions and modules of `tracescript.nn`."""
