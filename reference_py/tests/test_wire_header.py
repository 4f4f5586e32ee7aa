"""The header and the encoding of sections: versions, features, digests, what parsers let pass."""

from __future__ import annotations

import pytest

from tests.wire_files import refused, written
from tools import file_parts, sample_models
from tracescript.ir import limits
from tracescript.v1 import file_pb2, tensor_pb2
from tracescript.wire import scan
from tracescript.wire.reader import read


@pytest.fixture(scope="module")
def gate() -> bytes:
    return written(sample_models.gate())


def changed_header(content: bytes, **changes: object) -> bytes:
    parts = file_parts.take_apart(content)
    for name, value in changes.items():
        target = getattr(parts.header, name)
        if isinstance(target, (int, str)):
            setattr(parts.header, name, value)
        else:
            del target[:]
            target.extend(value)
    raw = "sections" in changes
    header = parts.header.SerializeToString(deterministic=True)
    return file_parts.assemble_raw(header, parts) if raw else file_parts.assemble(parts)


def test_taking_apart_and_putting_together_gives_the_same_bytes(gate: bytes) -> None:
    assert file_parts.assemble(file_parts.take_apart(gate)) == gate


@pytest.mark.parametrize(
    ("changes", "code", "rule"),
    [
        ({"format_major": 2}, "UNSUPPORTED_VERSION", "CONTAINER-11"),
        ({"format_major": 0}, "UNSUPPORTED_VERSION", "CONTAINER-11"),
        ({"required_features": ["magic"]}, "UNSUPPORTED_FEATURE", "CONTAINER-13"),
        ({"shards": [file_pb2.Shard(length=1)]}, "UNSUPPORTED_FEATURE", "CONTAINER-13"),
        ({"shard_index": 1}, "UNSUPPORTED_FEATURE", "CONTAINER-13"),
        ({"profiles": ["core", "control"]}, "NOT_CANONICAL", "CONTAINER-14"),
        ({"profiles": ["core", "core"]}, "NOT_CANONICAL", "CONTAINER-14"),
        ({"profiles": [f"{i:05}" for i in range(1025)]}, "FILE_LIMIT", "CONTAINER-20"),
        ({"alignment": 32}, "BAD_LAYOUT", "CONTAINER-7"),
        ({"alignment": 0xFFFF}, "BAD_LAYOUT", "CONTAINER-7"),
        ({"alignment": 131072}, "BAD_LAYOUT", "CONTAINER-7"),
        ({"sections": []}, "BAD_LAYOUT", "CONTAINER-6"),
    ],
)
def test_a_header_that_is_not_allowed_is_refused(
    gate: bytes, changes: dict[str, object], code: str, rule: str
) -> None:
    error = refused(changed_header(gate, **changes))
    assert (error.code, error.rule) == (code, rule)


@pytest.mark.parametrize("profiles", [["core"], []])
def test_profiles_that_the_ops_do_not_imply_fail_a_full_verification(
    gate: bytes, profiles: list[str]
) -> None:
    content = changed_header(gate, profiles=profiles)
    read(content)
    error = refused(content, verify="full")
    assert (error.code, error.rule) == ("NOT_CANONICAL", "CONTAINER-14")


