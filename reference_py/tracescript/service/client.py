"""The client: calls models on an executor, with our errors rebuilt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import numpy as np

from tracescript.errors import BadInputError
from tracescript.opset import dtypes
from tracescript.service.flatten import DATATYPES
from tracescript.service.oip_pool import message
from tracescript.service.status import rebuild

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVICE = "/inference.GRPCInferenceService/"
_LARGEST = (1 << 31) - 1


class Client:
    """A connection to an executor that speaks the Open Inference Protocol.

    Thread-safe; a context manager that closes the channel. Every call raises the error that the
    same call would raise locally: GuardError, TrapError, LimitError ...; RemoteError where only
    the gRPC status is known.
    """

    def __init__(self, address: str, *, timeout: float = 60.0) -> None:
        self._timeout = timeout
        options = [
            ("grpc.max_receive_message_length", _LARGEST),
            ("grpc.max_send_message_length", _LARGEST),
        ]
        self._channel = grpc.insecure_channel(address, options=options)
        self._signatures: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _call(self, rpc: str, request: Any, timeout: float | None = None) -> Any:
        method = self._channel.unary_unary(
            _SERVICE + rpc,
            request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=message(f"{rpc}Response").FromString,
        )
        try:
            return method(request, timeout=timeout or self._timeout)
        except grpc.RpcError as error:
            raise rebuild(error) from None

    def is_ready(self, model: str = "", version: str = "") -> bool:
        """Whether the executor, or one of its models, is ready."""
        if model:
            request = message("ModelReadyRequest")(name=model, version=version)
            return bool(self._call("ModelReady", request).ready)
        return bool(self._call("ServerReady", message("ServerReadyRequest")()).ready)

    def models(self) -> list[tuple[str, str]]:
        """Return (name, version) of every model that is ready."""
        request = message("RepositoryIndexRequest")(ready=True)
        return [(m.name, m.version) for m in self._call("RepositoryIndex", request).models]

    def metadata(self, model: str, version: str = "") -> Any:
        """Return ModelMetadataResponse: inputs, outputs, and properties such as the digest."""
        key = (model, version)
        if key not in self._signatures:
            request = message("ModelMetadataRequest")(name=model, version=version)
            self._signatures[key] = self._call("ModelMetadata", request)
        return self._signatures[key]

    def infer(
        self,
        model: str,
        *args: Any,
        version: str = "",
        method: str = "",
        guards: str = "",
        timeout: float | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call a method; `forward` unless named.

        Args:
            model: the model's name.
            args: inputs by position: arrays, numbers, strings or lists of these.
            version: empty means the newest.
            method: an exported method.
            guards: `error` or `warn`; empty means the server's default.
            timeout: seconds.
            inputs: inputs by name.

        Returns:
            The output, a tuple where the method has several, None where it has none.
        """
        target = f"{model}:{method}" if method else model
        request = message("ModelInferRequest")(model_name=target, model_version=version)
        if guards:
            request.parameters["guards"].string_param = guards
        for name, value in self._named(target, version, args, inputs or {}):
            _add(request, name, value)
        return _outputs(self._call("ModelInfer", request, timeout))

    def _named(
        self, target: str, version: str, args: tuple[Any, ...], inputs: Mapping[str, Any]
    ) -> list[tuple[str, Any]]:
        if not args:
            return list(inputs.items())
        names = [i.name for i in self.metadata(target, version).inputs]
        if len(args) > len(names):
            raise BadInputError(
                f"{target} takes {len(names)} inputs, found {len(args)}",
                code="BAD_INPUT",
                rule="EXEC-2",
                hint=f"inputs: {', '.join(names)}",
            )
        return [*zip(names, args, strict=False), *inputs.items()]


def _add(request: Any, name: str, value: Any) -> None:
    items = value if isinstance(value, list) else [value]
    if items and all(isinstance(item, str) for item in items):
        shape = [len(items)] if isinstance(value, list) else []
        encoded = [item.encode() for item in items]
        raw = b"".join(len(e).to_bytes(4, "little") + e for e in encoded)
        datatype = "BYTES"
    else:
        array = np.asarray(value)
        found = dtypes.of_numpy(array.dtype)
        if found is None or found not in DATATYPES:
            raise BadInputError(
                f"input {name}: {array.dtype} cannot be sent", code="BAD_INPUT", rule="RPC-2"
            )
        datatype, shape = DATATYPES[found], list(array.shape)
        raw = np.ascontiguousarray(array).tobytes()
    request.inputs.add(name=name, datatype=datatype, shape=shape)
    request.raw_input_contents.append(raw)


def _outputs(response: Any) -> Any:
    found = []
    for output, raw in zip(response.outputs, response.raw_output_contents, strict=True):
        if output.datatype == "BYTES":
            found.append(_strings(raw, len(output.shape)))
            continue
        data_type = next(d for d, name in DATATYPES.items() if name == output.datatype)
        array = np.frombuffer(raw, dtypes.numpy_of(data_type)).reshape(tuple(output.shape))
        found.append(array.copy())
    if len(found) == 1:
        return found[0]
    return tuple(found) if found else None


def _strings(raw: bytes, rank: int) -> Any:
    items, at = [], 0
    while at < len(raw):
        end = at + 4 + int.from_bytes(raw[at : at + 4], "little")
        items.append(raw[at + 4 : end].decode())
        at = end
    return items if rank else items[0]
