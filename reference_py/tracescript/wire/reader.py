"""Reads a file into a model: strict about bytes and indices, silent about rules of the graph."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from tracescript.ir.model import Model
from tracescript.v1 import code_pb2, debug_pb2, example_pb2, file_pb2, model_pb2
from tracescript.wire import scan, table_counts
from tracescript.wire.container import open_container
from tracescript.wire.enums import OPSET, Enums
from tracescript.wire.faults import bad_index, check_sentinel, fault
from tracescript.wire.read_constants import ConstantReader
from tracescript.wire.read_debug import DebugReader
from tracescript.wire.read_functions import Context, FunctionReader
from tracescript.wire.read_modules import ModuleReader
from tracescript.wire.read_sections import ExampleReader, read_code, read_extra_files
from tracescript.wire.read_types import TypeReader
from tracescript.wire.read_weights import read_weights

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from tracescript.ir.model import CodeUnit
    from tracescript.ir.values import Weight
    from tracescript.wire.container import Container
    from tracescript.wire.tensors import Payload

VERIFY: Final = ("metadata", "full")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read: the model and the facts about the file itself.

    `digest` names the whole content, `program_digest` model and weights only: it is the same for a
    file and its stripped copy. `sections` are (name, bytes), `opsets` (name, major, minor).
    `weights` and `storages` are in the order of the weight table.
    """

    model: Model
    code_units: tuple[CodeUnit, ...]
    digest: str
    program_digest: str
    format_version: tuple[int, int]
    profiles: tuple[str, ...]
    features: tuple[str, ...]
    opsets: tuple[tuple[str, int, int], ...]
    sections: tuple[tuple[str, int], ...]
    weights: tuple[Weight, ...]
    storages: tuple[Payload, ...]
    alignment: int
    size: int


def read(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    verify: str = "metadata",
    mmap: bool = True,
) -> Opened:
    """Read a file.

    Weights stay in the file, which is mapped, and are checked when they are first used. The
    result is a model with sound indices; whether it keeps the rules of the graph is for the
    validator.

    Args:
        source: a path, the bytes, or a binary file object (read to its end).
        verify: `metadata`, or `full` for the payloads' digests and fill and the order of tables.
        mmap: whether a path is mapped; else it is read whole.

    Raises:
        FormatError: the bytes are not a well-formed file.
        InvalidModelError: a reference leads nowhere, or an entry has no meaning.
        UnsupportedError: the file needs something this reader lacks, or is beyond its limits.
        OSError: the path cannot be read.
        ValueError: another `verify`.

    Spec: CONTAINER-1.
    """
    if verify not in VERIFY:
        raise ValueError(f"found verify={verify!r}, expected one of {', '.join(VERIFY)}")
    container = open_container(source, use_mmap=mmap)
    weights, payloads = read_weights(container)
    message = container.message(scan.MODEL, model_pb2.Model, table_counts.MODEL_TABLES)
    assert message is not None  # the walk requires this section
    opened = _read_model(container, message, weights, payloads)
    if verify == "full":
        from tracescript.wire.verify import verify_full

        verify_full(opened, container)
    return opened


def _read_model(
    container: Container,
    message: model_pb2.Model,
    weights: list[Weight],
    payloads: list[Payload],
) -> Opened:
    header = container.header
    debug = container.message(scan.DEBUG, debug_pb2.DebugInfo, table_counts.DEBUG_TABLES)
    code = container.message(scan.CODE, code_pb2.Code, table_counts.CODE_TABLES)
    examples = container.message(scan.EXAMPLES, example_pb2.Examples, table_counts.EXAMPLE_TABLES)
    extra = container.message(scan.EXTRA_FILES, file_pb2.ExtraFiles, table_counts.EXTRA_TABLES)
    enums = Enums(newer=container.newer)
    types = TypeReader(message, enums)
    constants = ConstantReader(message, types, weights, enums)
    names = _function_names(message)
    debug_reader = DebugReader(debug, len(message.functions))
    recursion = "function.recursion" in header.required_features
    ops = _ops(message)
    context = Context(types, constants, enums, debug_reader, ops, names, recursion)
    functions = tuple(
        FunctionReader(message.functions[i], i, context).read() for i in range(1, len(names))
    )
    model = Model(
        name=message.name,
        functions=functions,
        root=ModuleReader(message, context).read(),
        producer=(header.producer.name, header.producer.version),
        producer_sources=tuple(header.producer.sources),
        metadata=tuple((entry.key, entry.value) for entry in header.metadata),
        examples=ExampleReader(enums).read(examples),
        sources=debug_reader.sources,
        extra_files=read_extra_files(extra),
    )
    digests = {entry.field_number: entry.sha256 for entry in header.sections}
    program = digests[scan.MODEL] + digests[scan.WEIGHTS]
    return Opened(
        model=model,
        code_units=read_code(code, names),
        digest=container.digest,
        program_digest=hashlib.sha256(program).hexdigest(),
        format_version=(header.format_major, header.format_minor),
        profiles=tuple(header.profiles),
        features=tuple(header.required_features),
        opsets=tuple((o.name, o.major, o.minor) for o in message.opsets[1:]),
        sections=tuple((scan.section_name(n), len(c)) for n, c in container.sections.items()),
        weights=tuple(weights),
        storages=tuple(payloads),
        alignment=container.alignment,
        size=len(container.view),
    )


def _ops(message: model_pb2.Model) -> list[tuple[str, str]]:
    """Return (opset, op) by index; the opset is empty for TraceScript's own."""
    check_sentinel(message.opsets, "opsets")
    check_sentinel(message.ops, "ops")
    opsets = [entry.name for entry in message.opsets]
    for i in range(2, len(opsets)):
        if opsets[i] <= opsets[i - 1]:
            what = f"found {opsets[i]!r:.80} after {opsets[i - 1]!r:.80}, expected them sorted"
            raise fault("BAD_NAME", what, f"opsets[{i}].name", "CONTAINER-21")
    ops = [("", "")]
    for i in range(1, len(message.ops)):
        entry = message.ops[i]
        if not 0 < entry.opset < len(opsets):
            raise bad_index(f"ops[{i}].opset", entry.opset, 1, len(opsets) - 1)
        name = opsets[entry.opset]
        ops.append(("" if name == OPSET else name, entry.name))
    return ops


def _function_names(message: model_pb2.Model) -> Sequence[str]:
    """Return the names by index: references go by name, so each stands once."""
    check_sentinel(message.functions, "functions")
    names = [entry.name for entry in message.functions]
    seen: set[str] = set()
    for i, name in enumerate(names[1:], 1):
        if not name or name in seen:
            what = f"found the name {name!r:.80}, expected one that no other function has"
            raise fault("BAD_NAME", what, f"functions[{i}].name", "CONTAINER-21")
        seen.add(name)
    return names
