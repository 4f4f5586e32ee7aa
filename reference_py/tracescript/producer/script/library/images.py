"""Windows of images, images of another size, and pools whose result has a given size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import ScalarKind, TensorType
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.shapes import extent
from tracescript.producer.script.library.table import SPECIAL, known, several, special, take

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


_MODES = {"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}


def _windows(op: str) -> Special:
    def windows(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        head = ("input",) if op == "im2col" else ("input", "output_size")
        names = (*head, "kernel_size", "dilation", "padding", "stride")
        given = dict(zip(names, take(args, kwargs, *names), strict=True))
        ours = {"kernel_size": "kernel"}
        attributes = {
            ours.get(n, n): several(known(e, given[n], None, n), 2)
            for n in names[len(head) :]
            if given[n] is not None
        }
        inputs = [given["input"]]
        if op == "col2im":
            sizes = several(known(e, given["output_size"], None, "output_size"), 2)
            inputs.append(Items(tuple(e.constant(n) for n in sizes), is_list=True))
        return emit_op(e, op, inputs, attributes)

    return windows


SPECIAL["torch.nn.functional.unfold"] = _windows("im2col")
SPECIAL["torch.nn.functional.fold"] = _windows("col2im")


@special("torch.nn.functional.interpolate")
def interpolate(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A scale becomes sizes; the op keeps both."""
    names = ("input", "size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
    x, size, scale, mode, corners, again = take(args, kwargs, *names)
    value = e.value(x) if x is not None else e.constant(None)
    assert isinstance(value.type, TensorType)
    method = known(e, mode, "nearest", "mode")
    axes = {"linear": 1, "trilinear": 3}.get(method, 2)
    if value.type.shape is not None:
        axes = len(value.type.shape) - 2
    attributes = {
        "mode": _MODES.get(method, method),
        "align_corners": bool(known(e, corners, False, "align_corners")),
    }
    wanted = known(e, size, None, "size") if size is None or constant_of(size)[0] else size
    if wanted is not None:
        if isinstance(wanted, int):
            wanted = [wanted] * axes
        if isinstance(wanted, list | tuple):
            wanted = Items(tuple(e.constant(int(n)) for n in wanted), is_list=True)
        return emit_op(e, "interpolate", [value, wanted, None], attributes)
    factors = _factors(e, scale, axes)
    sizes = []
    for k, factor in enumerate(factors):
        old = e.as_float(e.op("size", [value], {"dim": k - axes}))
        scaled = e.op("float.arith", [old, factor], {"operation": "mul"})
        sizes.append(e.op("math.to_int", [scaled], {"function": "floor"}))
    is_by_size = bool(known(e, again, False, "recompute_scale_factor"))
    if method == "nearest-exact" and not is_by_size and not all(map(_is_whole, factors)):
        raise e.error(
            None,
            "nearest-exact by a scale that is no whole number",
            code="UNKNOWN_CALL",
            rule="SCRIPT-10",
            hint="pass size=, or recompute_scale_factor=True",
        )
    scales = None if is_by_size else e.make_list(factors)
    return emit_op(e, "interpolate", [value, e.make_list(sizes), scales], attributes)


def _is_whole(factor: Value) -> bool:
    return factor.constant is not None and float(factor.constant.value).is_integer()


def _factors(e: Emitter, scale: Entry | None, axes: int) -> list[Value]:
    """Return the scale of each axis as floats; a number is that of all."""
    if scale is not None and is_scalar(scale, ScalarKind.INT, ScalarKind.FLOAT):
        return [e.as_float(scale, "scale_factor")] * axes
    if isinstance(scale, Items) and len(scale.parts) == axes:
        return [e.as_float(p, "scale_factor") for p in scale.parts]
    factors = known(e, scale, None, "scale_factor")
    factors = [factors] * axes if isinstance(factors, int | float) else list(factors)
    return [e.constant(float(f)) for f in factors]


def _adaptive(kind: str, axes: int) -> Special:
    def pool(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, size, with_places = take(args, kwargs, "input", "output_size", "return_indices")
        is_known, wanted = constant_of(size) if size is not None else (False, None)
        if is_known and isinstance(wanted, int):
            size = Items((e.constant(wanted),) * axes)
        elif is_known and (wanted is None or None in wanted):
            size = _kept(e, x, wanted or (None,) * axes)
        made = emit_op(e, f"adaptive_{kind}_pool{axes}d", [x, size])
        gives_both = known(e, with_places, False, "return_indices")
        return made.parts[0] if isinstance(made, Items) and not gives_both else made

    return pool


def _kept(e: Emitter, x: Entry | None, wanted: tuple[int | None, ...]) -> Items:
    """Return sizes where None keeps that of x."""
    tensor = e.value(x if x is not None else e.constant(None))
    axes = range(-len(wanted), 0)
    return Items(
        tuple(
            extent(e, tensor, axis) if n is None else e.constant(n)
            for axis, n in zip(axes, wanted, strict=True)
        )
    )


for _kind in ("max", "avg"):
    for _axes in (1, 2, 3):
        SPECIAL[f"torch.nn.functional.adaptive_{_kind}_pool{_axes}d"] = _adaptive(_kind, _axes)
