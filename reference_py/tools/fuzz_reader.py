"""Feeds the reader damaged files: it refuses them with an error of ours, or the result is sound.

    python -m tools.fuzz_reader --count 100000 --seed 1 [FILE...]

Without files it takes two that it makes itself.
Half of the mutants are damaged anywhere: none may be accepted. The other half are damaged inside a
section whose digests are then made to fit, so that the damage gets as far as the messages: what is
accepted there must be written again to the same bytes. Prints how often each code came.
"""

from __future__ import annotations

import argparse
import collections
import io
import random
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from tools import file_parts, mutations, sample_models
from tracescript.errors import TsError
from tracescript.ir.model import CodeUnit
from tracescript.validator import validate
from tracescript.wire import scan
from tracescript.wire.reader import read
from tracescript.wire.tensors import payload_of
from tracescript.wire.writer import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.wire.reader import Opened

_MOST_CHANGES = 3


class Unsound(Exception):  # noqa: N818  # it is a verdict, not an error of the program
    """The reader accepted what it must refuse, or broke."""


def rewritten(opened: Opened) -> bytes:
    """Write what was read."""
    out = io.BytesIO()
    write(opened.model, out, code_units=opened.code_units, alignment=opened.alignment)
    return out.getvalue()


def one_form(content: bytes) -> dict[int, bytes]:
    """Return the sections of which each content has one form.

    Storages may be cut in several ways, and the data of examples may be in several orders.
    """
    sections = file_parts.take_apart(content).sections
    numbers = (scan.MODEL, scan.CODE, scan.DEBUG, scan.EXTRA_FILES)
    return {number: sections[number] for number in numbers if number in sections}


def weights_of(opened: Opened) -> list[tuple[object, tuple[int, ...], bytes]]:
    """Return type, shape and bytes of each weight."""
    return [(w.data_type, w.shape, bytes(payload_of(w))) for w in opened.weights]


def check_accepted(content: bytes, opened: Opened) -> None:
    """Require that a file that passed a full verification means what it will be saved as."""
    if opened.format_version > (scan.FORMAT_MAJOR, scan.FORMAT_MINOR):
        # What a newer version calls canonical is not known here, so no full verification looked.
        return
    again = rewritten(opened)
    other = read(again, verify="full")
    if rewritten(other) != again:
        raise Unsound("saving twice gives two files")
    if one_form(again) != one_form(content) or weights_of(other) != weights_of(opened):
        raise Unsound("what was read is saved as something else")


def outcome(content: bytes, *, repaired: bool) -> str:
    """Read a mutant; return the code it was refused with, or ACCEPTED.

    Raises:
        Unsound: if it must not be accepted, or if anything but an error of ours comes out.
    """
    try:
        opened = read(content, verify="full")
    except TsError as error:
        _check_lazy(content)
        return error.code
    except Exception as error:
        raise Unsound(f"{type(error).__name__} instead of an error of ours") from error
    if not repaired:
        raise Unsound("accepted though the digests cannot fit")
    check_accepted(content, opened)
    _check_lazy(content)
    return "ACCEPTED"


def _check_lazy(content: bytes) -> None:
    """Read with metadata checks only, look at every weight, validate: no exception but ours."""
    try:
        opened = read(content)
        for weight in opened.weights:
            _ = weight.array
        validate(opened.model)
    except TsError:
        return
    except Exception as error:
        raise Unsound(f"{type(error).__name__} instead of an error of ours") from error


def samples() -> list[bytes]:
    """Write the sample models, with a code section."""
    files = []
    for model in (sample_models.gate(), sample_models.rich()):
        out = io.BytesIO()
        name = model.functions[-1].name
        write(model, out, code_units=(CodeUnit("unit", "text\n", ((name, 0, 4),)),))
        files.append(out.getvalue())
    return files


def mutant(files: Sequence[bytes], rng: random.Random) -> tuple[bytes, bool]:
    """Return a damaged file and whether its digests were made to fit."""
    content = rng.choice(files)
    if rng.randrange(2):
        return mutations.damage(content, files, rng), False
    parts = file_parts.take_apart(content)
    for _ in range(rng.randrange(1, _MOST_CHANGES + 1)):
        _damage_section(parts, rng)
    if not rng.randrange(10):
        mutations.change(parts.header, rng)
    return file_parts.assemble(parts), True


def _damage_section(parts: file_parts.Parts, rng: random.Random) -> None:
    number = rng.choice([scan.MODEL, *parts.sections])
    data = parts.sections[number]
    if not rng.randrange(3):
        parts.sections[number] = mutations.damage(data, list(parts.sections.values()), rng)
        return
    try:
        message = file_parts.MESSAGES[number].FromString(data)
        mutations.change(message, rng)
        parts.sections[number] = message.SerializeToString(deterministic=True)
    except (DecodeError, ValueError):
        # Damaged before, or text that no message can hold: it stays as it is.
        return


def fuzz(files: Sequence[bytes], count: int, seed: int) -> collections.Counter[str]:
    """Try `count` mutants; return how often each outcome came.

    Raises:
        Unsound: after the mutant is written to the current folder.
    """
    outcomes: collections.Counter[str] = collections.Counter()
    for i in range(count):
        rng = random.Random(f"{seed}-{i}")  # noqa: S311  # reproducible, not secret
        content, repaired = mutant(files, rng)
        if content in files:
            continue
        try:
            outcomes[outcome(content, repaired=repaired)] += 1
        except Unsound as error:
            kept = Path(f"unsound-{seed}-{i}.tsproto")
            kept.write_bytes(content)
            raise Unsound(f"{error}: see {kept}") from error
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzzer from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    files = [path.read_bytes() for path in options.files] or samples()
    try:
        outcomes = fuzz(files, options.count, options.seed)
    except Unsound:
        traceback.print_exc()
        return 1
    for code, times in outcomes.most_common():
        print(f"{times:8} {code}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
