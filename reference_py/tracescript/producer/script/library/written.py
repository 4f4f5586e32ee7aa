"""Calls of torch that are several others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_none, is_tensor
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.library.coerce import data_type
from tracescript.producer.script.library.lower import as_op
from tracescript.producer.script.library.table import SPECIAL, known, special, take
from tracescript.producer.script.prelude.elements import circular_padded

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


def composed(e: Emitter, name: str, *args: Entry) -> Entry:
    """Compile a call that is several others of torch, by our name of it."""
    door = torch_door()
    assert door is not None
    return e.session.call_python(e, door.written(name), list(args), {})


_LOSS = (
    *("input", "target", "weight", "size_average", "ignore_index", "reduce"),
    *("reduction", "label_smoothing"),
)


@special("torch.nn.functional.cross_entropy")
def cross_entropy(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Of targets that are probabilities where their data type says so; else of classes."""
    given = dict(zip(_LOSS, take(args, kwargs, *_LOSS), strict=True))
    x, target = given["input"], given["target"]
    if x is None or target is None or not _is_float(e, target):
        made = as_op(e, "torch.nn.functional.cross_entropy", args, kwargs)
        assert made is not None
        return made
    for name in ("size_average", "reduce"):
        if _plain(e, given, name, None) is not None:
            raise e.error(
                None,
                f"cross_entropy(): scripts do not know `{name}`",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
                hint="pass reduction=",
            )
    if _plain(e, given, "ignore_index", -100) >= 0:
        raise e.error(
            None,
            "cross_entropy of probabilities knows no class to ignore",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint="leave out ignore_index, or pass classes as int64",
        )
    rest = (
        given["weight"] or e.constant(None),
        e.constant(_plain(e, given, "reduction", "mean")),
        e.constant(float(_plain(e, given, "label_smoothing", 0.0))),
    )
    return composed(e, "cross_entropy", x, target, *rest)


def _plain(e: Emitter, given: dict[str, Entry | None], name: str, default: Any) -> Any:
    entry = given[name]
    return default if entry is None or is_none(entry) else known(e, entry, default, name)


def _is_float(e: Emitter, target: Entry) -> bool:
    """Whether a tensor holds floats, whatever the program is called with."""
    if not (is_tensor(target) or e.session.holds_array(target)):
        return False
    value: Value = e.value(target)
    return dtypes.in_set(data_type(value), "float") and not e.session.roots.of(value)


@special("torch.nn.functional.pad")
def pad(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Amounts below 0 cut off; circular padding then takes what is left."""
    x, amounts, mode, _ = take(args, kwargs, "input", "pad", "mode", "value")
    is_known, found = constant_of(amounts) if amounts is not None else (True, ())
    is_plain = is_known and min(found, default=0) >= 0
    if x is None or amounts is None or is_plain or known(e, mode, "constant", "mode") != "circular":
        made = as_op(e, "torch.nn.functional.pad", args, kwargs)
        assert made is not None
        return made
    return e.prelude(circular_padded, x, amounts)


@special("torch.unique", "torch.functional.unique", "torch.Tensor.unique")
def unique(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The elements in order, and of the other two results those that the program asks for."""
    names = ("input", "sorted", "return_inverse", "return_counts", "dim")
    x, _, *flags, dim = take(args, kwargs, *names)
    if x is None or known(e, dim, None, "dim") is not None:
        hint = "leave out dim"
        raise e.error(
            None, "unique along an axis", code="UNKNOWN_CALL", rule="SCRIPT-10", hint=hint
        )
    elements, *more = e.ops("unique", [e.value(x)])
    asked = [known(e, flag, False, "a flag of unique") for flag in flags]
    chosen = [y for y, is_asked in zip(more, asked, strict=True) if is_asked]
    return Items((elements, *chosen)) if chosen else elements


def _unpool(axes: int) -> Special:
    def unpool(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
        x, indices, size, *_ = args  # strides and padding are in the size
        return composed(e, "max_unpool", x, indices, size, e.constant(axes))

    return unpool


SPECIAL |= {f"torch._C._nn.max_unpool{n}d": _unpool(n) for n in (2, 3)}
