"""What a full verification adds to reading: payloads, their fill, and the canonical order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracescript.v1 import code_pb2
from tracescript.wire import scan
from tracescript.wire.container import first_difference
from tracescript.wire.faults import fault
from tracescript.wire.read_sections import knows_language
from tracescript.wire.table_counts import CODE_TABLES
from tracescript.wire.tensors import FileSource, check_elements, size_of
from tracescript.wire.write_debug import write_debug
from tracescript.wire.write_model import write_model
from tracescript.wire.write_sections import write_code, write_extra_files
from tracescript.wire.write_weights import digests

if TYPE_CHECKING:
    from tracescript.errors import TsError
    from tracescript.wire.container import Container
    from tracescript.wire.reader import Opened
    from tracescript.wire.tensors import Payload

_LANGUAGE = ".".join(map(str, scan.LANGUAGE))


def verify_full(opened: Opened, container: Container) -> None:
    """Check what opening a file leaves out.

    Raises:
        FormatError: BAD_LAYOUT, DIGEST_MISMATCH, NOT_CANONICAL.
        InvalidModelError: BAD_WEIGHT.

    Spec: CONTAINER-4, CONTAINER-16, WEIGHT-6, WEIGHT-7, WEIGHT-8, WEIGHT-10.
    """
    for payload, found in zip(opened.storages, digests(opened.storages), strict=True):
        if found != payload.sha256:
            what = f"found SHA-256 {found.hex()}, expected {payload.sha256.hex()}"
            raise fault("DIGEST_MISMATCH", what, payload.where, "WEIGHT-10")
    _check_fill(opened, container.alignment)
    for weight in opened.weights:
        source = weight.source
        assert isinstance(source, FileSource)  # every weight of a file is
        if source.payload is not None:
            elements = math.prod(weight.shape)
            check_elements(source.content(), weight.data_type, elements, source.where)
    code = container.message(scan.CODE, code_pb2.Code, CODE_TABLES)
    if code is not None and not knows_language(code):
        what = f"found language {code.language_major}.{code.language_minor}, expected {_LANGUAGE}"
        raise fault("UNSUPPORTED_VERSION", what, "code", "CONTAINER-28")
    if not container.newer:
        _check_order(opened, container)


def _check_fill(opened: Opened, alignment: int) -> None:
    """Require zeros, and few of them, in the bytes of a storage that no weight covers."""
    ranges: dict[Payload, list[tuple[int, int]]] = {payload: [] for payload in opened.storages}
    for weight in opened.weights:
        source = weight.source
        if isinstance(source, FileSource) and source.payload is not None:
            end = source.byte_offset + size_of(weight.data_type, weight.shape)
            ranges[source.payload].append((source.byte_offset, end))
    for payload, covered in ranges.items():
        content = payload.content()
        position = 0
        for begin, end in [*sorted(covered), (len(content), len(content))]:
            gap = begin - position
            if gap >= alignment or (gap > 0 and any(content[position:begin])):
                what = (
                    f"found {gap} bytes outside every weight, expected fewer than {alignment} zeros"
                )
                raise fault("BAD_WEIGHT", what, f"{payload.where} at {position}", "WEIGHT-6")
            position = max(position, end)


def _check_order(opened: Opened, container: Container) -> None:
    """Write the model again and compare: the order of tables, unused and double entries."""
    written = write_model(opened.model)
    expected = {
        scan.MODEL: written.message,
        scan.CODE: write_code(opened.code_units, written),
        scan.DEBUG: write_debug(opened.model, written),
        scan.EXTRA_FILES: write_extra_files(opened.model),
    }
    for number, message in expected.items():
        content = container.sections.get(number)
        again = message.SerializeToString(deterministic=True) if message is not None else None
        if content is not None and content != again:
            at = first_difference(content, again or b"")
            raise _foreign(f"another order or an entry without use at byte {at}", number)
    if scan.EXAMPLES in container.sections and not opened.model.examples:
        raise _foreign("no example", scan.EXAMPLES)
    if list(written.weights) != list(opened.weights):
        what = (
            f"found {len(opened.weights)} weights, expected {len(written.weights)} in order of use"
        )
        raise fault("NOT_CANONICAL", what, "weights", "CONTAINER-16")
    found = (opened.features, opened.profiles)
    if found != (written.features, written.profiles):
        what = f"found features and profiles {found}, expected {written.features, written.profiles}"
        raise fault("NOT_CANONICAL", what, "header", "CONTAINER-14")


def _foreign(what: str, number: int) -> TsError:
    what = f"found {what}, expected canonical form"
    return fault("NOT_CANONICAL", what, scan.section_name(number), "CONTAINER-16")
