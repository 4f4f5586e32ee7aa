"""numpy functions that are written in the language of scripts, by the name a program calls."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import ProducerError
from tracescript.producer.numpy.special import HANDLERS, UFUNCS
from tracescript.producer.script.prelude import elements as prelude_elements
from tracescript.producer.script.prelude import numpy as prelude_numpy
from tracescript.producer.trace import hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Known

_HOMES: Final = frozenset({"numpy", "bisect", "collections", "heapq"})
_ELEMENTS: Final = (
    *("radians", "degrees", "isposinf", "isneginf", "heaviside", "logaddexp2", "isin"),
    *(
        "extract",
        "signbit",
        "float_power",
        "real",
        "imag",
        "isreal",
        "iscomplex",
        "flatnonzero",
        "nonzero",
    ),
    *("compress", "diff", "meshgrid", "repeat", "take", "floor", "ceil", "trunc", "fabs"),
    *("reciprocal", "nan_to_num", "unique", "cbrt", "rint"),
)
_ALONG: Final = (
    *("quantile", "percentile", "median", "cumsum", "cumprod", "flip", "roll", "rot90"),
    *("ptp", "nansum", "nanprod", "nancumsum", "nanmean", "nanvar", "nanstd", "nanmax"),
    *("nanmin", "append", "ediff1d", "outer", "inner", "vdot", "diag", "diagflat", "polyval"),
    *("matrix_transpose", "trapezoid", "column_stack", "eye", "average"),
    "resize",
)
_OTHER: Final[Mapping[str, Callable[..., Any]]] = {
    "round": prelude_elements.round_,
    "around": prelude_elements.round_,
    "fix": prelude_elements.trunc,
    "deg2rad": prelude_elements.radians,
    "rad2deg": prelude_elements.degrees,
    "linalg.outer": prelude_numpy.outer,
    "linalg.matrix_transpose": prelude_numpy.matrix_transpose,
    "linalg.matrix_power": prelude_numpy.matrix_power,
    "linalg.svdvals": prelude_numpy.svdvals,
    "linalg.eigvalsh": prelude_numpy.eigvalsh,
}
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **{f"numpy.{n}": getattr(prelude_elements, n) for n in _ELEMENTS},
    **{f"numpy.{n}": getattr(prelude_numpy, n) for n in _ALONG},
    **{f"numpy.{n}": function for n, function in _OTHER.items()},
}
"""By numpy's name."""


@functools.cache
def _by_object() -> dict[int, Callable[..., Any]]:
    """Return the functions by the identity of numpy's; a version of numpy may lack some."""
    found = {}
    for name, function in FUNCTIONS.items():
        target: Any = np
        for part in name.split(".")[1:]:
            target = getattr(target, part, None)
        if target is not None:
            found[id(target)] = function
    return found


def definition(value: Any) -> Callable[..., Any] | None:
    """Return what is compiled in place of a function of numpy, None for any other object."""
    return _by_object().get(id(value))


def from_tracer(
    e: Emitter, callee: Known, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry | None:
    """Compile what traces write for a call of numpy's with other calls; None where nothing is.

    That needs no types as a recording does.
    """
    try:
        written = HANDLERS.get(callee.value) or UFUNCS.get(callee.value)
    except TypeError:
        return None
    if written is None:
        return None
    return e.session.call_python(e, written, [e.constant(None), *args], kwargs)


def from_source(e: Emitter, callee: Known, args: list[Entry], kwargs: dict[str, Entry]) -> Entry:
    """Compile a Python function; where that of a library cannot be, the error is at the call."""
    frame, at = e.frame, e.at
    try:
        return e.session.call_python(e, callee.value, args, kwargs)
    except ProducerError as error:
        home, name = (str(getattr(callee.value, a, "")) for a in ("__module__", "__name__"))
        if home.partition(".")[0] not in _HOMES:
            raise
        e.frame, e.at = frame, at
        raise e.error(
            at,
            f"{home.partition('.')[0]}.{name} is no op, and its source is more than scripts take",
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
            hint=hints.instead(name),
        ) from error
