"""What the tests of `wire` share about files: making, editing, refusing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tools import file_parts, sample_models
from tracescript import ir
from tracescript.errors import TsError
from tracescript.wire.reader import read
from tracescript.wire.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[Any], Any]


def written(model: ir.Model, *units: ir.CodeUnit, **options: Any) -> bytes:
    out = io.BytesIO()
    write(model, out, code_units=units, **options)
    return out.getvalue()


def rich_file() -> bytes:
    unit = ir.CodeUnit("u", "abc\n", (("f", 0, 2), ("helper", 2, 3)))
    return written(sample_models.rich(), unit)


def edited(content: bytes, number: int, edit: Edit) -> bytes:
    """The file with one message changed and all digests right."""
    parts = file_parts.take_apart(content)
    message = file_parts.MESSAGES[number].FromString(parts.sections[number])
    edit(message)
    parts.sections[number] = message.SerializeToString(deterministic=True)
    return file_parts.assemble(parts)


def refused(content: bytes, **options: str) -> TsError:
    with pytest.raises(TsError) as error:
        read(content, **options)
    return error.value


def assign(path: str, value: Any) -> Edit:
    """An edit that sets a field: `types[1].list`."""

    def edit(message: Any) -> None:
        *parents, last = path.replace("[", ".[").split(".")
        target = message
        for step in parents:
            target = target[int(step[1:-1])] if step[0] == "[" else getattr(target, step)
        if last[0] == "[":
            target[int(last[1:-1])] = value
        else:
            setattr(target, last, value)

    return edit


def find(message: Any, table: str, arm: str) -> int:
    """The index of the first entry with this arm."""
    entries = getattr(message, table)
    oneof = "value" if table == "constants" else "kind"
    return next(i for i, entry in enumerate(entries) if entry.WhichOneof(oneof) == arm)
