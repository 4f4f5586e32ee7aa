"""Runs the text of an authored model under CPython: the code language is Python's syntax.

`ops` stands for numpy here. Guards are not checked and states are plain attributes, so only calls
that must give values can be asked about.
"""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any, Union

import numpy as np

from oracles import text_casts
from oracles.text_makers import Makers
from oracles.text_scalars import Scalars, TensorForm

_WORDS = (
    *("branch", "loop_condition", "int_read", "float_read", "tensor_read", "compare"),
    *("unrecorded", "comparison", "unrolled_loop", "iteration", "size_read"),
)


def dict_of(keys: Any, values: Any) -> dict[Any, Any]:
    """Return a dict of keys and values."""
    return dict(zip(keys, values, strict=True))


class NoOracleError(Exception):
    """The text uses an op that has no counterpart here."""


class _Symbol:
    """A symbol inside a guard: whatever is computed with it, nobody looks at."""

    def _same(self, *_: Any) -> _Symbol:
        return self

    __neg__ = _same
    __add__ = __sub__ = __mul__ = __floordiv__ = __mod__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = _same
    __radd__ = __rsub__ = __rmul__ = __rfloordiv__ = __rmod__ = _same


class _Struct:
    """A record that is its fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class _Ops(Makers, Scalars):
    """Ops as numpy has them; each written down by hand."""

    neg = staticmethod(np.negative)
    add = staticmethod(np.add)
    sub = staticmethod(np.subtract)
    mul = staticmethod(np.multiply)
    remainder = staticmethod(np.remainder)
    matmul = staticmethod(np.matmul)
    floor_divide = staticmethod(np.floor_divide)
    gt = staticmethod(np.greater)
    div = staticmethod(np.divide)
    ceil = staticmethod(np.ceil)
    cast = staticmethod(text_casts.cast)
    dim = staticmethod(np.ndim)
    identity = staticmethod(np.copy)
    where = staticmethod(np.where)
    cat = staticmethod(lambda xs, dim=0: np.concatenate(xs, axis=dim))
    linalg_inv = staticmethod(np.linalg.inv)
    broadcast_tensors = staticmethod(lambda xs: [*np.broadcast_arrays(*xs)])
    meshgrid = staticmethod(lambda xs, indexing: [*np.meshgrid(*xs, indexing=indexing)])
    diff = staticmethod(lambda x, dim=-1: np.diff(x, axis=dim))
    movedim = staticmethod(np.moveaxis)
    unbind = staticmethod(lambda x, dim=0: [*np.moveaxis(x, dim, 0)])
    hardsigmoid = staticmethod(lambda x: np.clip(x + 3, 0, 6) / 6)
    one_hot = staticmethod(lambda x, num_classes: np.eye(num_classes, dtype=np.int64)[x])
    warn = print = staticmethod(lambda *_, **__: None)
    math = SimpleNamespace(unary=lambda a, function: getattr(math, function)(a))
    list = SimpleNamespace(
        make=lambda *xs: [*xs],
        append=lambda xs, x: [*xs, x],
        repeat=lambda xs, n: xs * n,
        set=lambda xs, i, x: [*xs[:i], x, *xs[i + 1 :]],
        pop=lambda xs, i: (xs[i], [x for k, x in enumerate(xs) if k != i % len(xs)]),
        sort=lambda xs, descending=False: sorted(xs, reverse=descending),
    )
    dict = SimpleNamespace(
        set=lambda d, k, x: d | {k: x},
        remove=lambda d, k: {key: x for key, x in d.items() if key != k},
        keys=lambda d: [*d],
        make=lambda *entries: dict_of(entries[::2], entries[1::2]),
        values=lambda d: [*d.values()],
        len=len,
    )
    range = SimpleNamespace(len=lambda start, end, step: len(range(start, end, step)))
    union = SimpleNamespace(make=lambda a, **_: a, get=lambda a, **_: a)
    to_tensor = staticmethod(np.array)
    equal = staticmethod(lambda a, b: vars(a) == vars(b) if isinstance(a, _Struct) else a == b)

    @staticmethod
    def sum(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        wide = x.astype(np.float64) if x.dtype.kind == "f" else x
        made = np.sum(wide, axis=None if dim is None else tuple(dim), keepdims=keepdim)
        return made.astype(x.dtype)

    @staticmethod
    def mean(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return np.mean(x, axis=None if dim is None else tuple(dim), keepdims=keepdim)

    @staticmethod
    def topk(x: Any, k: int) -> tuple[Any, Any]:
        places = np.argsort(-x, kind="stable")[:k]
        return x[places], places

    @staticmethod
    def random_bits(state: Any, shape: Any) -> tuple[Any, Any]:
        import torch

        from oracles import torch_random

        drawn, after = torch_random.bits(torch.from_numpy(state), shape)
        return drawn.numpy(), after.numpy()

    @staticmethod
    def index_put(x: Any, indices: Any, values: Any) -> Any:
        made = x.copy()
        made[tuple(indices)] = values
        return made

    @staticmethod
    def zeros(shape: Any, dtype: Any) -> Any:
        return np.zeros(shape, dtype)

    @staticmethod
    def size(x: Any, dim: int) -> int:
        return int(x.shape[dim])

    @staticmethod
    def select(x: Any, index: int, dim: int = 0) -> Any:
        return np.take(x, index, axis=dim)

    @staticmethod
    def gather(x: Any, index: Any, dim: int = 0) -> Any:
        seen = [slice(None) if a == dim else slice(n) for a, n in enumerate(index.shape)]
        return np.take_along_axis(x[tuple(seen)], index, dim)

    @staticmethod
    def reshape(x: Any, shape: Any) -> Any:
        return np.reshape(x, shape)

    @staticmethod
    def linear(x: Any, weight: Any, bias: Any = 0) -> Any:
        return (x.astype(np.float64) @ weight.T + bias).astype(x.dtype)

    @staticmethod
    def item_bool(x: Any) -> bool:
        return bool(x.item())

    @staticmethod
    def item_float(x: Any) -> float:
        return float(x.item())

    @staticmethod
    def item_int(x: Any) -> int:
        return int(x.item())

    @staticmethod
    def assert_(condition: bool, message: str = "") -> None:
        assert condition, message

    @staticmethod
    def raise_(message: str) -> None:
        raise RuntimeError(message)


def instance(text: str, class_name: str, members: dict[str, Any]) -> Any:
    """Return an object with the methods of a class of the text; `members` are weights and states.

    Raises NoOracleError where the text has no such class.
    """
    same = lambda function: function  # noqa: E731
    names: dict[str, Any] = {
        **{word: word for word in _WORDS},
        **dict.fromkeys(("traced", "scripted", "explored", "imported", "authored"), same),
        **{t: getattr(np, t) for t in ("float16", "float32", "float64", "int32", "int64", "bool_")},
        "Tensor": TensorForm,
        "_": None,
        "Module": object,
        "Struct": _Struct,
        "Union": Union,
        **{word: word for word in text_casts.NARROW},
        "Dim": lambda *_: _Symbol(),
        "ceil_div": lambda *_: _Symbol(),
        "count": itertools.count,
        "call": lambda name, *args: getattr(names["self"], name.rpartition(".")[2])(*args),
        "guard": lambda *_: None,
        "shape_guard": lambda *_: None,
        "ops": _Ops(),
        "nan": float("nan"),
        "inf": float("inf"),
    }
    program = f"from __future__ import annotations\n{text}"
    exec(compile(program, "text", "exec", dont_inherit=True), names)  # noqa: S102  # our own text
    made = names.get(class_name)
    if not isinstance(made, type):
        raise NoOracleError(class_name)
    program_object = names["self"] = made()
    for path, value in members.items():
        holder = program_object
        *parents, name = path.split(".")
        for parent in parents:
            holder.__dict__.setdefault(parent, SimpleNamespace())
            holder = getattr(holder, parent)
        setattr(holder, name, value)
    return program_object


def call(program: Any, method: str, args: list[Any], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Call a method; several outputs are a tuple. Raises NoOracleError for an op unknown here."""
    try:
        made = getattr(program, method)(*args, **kwargs)
    except (AttributeError, NameError, TypeError) as error:
        raise NoOracleError(str(error)) from error
    return made if isinstance(made, tuple) else (made,)