def test_a_section_list_with_a_wrong_length_or_digest_is_refused(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    right = file_parts.section_list(parts.sections)
    longer = [file_pb2.Section.FromString(s.SerializeToString()) for s in right]
    longer[0].length += 1
    other = [file_pb2.Section.FromString(s.SerializeToString()) for s in right]
    other[1].sha256 = bytes(32)
    assert refused(changed_header(gate, sections=longer)).rule == "CONTAINER-6"
    error = refused(changed_header(gate, sections=other))
    assert (error.code, error.rule, error.where) == ("DIGEST_MISMATCH", "CONTAINER-10", "weights")
    assert refused(changed_header(gate, sections=right[::-1])).rule == "CONTAINER-6"


def test_a_section_of_the_future_is_skipped_after_its_digest(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    parts.sections[13] = b"whatever"
    content = file_parts.assemble(parts)
    assert read(content, verify="full").sections[-1] == ("section 13", 8)
    damaged = content.replace(b"whatever", b"whatsoev")
    assert refused(damaged).code == "DIGEST_MISMATCH"


def test_a_newer_minor_with_unknown_fields_is_read(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    parts.header.format_minor = 99
    parts.sections[scan.MODEL] += b"\xf2\x07\x03new"
    opened = read(file_parts.assemble(parts), verify="full")
    assert opened.format_version == (1, 99)
    assert opened.model.name == "gate"


def test_unknown_fields_of_the_same_minor_are_refused(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    parts.sections[scan.MODEL] += b"\xf2\x07\x03new"
    error = refused(file_parts.assemble(parts))
    assert (error.code, error.rule, error.where) == ("NOT_CANONICAL", "CONTAINER-15", "model")


MODEL_START = b"\x0a\x04gate"


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (MODEL_START, b"\x0a\x84\x00gate", "NOT_CANONICAL"),
        (MODEL_START, MODEL_START + MODEL_START, "NOT_CANONICAL"),
        (MODEL_START, b"\x0d\x00\x00\x00\x00", "NOT_CANONICAL"),
        (MODEL_START, b"\x0a\x02\xff\xfe", "BAD_MESSAGE"),
        (MODEL_START, b"\x0a\xff\x7f" + b"x" * 10, "BAD_MESSAGE"),
        (MODEL_START, b"\x00", "BAD_MESSAGE"),
        (b"\x58\x01", b"\x58\x81\x00", "NOT_CANONICAL"),
        (b"\x58\x01", b"\x58\x81\x80\x80\x80\x10", "NOT_CANONICAL"),
        (b"\x58\x01", b"\x58\x00", "NOT_CANONICAL"),
        (b"\x58\x01", b"\x58", "BAD_MESSAGE"),
        (b"\x58\x01", b"\x58" + b"\xff" * 11, "BAD_MESSAGE"),
    ],
)
def test_what_parsers_let_pass_is_refused(
    gate: bytes, before: bytes, after: bytes, code: str
) -> None:
    parts = file_parts.take_apart(gate)
    model = parts.sections[scan.MODEL]
    assert model.count(before) == 1 or model.endswith(before)
    at = model.rindex(before)
    parts.sections[scan.MODEL] = model[:at] + after + model[at + len(before) :]
    assert refused(file_parts.assemble(parts)).code == code


def test_unpacked_numbers_are_refused(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    packed = tensor_pb2.Weight(data_type=12, shape=[3, 4], storage=2).SerializeToString()
    unpacked = b"\x08\x0c\x10\x03\x10\x04\x18\x02"
    table = parts.sections[scan.WEIGHTS]
    assert table.count(packed) == 1
    parts.sections[scan.WEIGHTS] = table.replace(packed, unpacked)
    assert refused(file_parts.assemble(parts)).code == "NOT_CANONICAL"


def test_many_empty_entries_are_refused_before_parsing(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    parts.sections[scan.MODEL] = b"\x22\x00" * (limits.MAX_TABLE + 1)
    error = refused(file_parts.assemble(parts))
    assert (error.code, error.rule) == ("FILE_LIMIT", "CONTAINER-20")
    assert error.where == "model.types"


def test_many_entries_inside_a_function_are_refused_before_parsing(gate: bytes) -> None:
    parts = file_parts.take_apart(gate)
    function = b"\x32\x00" * (limits.MAX_BLOCKS + 1) * 2
    parts.sections[scan.MODEL] = file_parts.field(9, function)
    error = refused(file_parts.assemble(parts))
    assert (error.code, error.where) == ("FILE_LIMIT", "model.functions[0].blocks")
