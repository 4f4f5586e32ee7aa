"""Makes a case for each constraint of an op: an example of its definition, changed in one place.

The change is the first one that breaks this constraint and keeps all others, as the predicates in
the definition say; they are plain Python expressions, read here without the reference.
"""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tools.op_models import KNOWN, Literal, attributes, literal, model_of, ordered_inputs
from tracescript.conformance.v1 import case_pb2
from tracescript.v1 import error_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFUSED = ("BAD_CALL", "BAD_SHAPE", "BAD_TYPE")
_CANNOT = (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an op: its inputs in order and its attributes by name, as (type, value)."""

    inputs: tuple[Literal | None, ...]
    attributes: dict[str, tuple[Any, Any]]


def refusals(op: dict[str, Any]) -> Iterator[case_pb2.Case]:
    """Yield a case for each constraint that a change of an example breaks alone."""
    for constraint in op.get("constraints", []):
        broken = next(_breaking(op, constraint["id"]), None)
        if broken is not None:
            yield _case(op, constraint, broken)


def _case(op: dict[str, Any], constraint: dict[str, str], found: tuple[Call, Any]) -> case_pb2.Case:
    call, results = found
    story = f"A file in which this does not hold: {constraint['text']}"
    model = model_of(op, list(call.inputs), call.attributes, results, is_static=True)
    return refusal_of(op, constraint["id"], story, model)


def refusal_of(op: dict[str, Any], number: str, story: str, model: bytes) -> case_pb2.Case:
    """Make the case of a file that breaks a constraint of an op."""
    rule = f"OP.{op['name']}.{number}"
    case = case_pb2.Case(
        id=f"graph/{op['name']}/breaks_{number.lower()}",
        revision=1,
        story=story,
        rules=[rule, "GRAPH-30"],
        needs=[op["profile"]],
        level=case_pb2.LEVEL_MUST,
        since="1.0",
    )
    case.artifacts.add(content=model)
    refusal = case.reject.refusal
    refusal.codes.extend(error_pb2.ErrorCode.Value(f"ERROR_CODE_{name}") for name in _REFUSED)
    refusal.phase = error_pb2.PHASE_VALIDATE
    refusal.rule = rule
    case.provenance.oracles.add(
        kind=case_pb2.ORACLE_KIND_HAND, name="the op's definition", method="its predicates"
    )
    return case


def _breaking(op: dict[str, Any], number: str) -> Iterator[tuple[Call, Any]]:
    for example in op.get("examples", []):
        if example.get("error"):
            continue
        try:
            given = ordered_inputs(op, [literal(i) for i in example.get("inputs", [])])
            results = _results(op, example)
        except (KeyError, ValueError):
            continue
        call = Call(tuple(given), attributes(op, example.get("attributes", [])))
        for changed in _changes(op, call):
            held = _holds(op, changed)
            if [name for name, holds in held.items() if not holds] == [number]:
                yield changed, results


def _results(op: dict[str, Any], example: dict[str, Any]) -> list[Any]:
    """Return the types of the results; `y[0]`, `y[1]` are a list unless the output is variadic."""
    spread = {o["name"] for o in op.get("outputs", []) if o.get("variadic")}
    found: dict[str, Any] = {}
    for item in map(literal, example.get("outputs", [])):
        name, _, place = item.name.partition("[")
        form = _any_shape(item.form)
        if place and name not in spread:
            found[name] = ("list", form)
        else:
            found[item.name] = form
    return list(found.values())


def _any_shape(form: Any) -> Any:
    """Leave the shape of a result open: only the constraint is at fault."""
    return (form[0], form[1], None) if form[0] == "tensor" else form


def _changes(op: dict[str, Any], call: Call) -> Iterator[Call]:
    """Yield the call with one input of another shape, or one attribute of another value."""
    for i, item in enumerate(call.inputs):
        if item is not None and item.form[0] == "tensor":
            for shape in _shapes(item.form[2]):
                changed = replace(item, form=("tensor", item.form[1], shape))
                yield Call((*call.inputs[:i], changed, *call.inputs[i + 1 :]), call.attributes)
    yield from _pairs(call)
    for attribute in op.get("attributes", []):
        name, kind = attribute["name"], attribute["kind"]
        now = _attribute(op, call, name)
        for value in _others(now, kind):
            form = ("list", ("scalar", kind[:-1])) if kind in {"ints", "floats"} else None
            form = form or ("scalar", kind)
            yield Call(call.inputs, call.attributes | {name: (form, value)})


def _pairs(call: Call) -> Iterator[Call]:
    """Yield the call with two tensors of shapes that do not broadcast."""
    tensors = [k for k, i in enumerate(call.inputs) if i is not None and i.form[0] == "tensor"]
    for one, other in itertools.combinations(tensors, 2):
        inputs = list(call.inputs)
        for place, extent in ((one, 2), (other, 3)):
            item = inputs[place]
            if item is not None:
                inputs[place] = replace(item, form=("tensor", item.form[1], (extent,)))
        yield Call(tuple(inputs), call.attributes)


def _shapes(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for i in range(len(shape)):
        yield (*shape[:i], shape[i] + 1, *shape[i + 1 :])
    yield (1, *shape)
    if shape:
        yield shape[1:]
    yield ()
    yield (1,) * 7


def _others(now: Any, kind: str) -> Iterator[Any]:
    if isinstance(now, bool):
        return
    if now is None and kind in _NUMBERS:
        yield from _NUMBERS[kind]
    elif isinstance(now, int):
        yield from (-99, 99, 0, -1, now + 1)
    elif isinstance(now, float):
        yield from (-1.0, 2.0)
    elif isinstance(now, list):
        yield from ([*now, 1], now[:-1])
        for i, other in itertools.product(range(len(now)), (-1, 0, 99)):
            yield [*now[:i], other, *now[i + 1 :]]


_NUMBERS: dict[str, tuple[Any, ...]] = {"int": (0, -1, 99), "ints": ([99], [0, 0])}


def _attribute(op: dict[str, Any], call: Call, name: str) -> Any:
    if name in call.attributes:
        return call.attributes[name][1]
    text = next(a.get("default", "None") for a in op["attributes"] if a["name"] == name)
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return None
    return list(value) if isinstance(value, tuple) else value


def _holds(op: dict[str, Any], call: Call) -> dict[str, bool]:
    """Return which constraints hold; those that nothing here can tell are left out."""
    scope = dict(_FUNCTIONS)
    for declared, item in zip(op.get("inputs", []), call.inputs, strict=False):
        if item is None or item.form in KNOWN:
            scope[declared["name"]] = item and item.value
        elif item.form[0] == "tensor":
            tensor = SimpleNamespace(dtype=item.form[1], shape=item.form[2])
            scope[declared["name"]] = tensor
        elif item.form[0] == "list" and item.form[1][0] == "tensor" and item.form[1][2]:
            scope[declared["name"]] = SimpleNamespace(shape=item.form[1][2])
    for attribute in op.get("attributes", []):
        scope[attribute["name"]] = _attribute(op, call, attribute["name"])
    found = {}
    for constraint in op["constraints"]:
        try:
            found[constraint["id"]] = bool(eval(constraint["predicate"], dict(scope)))  # noqa: S307  # our own data
        except (*_CANNOT, SyntaxError):
            continue
    return found


def _is_axis(axis: int, rank: int) -> bool:
    """Tell whether a tensor has an axis; one of rank 0 takes 0 and -1."""
    return -max(rank, 1) <= axis < max(rank, 1)


def _are_axes(axes: Any, rank: int) -> bool:
    if axes is None:
        return True
    many = axes if isinstance(axes, list) else [axes]
    plain = [a % max(rank, 1) for a in many if _is_axis(a, rank)]
    return len(plain) == len(many) == len(set(plain))


def _can_broadcast(*shapes: Any) -> bool:
    columns = itertools.zip_longest(*(s[::-1] for s in shapes if s is not None), fillvalue=1)
    return all(len(set(column) - {1}) <= 1 for column in columns)


def _can_matmul(x: Any, y: Any) -> bool:
    rows = y[-2] if len(y) > 1 else y[0]
    return x[-1] == rows and _can_broadcast(x[:-2], y[:-2])


def _all_size_one(x: Any, axes: Any) -> bool:
    many = axes if isinstance(axes, list) else [axes]
    return axes is None or all(x.shape[axis] == 1 for axis in many)


_FUNCTIONS: dict[str, Any] = {
    "rank": lambda x: len(x.shape),
    "shape": lambda x: None if x is None else x.shape,
    "size": lambda x, axis: x.shape[axis],
    "same_size": lambda x, i, y, j: x.shape[i] == y.shape[j],
    "dtype": lambda x: x.dtype,
    "is_axis": _is_axis,
    "are_axes": _are_axes,
    "can_broadcast": _can_broadcast,
    "can_matmul": _can_matmul,
    "all_size_one": _all_size_one,
    "is_permutation": lambda dims, n: sorted(d % n for d in dims) == list(range(n)),
}
