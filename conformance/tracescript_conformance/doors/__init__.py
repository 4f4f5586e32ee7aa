"""The ways a runner talks to a testee."""
