"""Open Inference Protocol requests and replies to and from run-time values. No grpc here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.errors import BadInputError, UnsupportedError
from tracescript.ir.types import ListType, ScalarType
from tracescript.service.flatten import Leaf, flatten, leaves, output_names, unflatten
from tracescript.service.oip_pool import message
from tracescript.service.wire import bad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript import ir
    from tracescript.engine.protocol import Run
    from tracescript.service.registry import Served

    Array = np.ndarray[Any, Any]

_TYPED = {
    "BOOL": "bool_contents",
    "INT8": "int_contents",
    "INT16": "int_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
    "UINT8": "uint_contents",
    "UINT16": "uint_contents",
    "UINT32": "uint_contents",
    "UINT64": "uint64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
    "BYTES": "bytes_contents",
}
PARAMETERS = ("method", "guards", "timeout", "priority", "binary_data_output", "headers")


def parameters(request: Any) -> dict[str, Any]:
    """Return the request's parameters. Raises BAD_REQUEST for one this server does not know."""
    found = {}
    for name, parameter in request.parameters.items():
        if name not in PARAMETERS and not name.startswith("triton_"):
            raise bad(f"unknown parameter {name!r}", f"known: {', '.join(PARAMETERS)}")
        arm = parameter.WhichOneof("parameter_choice")
        found[name] = getattr(parameter, arm) if arm else None
    return found


def arguments(request: Any, function: ir.Function) -> dict[str, Any]:
    """Build the method's inputs by name from a ModelInferRequest.

    Raises ServiceError BAD_REQUEST for bytes that do not fit their shape, BadInputError for names
    and data types that do not fit the signature. Spec: RPC-2.
    """
    visible = [i for i in function.inputs if i.kind in {"positional", "keyword_only"}]
    expected = {leaf.name: leaf for i in visible for leaf in leaves(i.name, i.type)}
    if len(request.raw_input_contents) not in {0, len(request.inputs)}:
        counts = f"{len(request.inputs)} inputs, {len(request.raw_input_contents)} raw contents"
        raise bad(f"all inputs raw or none: {counts}")
    given: dict[str, Any] = {}
    for i, sent in enumerate(request.inputs):
        leaf = expected.get(sent.name)
        if leaf is None:
            raise _unfit(f"no input {sent.name!r}", f"inputs: {', '.join(expected)}")
        if sent.name in given:
            raise _unfit(f"input {sent.name!r} came twice", "send each input once")
        raw = request.raw_input_contents[i] if request.raw_input_contents else None
        if raw is not None and sent.HasField("contents"):
            raise bad(f"input {sent.name!r} has raw and typed contents")
        given[sent.name] = _value(sent, raw, leaf)
    found = {i.name: unflatten(i.name, i.type, given) for i in visible}
    return {name: value for name, value in found.items() if value is not None}


def _unfit(what: str, hint: str) -> BadInputError:
    return BadInputError(what, code="BAD_INPUT", rule="RPC-2", hint=hint)


def _value(sent: Any, raw: bytes | None, leaf: Leaf) -> Any:
    if sent.datatype != leaf.datatype:
        what = f"input {sent.name!r}: {leaf.datatype} expected, found {sent.datatype or 'nothing'}"
        raise _unfit(what, "nothing is cast silently")
    shape = tuple(sent.shape)
    if any(extent < 0 for extent in shape):
        raise bad(f"input {sent.name!r}: a negative extent in {list(shape)}")
    array = _array(sent, raw, leaf, shape)
    if isinstance(leaf.type, ScalarType):
        if array.shape not in {(), (1,)}:
            raise _unfit(f"input {sent.name!r}: one element expected, found {list(shape)}", "")
        return _text(array.reshape(()).item())
    if isinstance(leaf.type, ListType):
        return [_text(item) for item in array.reshape(-1).tolist()]
    return array


