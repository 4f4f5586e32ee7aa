"""Methods of run-time values: containers, texts, tensors."""

from __future__ import annotations

import ast
import difflib
from typing import TYPE_CHECKING

from tracescript.ir.types import OptionalType, ScalarKind
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.changes import rebind
from tracescript.producer.script.aliasing.writes import write
from tracescript.producer.script.calls.callees import is_place
from tracescript.producer.script.calls.library import method_call
from tracescript.producer.script.containers.sequences import container_method
from tracescript.producer.script.containers.strings import string_method
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor, may_be_none
from tracescript.producer.script.emitter.entries import Bound, Items, constant_of
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.expressions.operators import fold, scalar_kind
from tracescript.producer.script.library.lower import call_named
from tracescript.producer.script.library.random import FILLS
from tracescript.producer.script.prelude import numerals

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def call_method(e: Emitter, method: Bound, args: list[Entry], kwargs: dict[str, Entry]) -> Entry:
    """Call a method of a run-time value."""
    owner = method.owner
    if is_tensor(owner):
        return _tensor_method(e, method, args, kwargs)
    found = container_method(e, method, args, kwargs)
    if found is not None:
        return found
    if is_scalar(owner, ScalarKind.STR):
        return string_method(e, method, args, kwargs)
    if isinstance(owner, Value) and isinstance(owner.type, OptionalType):
        raise may_be_none(e, method.receiver, ast.unparse(method.receiver))
    folded = fold(e, lambda v: getattr(v, method.name)(), owner) if not args else None
    if folded is not None:
        return folded
    if isinstance(owner, Items) and method.name in {"index", "count", "numel"}:
        return _tuple_method(e, owner, method.name, args)
    kind = scalar_kind(owner) if isinstance(owner, Value) else None
    function = None if kind is None else _OF_NUMBERS.get((kind, method.name))
    if function is not None:
        return e.prelude(function, owner, *args, **kwargs)
    known = [name for kind, name in _OF_NUMBERS if is_scalar(owner, kind)]
    raise e.error(
        None,
        f"{e.describe(owner)} has no method {method.name} in scripts",
        code="UNKNOWN_CALL",
        rule="SCRIPT-12",
        hint=f"there are: {', '.join(known)}" if known else "write a function that takes it",
    )


_OF_NUMBERS = {
    (ScalarKind.INT, "bit_length"): numerals.bit_length,
    (ScalarKind.INT, "bit_count"): numerals.bit_count,
    (ScalarKind.FLOAT, "is_integer"): numerals.is_integer,
}
"""Methods of numbers by the kind of number and the name."""


def _tuple_method(e: Emitter, owner: Items, name: str, args: list[Entry]) -> Entry:
    if name == "numel":
        from tracescript.producer.script.expressions.operators import binary

        total: Entry = e.constant(1)
        for part in owner.parts:
            total = binary(e, ast.Mult, total, part)
        return total
    known = constant_of(owner), constant_of(args[0])
    if not all(k for k, _ in known):
        raise e.error(None, f"tuple.{name} needs values known at compile time", rule="SCRIPT-10")
    try:
        return e.constant(getattr(tuple(known[0][1]), name)(known[1][1]))
    except ValueError:
        raise e.error(
            None, f"{known[1][1]!r} is not in the tuple", code="TYPE_INFERENCE", rule="SCRIPT-4"
        ) from None


def _tensor_method(e: Emitter, method: Bound, args: list[Entry], kwargs: dict[str, Entry]) -> Entry:
    found = method_call(
        e,
        method.receiver,
        method.name,
        [method.owner, *args],
        kwargs,
        lambda: _named(e, method, args, kwargs),
    )
    if found is not None:
        return found
    plain = method.name.rstrip("_")
    near = difflib.get_close_matches(plain, e.session.names.methods(), 3)
    raise e.error(
        None,
        f"Tensor.{method.name} is not an op",
        code="UNKNOWN_CALL",
        rule="SCRIPT-12",
        hint=f"nearest: {', '.join(near)}" if near else "write it with other ops",
    )


def _named(e: Emitter, method: Bound, args: list[Entry], kwargs: dict[str, Entry]) -> Entry | None:
    """Call a method by its name in the opset; None where it has none."""
    name = method.name
    is_in_place = name.endswith("_") and not name.endswith("__") and name != "requires_grad_"
    plain = name[:-1] if is_in_place else name
    if name in FILLS and torch_door() is not None:
        return _changed(e, method, FILLS[name](e, [method.owner, *args], kwargs))
    homes = [f"numpy.ndarray.{plain}", f"numpy.{plain}", f"torch.Tensor.{plain}"]
    if e.frame.flavour == "torch":
        homes = [f"torch.Tensor.{plain}", f"torch.{plain}"]
    for candidate in homes:
        found = call_named(e, candidate, [method.owner, *args], kwargs)
        if found is None:
            continue
        if candidate in _ALWAYS_VIEWS and isinstance(found, Value):
            e.session.origins.sure.add(found)
        if is_in_place:
            return _changed(e, method, e.session.tensors.keep_type(e, method.owner, found))
        return found
    if is_in_place and name in {"fill_", "copy_", "zero_"}:
        value = args[0] if args else e.constant(0)
        return _changed(e, method, e.session.tensors.filled_like(e, e.value(method.owner), value))
    return None


_ALWAYS_VIEWS = frozenset({"torch.Tensor.view", "torch.Tensor.view_as"})
_OTHER_SHAPE = frozenset(
    {"t_", "transpose_", "swapaxes_", "swapdims_", "squeeze_", "unsqueeze_", "resize_", "set_"}
)
"""Methods after which a tensor shows the same elements in another shape; its views stay."""


def _changed(e: Emitter, method: Bound, made: Entry) -> Entry:
    """A method has changed its tensor."""
    if method.name not in _OTHER_SHAPE:
        write(e, method.receiver, method.owner, made)
        return made
    e.session.aliases.change(e, method.receiver, method.owner, made)
    if is_place(method.receiver):
        rebind(e, method.receiver, method.owner, made)
    return made
