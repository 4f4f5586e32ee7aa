"""Hostile and odd requests over the wire: each gets its status, and the server goes on."""

from __future__ import annotations

import grpc
import numpy as np
import pytest

import tracescript as ts
from programs import POSITIVE, Gate
from tracescript.service import Server, ServiceLimits
from tracescript.service.oip_pool import message

INFER = "/inference.GRPCInferenceService/ModelInfer"


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def request(**change):
    made = message("ModelInferRequest")(model_name="gate")
    tensor = made.inputs.add(name="x", datatype="FP32", shape=[3])
    made.raw_input_contents.append(POSITIVE.tobytes())
    for name, value in change.items():
        if name == "raw":
            del made.raw_input_contents[:]
            made.raw_input_contents.extend(value)
        elif name == "shape":
            del tensor.shape[:]
            tensor.shape.extend(value)
        else:
            setattr(tensor, name, value)
    return made


@pytest.fixture(scope="module")
def channel(tmp_path_factory):
    file = tmp_path_factory.mktemp("wire") / "gate.tsproto"
    ts.save(ts.trace(Gate(), (POSITIVE,), decisions="record"), file)
    limits = ServiceLimits(message=8 << 20)
    with (
        Server(file, port=0, limits=limits) as server,
        grpc.insecure_channel(server.address) as made,
    ):
        yield made


def send(channel, data: bytes):
    return channel.unary_unary(INFER)(data, timeout=20)


def status(channel, data: bytes) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        send(channel, data)
    return caught.value.code().name


def test_a_plain_request_is_answered_with_raw_contents(channel) -> None:
    reply = message("ModelInferResponse").FromString(send(channel, request().SerializeToString()))

    assert np.frombuffer(reply.raw_output_contents[0], "<f4").tolist() == [1, 2, 3]


def test_typed_contents_are_taken_like_raw_ones(channel) -> None:
    made = request(raw=[])
    made.inputs[0].contents.fp32_contents.extend([1, 2, 3])

    reply = message("ModelInferResponse").FromString(send(channel, made.SerializeToString()))

    assert np.frombuffer(reply.raw_output_contents[0], "<f4").tolist() == [1, 2, 3]


def test_an_unknown_field_is_ignored(channel) -> None:
    data = request().SerializeToString() + field(99, b"later")

    assert send(channel, data)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"raw": [b"\0" * 11]}, "INVALID_ARGUMENT"),
        ({"raw": [b"\0" * 13]}, "INVALID_ARGUMENT"),
        ({"raw": [b"\0" * 12] * 2}, "INVALID_ARGUMENT"),
        ({"raw": [b""], "shape": [-3]}, "INVALID_ARGUMENT"),
        ({"shape": [2**62, 4]}, "INVALID_ARGUMENT"),
        ({"shape": [0]}, "INVALID_ARGUMENT"),
        ({"datatype": "FP64"}, "INVALID_ARGUMENT"),
        ({"datatype": "FLOAT"}, "INVALID_ARGUMENT"),
        ({"name": "y"}, "INVALID_ARGUMENT"),
    ],
)
def test_tensors_that_do_not_fit_are_invalid_arguments(channel, change, expected) -> None:
    assert status(channel, request(**change).SerializeToString()) == expected


def test_an_input_sent_twice_is_refused(channel) -> None:
    made = request()
    made.inputs.append(made.inputs[0])
    made.raw_input_contents.append(made.raw_input_contents[0])

    assert status(channel, made.SerializeToString()) == "INVALID_ARGUMENT"


def test_a_misspelt_parameter_is_refused(channel) -> None:
    made = request()
    made.parameters["guard"].string_param = "warn"

    assert status(channel, made.SerializeToString()) == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    "data",
    [
        request().SerializeToString()[:-3],
        b"\x0a\xff\xff\xff\xff\x0f",
        b"\x80" * 11,
        b"\x2b\x2c",
        field(1, b"\xff\xfe"),
        b"",
    ],
)
def test_bytes_that_are_no_request_get_a_status(channel, data) -> None:
    assert status(channel, data) in {"INVALID_ARGUMENT", "NOT_FOUND"}


@pytest.mark.parametrize(
    "data",
    [
        b"\x2a\x00" * 500_000,
        b"\x3a\x00" * 500_000,
        b"\x32\x00" * 500_000,
        b"".join(field(4, field(1, b"%d" % i)) for i in range(50_000)),
        field(5, field(3, b"\x01" * 2_000_000)),
        field(1, b"a" * 4_000_000),
    ],
    ids=["inputs", "raw contents", "outputs", "parameters", "extents", "name"],
)
def test_requests_made_of_countless_parts_are_refused(channel, data) -> None:
    assert status(channel, data) == "INVALID_ARGUMENT"


def test_a_message_above_the_limit_is_refused_and_the_next_call_works(channel) -> None:
    assert status(channel, b"\0" * (9 << 20)) == "RESOURCE_EXHAUSTED"
    assert send(channel, request().SerializeToString())


def test_health_answers_for_the_server_and_for_the_protocol(channel) -> None:
    check = channel.unary_unary("/grpc.health.v1.Health/Check")
    asked = message("grpc.health.v1.HealthCheckRequest")
    answer = message("grpc.health.v1.HealthCheckResponse")

    for service in ("", "inference.GRPCInferenceService"):
        reply = answer.FromString(check(asked(service=service).SerializeToString(), timeout=5))
        assert reply.status == 1
    with pytest.raises(grpc.RpcError) as caught:
        check(asked(service="other").SerializeToString(), timeout=5)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_rpcs_that_are_not_there_are_unimplemented(channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/inference.GRPCInferenceService/TraceSetting")(b"", timeout=5)

    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
