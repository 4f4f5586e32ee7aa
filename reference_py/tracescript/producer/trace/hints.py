"""Hints about library calls that are no op."""

from __future__ import annotations

import difflib
from typing import Final

from tracescript.opset.table import opset

_CLOSE: Final = 0.8
"""How alike names are that may mean the same."""


def nearest(name: str) -> str:
    """Return what to try instead of a call: its op if there is one, else ops of a like name."""
    ops = {op.name: op for op in opset()}
    if name in ops:
        op = ops[name]
        inputs = [f"{i.name}=None" if i.optional else i.name for i in op.inputs]
        takes = ", ".join([*inputs, *(a.name for a in op.attributes)])
        return f"the op is {name}({takes}): these arguments do not fit it"
    near = difflib.get_close_matches(name, list(ops), 3, _CLOSE)
    return f"nearest ops: {', '.join(near)}" if near else "`tracescript ops` lists what there is"
