"""TraceScript: trace or script a Python model into one portable file, run it, prove a loader right.

Importing this package loads nothing else: every public name is fetched on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracescript import errors, nn, ops
    from tracescript.api import load, save, script, trace
    from tracescript.errors import TraceWarning
    from tracescript.kernels.random import random_state
    from tracescript.model import Model
    from tracescript.nn import Module, Parameter
    from tracescript.producer.marks import (
        Dim,
        Final,
        annotate,
        export,
        ignore,
        is_scripting,
        is_tracing,
        unroll,
        unused,
    )

_HOME = {
    "Dim": "tracescript.producer.marks",
    "Final": "tracescript.producer.marks",
    "Model": "tracescript.model",
    "Module": "tracescript.nn",
    "Parameter": "tracescript.nn",
    "TraceWarning": "tracescript.errors",
    "annotate": "tracescript.producer.marks",
    "export": "tracescript.producer.marks",
    "ignore": "tracescript.producer.marks",
    "is_scripting": "tracescript.producer.marks",
    "is_tracing": "tracescript.producer.marks",
    "load": "tracescript.api",
    "random_state": "tracescript.kernels.random",
    "save": "tracescript.api",
    "script": "tracescript.api",
    "trace": "tracescript.api",
    "unroll": "tracescript.producer.marks",
    "unused": "tracescript.producer.marks",
}
_MODULES = ("errors", "nn", "ops")

__all__ = [
    "Dim",
    "Final",
    "Model",
    "Module",
    "Parameter",
    "TraceWarning",
    "annotate",
    "errors",
    "export",
    "ignore",
    "is_scripting",
    "is_tracing",
    "load",
    "nn",
    "ops",
    "random_state",
    "save",
    "script",
    "trace",
    "unroll",
    "unused",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from its home module."""
    if name in _MODULES:
        return importlib.import_module(f"tracescript.{name}")
    if name == "__version__":
        from importlib.metadata import version

        return version("tracescript")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    message = f"module 'tracescript' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names without loading them."""
    return sorted({*globals(), *__all__})
