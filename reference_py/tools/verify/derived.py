"""The plan of an op made from its page alone."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from tools.verify.opinions import formula_names, opinion
from tools.verify.plan import Call, Plan, Stop
from tools.verify.seeds import Page
from tools.verify.tensors import to_oracle
from tracescript.opset import attributes
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from tools.verify.plan import Oracle
    from tracescript.opset.table import OpDef


_FEWEST: Final = 10


def derived(op: OpDef) -> Plan:
    """Return the plan of an op. Raises NoOpinionError where its page names no oracle."""
    told = opset().message(op.name).verify
    oracle, floats = opinion(op), told.floats or "float64"
    return Plan(
        op.name,
        functools.partial(_calls, op, oracle, floats),
        oracle,
        floats,
        rule=told.rule,
        zero_sign=told.zero_sign,
        names=formula_names(op),
        fewest=_FEWEST,
    )


def _calls(op: OpDef, oracle: Oracle, floats: str) -> list[Call]:
    """Return the examples, and the calls of the grid for which the oracle has an answer.

    Where the grid leaves what a library's function takes, the page's examples show the error.
    """
    page = Page(op)
    shown = len(page.examples)
    calls = page.calls()
    return [
        call
        for place, call in enumerate(calls)
        if place < shown or _is_answered(op, oracle, floats, call)
    ]


def _is_answered(op: OpDef, oracle: Oracle, floats: str, call: Call) -> bool:
    operands: list[Any] = [to_oracle(v, floats) for v in call.inputs]
    try:
        oracle(*operands, **attributes.complete(op, call.attributes))
    except Stop:
        return True
    except Exception:  # noqa: BLE001 - whatever a library raises: it has no answer
        return False
    return True
