"""Format specs: what Python refuses of one, and what hangs on the locale."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tracescript.ir.types import ScalarKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.script.emitter.core import Emitter


@contextlib.contextmanager
def refused(e: Emitter, spec: str) -> Iterator[None]:
    """Turn what Python says of a format spec into an error of the user's line."""
    try:
        yield
    except (ValueError, TypeError) as error:
        what = f"the format spec {spec!r}: {error}"
        raise e.error(None, what, rule="SCRIPT-10", hint="d for ints, .2f for floats") from None


def check_spec(e: Emitter, spec: str, kind: ScalarKind) -> None:
    """Refuse a spec that fits no value of a kind, and those whose texts hang on the locale."""
    if spec[-1:] in {"c", "n"}:
        raise e.error(
            None, f"the format spec {spec!r}", rule="SCRIPT-10", hint="chr(n), or another type"
        )
    with refused(e, spec):
        format(_SAMPLES.get(kind, 1), spec)


_SAMPLES = {ScalarKind.STR: "", ScalarKind.FLOAT: 0.5}
