"""Runs the text of an authored model under CPython: the code language is Python's syntax.

`ops` stands for numpy here. Guards are not checked and states are plain attributes, so only calls
that must give values can be asked about.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

_WORDS = (
    *("branch", "loop_condition", "int_read", "float_read", "tensor_read", "compare"),
    *("unrecorded", "comparison", "unrolled_loop", "iteration", "size_read"),
)


class NoOracleError(Exception):
    """The text uses an op that has no counterpart here."""


class _Ops:
    """Ops as numpy has them; each written down by hand."""

    neg = staticmethod(np.negative)
    add = staticmethod(np.add)
    mul = staticmethod(np.multiply)
    matmul = staticmethod(np.matmul)
    floor_divide = staticmethod(np.floor_divide)
    gt = staticmethod(np.greater)
    div = staticmethod(np.divide)
    ceil = staticmethod(np.ceil)
    where = staticmethod(np.where)
    list = SimpleNamespace(
        append=lambda xs, x: [*xs, x],
        set=lambda xs, i, x: [*xs[:i], x, *xs[i + 1 :]],
        pop=lambda xs, i: (xs[i], [x for k, x in enumerate(xs) if k != i % len(xs)]),
        sort=lambda xs, descending=False: sorted(xs, reverse=descending),
    )
    dict = SimpleNamespace(
        set=lambda d, k, x: d | {k: x},
        remove=lambda d, k: {key: x for key, x in d.items() if key != k},
        keys=lambda d: [*d],
    )

    @staticmethod
    def sum(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return np.sum(x, axis=None if dim is None else tuple(dim), keepdims=keepdim)

    @staticmethod
    def mean(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return np.mean(x, axis=None if dim is None else tuple(dim), keepdims=keepdim)

    @staticmethod
    def cast(x: Any, dtype: Any) -> Any:
        return np.asarray(x).astype(dtype)

    @staticmethod
    def scatter(x: Any, index: Any, src: Any) -> Any:
        made = np.array(x)
        for place, value in zip(index, src, strict=True):
            made[place] = value
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
        return np.take_along_axis(x, index, dim)

    @staticmethod
    def reshape(x: Any, shape: Any) -> Any:
        return np.reshape(x, shape)

    @staticmethod
    def linear(x: Any, weight: Any, bias: Any = 0) -> Any:
        return x @ weight.T + bias

    @staticmethod
    def item_bool(x: Any) -> bool:
        return bool(x.item())

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
        **{t: getattr(np, t) for t in ("float32", "float64", "int32", "int64", "bool_")},
        "Module": object,
        "Struct": object,
        "Dim": lambda *_: None,
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
    program_object = made()
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
