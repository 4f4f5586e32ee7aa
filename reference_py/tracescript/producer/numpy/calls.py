"""Calls of numpy as a program makes them: of constants, refused by numpy itself, or recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.errors import TsError
from tracescript.producer.numpy import errors, known, names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def called(
    door: NumpyDoor,
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    record: Callable[[Any, Any], Any],
) -> Any:
    """Call a function of numpy, a ufunc or its method.

    `record` takes its arguments where not all are constants. Raises what numpy raises, whatever
    the definition of the call in others raises.
    """
    errors.check(door)
    found = known.call(door, function, args, kwargs)
    if found is not known.UNKNOWN:
        return found
    given, named = known.rest(door, function, args, kwargs)
    try:
        return known.viewed(door, record(given, named), (given, tuple(named.values())))
    except TsError:
        raise
    except Exception as error:
        function(*known.copies(given), **{k: known.copies(v) for k, v in named.items()})
        what = f"{names.full_name(function)} with such arguments"
        raise names.unknown(door, what) from error
