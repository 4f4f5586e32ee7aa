"""Plain attributes of modules that a program changes: nothing in a trace can hold that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import ProducerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracescript.producer.trace.tree import Branch

_PLAIN: Final = (bool, int, float, str)


class Attributes:
    """The numbers and strings that modules hold, as they were before the run."""

    def __init__(self, branches: Iterable[Branch]) -> None:
        self._before = [(b.module, _plain(b.module)) for b in branches if b.module is not None]

    def check(self) -> None:
        """Raise ProducerError where the program changed one. Spec: TRACE-14."""
        for module, before in self._before:
            after = _plain(module)
            for name in before.keys() | after.keys():
                old, new = before.get(name), after.get(name)
                if type(old) is not type(new) or old != new:
                    raise ProducerError(
                        f"the program changes the attribute {name} of {type(module).__name__} "
                        f"from {old!r} to {new!r}, which the trace cannot repeat",
                        code="UNSUPPORTED_PYTHON",
                        rule="TRACE-14",
                        hint="make it a buffer (a 0-d array) and write the new value into it",
                    )


def _plain(module: Any) -> dict[str, Any]:
    found = getattr(module, "__dict__", {})
    return {
        name: value
        for name, value in found.items()
        if type(value) in _PLAIN and not name.startswith("_")
    }
