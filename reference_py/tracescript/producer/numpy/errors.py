"""What a program says to numpy about floating-point errors: a model can only go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from tracescript.producer.numpy.door import NumpyDoor

_QUIET: Final = frozenset({"ignore", "warn"})


def modes() -> dict[str, str]:
    """Return what numpy does at each kind of floating-point error."""
    return {name: str(mode) for name, mode in np.geterr().items()}


def check(door: NumpyDoor) -> None:
    """Refuse a call under `np.errstate(divide="raise")`, unless all of the process is under it."""
    for name, mode in modes().items():
        if mode not in _QUIET and mode != door.errors[name]:
            what = f"numpy is told to {mode!r} at floating-point errors ({name}), which no op does"
            hint = 'say "ignore" or "warn" to np.errstate or np.seterr, and test the values'
            raise door.recorder.error("UNSUPPORTED_PYTHON", what, hint)
