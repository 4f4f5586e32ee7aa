"""A testee whose loader is another library's kernels: runs files of one op, skips all others.

`serve(name, version, compute)` answers the runner; `compute(op, inputs, attributes)` gets the op's
definition as spec/ops has it, values by input name, and plain attributes, and returns the results.
What the library refuses is a skip with its reason: peers are compared, never scored.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any

import tracescript_conformance  # noqa: F401 - before the messages, which it finds
from tracescript.conformance.v1 import testee_pb2
from tracescript.v1 import file_pb2, model_pb2, tensor_pb2
from tracescript_conformance import values

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OPS = Path(__file__).resolve().parents[2] / "spec" / "ops"


class SkipError(Exception):
    """What the peer has no kernel for, or refuses."""


def attribute(model: model_pb2.Model, index: int) -> Any:
    """Return a constant as a plain value. Raises SkipError."""
    constant = model.constants[index]
    kind = constant.WhichOneof("value")
    if kind is None:
        return None
    value = getattr(constant, kind)
    if kind in {"ints", "floats"}:
        return list(value.items)
    if kind == "elements":
        return [attribute(model, i) for i in value.items]
    if kind == "data_type":
        return values.DataType(value.data_type)
    if kind in {"bool_value", "int_value", "float_value", "str_value"}:
        return value
    raise SkipError(f"a constant of kind {kind}")


def operand(model: model_pb2.Model, value: model_pb2.Value, given: Any) -> Any:
    """Return a constant or what the caller gave. Raises SkipError for weights and states."""
    if value.constant:
        return attribute(model, value.constant)
    if given is None:
        raise SkipError("weights and states")
    return given


def call(model: model_pb2.Model, request: testee_pb2.Call, compute: Any) -> Any:
    """Run the one node of a file. Raises SkipError."""
    functions = model.functions[1:]
    body = functions[0].blocks[1] if len(functions) == 1 else model_pb2.Block()
    if len(body.nodes) != 1 or body.nodes[0].blocks:
        raise SkipError("not one op alone")
    function, node = functions[0], body.nodes[0]
    if function.trace_decisions or function.shape_guards:
        raise SkipError("guards")
    given = dict(zip(body.inputs, (v for _, v in values.items(request.inputs)), strict=False))
    file = OPS / f"{model.ops[node.op].name}.toml"
    op = tomllib.loads(file.read_text("utf-8"))
    inputs = {
        declared["name"]: operand(model, function.values[index], given.get(index))
        if index
        else None
        for declared, index in zip(op.get("inputs", []), node.inputs, strict=False)
    }
    plain = {}
    for found in node.attributes:
        if found.WhichOneof("value") != "constant":
            raise SkipError(f"attribute {found.name}")
        plain[found.name] = attribute(model, found.constant)
    results = dict(zip(node.outputs, compute(op, inputs, plain), strict=False))
    if any(i not in results for i in body.results):
        raise SkipError("results that are no results of the op")
    return values.bundle([("", results[i]) for i in body.results])


def answer(request: testee_pb2.TesteeRequest, compute: Any) -> testee_pb2.TesteeResponse:
    """Answer one request; only runs of sound files are tried."""
    response = testee_pb2.TesteeResponse(sequence=request.sequence)
    run = request.run
    try:
        if request.WhichOneof("request") != "run" or not run.calls or run.full_verify:
            raise SkipError("only calls")
        if run.options.expand_composites:
            raise SkipError("no decompositions")
        model = file_pb2.File.FromString(run.model.content).model
        for one in run.calls:
            response.run.answers.add(outputs=call(model, one, compute))
    except SkipError as skip:
        response.ClearField("run")
        response.skipped.reason = str(skip)
    except Exception as error:  # noqa: BLE001 - whatever a library raises is its way to refuse
        response.ClearField("run")
        response.skipped.reason = f"{type(error).__name__}: {error}"[:300]
    return response


def serve(name: str, version: str, compute: Any) -> None:
    """Answer frames on standard input until it is closed."""
    while header := sys.stdin.buffer.read(4):
        data = sys.stdin.buffer.read(struct.unpack("<I", header)[0])
        request = testee_pb2.TesteeRequest.FromString(data)
        if request.WhichOneof("request") == "hello":
            hello = testee_pb2.HelloResponse(
                protocol_major=1, name=name, version=version, language="peer"
            )
            response = testee_pb2.TesteeResponse(sequence=request.sequence, hello=hello)
        else:
            response = answer(request, compute)
        reply = response.SerializeToString()
        sys.stdout.buffer.write(struct.pack("<I", len(reply)) + reply)
        sys.stdout.buffer.flush()


def short(number: int) -> str:
    """Return our short name of a data type's number. Raises SkipError."""
    if number not in values.NAME:
        raise SkipError(f"data type {tensor_pb2.DataType.Name(number)}")  # type: ignore[arg-type]
    return values.NAME[number]
