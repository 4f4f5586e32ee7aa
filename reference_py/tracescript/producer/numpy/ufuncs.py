"""Calls of ufuncs with what all of them take: `out`, `where`, `dtype`, `casting`, `order`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.producer.numpy import names, special, typed, ufunc_methods, writes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def run(
    door: NumpyDoor, ufunc: np.ufunc, method: str, inputs: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """Run and record a ufunc or a method of it; `out=` takes the result. Spec: TRACE-2.

    Raises numpy's TypeError where it has no loop for the types, or cannot cast as asked.
    """
    given = dict(kwargs)
    if method != "__call__":
        return ufunc_methods.ufunc_method(door, ufunc, method, inputs, given)
    where, out = given.pop("where", True), given.pop("out", None)
    given.pop("order", None)  # elements stay where their index says
    given.pop("subok", None)
    if where is not True and out is None:
        raise names.unknown(door, f"numpy.{ufunc.__name__} with where= and without out=")
    inputs = [np.asarray(x) if isinstance(x, (list, tuple)) else x for x in inputs]
    kinds = _kinds(door, ufunc, inputs, given, out)
    if "dtype" in given or "signature" in given:
        pairs = zip(inputs, kinds, strict=False)
        inputs = [typed.cast(x, kind) if door.is_array(x) else x for x, kind in pairs]
    for name in ("dtype", "signature", "casting"):
        given.pop(name, None)
    found = _recorded(door, ufunc, inputs, given)
    return found if out is None else _assigned(door, out, found, where)


def _kinds(
    door: NumpyDoor,
    ufunc: np.ufunc,
    inputs: Sequence[Any],
    given: Mapping[str, Any],
    out: Sequence[Any] | None,
) -> tuple[Any, ...]:
    """Return the types that numpy computes in, for calls that say something about them."""
    if out is None and not given.keys() & {"dtype", "signature", "casting"}:
        return ()
    targets = [None if x is None else door.real(x).dtype for x in out or (None,) * ufunc.nout]
    more = {k: v for k, v in given.items() if k in {"signature", "casting"}}
    if given.get("dtype") is not None:
        more["signature"] = (*(None,) * ufunc.nin, *(np.dtype(given["dtype"]),) * ufunc.nout)
    kinds: tuple[Any, ...] = ufunc.resolve_dtypes((*typed.operands(door, inputs), *targets), **more)
    return kinds


def _recorded(
    door: NumpyDoor, ufunc: np.ufunc, inputs: Sequence[Any], given: Mapping[str, Any]
) -> Any:
    handler = special.UFUNCS.get(ufunc)
    if handler is None:
        return door.run(ufunc, inputs, given)
    if not names.takes(handler, (door, *inputs), given):
        raise names.unknown(door, f"numpy.{ufunc.__name__}")
    return handler(door, *inputs, **given)


def _assigned(door: NumpyDoor, out: Sequence[Any], found: Any, where: Any) -> Any:
    results = found if isinstance(found, tuple) else (found,)
    made = tuple(
        r if target is None else writes.assigned(door, target, r, where)
        for target, r in zip(out, results, strict=True)
    )
    return made if isinstance(found, tuple) else made[0]
