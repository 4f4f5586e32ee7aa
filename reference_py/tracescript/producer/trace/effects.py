"""What a program does beside returning its results: refused, or left as unrecorded decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.producer.trace.tape import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.trace.attributes import Attributes
    from tracescript.producer.trace.given import Given
    from tracescript.producer.trace.outside import Outside
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tree import Branch


@dataclass(frozen=True, slots=True)
class Effects:
    """What modules, arguments and variables held before a run."""

    attributes: Attributes
    given: Given
    outside: Outside

    def add(self, branch: Branch) -> None:
        """Take in a module that the program met only now."""
        self.attributes.add(branch)
        self.outside.add([type(branch.module)])

    def settle(self, recorder: Recorder, result: Any) -> None:
        """Refuse, or with `strict` off record, what the program changed. Spec: TRACE-14."""
        found = (self.attributes.effects(), self.given.effects(result), self.outside.effects())
        for effect in (e for effects in found for e in effects):
            if recorder.strict:
                raise effect.error()
            recorder.root.events.append(Read("unrecorded", None, None, effect.site, effect.what))

    def left(self) -> Iterator[Any]:
        """Yield what the program left in attributes and variables."""
        yield from (now for *_, now in self.attributes.changes())
        yield from (now for *_, now in self.outside.changes())
