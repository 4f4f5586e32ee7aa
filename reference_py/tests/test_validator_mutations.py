"""Whatever is wrong with a model, the validator answers with findings and nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.validator_models import X, counter, nested, scripted_gate, traced_gate
from tracescript import ir
from tracescript.errors import CLASSES, InvalidModelError, UnsupportedError
from tracescript.ir.constants import BOOL, FLOAT, INT, STR
from tracescript.validator import findings, link_findings

MAKERS = (traced_gate, scripted_gate, counter, lambda: nested(3))
FIELDS = {
    ir.Model: ("functions", "metadata"),
    ir.Function: ("inputs", "outputs", "decisions", "origin", "name"),
    ir.Block: ("params", "nodes", "results"),
    ir.Node: ("inputs", "outputs", "blocks", "op"),
    ir.Value: ("type",),
    ir.Constant: ("type", "value"),
    ir.TraceDecision: ("kind", "value", "observed"),
    ir.Method: ("states", "bound", "function"),
    ir.Module: ("attributes", "methods"),
    ir.State: ("type", "kind"),
}
TYPES = (BOOL, FLOAT, INT, STR, X, ir.ListType(INT), ir.OptionalType(X), ir.TupleType((INT, X)))
WORDS = ("", "neg", "loop", "if", "call", "gt", "traced", "state", "branch", "f\0", "Gate.forward")


def parts(root: Any) -> list[Any]:
    """Everything in a model that has fields to change."""
    found: dict[int, Any] = {}
    todo = [root]
    while todo:
        one = todo.pop()
        if isinstance(one, tuple):
            todo += one
        elif type(one).__module__.startswith("tracescript.ir") and id(one) not in found:
            found[id(one)] = one
            names = [n for cls in type(one).__mro__ for n in getattr(cls, "__slots__", ())]
            todo += [getattr(one, name) for name in names]
    return [one for one in found.values() if type(one) in FIELDS]


def changed(old: Any, everything: list[Any], r: random.Random) -> Any:
    """Another content for a field, of the kind of its old one."""
    if isinstance(old, tuple):
        same = [p for p in everything if old and type(p) is type(old[0])] or list(old)
        i = r.randrange(len(old) + 1)
        return r.choice([old[:i] + old[i + 1 :], old[:i] + tuple(same[:1]) + old[i:], old[::-1]])
    if isinstance(old, str):
        return r.choice(WORDS)
    if isinstance(old, ir.Value | ir.Constant):
        return r.choice([None, *(p for p in everything if type(p) is type(old))])
    if isinstance(old, bool | int | float) or old is None:
        return r.choice([None, True, 2**70, 0.5, "a", ()])
    return r.choice(TYPES)


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_model_gives_findings_and_never_another_exception(seed):
    r = random.Random(seed)
    made = r.choice(MAKERS)()
    for _ in range(r.randint(1, 4)):
        everything = parts(made)
        one = r.choice(everything)
        name = r.choice(FIELDS[type(one)])
        old = getattr(one, name)
        if old is not None or isinstance(one, ir.Constant):
            object.__setattr__(one, name, changed(old, everything, r))

    for found in (*findings(made), *link_findings(made)):
        assert CLASSES[found.code] in {InvalidModelError, UnsupportedError}
        assert found.rule
        assert found.where
        assert found.what
