"""Every op against calls that do not fit its signature: each is refused by the rule it breaks."""

from __future__ import annotations

from typing import Any

import pytest
from op_runs import model_of
from violations import refusal, valid

from tracescript.opset.table import REQUIRED, OpDef, opset

WITHOUT_CALL = {"call", "if", "is_none", "loop", "raise", "struct.get"}
"""Ops of blocks, functions, None or structs, and one that always stops: no example stands alone."""

CALLED = [op for op in opset() if op.name not in WITHOUT_CALL]
ATTRIBUTED = [op for op in CALLED if op.attributes]
FIXED = [op for op in CALLED if not any(i.variadic for i in op.inputs)]
NEEDY = [op for op in CALLED if op.inputs and not op.inputs[0].optional]
OPENED = [op for op in NEEDY if not op.inputs[0].variadic]


def named(ops: list[OpDef]) -> Any:
    return pytest.mark.parametrize("op", ops, ids=lambda op: op.name)


def refused(op: OpDef, inputs: list[Any], attributes: dict[str, Any]) -> tuple[str, str, str]:
    """Return code, rule and text of the refusal of a call."""
    error = refusal(op.name, (inputs, attributes))
    assert error is not None
    assert error.what.startswith(f"{op.name}: ")
    return error.code, error.rule, error.what


@named(ATTRIBUTED)
def test_an_attribute_of_another_kind_is_refused(op: OpDef) -> None:
    inputs, attributes = valid(op)[0]
    for declared in op.attributes:
        wrong = 3 if declared.kind in {"str", "data_type", "type", "function"} else "x"

        code, rule, what = refused(op, inputs, attributes | {declared.name: wrong})

        assert (code, rule) == ("BAD_CALL", "GRAPH-44")
        assert declared.name in what


@named(CALLED)
def test_an_attribute_that_the_op_does_not_have_is_refused(op: OpDef) -> None:
    inputs, attributes = valid(op)[0]

    code, rule, what = refused(op, inputs, attributes | {"no_such": 1})

    assert (code, rule) == ("BAD_CALL", "GRAPH-44")
    assert "no_such" in what


@named([op for op in ATTRIBUTED if any(a.default is REQUIRED for a in op.attributes)])
def test_an_attribute_without_a_default_cannot_be_left_out(op: OpDef) -> None:
    inputs, attributes = valid(op)[0]
    for declared in op.attributes:
        if declared.default is REQUIRED:
            left = {name: value for name, value in attributes.items() if name != declared.name}

            code, rule, what = refused(op, inputs, left)

            assert (code, rule) == ("BAD_CALL", "GRAPH-44")
            assert declared.name in what


@named(FIXED)
def test_too_many_inputs_are_refused(op: OpDef) -> None:
    inputs, attributes = valid(op)[0]

    code, rule, _ = refused(op, [*inputs, 1, 1, 1], attributes)

    assert (code, rule) == ("BAD_CALL", "GRAPH-40")


@named(OPENED)
def test_an_input_that_is_not_optional_cannot_be_left_out(op: OpDef) -> None:
    inputs, attributes = valid(op)[0]

    code, rule, what = refused(op, [None, *inputs[1:]], attributes)

    assert (code, rule) == ("BAD_CALL", "GRAPH-41")
    assert op.inputs[0].name in what


@named(CALLED)
def test_the_call_that_is_changed_fits(op: OpDef) -> None:
    model_of(op.name, *valid(op)[0])
