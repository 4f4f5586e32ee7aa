"""Signatures of ops: as hints write them, and flags that run time tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import ScalarKind
from tracescript.opset.table import REQUIRED
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import constant_of
from tracescript.producer.script.flow.branches import branch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.errors import ProducerError
    from tracescript.opset.table import OpDef
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Arguments = dict[str, Entry]


def signature(op: OpDef) -> str:
    """Write an op's signature for a hint."""
    parts = [i.name + ("=None" if i.optional else "") for i in op.inputs]
    parts += [a.name if a.default is REQUIRED else f"{a.name}={a.default}" for a in op.attributes]
    return f"{op.name}({', '.join(parts)})"


def no_parameter(e: Emitter, op: OpDef, name: str) -> ProducerError:
    """Return the error of an argument that an op does not have."""
    import difflib

    known = [i.name for i in op.inputs] + [a.name for a in op.attributes]
    near = difflib.get_close_matches(name, known, 1) or (
        ["dim"] if name in {"axes", "axis"} and "dim" in known else []
    )
    guess = f"; did you mean `{near[0]}`?" if near else ""
    return e.error(
        None,
        f"{op.name}(): no parameter `{name}`{guess}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-10",
        hint=f"signature: {signature(op)}",
    )


def by_flag(
    e: Emitter, op: OpDef, bound: Arguments, emit: Callable[[Arguments], Entry]
) -> Entry | None:
    """Write an op in both arms of an `if` where one of its flags is a bool of run time."""
    flags = (a.name for a in op.attributes if a.kind == "bool")
    name = next((n for n in flags if _is_open(bound.get(n))), None)
    if name is None:
        return None
    arms = (
        lambda: emit({**bound, name: e.constant(True)}),
        lambda: emit({**bound, name: e.constant(False)}),
    )
    return branch(e, e.value(bound[name]), arms)


def _is_open(flag: Entry | None) -> bool:
    return flag is not None and is_scalar(flag, ScalarKind.BOOL) and not constant_of(flag)[0]
