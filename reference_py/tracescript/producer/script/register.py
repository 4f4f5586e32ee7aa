"""Loads the modules that know statements, expressions and library functions."""

from __future__ import annotations


def everything() -> None:
    """Make every handler known to the emitter."""
    from tracescript.producer.script import (  # noqa: F401  # each registers its handlers
        builtins_functions,
        builtins_math,
        builtins_objects,
        calls,
        comparison,
        contexts,
        defaults,
        lambdas,
        library_einsum,
        library_images,
        library_layers,
        library_making,
        library_more,
        library_shapes,
        library_signals,
        literals,
        loops,
        sets,
        statements,
        subscripts,
        text,
    )
