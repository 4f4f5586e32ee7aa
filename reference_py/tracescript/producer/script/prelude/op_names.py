"""Ops for functions that are only compiled: `ops.softmax` stands for the op, nothing runs it."""

from __future__ import annotations

import functools
from typing import Any


class _Ops:
    """Makes what the compiler knows as an op, for each name that is asked for."""

    def __getattr__(self, name: str) -> Any:
        return _op(name)


@functools.cache
def _op(name: str) -> Any:
    def call(*_args: Any, **_kwargs: Any) -> Any:
        message = f"ops.{name} of a prelude is compiled, not run"
        raise AssertionError(message)

    setattr(call, "__tracescript_op__", name)  # noqa: B010  # how producers know it
    return call


ops: Any = _Ops()
