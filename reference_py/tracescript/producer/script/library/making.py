"""Functions that make tensors, and those that convert them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tracescript.ir.types import DataType, ScalarKind
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import Items, Known, constant_of
from tracescript.producer.script.library.coerce import as_tensor, data_type, filling, number_in
from tracescript.producer.script.library.promote import int_list
from tracescript.producer.script.library.table import SPECIAL, special, take

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


@special(
    "torch.tensor",
    "torch.as_tensor",
    "numpy.array",
    "numpy.asarray",
    "numpy.asanyarray",
    "numpy.ascontiguousarray",
)
def tensor(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A tensor of numbers, or the tensor itself."""
    from tracescript.producer.script.library.conditions import kind_of

    data = args[0]
    dtype = kwargs.get("dtype") or (
        args[1] if len(args) > 1 and e.frame.flavour == "numpy" else None
    )
    wanted = None if dtype is None or is_none(dtype) else e.session.data_type_of(e, dtype)
    if is_tensor(data) or e.session.holds_array(data):
        return as_tensor(e, data, wanted or data_type(e.value(data)))
    if isinstance(data, Items) and any(is_tensor(p) for p in data.parts):
        parts = [as_tensor(e, p, wanted or DataType.FLOAT32) for p in data.parts]
        return e.op("stack", [e.make_list(parts)], {"dim": 0})
    if wanted is None:
        float_type = DataType.FLOAT32 if e.frame.flavour == "torch" else DataType.FLOAT64
        wanted = {"bool": DataType.BOOL, "int": DataType.INT64}.get(kind_of(e, data), float_type)
    is_known, value = constant_of(data)
    if is_known and isinstance(value, list | tuple | int | float):
        return e.builder.constant(np.asarray(value).astype(dtypes.numpy_of(wanted)))
    return e.op("to_tensor", [e.value(_lists(data))], {"dtype": wanted})


@special("torch.scalar_tensor")
def scalar_tensor(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """One number, a float where no data type is given."""
    dtype = kwargs.get("dtype", e.constant(None))
    return tensor(e, args, {"dtype": Known(DataType.FLOAT32) if is_none(dtype) else dtype})


def _lists(entry: Entry) -> Entry:
    if isinstance(entry, Items):
        return Items(tuple(_lists(p) for p in entry.parts), is_list=True)
    return entry


@special("torch.arange", "numpy.arange")
def arange(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """One argument is the end."""
    from tracescript.producer.script.library.conditions import kind_of

    given = [kwargs.get(n) for n in ("start", "end", "step")]
    for k, x in enumerate(args[:3]):
        given[k] = x
    if len(args) == 1 and given[1] is None:
        given = [None, args[0], given[2]]
    numbers = [given[0] or e.constant(0), given[1], given[2] or e.constant(1)]
    numbers = [_number(e, n) if n is not None and is_tensor(n) else n for n in numbers]
    dtype = kwargs.get("dtype")
    is_float = "float" in {kind_of(e, n) for n in numbers if n is not None}
    default = (
        (DataType.FLOAT32 if e.frame.flavour == "torch" else DataType.FLOAT64)
        if is_float
        else DataType.INT64
    )
    wanted = default if dtype is None or is_none(dtype) else e.session.data_type_of(e, dtype)
    return e.op("arange", [e.value(n) for n in numbers if n is not None], {"dtype": wanted})


def _number(e: Emitter, x: Entry) -> Entry:
    """Read a tensor of one element where its data type is that of a Python number."""
    value = e.value(x)
    is_python = data_type(value) in {DataType.INT64, DataType.FLOAT64}
    return number_in(e, value) if is_python or e.frame.flavour == "torch" else x


@special("torch.Tensor.to", "numpy.ndarray.astype", "torch.Tensor.astype")
def to(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A cast where a data type is among the arguments; devices say nothing."""
    x, *rest = args
    flags = [constant_of(r)[1] for r in rest if is_scalar(r, ScalarKind.BOOL)]
    is_copied = constant_of(kwargs.get("copy", e.constant(False)))[1] is True or True in flags[1:]
    for candidate in [*rest, *kwargs.values()]:
        if is_tensor(candidate):
            x = as_tensor(e, x, data_type(e.value(candidate)))
            break
        wanted = e.session.data_type_if(candidate)
        if wanted is not None:
            x = as_tensor(e, x, wanted)
            break
    else:
        if e.frame.flavour == "numpy":
            raise e.error(
                None,
                "the format has no such data type",
                rule="SCRIPT-10",
                hint="use a numeric or bool type",
            )
    is_numpys = e.frame.flavour == "numpy" and constant_of(kwargs.get("copy", x))[1] is not False
    is_copied |= is_numpys and x is args[0]
    return e.op("identity", [e.value(x)]) if is_copied else x


@special("torch.Tensor.type")
def type_of_tensor(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """`x.type(torch.float64)`; without a type it gives a text that no other library knows."""
    if len(args) + len(kwargs) == 1:
        raise e.error(
            None,
            "x.type() is a text of torch's own",
            code="UNKNOWN_CALL",
            rule="SCRIPT-10",
            hint="compare x.dtype",
        )
    return to(e, args, kwargs)


def _cast(wanted: DataType) -> Special:
    return lambda e, args, _kwargs: as_tensor(e, args[0], wanted)


for _name, _type in {
    "float": DataType.FLOAT32,
    "double": DataType.FLOAT64,
    "half": DataType.FLOAT16,
    "bfloat16": DataType.BFLOAT16,
    "long": DataType.INT64,
    "int": DataType.INT32,
    "short": DataType.INT16,
    "char": DataType.INT8,
    "byte": DataType.UINT8,
    "bool": DataType.BOOL,
    "cfloat": DataType.COMPLEX64,
    "cdouble": DataType.COMPLEX128,
}.items():
    SPECIAL[f"torch.Tensor.{_name}"] = _cast(_type)


def _new(op: str) -> Special:
    def new(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, *rest = args
        dtype = kwargs.get("dtype")
        wanted = (
            data_type(e.value(x))
            if dtype is None or is_none(dtype)
            else e.session.data_type_of(e, dtype)
        )
        if op == "full":
            shape, value = take(rest, kwargs, "size", "fill_value")
            assert shape is not None
            assert value is not None
            return e.op("full", [int_list(e, shape, "shape"), filling(e, value)], {"dtype": wanted})
        shape = kwargs.get("size") or (
            rest[0] if len(rest) == 1 else Items(tuple(rest), is_list=True)
        )
        return e.op(op, [int_list(e, shape, "shape")], {"dtype": wanted})

    return new


SPECIAL |= {
    "torch.Tensor.new_zeros": _new("zeros"),
    "torch.Tensor.new_ones": _new("ones"),
    "torch.Tensor.new_full": _new("full"),
    "torch.Tensor.new_empty": _new("zeros"),
}


def _like(op: str) -> Special:
    def like(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x = e.value(args[0] if args else kwargs.get("input") or kwargs["a"])
        dtype = kwargs.get("dtype")
        value = take(args, kwargs, "input", "fill_value")[1] if op == "full_like" else None
        made = e.op(op, [x, filling(e, value)] if value is not None else [x])
        return (
            made
            if dtype is None or is_none(dtype)
            else as_tensor(e, made, e.session.data_type_of(e, dtype))
        )

    return like


for _library in ("torch", "numpy"):
    SPECIAL |= {
        f"{_library}.zeros_like": _like("zeros_like"),
        f"{_library}.ones_like": _like("ones_like"),
        f"{_library}.full_like": _like("full_like"),
        f"{_library}.empty_like": _like("zeros_like"),
    }
