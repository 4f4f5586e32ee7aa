"""RPC name to function: bytes in, bytes out. Translate, call, translate."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf.message import DecodeError

from tracescript.errors import BadInputError, ServiceError, TsError
from tracescript.service import oip, wire
from tracescript.service.oip_pool import message
from tracescript.service.status import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.service.call import Calls
    from tracescript.service.limits import ServiceLimits
    from tracescript.service.registry import Registry, Served

_LOG: Final = logging.getLogger(__name__)
_OIP = "inference.GRPCInferenceService"
_HEALTH = "grpc.health.v1.Health"
_SERVING, _NOT_SERVING, _SERVICE_UNKNOWN = 1, 2, 3


class Handlers:
    """The RPCs of one server."""

    def __init__(self, registry: Registry, calls: Calls, limits: ServiceLimits) -> None:
        self._registry = registry
        self._calls = calls
        self._limits = limits

    def generic(self) -> list[Any]:
        """Return the handlers to add to a grpc server."""
        names = (
            *("ServerLive", "ServerReady", "ServerMetadata", "ModelReady", "ModelMetadata"),
            *("ModelConfig", "ModelStatistics", "ModelInfer", "RepositoryIndex"),
        )
        unary = {name: grpc.unary_unary_rpc_method_handler(self._guarded(name)) for name in names}
        health = {
            "Check": grpc.unary_unary_rpc_method_handler(self._guarded("Check")),
            "Watch": grpc.unary_stream_rpc_method_handler(self._watch),
        }
        return [
            grpc.method_handlers_generic_handler(_OIP, unary),
            grpc.method_handlers_generic_handler(_HEALTH, health),
        ]

    def _guarded(self, name: str) -> Callable[[bytes, Any], bytes]:
        """Wrap an RPC: parse, answer, and one place where errors become statuses."""
        package = "grpc.health.v1.Health" if name == "Check" else name
        request_class = message(f"{package}{name if name == 'Check' else ''}Request")
        answer = getattr(self, f"_rpc_{name}")

        def handle(data: bytes, context: Any) -> bytes:
            try:
                if name == "ModelInfer":
                    wire.check(data, self._limits)
                try:
                    request = request_class.FromString(data)
                except DecodeError as error:
                    raise wire.bad("the request is no well-formed message") from error
                response: bytes = answer(request, context).SerializeToString()
            except TsError as error:
                refuse(context, error)
                raise AssertionError from error  # refuse does not return
            except Exception as error:
                _LOG.exception("%s failed", name)
                refuse(context, _internal(error))
                raise AssertionError from error  # refuse does not return
            if len(response) > self._limits.message:
                what = f"the reply takes {len(response)} bytes, {self._limits.message} are allowed"
                refuse(context, ServiceError(what, code="MESSAGE_LIMIT", rule="RPC-4"))
            return response

        return handle

    def _rpc_ServerLive(self, request: Any, context: Any) -> Any:
        del request, context
        return message("ServerLiveResponse")(live=True)

    def _rpc_ServerReady(self, request: Any, context: Any) -> Any:
        del request, context
        return message("ServerReadyResponse")(ready=not self._calls.draining)

    def _rpc_ServerMetadata(self, request: Any, context: Any) -> Any:
        del request, context
        from tracescript import __version__

        extensions = ["model_configuration", "statistics", "model_repository"]
        made = message("ServerMetadataResponse")
        return made(name="tracescript", version=__version__, extensions=extensions)

    def _rpc_ModelReady(self, request: Any, context: Any) -> Any:
        del context
        try:
            self._find(request.name, request.version)
        except ServiceError:
            return message("ModelReadyResponse")(ready=False)
        return message("ModelReadyResponse")(ready=not self._calls.draining)

    def _rpc_ModelMetadata(self, request: Any, context: Any) -> Any:
        del context
        served, method = self._find(request.name, request.version)
        function, states = _function(served, method)
        return oip.metadata(served, function, states)

    def _rpc_ModelConfig(self, request: Any, context: Any) -> Any:
        del context
        served, method = self._find(request.name, request.version)
        return oip.config(served, _function(served, method)[0])

    def _rpc_ModelStatistics(self, request: Any, context: Any) -> Any:
        del context
        made = message("ModelStatisticsResponse")()
        for (name, version), count in sorted(self._calls.counts.items()):
            if request.name in {"", name} and request.version in {"", version}:
                entry = made.model_stats.add(name=name, version=version)
                entry.inference_count = entry.execution_count = count.success
                entry.inference_stats.success.count = count.success
                entry.inference_stats.success.ns = count.success_ns
                entry.inference_stats.fail.count = count.fail
                entry.inference_stats.fail.ns = count.fail_ns
        return made

    def _rpc_RepositoryIndex(self, request: Any, context: Any) -> Any:
        del context
        made = message("RepositoryIndexResponse")()
        for served in self._registry.ready:
            made.models.add(name=served.name, version=served.version, state="READY")
        if not request.ready:
            for failed in self._registry.failed:
                made.models.add(
                    name=failed.name,
                    version=failed.version,
                    state="UNAVAILABLE",
                    reason=failed.reason,
                )
        return made

    def _rpc_ModelInfer(self, request: Any, context: Any) -> Any:
        if len(request.id) > self._limits.name:
            raise wire.bad(f"the id is longer than {self._limits.name} bytes")
        given = oip.parameters(request)
        served, method = self._find(request.model_name, request.model_version)
        method = str(given.get("method") or method)
        function, _ = _function(served, method)
        own = served.model.settings.guards
        guards = str(given.get("guards") or own)
        if guards not in {"error", "warn", own}:
            raise ServiceError(
                f"guards {guards!r} is not allowed here", code="PERMISSION_DENIED", rule="RPC-5"
            )
        inputs = oip.arguments(request, function)
        run = self._calls.run(
            served,
            method,
            inputs,
            guards=guards,
            seconds=_seconds(given.get("timeout"), context),
            on_cancel=context.add_callback,
        )
        return oip.reply(request, served, function, run)

    def _rpc_Check(self, request: Any, context: Any) -> Any:
        del context
        return message("grpc.health.v1.HealthCheckResponse")(status=self._health(request.service))

    def _health(self, service: str) -> int:
        if service not in {"", _OIP}:
            raise ServiceError(f"no service {service[:64]!r}", code="MODEL_NOT_FOUND", rule="RPC-8")
        return _NOT_SERVING if self._calls.draining else _SERVING

    def _watch(self, data: bytes, context: Any) -> Iterator[bytes]:
        """Send the status once; SERVICE_UNKNOWN for a service that is not here."""
        try:
            request = message("grpc.health.v1.HealthCheckRequest").FromString(data)
        except DecodeError:
            refuse(context, wire.bad("the request is no well-formed message"))
        try:
            status = self._health(request.service)
        except ServiceError:
            status = _SERVICE_UNKNOWN
        yield message("grpc.health.v1.HealthCheckResponse")(status=status).SerializeToString()

    def _find(self, name: str, version: str) -> tuple[Served, str]:
        """Resolve `name` or `name:method`; the method defaults to forward."""
        plain, _, method = name.partition(":")
        return self._registry.get(plain, version), method or "forward"


def _internal(error: Exception) -> ServiceError:
    """Return the error that a client sees of a fault of ours: its kind, and nothing of its text."""
    return ServiceError(
        f"the server failed ({type(error).__name__}); its log says more",
        code="INTERNAL",
        rule="RPC-6",
        hint="please report this",
    )


def _function(served: Served, method: str) -> tuple[Any, int]:
    """Return an exported method's function and the number of its states.

    Raises BadInputError NO_SUCH_METHOD.
    """
    if method not in served.model.methods():
        raise BadInputError(
            f"model {served.name!r} has no method {method[:128]!r}",
            code="NO_SUCH_METHOD",
            rule="EXEC-1",
            hint=f"methods: {', '.join(served.model.methods())}",
        )
    path, _, name = method.rpartition(".")
    found = dict(served.model.modules())[path].method(name)
    assert found is not None  # it is in methods()
    return served.model.ir.function(found.function), len(found.states)


def _seconds(timeout: Any, context: Any) -> float | None:
    """Return the smaller of the request's timeout (microseconds, 0 is none) and the RPC's deadline.

    Raises ServiceError BAD_REQUEST.
    """
    if timeout is not None and (type(timeout) is not int or timeout < 0):
        raise wire.bad(f"timeout: microseconds as an int expected, found {timeout!r:.60}")
    left = context.time_remaining()
    asked = timeout / 1e6 if timeout else None
    limits = [limit for limit in (left, asked) if limit is not None]
    return min(limits) if limits else None
