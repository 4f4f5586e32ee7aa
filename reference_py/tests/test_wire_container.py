"""The container: what a reader refuses before it looks into a message."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire_files import refused, written
from tools import file_parts, sample_models
from tracescript import ir
from tracescript.errors import FormatError, UnsupportedError
from tracescript.ir import limits
from tracescript.v1 import file_pb2, tensor_pb2
from tracescript.wire import scan, varint
from tracescript.wire.reader import read
from tracescript.wire.writer import image, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def gate() -> bytes:
    return written(sample_models.gate())


def section_at(content: bytes, number: int) -> int:
    """Position of the tag of a top-level metadata field."""
    position = 16
    while content[position] >> 3 != number:
        length, start = varint.read(content, position + 1)
        position = start + length
    return position


def test_a_file_starts_with_the_documented_bytes_and_a_header(gate: bytes) -> None:
    assert gate[:17].hex() == "0a0e747370726f746f0d0a1a0a0100" + "00" + "12"


def test_a_file_is_also_a_plain_protobuf_message(gate: bytes) -> None:
    plain = file_pb2.File.FromString(gate)
    assert plain.model.name == "gate"
    assert plain.header_digest == hashlib.sha256(plain.header.SerializeToString()).digest()
    assert b"".join(plain.blob)[-48:] == np.arange(12, dtype="<f4").tobytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x0a",
        b"\xef\xbb\xbf",
        b"PK\x03\x04" + bytes(99),
        gzip.compress(b"tsproto", mtime=0),
        scan.SIGNATURE.upper() + bytes(99),
        scan.SIGNATURE[:-3] + b"\x02\x00\x00" + bytes(99),
        scan.SIGNATURE[::-1],
    ],
)
def test_bytes_without_the_signature_are_refused(content: bytes) -> None:
    error = refused(content)
    assert (error.code, error.rule) == ("NOT_TSPROTO", "CONTAINER-1")


def test_text_mode_damage_is_named(gate: bytes) -> None:
    error = refused(gate.replace(b"\r\n", b"\n"))
    assert error.code == "NOT_TSPROTO"
    assert "text-mode" in error.hint


def test_every_shorter_file_is_refused(gate: bytes) -> None:
    codes = {refused(gate[:size]).code for size in range(len(gate))}
    assert codes == {"NOT_TSPROTO", "TRUNCATED", "BAD_LAYOUT"}


@pytest.mark.parametrize("more", [b"\0", b"\x7a\x00", b"\x72\x00", b"PK\x05\x06" + bytes(18)])
def test_a_file_with_bytes_behind_it_is_refused(gate: bytes, more: bytes) -> None:
    assert refused(gate + more).code == "BAD_LAYOUT"


def test_two_files_joined_are_refused(gate: bytes) -> None:
    assert refused(gate + gate).code == "BAD_LAYOUT"


def test_every_flipped_bit_is_refused(gate: bytes) -> None:
    for position in range(len(gate)):
        damaged = bytearray(gate)
        damaged[position] ^= 1 << position % 8
        assert (
            refused(bytes(damaged), verify="full").code
            in FormatError.codes + UnsupportedError.codes
        )


@pytest.mark.parametrize("number", [scan.HEADER, scan.HEADER_DIGEST, scan.MODEL, scan.WEIGHTS])
def test_a_file_without_a_required_field_is_refused(gate: bytes, number: int) -> None:
    position = section_at(gate, number)
    length, start = varint.read(gate, position + 1)
    error = refused(gate[:position] + gate[start + length :])
    assert (error.code, error.rule) == ("BAD_LAYOUT", "CONTAINER-2")


def test_a_field_that_stands_twice_is_refused(gate: bytes) -> None:
    position = section_at(gate, scan.MODEL)
    length, start = varint.read(gate, position + 1)
    again = gate[position : start + length]
    error = refused(gate[:position] + again + gate[position:])
    assert (error.code, error.rule, error.where) == ("BAD_LAYOUT", "CONTAINER-2", "model")


def test_fields_in_another_order_are_refused(gate: bytes) -> None:
    digest, model = section_at(gate, scan.HEADER_DIGEST), section_at(gate, scan.MODEL)
    moved = gate[:16] + gate[digest:model] + gate[16:digest] + gate[model:]
    assert refused(moved).code == "BAD_LAYOUT"


@pytest.mark.parametrize("tag", [0x10, 0x11, 0x13, 0x15, 0x02, 0x82])
def test_a_tag_of_another_form_is_refused(gate: bytes, tag: int) -> None:
    error = refused(gate[:16] + bytes((tag,)) + gate[17:])
    assert error.code == "BAD_LAYOUT"


@pytest.mark.parametrize(
    ("length", "code"),
    [
        (b"\x80\x00", "BAD_LAYOUT"),
        (b"\xff" * 10 + b"\x01", "BAD_LAYOUT"),
        (b"\x80" * 9 + b"\x01", "BAD_LAYOUT"),
        (varint.encode(2**62), "BAD_LAYOUT"),
        (varint.encode(2**62 - 1), "FILE_LIMIT"),
        (varint.encode(limits.MAX_SECTION + 1), "FILE_LIMIT"),
        (varint.encode(limits.MAX_SECTION), "TRUNCATED"),
        (b"\xff", "TRUNCATED"),
    ],
)
def test_a_length_that_is_not_allowed_is_refused(length: bytes, code: str) -> None:
    assert refused(scan.SIGNATURE + b"\x12" + length).code == code


def test_a_wrong_header_digest_is_refused(gate: bytes) -> None:
    position = section_at(gate, scan.HEADER_DIGEST) + 2
    error = refused(gate[:position] + bytes(32) + gate[position + 32 :])
    assert (error.code, error.rule) == ("DIGEST_MISMATCH", "CONTAINER-9")


@given(
    st.integers(0, 200_000),
    st.lists(st.integers(1, 2**40), max_size=4),
    st.integers(6, 16).map(lambda n: 1 << n),
)
def test_layout_aligns_every_payload_with_a_padding_that_can_be_written(
    position: int, lengths: list[int], alignment: int
) -> None:
    places, end = scan.layout(position, lengths, alignment)
    for place, length in zip(places, lengths, strict=True):
        framing = scan.framing(place)
        assert place.start % alignment == 0
        assert place.framing == position
        assert len(framing) == place.start - place.framing
        assert place.end - place.start == length
        position = place.end
    assert end == position


def test_every_size_of_padding_but_three_has_one_form() -> None:
    for need in set(range(66_000)) - {1, 130, 16_387}:
        made = scan.padding(need)
        assert len(made) == need
        if made:
            length, start = varint.read(made, 1)
            assert (made[0], start + length) == (0x72, need)


@pytest.mark.parametrize("flaw", ["padding", "tag", "length"])
def test_a_damaged_framing_is_refused_when_the_payload_is_used(gate: bytes, flaw: str) -> None:
    place = read(gate).storages[1].place
    at = {"padding": place.start - 6, "tag": place.start - 2, "length": place.start - 1}[flaw]
    damaged = gate[:at] + bytes((gate[at] ^ 1,)) + gate[at + 1 :]
    weight = read(damaged).model.root.parameters[0].weight
    with pytest.raises(FormatError) as error:
        _ = weight.array
    assert (error.value.code, error.value.rule) == ("BAD_LAYOUT", "CONTAINER-4")
    assert refused(damaged, verify="full").code == "BAD_LAYOUT"


def test_a_damaged_payload_is_found_by_a_full_verification_only(gate: bytes) -> None:
    damaged = gate[:-1] + b"\x00"
    read(damaged)
    error = refused(damaged, verify="full")
    assert (error.code, error.rule) == ("DIGEST_MISMATCH", "WEIGHT-10")


def test_opening_touches_no_payload(tmp_path: Path) -> None:
    """A mapped file whose payload lies in a hole behind the end of the map cannot be read."""
    path = tmp_path / "hole.tsproto"
    size = sparse(path, 3 << 30)
    opened = read(path)
    weight = opened.model.root.parameters[0].weight
    assert path.stat().st_size == size > 2 << 31 >> 1
    assert weight.array.shape == ((3 << 30) // 4,)
    assert weight.array[-1] == 0.5
    assert weight.array[0] == 0.0


def sparse(path: Path, length: int) -> int:
    """Write a file with one weight of this many bytes, all zero but the last element 0.5."""

    class Hole:
        def array(self) -> np.ndarray:
            return np.zeros(1, np.float32)

    small = ir.Weight(sample_models.F32, (1,), Hole())
    root = ir.Module("R", parameters=(ir.Parameter("w", small),))
    parts = file_parts.take_apart(written(sample_models.module_model(root), alignment=4096))
    table = tensor_pb2.WeightTable.FromString(parts.sections[scan.WEIGHTS])
    table.weights[1].shape[0] = length // 4
    table.storages[1].length = length
    parts.sections[scan.WEIGHTS] = table.SerializeToString(deterministic=True)
    parts.payloads = []
    head = file_parts.assemble(parts)
    (place,), end = scan.layout(len(head), [length], 4096)
    with path.open("wb") as file:
        file.write(head + scan.framing(place))
        file.seek(end - 4)
        file.write(struct.pack("<f", 0.5))
    return end


def test_a_blob_that_is_missing_or_too_many_is_refused(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    last = parts.payloads.pop()
    assert refused(file_parts.assemble(parts)).code == "TRUNCATED"
    parts.payloads += [last, last]
    assert refused(file_parts.assemble(parts)).code == "BAD_LAYOUT"


def test_a_generic_rewrite_of_the_file_is_refused(gate: bytes) -> None:
    again = file_pb2.File.FromString(gate).SerializeToString(deterministic=True)
    assert refused(again).code in {"TRUNCATED", "BAD_LAYOUT"}


def test_an_image_says_how_large_the_file_will_be() -> None:
    out = io.BytesIO()
    digest = write(sample_models.gate(), out)
    made = image(sample_models.gate())
    assert (made.size, made.digest) == (len(out.getvalue()), digest)


def test_a_missing_path_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing.tsproto")
    empty = tmp_path / "empty.tsproto"
    empty.touch()
    assert empty.stat().st_size == 0
    assert refused(empty.read_bytes()).code == "NOT_TSPROTO"


def test_another_verify_is_a_value_error(gate: bytes) -> None:
    with pytest.raises(ValueError, match="metadata, full"):
        read(gate, verify="some")
