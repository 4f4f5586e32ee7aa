"""Our loader behind the conformance protocol: `python -m tracescript.testee [ENGINE] [expand]`.

With `expand` every composite is replaced by its decomposition.

Up to `Loader` this is the protocol that every testee has; `Loader` is what is tested.
"""

from __future__ import annotations

import io
import struct
import sys
from typing import TYPE_CHECKING, Any

from tracescript.conformance.v1 import case_pb2, testee_pb2
from tracescript.engine.limits import Limits
from tracescript.errors import FailedGuard, GuardError, TsError
from tracescript.model.facts import UnknownFactError, fact
from tracescript.model.instance import Settings
from tracescript.v1 import error_pb2
from tracescript.wire import bundles, read_bundles

if TYPE_CHECKING:
    from tracescript import ir

CLAIMS = (
    *("loader", "core", "control", "nn", "random", "linalg", "quant", "code", "full"),
    *("guard.warn", "guard.ignore", "verify.full", "save", "code.parse"),
)


def main() -> None:
    """Answer requests from standard input until it is closed."""
    expand = sys.argv[2:] == ["expand"]
    loader = Loader(*sys.argv[1:2], expand=expand)
    while header := sys.stdin.buffer.read(4):
        data = sys.stdin.buffer.read(struct.unpack("<I", header)[0])
        response = answer(loader, testee_pb2.TesteeRequest.FromString(data)).SerializeToString()
        sys.stdout.buffer.write(struct.pack("<I", len(response)) + response)
        sys.stdout.buffer.flush()


def answer(loader: Loader, request: testee_pb2.TesteeRequest) -> testee_pb2.TesteeResponse:
    """Answer one request; a refused file is an answer, and so is a bug of ours."""
    kind = request.WhichOneof("request") or "hello"
    response = testee_pb2.TesteeResponse(sequence=request.sequence)
    body: Any = getattr(response, kind)
    try:
        body.CopyFrom(getattr(loader, kind)(getattr(request, kind)))
        body.SetInParent()
    except Exception as error:  # noqa: BLE001  # the testee must go on and say what happened
        if kind == "hello":
            response.skipped.reason = f"{type(error).__name__}: {error}"
        else:
            body.refused.CopyFrom(loader.error(error))
    return response


def call(loader: Loader, instance: Any, request: testee_pb2.Call) -> testee_pb2.Answer:
    """Answer one call of a run; a failing call does not end the run."""
    try:
        outputs, guards = loader.call(instance, request)
    except Exception as error:  # noqa: BLE001  # as in `answer`
        return testee_pb2.Answer(error=loader.error(error))
    return testee_pb2.Answer(outputs=outputs, failed_guards=guards)


