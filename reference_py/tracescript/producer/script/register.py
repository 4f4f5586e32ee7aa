"""Loads the modules that know statements, expressions and library functions."""

from __future__ import annotations


def everything() -> None:
    """Make every handler known to the emitter: each module registers its own."""
    from tracescript.producer.script.builtins import (  # noqa: F401
        extremes,
        functions,
        iterators,
        limits,
        math,
        objects,
        quantifiers,
    )
    from tracescript.producer.script.calls import dispatch, lambdas  # noqa: F401
    from tracescript.producer.script.containers import defaults, deques, heaps, sets, text  # noqa: F401
    from tracescript.producer.script.expressions import comparison, literals, subscripts  # noqa: F401
    from tracescript.producer.script.flow import contexts, imports, loops, statements  # noqa: F401
    from tracescript.producer.script.library import (  # noqa: F401
        axes,
        bags,
        batch_norm,
        complexes,
        drops,
        einsum,
        images,
        layers,
        making,
        more,
        packed,
        parts,
        random,
        recurrent,
        shapes,
        signals,
        written,
    )
