"""Testees that are wrong on purpose: our loader with one fault, `python faulty_testee.py FAULT`."""

from __future__ import annotations

import math
import os
import struct
import sys
import time
from typing import Any

from tracescript import testee
from tracescript.conformance.v1 import testee_pb2
from tracescript.errors import TsError
from tracescript.v1 import data_pb2, error_pb2, tensor_pb2

FLOAT32, FLOAT64 = tensor_pb2.DATA_TYPE_FLOAT32, tensor_pb2.DATA_TYPE_FLOAT64


def _outputs(change: Any) -> None:
    """Change every tensor that a call returns."""
    call = testee.Loader.call

    def lie(self: Any, instance: Any, request: Any) -> Any:
        outputs, guards = call(self, instance, request)
        for entry in outputs.table:
            if entry.HasField("tensor"):
                change(entry.tensor)
        return outputs, guards

    testee.Loader.call = lie


def _floats(change: Any) -> Any:
    def on(tensor: data_pb2.TensorData) -> None:
        if tensor.data_type == FLOAT32:
            count = len(tensor.content) // 4
            numbers = [change(x) for x in struct.unpack(f"<{count}f", tensor.content)]
            tensor.content = struct.pack(f"<{count}f", *numbers)

    return on


def liar() -> None:
    _outputs(_floats(lambda x: x + 1))


def slightly_off() -> None:
    _outputs(_floats(lambda x: x * (1 + 1e-5)))


def loses_nan() -> None:
    _outputs(_floats(lambda x: 0.0 if math.isnan(x) else x))


def loses_the_sign_of_zero() -> None:
    _outputs(_floats(lambda x: x + 0.0))


def another_data_type() -> None:
    def widen(tensor: data_pb2.TensorData) -> None:
        if tensor.data_type == FLOAT32:
            count = len(tensor.content) // 4
            numbers = struct.unpack(f"<{count}f", tensor.content)
            tensor.data_type, tensor.content = FLOAT64, struct.pack(f"<{count}d", *numbers)

    _outputs(widen)


def another_shape() -> None:
    _outputs(lambda tensor: tensor.shape.insert(0, 1))


def one_output_too_many() -> None:
    call = testee.Loader.call

    def lie(self: Any, instance: Any, request: Any) -> Any:
        outputs, guards = call(self, instance, request)
        if outputs.items:
            outputs.items.append(outputs.items[0])
        return outputs, guards

    testee.Loader.call = lie


def one_answer_too_few() -> None:
    run = testee.Loader.run

    def lie(self: Any, request: Any) -> Any:
        response = run(self, request)
        del response.answers[-1:]
        return response

    testee.Loader.run = lie


def accepts_garbage() -> None:
    run = testee.Loader.run

    def lie(self: Any, request: Any) -> Any:
        try:
            return run(self, request)
        except TsError:
            return testee_pb2.RunResponse()

    testee.Loader.run = lie


def another_code() -> None:
    error = testee.Loader.error

    def lie(self: Any, caught: Exception) -> Any:
        made = error(self, caught)
        made.code, made.phase = error_pb2.ERROR_CODE_KEY_ERROR, error_pb2.PHASE_UNSPECIFIED
        return made

    testee.Loader.error = lie


def no_place() -> None:
    error = testee.Loader.error

    def lie(self: Any, caught: Exception) -> Any:
        made = error(self, caught)
        made.where = ""
        return made

    testee.Loader.error = lie


def refuses_everything() -> None:
    def refuse(self: Any, request: Any) -> Any:
        raise ValueError("no")

    testee.Loader.run = refuse


def refuses_every_file() -> None:
    def refuse(loader: Any, request: Any) -> testee_pb2.TesteeResponse:
        response = testee_pb2.TesteeResponse(sequence=request.sequence)
        kind = getattr(response, request.WhichOneof("request"))
        kind.refused.code = error_pb2.ERROR_CODE_BAD_LAYOUT
        kind.refused.phase = error_pb2.PHASE_DECODE
        return response

    _ask(lambda answer, loader, request: refuse(loader, request))


def refuses_files_and_skips_calls() -> None:
    def respond(request: Any) -> testee_pb2.TesteeResponse:
        response = testee_pb2.TesteeResponse(sequence=request.sequence)
        if request.WhichOneof("request") == "run" and not request.run.calls:
            response.run.refused.code = error_pb2.ERROR_CODE_BAD_LAYOUT
            response.run.refused.phase = error_pb2.PHASE_DECODE
        else:
            response.skipped.reason = "only files"
        return response

    _ask(lambda answer, loader, request: respond(request))


def _ask(before: Any) -> None:
    answer = testee.answer

    def asked(loader: Any, request: Any) -> Any:
        if request.WhichOneof("request") == "hello":
            return answer(loader, request)
        return before(answer, loader, request)

    testee.answer = asked


def skipper() -> None:
    _ask(lambda answer, loader, request: testee_pb2.TesteeResponse(
        sequence=request.sequence, skipped=testee_pb2.Skipped(reason="not today")))  # fmt: skip


def modest_skipper() -> None:
    testee.CLAIMS = ("loader",)
    skipper()


def misspelt_claim() -> None:
    testee.CLAIMS = ("lodaer",)


def crasher() -> None:
    _ask(lambda *_: os._exit(3))


def sleeper() -> None:
    _ask(lambda *_: time.sleep(60))


def babbler() -> None:
    def babble(answer: Any, loader: Any, request: Any) -> Any:
        print("loading the model now, please wait", flush=True)
        return answer(loader, request)

    _ask(babble)


def out_of_order() -> None:
    def shift(answer: Any, loader: Any, request: Any) -> Any:
        response = answer(loader, request)
        response.sequence += 1
        return response

    _ask(shift)


def another_answer() -> None:
    _ask(lambda answer, loader, request: testee_pb2.TesteeResponse(
        sequence=request.sequence, save=testee_pb2.SaveResponse()))  # fmt: skip


def leaks_state() -> None:
    """Every instance is the first one, so states live on from case to case."""
    opened: dict[bytes, Any] = {}
    open_ = testee.Loader._open

    def reuse(self: Any, source: Any, options: Any, full: bool) -> Any:
        if source.content not in opened:
            opened[source.content] = open_(self, source, options, full)
        return opened[source.content]

    testee.Loader._open = reuse


def exits_early() -> None:
    sys.exit(0)


def speaks_another_protocol() -> None:
    hello = testee.Loader.hello

    def lie(self: Any, request: Any) -> Any:
        response = hello(self, request)
        response.protocol_major = 7
        return response

    testee.Loader.hello = lie


def hello_raises() -> None:
    def broken(self: Any, request: Any) -> Any:
        raise RuntimeError("nobody is at home")

    testee.Loader.hello = broken


def does_not_stop() -> None:
    main = testee.main

    def stay() -> None:
        main()
        time.sleep(60)

    testee.main = stay


def honest() -> None:
    pass


if __name__ == "__main__":
    globals()[sys.argv.pop(1)]()
    testee.main()
