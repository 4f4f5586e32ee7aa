"""A small loader: checks signature, messages and digests, runs straight float32 arithmetic."""

import hashlib

import numpy as np
from google.protobuf.message import DecodeError

import tracescript_conformance  # noqa: F401 - before the messages, which it finds
from tracescript.v1 import data_pb2, error_pb2, file_pb2, tensor_pb2

LARGEST = 1 << 28  # bytes of a section
PAYLOADS = 14  # the first field number behind the sections
START = bytes.fromhex("0a0e747370726f746f0d0a1a0a010000")
FLOAT32 = tensor_pb2.DATA_TYPE_FLOAT32
OPS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "neg": np.negative, "abs": np.abs}


class SkipError(Exception):
    """What this loader does not do."""


class RefusalError(Exception):
    """What is wrong with a file or a call."""

    def __init__(self, code, message):
        super().__init__(message)
        self.error = error_pb2.Error(code=f"ERROR_CODE_{code}", message=message)


class Model:
    """The functions of a file; keeps nothing between calls."""

    def __init__(self, model):
        self.model = model

    def call(self, path, inputs):
        """Run a method of the root on a DataBundle and return one."""
        methods = self.model.modules[self.model.root_module].methods
        method = next((m for m in methods if m.name == path), None)
        if method is None or method.bound_constants or method.states:
            raise SkipError("only methods of the root without weights and states")
        function = self.model.functions[method.function]
        if function.trace_decisions or function.shape_guards:
            raise SkipError("guards")
        given = [self._input(inputs.table[item.data]) for item in inputs.items]
        self._fit(function, given)
        values = dict(zip(function.blocks[1].inputs, given, strict=True))
        for node in function.blocks[1].nodes:
            self._node(node, values)
        return self._bundle(self._read(values, i) for i in function.blocks[1].results)

    def _input(self, entry):
        if entry.WhichOneof("kind") != "tensor" or entry.tensor.data_type != FLOAT32:
            raise SkipError("only float32 tensors")
        return np.frombuffer(entry.tensor.content, "<f4").reshape(tuple(entry.tensor.shape))

    def _fit(self, function, given):
        for i, declared in enumerate(function.inputs):
            tensor = self.model.types[declared.type].tensor
            dims = tensor.shape.dims
            fixed = all(d.WhichOneof("extent") == "size" for d in dims)
            if tensor.data_type != FLOAT32 or not tensor.HasField("shape") or not fixed:
                raise SkipError("only float32 tensors of fixed sizes")
            if i >= len(given) or given[i].shape != tuple(d.size for d in dims):
                raise RefusalError("BAD_INPUT", f"input {declared.name!r} does not fit")
        if len(given) != len(function.inputs):
            raise RefusalError("BAD_INPUT", "too many inputs")

    @staticmethod
    def _read(values, index):
        if index not in values:
            raise SkipError("constants")
        return values[index]

    def _node(self, node, values):
        name = self.model.ops[node.op].name
        if name not in OPS or node.attributes:
            raise SkipError(f"op {name}")
        with np.errstate(all="ignore"):
            result = OPS[name](*(self._read(values, i) for i in node.inputs))
        values[node.outputs[0]] = result

    @staticmethod
    def _bundle(values):
        made = data_pb2.DataBundle(table=[data_pb2.Data()])
        for i, value in enumerate(values, 1):
            tensor = made.table.add().tensor
            tensor.data_type, tensor.content = FLOAT32, np.asarray(value, "<f4").tobytes()
            tensor.shape.extend(np.shape(value))
            made.items.add(data=i)
        return made


def ends_early(content):
    """Whether there is no top-level field, or the last one goes past the end of the file.

    Raises RefusalError for a section that is too long, whether or not its bytes are there.
    """
    at = len(START)
    while at < len(content):
        number, size, shift = content[at] >> 3, 0, 0
        at += 1
        while at < len(content):
            size |= (content[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if content[at - 1] < 128:
                break
        if number < PAYLOADS and size > LARGEST:
            raise RefusalError("FILE_LIMIT", f"section {number} has {size} bytes")
        at += size
    return at > len(content) or at == len(START)


def load(content, full_verify, calls):
    """Check what this loader checks, and return a model."""
    if not content.startswith(START):
        raise RefusalError("NOT_TSPROTO", "another signature")
    if ends_early(content):
        raise RefusalError("TRUNCATED", "the file ends early")
    try:
        file = file_pb2.File.FromString(content)
    except DecodeError as error:
        raise RefusalError("BAD_MESSAGE", str(error)) from error
    if (
        hashlib.sha256(file.header.SerializeToString(deterministic=True)).digest()
        != file.header_digest
    ):
        raise RefusalError("DIGEST_MISMATCH", "digest of the header")
    if full_verify or not calls:
        raise SkipError("layout and graph are not checked")
    if file.header.required_features or file.header.format_major != 1:
        raise SkipError("versions and features")
    return Model(file.model)
