"""Writes a model as a file: sections, header, digests, payloads. Same model, same bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from tracescript.v1 import file_pb2
from tracescript.wire import scan
from tracescript.wire.faults import fault
from tracescript.wire.write_debug import write_debug
from tracescript.wire.write_model import write_model
from tracescript.wire.write_sections import (
    write_code,
    write_examples,
    write_extra_files,
)
from tracescript.wire.write_weights import content_of, length_of, write_weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.protobuf.message import Message

    from tracescript.ir.model import CodeUnit, Model
    from tracescript.ir.values import Weight
    from tracescript.wire.tensors import Payload
    from tracescript.wire.write_model import Written


@dataclass(frozen=True, slots=True)
class Image:
    """A file before its payloads are written: everything before them, and what they hold."""

    head: bytes
    storages: tuple[Weight | Payload, ...]
    places: tuple[scan.Place, ...]
    digest: str
    sections: Mapping[int, bytes]
    size: int


def image(
    model: Model,
    *,
    code_units: Sequence[CodeUnit] = (),
    debug: bool = True,
    examples: bool = True,
    extra_files: bool = True,
    alignment: int = scan.DEFAULT_ALIGNMENT,
) -> Image:
    """Lay a model out as a file; see `write` for the arguments.

    Raises:
        InvalidModelError: if the model cannot be written down.
        FormatError: BAD_LAYOUT, CONTAINER-7, for an alignment that is not allowed.
    """
    if not scan.is_alignment(alignment):
        what = f"found alignment {alignment}, expected a power of two in 64..65536"
        raise fault("BAD_LAYOUT", what, "header.alignment", "CONTAINER-7")
    written = write_model(model)
    table, storages = write_weights(written.weights)
    messages: dict[int, Message | None] = {
        scan.MODEL: written.message,
        scan.WEIGHTS: table,
        scan.CODE: write_code(code_units, written),
        scan.DEBUG: write_debug(model, written) if debug else None,
        scan.EXAMPLES: write_examples(model) if examples else None,
        scan.EXTRA_FILES: write_extra_files(model) if extra_files else None,
    }
    sections = {
        number: message.SerializeToString(deterministic=True)
        for number, message in messages.items()
        if message is not None
    }
    header = _header(model, written, sections, alignment).SerializeToString(deterministic=True)
    digest = hashlib.sha256(header).digest()
    fields = {scan.HEADER: header, scan.HEADER_DIGEST: digest, **sections}
    head = scan.SIGNATURE + b"".join(
        scan.head(number, len(content)) + content for number, content in fields.items()
    )
    places, size = scan.layout(len(head), [length_of(item) for item in storages], alignment)
    return Image(head, tuple(storages), tuple(places), digest.hex(), sections, size)


def _header(
    model: Model, written: Written, sections: Mapping[int, bytes], alignment: int
) -> file_pb2.Header:
    """Make the header with the lowest versions that can express the content. Spec: CONTAINER-27."""
    name, version = model.producer
    header = file_pb2.Header(
        format_major=scan.FORMAT_MAJOR,
        format_minor=scan.FORMAT_MINOR,
        required_features=written.features,
        profiles=written.profiles,
        alignment=0 if alignment == scan.DEFAULT_ALIGNMENT else alignment,
        producer=file_pb2.Producer(name=name, version=version, sources=model.producer_sources),
    )
    for number, content in sections.items():
        sha256 = hashlib.sha256(content).digest()
        header.sections.add(field_number=number, length=len(content), sha256=sha256)
    keys = [key for key, _ in model.metadata]
    if len(set(keys)) < len(keys):
        what = f"found the keys {keys}, expected each once"
        raise fault("BAD_NAME", what, "header.metadata", "CONTAINER-14")
    for key, value in sorted(model.metadata):
        header.metadata.add(key=key, value=value)
    return header


def _write_to(out: BinaryIO, made: Image) -> None:
    out.write(made.head)
    for item, place in zip(made.storages, made.places, strict=True):
        out.write(scan.framing(place))
        out.write(content_of(item))


def write(
    model: Model,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    code_units: Sequence[CodeUnit] = (),
    debug: bool = True,
    examples: bool = True,
    extra_files: bool = True,
    alignment: int = scan.DEFAULT_ALIGNMENT,
) -> str:
    """Write a model to a path or a binary file object.

    A path is written as `<name>.part` beside it and renamed at the end, so a failed save leaves
    what was there. The same model and arguments give the same bytes.

    Args:
        model: what to write; functions that no method reaches are left out.
        target: a path, or an object with `write`.
        code_units: the text of the code section, made by `code.writer`; none leaves it out.
        debug: whether names and places are written.
        examples: whether the model's examples are written.
        extra_files: whether the model's extra files are written.
        alignment: of payloads in bytes: a power of two, 64..65536.

    Returns:
        The file's digest in hexadecimal.

    Raises:
        InvalidModelError: if the model cannot be written down.
        FormatError: BAD_LAYOUT, CONTAINER-7, for an alignment that is not allowed.
        OSError: the path cannot be written.

    Spec: CONTAINER-25, CONTAINER-26, CONTAINER-33.
    """
    made = image(
        model,
        code_units=code_units,
        debug=debug,
        examples=examples,
        extra_files=extra_files,
        alignment=alignment,
    )
    if isinstance(target, (str, os.PathLike)):
        _replace(os.fsdecode(target), made)
    else:
        _write_to(target, made)
    return made.digest


def _replace(path: str, made: Image) -> None:
    """Write a file beside a path and put it there when it is whole. Spec: CONTAINER-26.

    Raises OSError with the path that was asked for.
    """
    part = f"{path}.part"
    try:
        with open(part, "wb") as out:  # noqa: PTH123  # paths cost as much as a small file's bytes
            _write_to(out, made)
        os.replace(part, path)  # noqa: PTH105  # the same
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)  # noqa: PTH108  # the same
        if not isinstance(error, OSError) or error.filename != part:
            raise
        raise OSError(error.errno, error.strerror, path) from error
