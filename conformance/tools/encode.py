"""The suite's own writer of `.tsproto` files: tables, digests and layout, from messages.

Written from the specification alone, so that it and the reference writer check each other.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tracescript.v1 import file_pb2, model_pb2, tensor_pb2, type_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.message import Message

SIGNATURE = b"\x0a\x0etsproto\x0d\x0a\x1a\x0a\x01\x00\x00"
ALIGNMENT = 64
SCALARS = {
    "none": type_pb2.SCALAR_KIND_NONE,
    "bool": type_pb2.SCALAR_KIND_BOOL,
    "int": type_pb2.SCALAR_KIND_INT,
    "float": type_pb2.SCALAR_KIND_FLOAT,
    "str": type_pb2.SCALAR_KIND_STR,
    "dtype": type_pb2.SCALAR_KIND_DATA_TYPE,
}


def varint(number: int) -> bytes:
    """Encode a number as a minimal varint."""
    out = bytearray()
    while number >= 1 << 7:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, content: bytes) -> bytes:
    """Encode a length-delimited field."""
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def padding(position: int, length: int, alignment: int) -> bytes:
    """Return the padding field that aligns a payload of `length` bytes (CONTAINER layout rule)."""
    need = -(position + 1 + len(varint(length))) % alignment
    if need in {1, 130, 16387}:
        need += alignment
    if not need:
        return b""
    for digits in (1, 2, 3):
        body = need - 1 - digits
        if body >= 0 and len(varint(body)) == digits:
            return bytes([14 << 3 | 2]) + varint(body) + bytes(body)
    raise AssertionError(need)


def header_bytes(sections: dict[int, bytes], header: file_pb2.Header | None = None) -> bytes:
    """Encode a header; its list of sections is filled in."""
    made = file_pb2.Header()
    if header is not None:
        made.CopyFrom(header)
    del made.sections[:]
    for number, content in sorted(sections.items()):
        digest = hashlib.sha256(content).digest()
        made.sections.add(field_number=number, length=len(content), sha256=digest)
    return made.SerializeToString(deterministic=True)


def file_bytes(
    sections: dict[int, bytes],
    payloads: Sequence[bytes] = (),
    header: file_pb2.Header | None = None,
    raw_header: bytes = b"",
) -> bytes:
    """Lay sections and payloads out as a file; section list and digests are filled in.

    `raw_header` stands for the header's bytes as they are, whatever they say.
    """
    content = raw_header or header_bytes(sections, header)
    data = bytearray(SIGNATURE + field(2, content) + field(3, hashlib.sha256(content).digest()))
    for number, section in sorted(sections.items()):
        data += field(number, section)
    alignment = header.alignment if header is not None else 0
    for payload in payloads:
        data += padding(len(data), len(payload), alignment or ALIGNMENT)
        data += field(15, payload)
    return bytes(data)


def serialized(message: Message) -> bytes:
    """Serialize a message in canonical form."""
    return message.SerializeToString(deterministic=True)


class Tables:
    """A model under construction: every table with its sentinel, entries interned in order."""

    def __init__(self, name: str) -> None:
        self.model = model_pb2.Model(name=name, root_module=1)
        tables = ("opsets", "ops", "types", "symbols", "dim_exprs", "constants", "states")
        for table in (*tables, "functions", "modules"):
            getattr(self.model, table).add()
        self._types: dict[bytes, int] = {}
        self._constants: dict[bytes, int] = {}

    def type(self, form: Any) -> int:
        """Intern a type, its parts first; `form` as `op_models.parse_type` gives it."""
        made = type_pb2.Type()
        kind = form[0]
        if kind == "tensor":
            number = f"DATA_TYPE_{form[1].upper()}"
            made.tensor.data_type = tensor_pb2.DataType.Value(number)
            if form[2] is not None:
                made.tensor.shape.SetInParent()
                for extent in form[2]:
                    dim = made.tensor.shape.dims.add()
                    if extent is not None:
                        dim.size = extent
        elif kind == "scalar":
            made.scalar = SCALARS[form[1]]
        elif kind == "list":
            made.list = self.type(form[1])
        elif kind == "optional":
            made.optional = self.type(form[1])
        elif kind == "tuple":
            made.tuple.elements.extend([self.type(part) for part in form[1]])
            made.tuple.SetInParent()
        elif kind == "union":
            made.union.members.extend(sorted(self.type(part) for part in form[1]))
        elif kind == "dict":
            made.dict.key, made.dict.value = self.type(form[1]), self.type(form[2])
        else:
            fields = [(name, self.type(part)) for name, part in form[2]]
            made.struct.name = form[1]
            for name, index in fields:
                made.struct.fields.add(name=name, type=index)
        return self._intern(self._types, self.model.types, made)

    def constant(self, form: Any, value: Any) -> int:
        """Intern a scalar constant, or a list of plain numbers."""
        made = model_pb2.Constant(type=self.type(form))
        if form[0] == "list":
            packed = made.floats if form[1] == ("scalar", "float") else made.ints
            packed.items.extend(value)
            packed.SetInParent()
        elif form[1] == "dtype":
            made.data_type.data_type = tensor_pb2.DataType.Value(f"DATA_TYPE_{value.upper()}")
        elif value is not None:
            setattr(made, f"{form[1]}_value", value)
        return self._intern(self._constants, self.model.constants, made)

    @staticmethod
    def _intern(known: dict[bytes, int], table: Any, made: Message) -> int:
        key = made.SerializeToString(deterministic=True)
        if key not in known:
            table.add().CopyFrom(made)
            known[key] = len(table) - 1
        return known[key]


def model_file(model: model_pb2.Model, profiles: Sequence[str]) -> bytes:
    """Write a model without weights as a file."""
    weights = tensor_pb2.WeightTable()
    weights.weights.add()
    weights.storages.add()
    header = file_pb2.Header(format_major=1, profiles=sorted(profiles))
    header.producer.name = "tracescript conformance"
    return file_bytes({4: serialized(model), 5: serialized(weights)}, (), header)
