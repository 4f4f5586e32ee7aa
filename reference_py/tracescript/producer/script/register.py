"""Loads the modules that know statements, expressions and library functions."""

from __future__ import annotations


def everything() -> None:
    """Make every handler known to the emitter."""
    from tracescript.producer.script import (  # noqa: F401  # each registers its handlers
        calls,
        comprehensions,
        containers,
        loops,
        names,
        operators,
        statements,
        subscripts,
        text,
    )
    from tracescript.producer.script import lambdas as _  # noqa: F401  # as above
