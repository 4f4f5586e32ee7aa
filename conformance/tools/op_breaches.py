"""Makes cases of the breaches in `authored/ops`: a constraint of an op that no example comes near.

A breach names types alone: the file is refused before any call.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tools.op_calls import op_named
from tools.op_models import LONG, Literal, attributes, model_of, ordered_inputs, parse_type
from tools.op_refusals import refusal_of
from tools.sources import strict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript.conformance.v1 import case_pb2

_KEYS = {"op", "breaks", "story", "inputs", "attributes", "results"}
_TENSOR = re.compile(r"(\w+)\[([\d, ]*)\]")


def case(table: Mapping[str, Any], where: str) -> case_pb2.Case:
    """Make the case of a breach. Raises SourceError."""
    strict(table, _KEYS, where)
    op = op_named(table["op"])
    given = [Literal(name, _form(text), None, ()) for name, text in table.get("inputs", {}).items()]
    texts = [{"name": n, "text": t} for n, t in table.get("attributes", {}).items()]
    chosen = attributes(op, texts)
    results = list(map(_form, table["results"]))
    model = model_of(op, ordered_inputs(op, given), chosen, results)
    return refusal_of(op, table["breaks"], table["story"], model)


def _form(text: str) -> Any:
    """Read a type: `float32[2,3]`, `float32` of any rank, `list[float32]`, `Point(x: int)`."""
    if text.startswith("list[") and text.endswith("]]"):
        return ("list", _form(text[5:-1]))
    match = _TENSOR.fullmatch(text)
    if match is not None and match[1] in LONG:
        return ("tensor", match[1], tuple(int(e) for e in match[2].split(",") if e.strip()))
    return parse_type(text)
