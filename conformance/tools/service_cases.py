"""Makes the steps of SERVICE cases: requests as bytes, statuses, answers.

A step names a model to infer, or any RPC with its messages as protobuf text. AUTHORING.md says
what each key means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from google.protobuf import text_format

from tools import literals
from tools.expectations import Oracles, code
from tools.sources import SourceError, strict
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance.messages import service_message
from tracescript_conformance.service_verdict import STATUS, message_classes
from tracescript_conformance.values import NAME, Tensor, tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_OIP = "/inference.GRPCInferenceService/"
_DATATYPE = {
    "bool": "BOOL",
    "f16": "FP16",
    "bf16": "BF16",
    "f32": "FP32",
    "f64": "FP64",
    **{
        f"{sign}{bits}": f"{word}{bits}"
        for sign, word in (("u", "UINT"), ("i", "INT"))
        for bits in (8, 16, 32, 64)
    },
}
_INFER = {"infer", "inputs", "gives", "change", "parameters", "version", "id", "guards"}
_RPC = {"rpc", "request", "answer"}
_NUMBERS = (
    "deadline_ms",
    "cancel_after_ms",
    "health_within_ms",
    "within_ms",
    "padding_bytes",
    "copies",
    "least",
)
_KEYS = {*_INFER, *_RPC, *_NUMBERS, "bytes", "fails", "or", "meanwhile", "many", "terminate"}


def fill(made: case_pb2.Case, table: Mapping[str, Any], oracles: Oracles, where: str) -> None:
    """Fill a SERVICE case. Raises SourceError."""
    oracles.by_hand = True
    made.service.models.extend(table["serves"])
    if len(made.service.models) != len(made.artifacts):
        raise SourceError(f"{where}: `serves` needs a place for each model")
    for step in table["service"]:
        made.service.steps.append(_step(step, where))


def _step(table: Mapping[str, Any], where: str) -> case_pb2.ServiceStep:
    strict(table, _KEYS, where)
    made = case_pb2.ServiceStep(
        concurrent=table.get("meanwhile", False), terminate=table.get("terminate", False)
    )
    if "infer" in table:
        made.method = f"{_OIP}ModelInfer"
        made.requests.append(_infer(table))
        if "fails" not in table:
            made.responses.append(_inferred(table))
    else:
        rpc = table["rpc"]
        made.method = rpc if rpc.startswith("/") else f"{_OIP}{rpc}"
        made.requests.append(_rpc(made, table))
    if "many" in table:
        many = table["many"]
        one = _serialized(message_classes(made.method)[0], many["text"])
        made.requests[0] += one * many["times"]
    _outcome(made, table)
    for name in _NUMBERS:
        setattr(made, name, table.get(name, 0))
    return made


def _outcome(made: case_pb2.ServiceStep, table: Mapping[str, Any]) -> None:
    """`fails` is a gRPC status and then our codes, the best one first."""
    if "fails" in table:
        status, *codes = table["fails"]
        made.status = STATUS.index(status)
        made.codes.extend(map(code, codes))
    made.other_statuses.extend(map(STATUS.index, table.get("or", [])))


def _rpc(made: case_pb2.ServiceStep, table: Mapping[str, Any]) -> bytes:
    if "bytes" in table:
        return bytes.fromhex(table["bytes"])
    try:
        asked, answered = message_classes(made.method)
    except KeyError:
        return b""
    if "answer" in table:
        made.responses.append(_serialized(answered, table["answer"]))
    return _serialized(asked, table.get("request", ""))


def _serialized(kind: Any, text: str) -> bytes:
    data: bytes = text_format.Parse(text, kind()).SerializeToString(deterministic=True)
    return data


def _infer(table: Mapping[str, Any]) -> bytes:
    """Make a ModelInferRequest with raw contents; `change` is merged into it at the end."""
    asked = service_message("inference.ModelInferRequest")()
    asked.model_name, asked.model_version = table["infer"], table.get("version", "")
    asked.id = table.get("id", "")
    for name, value in table.get("parameters", {}).items():
        arm = {bool: "bool_param", int: "int64_param", str: "string_param"}[type(value)]
        setattr(asked.parameters[name], arm, value)
    for name, text in table.get("inputs", {}).items():
        datatype, shape, raw = _raw(literals.parse(text))
        asked.inputs.add(name=name, datatype=datatype, shape=shape)
        asked.raw_input_contents.append(raw)
    for change in table.get("change", []):
        _change(asked, change)
    data: bytes = asked.SerializeToString(deterministic=True)
    return data


def _change(asked: Any, line: str) -> None:
    """Apply `raw HEX`, `no raw`, or protobuf text that replaces fields of the first input."""
    word, _, rest = line.partition(" ")
    if word == "raw":
        asked.raw_input_contents[0] = bytes.fromhex(rest)
    elif line == "no raw":
        del asked.raw_input_contents[:]
    elif word == "set":
        name = rest.partition(":")[0].split()[0]
        asked.inputs[0].ClearField(name)
        text_format.Merge(rest, asked.inputs[0])
    elif word == "add":
        text_format.Merge(rest, asked)
    else:
        raise ValueError(f"{line!r} is no change of a request")


def _inferred(table: Mapping[str, Any]) -> bytes:
    """Make the ModelInferResponse that must come: names, types, shapes, raw contents."""
    answer = service_message("inference.ModelInferResponse")()
    answer.model_name, answer.id = table["infer"], table.get("id", "")
    answer.model_version = table.get("version", "")
    for name, text in table.get("gives", {}).items():
        datatype, shape, raw = _raw(literals.parse(text))
        answer.outputs.add(name=name, datatype=datatype, shape=shape)
        answer.raw_output_contents.append(raw)
    answer.parameters["tracescript_guards"].string_param = table.get("guards", "held")
    data: bytes = answer.SerializeToString(deterministic=True)
    return data


def _raw(value: Any) -> tuple[str, Iterable[int], bytes]:
    """Return datatype, shape and raw contents as the protocol has them."""
    if isinstance(value, str):
        return "BYTES", (), _element(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "BYTES", (len(value),), b"".join(map(_element, value))
    if not isinstance(value, Tensor):
        short = {bool: "bool", int: "i64", float: "f64"}[type(value)]
        value = tensor(short, (), [value])
    return (
        _DATATYPE[NAME[value.data_type]],
        value.array.shape,
        np.ascontiguousarray(value.array).tobytes(),
    )


def _element(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(4, "little") + data
