"""Sizes, reads, shapes and reductions."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from tracescript.ir.types import DataType, ScalarKind, TensorType
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.emitter.size_marks import note_sizes
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.library.coerce import as_tensor, data_type, number_in
from tracescript.producer.script.library.promote import emit_op, int_list
from tracescript.producer.script.library.table import SPECIAL, known, special, take
from tracescript.producer.script.prelude.elements import element

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


@special("torch.Tensor.item")
def item(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """A Python number of the tensor's kind."""
    return number_in(e, e.value(args[0]))


@special("numpy.ndarray.item")
def item_at(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The one element, or that at a place of the flat array, as a Python number."""
    if len(args) == 1:
        return item(e, args, kwargs)
    return number_in(e, e.value(e.prelude(element, args[0], args[1])))


@special("numpy.ndarray.resize")
def resize(e: Emitter, _args: list[Entry], _kwargs: Arguments) -> Entry:
    """It changes the size of memory that other names may show."""
    raise e.error(
        None,
        "ndarray.resize changes an array in place",
        code="UNKNOWN_CALL",
        rule="SCRIPT-12",
        hint="make another array: x.reshape(shape), or np.resize(x, shape), which repeats elements",
    )


@special("torch.Tensor.size", "numpy.shape")
def size(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """`x.size()` and `x.size(dim)`."""
    x = e.value(args[0])
    dim = take(args, kwargs, "self", "dim")[1]
    if dim is None:
        return sizes(e, x)
    is_known, axis = constant_of(dim)
    if not is_known:
        return e.op("list.get", [e.op("shape", [x]), e.as_int(dim)])
    return extent(e, x, axis)


def sizes(e: Emitter, x: Value) -> Entry:
    """The sizes one by one where the rank is known, else as a list."""
    assert isinstance(x.type, TensorType)
    made: Entry = (
        e.op("shape", [x])
        if x.type.shape is None
        else Items(tuple(extent(e, x, k) for k in range(len(x.type.shape))))
    )
    note_sizes(e, made)
    return made


def extent(e: Emitter, x: Value, dim: int) -> Value:
    """One size; a constant where the type says it."""
    assert isinstance(x.type, TensorType)
    shape = x.type.shape
    if shape is not None and -len(shape) <= dim < len(shape) and isinstance(shape[dim], int):
        return e.constant(shape[dim])
    return e.op("size", [x], {"dim": dim})


@special("torch.Tensor.tolist", "numpy.ndarray.tolist")
def tolist(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Lists of numbers."""
    return e.op("to_list", [e.value(args[0])])


@special("torch.Tensor.view_as", "torch.Tensor.reshape_as")
def view_as(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The shape of another tensor."""
    return e.op("reshape", [e.value(args[0]), int_list(e, sizes(e, e.value(args[1])), "shape")])


@special("torch.Tensor.expand_as")
def expand_as(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The shape of another tensor."""
    return e.op("expand", [e.value(args[0]), int_list(e, sizes(e, e.value(args[1])), "shape")])


@special("torch.Tensor.type_as")
def type_as(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The data type of another tensor."""
    return as_tensor(e, args[0], data_type(e.value(args[1])))


@special("torch.Tensor.t", "torch.t")
def t(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The two axes of a matrix exchanged."""
    x = e.value(args[0])
    assert isinstance(x.type, TensorType)
    if x.type.shape is not None and len(x.type.shape) <= 1:
        return x
    return e.op("transpose", [x], {"dim0": 0, "dim1": 1})


@special("numpy.transpose", "numpy.ndarray.transpose")
def transposed(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """All axes reversed, or as given."""
    x = e.value(args[0])
    rest = args[1:] or [v for k, v in kwargs.items() if k == "axes"]
    assert isinstance(x.type, TensorType)
    if rest and not is_none(rest[0]):
        dims = known(e, rest[0] if len(rest) == 1 else Items(tuple(rest)), (), "axes")
        return e.op("permute", [x], {"dims": list(dims)})
    if x.type.shape is None:
        is_matrix = e.op("int.cmp", [e.op("dim", [x]), e.constant(2)], {"relation": "eq"})
        text = "the rank is not known when compiling, so it must be 2"
        e.ops("assert", [is_matrix, e.constant(text)], {"code": "SHAPE_ERROR"})
        return e.op("transpose", [x], {"dim0": 0, "dim1": 1})
    return e.op("permute", [x], {"dims": list(range(len(x.type.shape)))[::-1]})


@special("torch.Tensor.split", "torch.split")
def split(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Sizes, or one size for all parts of a known extent."""
    x, amount, dim = take(args, kwargs, "tensor", "split_size_or_sections", "dim")
    assert x is not None
    value = e.value(x)
    axis = known(e, dim, 0, "dim")
    is_known, n = constant_of(amount) if amount is not None else (False, None)
    if is_known and isinstance(n, int):
        length = constant_of(extent(e, value, axis))
        if not length[0]:
            return e.op("split", [value, _even_sizes(e, value, axis, e.constant(n))], {"dim": axis})
        total = length[1]
        parts = [n] * (total // n) + ([total % n] if total % n or not total else [])
        amount = Items(tuple(e.constant(p) for p in parts), is_list=True)
    assert amount is not None
    if is_scalar(amount, ScalarKind.INT) or is_tensor(amount):
        part = e.as_int(amount)
        return e.op("split", [value, _even_sizes(e, value, axis, part)], {"dim": axis})
    return e.op("split", [value, int_list(e, amount, "sizes")], {"dim": axis})


@special("torch.Tensor.tensor_split", "torch.tensor_split")
def tensor_split(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Parts between indices, or a number of parts that differ in size by one at most."""
    renamed = {"indices": "where", "sections": "where", "indices_or_sections": "where"}
    kwargs = {renamed.get(k, k): v for k, v in kwargs.items()}
    x, where, dim = take(args, kwargs, "input", "where", "dim")
    assert x is not None
    value = e.value(x)
    axis = known(e, dim, 0, "dim")
    is_known, cuts = constant_of(where) if where is not None else (False, None)
    if is_known and isinstance(cuts, int) and constant_of(extent(e, value, axis))[0]:
        size = constant_of(extent(e, value, axis))[1]
        cuts = [size // cuts * k + min(k, size % cuts) for k in range(1, cuts)]
    if not is_known or not isinstance(cuts, list | tuple):
        raise e.error(
            None,
            "tensor_split needs indices known at compile time, or a number and a known size",
            rule="SCRIPT-10",
            hint="split or chunk",
        )
    ends = [None, *(e.constant(c) for c in cuts), None]
    parts = [
        e.op("slice", [value, low, high, None], {"dim": axis})
        for low, high in itertools.pairwise(ends)
    ]
    return Items(tuple(parts))


def _even_sizes(e: Emitter, x: Value, axis: int, part: Value) -> Value:
    """Sizes of parts of one size, and of what is left, computed at run time."""
    total = e.op("size", [x], {"dim": axis})
    count, left = e.op("int.floordiv", [total, part]), e.op("int.mod", [total, part])
    whole = e.op("list.repeat", [e.make_list([part]), count])
    has_rest = e.op("int.cmp", [left, e.constant(0)], {"relation": "ne"})
    is_empty = e.op("int.cmp", [total, e.constant(0)], {"relation": "eq"})
    has_rest = e.op("bool.op", [has_rest, is_empty], {"operation": "or"})
    return e.value(branch(e, has_rest, (lambda: e.op("list.append", [whole, left]), lambda: whole)))


@special("torch.Tensor.masked_fill", "torch.masked_fill")
def masked_fill(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The value takes the tensor's data type."""
    x, mask, value = take(args, kwargs, "input", "mask", "value")
    return emit_op(e, "masked_fill", [x, mask, value])


@special("torch.Tensor.dim", "torch.Tensor.ndimension", "numpy.ndim")
def dim_(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The rank, a constant where it is known; 0 for a number."""
    x = e.value(args[0])
    if is_scalar(x, ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT):
        return e.constant(0)
    if not isinstance(x.type, TensorType):
        raise e.error(
            None,
            f"{e.describe(x)} has no rank here",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint="make it an array first: np.asarray(x)",
        )
    return e.op("dim", [x]) if x.type.shape is None else e.constant(len(x.type.shape))


@special("torch.is_tensor")
def is_tensor_(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Known at compile time."""
    return e.constant(is_tensor(args[0]))


@special("torch.Tensor.is_floating_point", "torch.is_floating_point")
def is_floating_point(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Known at compile time."""
    return e.constant(
        dtypes.category(data_type(e.value(args[0]))) == dtypes.category(DataType.FLOAT32)
    )


def _same(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    del e
    return args[0]


SPECIAL |= dict.fromkeys(
    [f"torch.Tensor.{n}" for n in ("detach", "cpu", "cuda", "requires_grad_", "numpy")]
    + ["torch.detach"],
    _same,
)


def _spread(op: str) -> Special:
    def spread(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        is_torch = e.frame.flavour == "torch"
        names: tuple[str, ...] = ("input", "dim", "unbiased", "keepdim")
        if not is_torch:
            names = ("a", "axis", "dtype", "out", "ddof", "keepdims")
        found = dict(zip(names, take(args, kwargs, *names), strict=True))
        for name in ("dtype", "out"):
            if not is_none(found.get(name) or e.constant(None)):
                what, hint = f"{op}(): scripts do not know `{name}`", "cast with astype"
                raise e.error(None, what, rule="SCRIPT-10", hint=hint)
        dim, unbiased = found.get("dim", found.get("axis")), found.get("unbiased")
        is_flag, flag = constant_of(dim) if dim is not None else (False, None)
        if is_flag and isinstance(flag, bool):
            dim, unbiased = None, dim
        correction = known(
            e, kwargs.get("correction", found.get("ddof")), 1 if is_torch else 0, "correction"
        )
        if unbiased is not None:
            correction = int(bool(known(e, unbiased, True, "unbiased")))
        axes = known(e, dim, None, "dim")
        keep = known(e, found.get("keepdim", found.get("keepdims")), False, "keepdim")
        attributes = {
            "dim": (axes,) if isinstance(axes, int) else axes,
            "correction": float(correction),
            "keepdim": keep,
        }
        return emit_op(e, op, [args[0] if args else kwargs["input"]], attributes)

    return spread


for _name in ("var", "std"):
    SPECIAL |= dict.fromkeys(
        [f"torch.{_name}", f"torch.Tensor.{_name}", f"numpy.{_name}"], _spread(_name)
    )


@special("torch.norm", "torch.Tensor.norm", "torch.functional.norm")
def norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The p-norm of all elements or along axes."""
    x, p, dim, keepdim = take(args, kwargs, "input", "p", "dim", "keepdim")
    order = known(e, p, 2, "p")
    if order in {"fro", None}:
        order = 2
    axes = known(e, dim, None, "dim")
    attributes = {
        "ord": float(order),
        "dim": (axes,) if isinstance(axes, int) else axes,
        "keepdim": known(e, keepdim, False, "keepdim"),
    }
    return emit_op(e, "vector_norm", [x], attributes)