class Loader:
    """The loader under test, with one engine."""

    def __init__(self, engine: str = "py", *, expand: bool = False) -> None:
        self._engine = engine
        self._expand = expand
        self._functions: dict[str, int] = {}

    def hello(self, request: testee_pb2.HelloRequest) -> testee_pb2.HelloResponse:
        """Say who we are and what we claim."""
        del request
        from tracescript import __version__

        return testee_pb2.HelloResponse(
            protocol_major=1,
            name=f"tracescript-{self._engine}{'-expanded' if self._expand else ''}",
            version=__version__,
            language="Python",
            claims=CLAIMS,
            format_version="1.0",
            opset_version="1.0",
        )

    def run(self, request: testee_pb2.RunRequest) -> testee_pb2.RunResponse:
        """Load, make one instance, do the calls in order."""
        model, _ = self._open(request.model, request.options, request.full_verify)
        return testee_pb2.RunResponse(answers=[call(self, model, c) for c in request.calls])

    def call(
        self, instance: Any, request: testee_pb2.Call
    ) -> tuple[Any, list[error_pb2.FailedGuard]]:
        """Do one call; return its outputs as a bundle and the guards that failed."""
        given = read_bundles.decode(request.inputs)
        args = tuple(value for name, value in given if not name)
        kwargs = {name: value for name, value in given if name}
        run = instance.call_reporting(request.method, args, kwargs)
        types = instance.output_types(request.method)
        outputs = bundles.encode((("", value) for value in run.outputs), types)
        return outputs, [self._guard(guard) for guard in run.failed_guards]

    def inspect(self, request: testee_pb2.InspectRequest) -> testee_pb2.InspectResponse:
        """Answer questions about a file without running it."""
        model, opened = self._open(request.model, case_pb2.CallOptions(), full=False)
        facts = []
        for key in request.keys:
            try:
                value = fact(model, opened, key)
            except UnknownFactError:
                value = ""
            facts.append(case_pb2.Fact(key=key, value=value))
        return testee_pb2.InspectResponse(facts=facts)

    def save(self, request: testee_pb2.SaveRequest) -> testee_pb2.SaveResponse:
        """Write a file again: as it is, stripped, or from its code."""
        from tracescript.code.reader import read_units
        from tracescript.wire.writer import write

        model, opened = self._open(request.model, case_pb2.CallOptions(), full=False)
        made: ir.Model = model.ir
        keep = request.form != case_pb2.ROUND_TRIP_STRIPPED
        if request.recompile:
            made = read_units(opened.code_units, made)
        target = io.BytesIO()
        write(
            made,
            target,
            code_units=opened.code_units if keep else (),
            debug=keep and "debug" in dict(opened.sections),
            examples=keep,
            extra_files=keep,
        )
        return testee_pb2.SaveResponse(content=target.getvalue())

    def _open(
        self, source: testee_pb2.ModelSource, options: case_pb2.CallOptions, full: bool
    ) -> tuple[Any, Any]:
        from tracescript.api import open_model

        mode = error_pb2.GuardMode.Name(options.guards).removeprefix("GUARD_MODE_").lower()
        default = Limits()
        limits = Limits(
            steps=options.max_steps or default.steps,
            memory=options.max_memory_bytes or default.memory,
            seconds=options.deadline_ms / 1e3 or default.seconds,
        )
        guards = "error" if mode == "unspecified" else mode
        expand = self._expand or options.expand_composites
        settings = Settings(self._engine, guards, limits, expand=expand)
        content = source.path if source.WhichOneof("source") == "path" else source.content
        model, opened = open_model(
            content, verify="full" if full else "metadata", settings=settings
        )
        self._functions = {f.name: i for i, f in enumerate(model.ir.functions, 1)}
        return model, opened

    def _guard(self, guard: FailedGuard) -> error_pb2.FailedGuard:
        return error_pb2.FailedGuard(
            function=self._functions.get(guard.function, 0),
            index=guard.index,
            is_shape_guard=guard.is_shape_guard,
            location=guard.location,
            predicate=guard.predicate,
            expected=guard.expected,
            found=guard.found,
        )

    def error(self, caught: Exception) -> error_pb2.Error:
        """Put an error into the protocol's form; anything but a TsError is INTERNAL."""
        if not isinstance(caught, TsError):
            code = error_pb2.ERROR_CODE_INTERNAL
            return error_pb2.Error(code=code, message=f"{type(caught).__name__}: {caught}")
        made = error_pb2.Error(
            code=f"ERROR_CODE_{caught.code}",
            rule=caught.rule,
            where=caught.where,
            hint=caught.hint,
            message=caught.what,
        )
        made.phase = phase(made.code)
        if isinstance(caught, GuardError) and caught.guard is not None:
            made.guard.CopyFrom(self._guard(caught.guard))
        return made


def phase(code: int) -> error_pb2.Phase:
    """Return the phase whose range of error.proto a code lies in."""
    starts = (
        (110, error_pb2.PHASE_PRODUCE),
        (90, error_pb2.PHASE_SERVICE),
        (50, error_pb2.PHASE_EXECUTE),
        (40, error_pb2.PHASE_LINK),
        (20, error_pb2.PHASE_VALIDATE),
        (1, error_pb2.PHASE_DECODE),
    )
    return next((found for start, found in starts if code >= start), error_pb2.PHASE_UNSPECIFIED)


if __name__ == "__main__":
    main()