def _text(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad("a string is not valid UTF-8") from error


def _array(sent: Any, raw: bytes | None, leaf: Leaf, shape: tuple[int, ...]) -> Array:
    count = math.prod(shape)
    if leaf.dtype is None:
        items = _strings(raw) if raw is not None else list(sent.contents.bytes_contents)
        _count(sent.name, count, len(items), "elements")
        made = np.empty(len(items), object)
        made[:] = items
        return _shaped(made, sent.name, shape)
    if raw is None:
        if leaf.datatype not in _TYPED:
            raise bad(f"input {sent.name!r}: {leaf.datatype} has no typed contents, send it raw")
        items = getattr(sent.contents, _TYPED[leaf.datatype])
        _count(sent.name, count, len(items), "elements")
        try:
            made = np.array(items, leaf.dtype)
        except OverflowError as error:
            raise bad(f"input {sent.name!r}: {error}") from error
        return _shaped(made, sent.name, shape)
    _count(sent.name, count * leaf.dtype.itemsize, len(raw), "bytes")
    array = _shaped(np.frombuffer(raw, leaf.dtype), sent.name, shape)
    if leaf.datatype == "BOOL" and (array.view(np.uint8) > 1).any():
        raise bad(f"input {sent.name!r}: a bool byte is neither 0 nor 1")
    return array


def _shaped(array: Array, name: str, shape: tuple[int, ...]) -> Array:
    """Return the elements in a shape; one without elements can still have too many or huge axes."""
    try:
        return array.reshape(shape)
    except ValueError as error:
        what = f"input {name!r}: no array has {len(shape)} axes like {list(shape[:8])}"
        raise bad(what) from error


def _count(name: str, expected: int, found: int, unit: str) -> None:
    if expected != found:
        raise bad(f"input {name!r}: its shape takes {expected} {unit}, found {found}")


def _strings(raw: bytes) -> list[bytes]:
    items, at = [], 0
    while at < len(raw):
        end = at + 4 + int.from_bytes(raw[at : at + 4], "little")
        if at + 4 > len(raw) or end > len(raw):
            raise bad("a BYTES element goes past the end")
        items.append(raw[at + 4 : end])
        at = end
    return items


def reply(request: Any, served: Served, function: ir.Function, run: Run) -> Any:
    """Build the ModelInferResponse; raw contents, in the order of the requested outputs."""
    outputs = run.outputs
    names = output_names(function, len(function.outputs) - len(outputs))
    flat = [
        pair
        for name, declared, value in zip(names, function.outputs, outputs, strict=False)
        for pair in flatten(name, declared.type, value)
    ]
    if request.outputs:
        by_name = {leaf.name: (leaf, value) for leaf, value in flat}
        unknown = [o.name for o in request.outputs if o.name not in by_name]
        if unknown:
            raise _unfit(f"no output {unknown[0]!r}", f"outputs: {', '.join(by_name)}")
        flat = [by_name[o.name] for o in request.outputs]
    made = message("ModelInferResponse")(
        model_name=request.model_name, model_version=served.version, id=request.id
    )
    broken = len(run.failed_guards)
    made.parameters["tracescript_guards"].string_param = f"broken:{broken}" if broken else "held"
    for leaf, value in flat:
        array, raw = _raw(leaf, value)
        made.outputs.add(name=leaf.name, datatype=leaf.datatype, shape=array.shape)
        made.raw_output_contents.append(raw)
    return made


def _raw(leaf: Leaf, value: Any) -> tuple[Array, bytes]:
    if leaf.dtype is None:
        items = [value] if isinstance(value, str) else list(value)
        encoded = [item.encode() for item in items]
        raw = b"".join(len(item).to_bytes(4, "little") + item for item in encoded)
        shape = () if isinstance(value, str) else (len(items),)
        return np.empty(shape), raw
    array = np.asarray(value, leaf.dtype)
    return array, np.ascontiguousarray(array).tobytes()


def metadata(served: Served, function: ir.Function, states: int) -> Any:
    """Build ModelMetadataResponse for a method; types the protocol lacks are named in `oip`."""
    made = message("ModelMetadataResponse")(
        name=served.name, versions=[served.version], platform="tracescript_tsproto"
    )
    properties = {
        "digest": served.digest,
        "method": function.name,
        "origin": function.origin,
        "guards": str(len(function.decisions) + len(function.shape_guards)),
        "stateful": "yes" if states else "no",
        "oip": "yes",
    }
    try:
        for leaf in _inputs(function):
            made.inputs.add(name=leaf.name, datatype=leaf.datatype, shape=leaf.shape)
        names = output_names(function, states)
        for name, declared in zip(names, function.outputs, strict=False):
            for leaf in leaves(name, declared.type):
                made.outputs.add(name=leaf.name, datatype=leaf.datatype, shape=leaf.shape)
    except UnsupportedError as error:
        properties["oip"] = str(error)
    made.properties.update(properties)
    return made


def _inputs(function: ir.Function) -> Iterator[Leaf]:
    for declared in function.inputs:
        if declared.kind in {"positional", "keyword_only"}:
            optional = declared.default is not None
            yield from leaves(declared.name, declared.type, optional=optional)


def config(served: Served, function: ir.Function) -> Any:
    """Build the ModelConfigResponse that load generators ask for."""
    made = message("ModelConfigResponse")()
    made.config.name = served.name
    made.config.platform = "tracescript_tsproto"
    made.config.backend = "tracescript"
    for leaf in _inputs(function):
        number = _config_type(leaf.datatype)
        made.config.input.add(
            name=leaf.name, data_type=number, dims=leaf.shape, optional=leaf.optional
        )
    return made


def _config_type(datatype: str) -> int:
    name = "TYPE_STRING" if datatype == "BYTES" else f"TYPE_{datatype}"
    values = message("ModelInput").DESCRIPTOR.fields_by_name["data_type"].enum_type.values_by_name
    return int(values[name].number)
