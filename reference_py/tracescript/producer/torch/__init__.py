"""The front door for torch. Nothing outside this package imports torch."""
