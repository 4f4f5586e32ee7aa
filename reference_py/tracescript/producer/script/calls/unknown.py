"""Calls of what is no op and has no source: what to write instead."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from tracescript.opset.table import opset
from tracescript.producer.script.calls.callees import describe_call

if TYPE_CHECKING:
    from tracescript.errors import ProducerError
    from tracescript.producer.script.emitter.core import Emitter


def unknown(e: Emitter, function: Any) -> ProducerError:
    """Return the error of a call of what is no op and has no source."""
    name = describe_call(function)
    last = name.rpartition(".")[2]
    near = difflib.get_close_matches(last, [op.name for op in opset()], 3, 0.75)
    hint = f"nearest ops: {', '.join(near)}" if near else "write it with ops: `tracescript ops`"
    return e.error(
        None,
        f"{name} is not an op and has no source to compile",
        code="UNKNOWN_CALL",
        rule="SCRIPT-12",
        hint=_INSTEAD.get(last, hint),
    )


_INSTEAD = {
    "next": "a for loop, or xs[0] of a list",
    "iter": "a for loop runs over the items themselves",
    "eval": "write the expression out",
    "exec": "write the statements out",
    "open": "read the file before ts.script and keep what it holds in an attribute",
    "input": "take a parameter",
    "id": "compare with ==",
    "hash": "compare with ==",
    "setattr": "self.name = value",
    "vars": "name the attributes",
}
