"""Contexts of `with`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.entries import Known

if TYPE_CHECKING:
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


class Contexts:
    """Contexts of `with` that change no value."""

    def enter(self, e: Emitter, node: ast.expr) -> Entry:
        """Check a context; its value is None."""
        call = node.func if isinstance(node, ast.Call) else node
        entry = e.expr(call)
        name = e.session.identity(entry.value) if isinstance(entry, Known) else ""
        last = name.rpartition(".")[2]
        if last not in _CONTEXTS:
            raise e.error(
                node,
                f"scripts know no context {ast.unparse(call)}",
                hint="no_grad, inference_mode, errstate, nullcontext and profiler ranges are known",
            )
        if last == "autocast" and isinstance(node, ast.Call):
            enabled = [k.value for k in node.keywords if k.arg == "enabled"]
            if not (enabled and isinstance(enabled[0], ast.Constant) and enabled[0].value is False):
                raise e.error(node, "autocast changes data types", hint="cast where you need it")
        return e.constant(None)


_CONTEXTS = frozenset(
    {
        "no_grad",
        "inference_mode",
        "enable_grad",
        "set_grad_enabled",
        "autocast",
        "errstate",
        "record_function",
        "nullcontext",
    }
)
