"""What a hostile client or file can do to a server: get a clear refusal, and nothing else."""

from __future__ import annotations

import io
import threading
import time

import grpc
import pytest

from benchmarks.author import INT, Author, f32
from tracescript import ir
from tracescript.engine.limits import Limits
from tracescript.service import Client, Server, ServiceLimits
from tracescript.service import registry as registries
from tracescript.service.oip_pool import message
from tracescript.service.status import rebuild
from tracescript.wire.writer import write

INFER = "/inference.GRPCInferenceService/ModelInfer"
MATRIX = f32(ir.Symbol("n"), ir.Symbol("m"))


def put(root, name, body, kind, methods=("forward",)):
    author = Author()
    author.function("F.forward", [("x", kind)], body)
    exported = tuple(ir.Method(m, "F.forward", exported=True) for m in methods)
    model = ir.Model(name, tuple(author.functions.values()), ir.Module("M", methods=exported))
    content = io.BytesIO()
    write(model, content)
    (root / name / "1").mkdir(parents=True)
    (root / name / "1" / "model.tsproto").write_bytes(content.getvalue())


def forever(w, x):
    return list(w.loop(None, True, [x], lambda b, i, y: [True, i]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    put(root, "add", lambda w, x: [w("add", x, x)], MATRIX)
    put(root, "forever", forever, INT)
    many = ["forward", *(f"{i}{'é' * 400}" for i in range(99))]
    put(root, "many", lambda w, x: [w("add", x, x)], MATRIX, many)
    return root


@pytest.fixture
def server(folder):
    limits = ServiceLimits(inflight=1, queue=1, call=Limits(steps=10**12, seconds=20.0))
    with Server(folder, port=0, limits=limits) as running:
        yield running


@pytest.fixture
def call(server):
    with grpc.insecure_channel(server.address) as channel:
        yield lambda data: channel.unary_unary(INFER).future(data, timeout=30)


def request(model, shape, raw, datatype="FP32", **parameters):
    made = message("ModelInferRequest")(model_name=model)
    made.inputs.add(name="x", datatype=datatype, shape=shape)
    made.raw_input_contents.append(raw)
    for name, value in parameters.items():
        arm = "int64_param" if isinstance(value, int) else "string_param"
        setattr(made.parameters[name], arm, value)
    return made.SerializeToString()


def endless():
    return request("forever", [], bytes(8), "INT64")


def refused(future):
    with pytest.raises(grpc.RpcError) as caught:
        future.result()
    return rebuild(caught.value)


@pytest.mark.parametrize("shape", [[0, 2**62], [0, 2**62, 2**62], [1] * 100, [1] * 50_000])
def test_a_shape_that_no_array_can_have_is_a_bad_request(call, shape):
    raw = bytes(0 if 0 in shape else 4)

    assert refused(call(request("add", shape, raw))).code == "BAD_REQUEST"


@pytest.mark.parametrize("timeout", [-1, "soon"])
def test_a_timeout_that_is_no_number_of_microseconds_is_a_bad_request(call, timeout):
    error = refused(call(request("add", [1, 1], bytes(4), timeout=timeout)))

    assert (error.code, error.rule) == ("BAD_REQUEST", "RPC-3")


@pytest.mark.parametrize("model", ["many:" + "é" * 9_000, "m" * 60_000, "a\x1b[31m\u202e"])
def test_the_details_of_an_error_fit_into_the_metadata_whatever_its_texts_hold(call, model):
    error = refused(call(request(model, [1, 1], bytes(4))))

    assert error.code in {"NO_SUCH_METHOD", "MODEL_NOT_FOUND"}
    assert len(error.what) <= 400
    assert "\x1b" not in error.what
    assert "\u202e" not in error.what


def test_a_fault_of_the_server_is_internal_and_tells_the_client_no_more(server, call, monkeypatch):
    def broken(*_args, **_kwargs):
        raise TypeError("a secret")

    monkeypatch.setattr(server.calls, "run", broken)
    error = refused(call(request("add", [1, 1], bytes(4))))

    assert (error.code, error.rule) == ("INTERNAL", "RPC-6")
    assert "secret" not in str(error)


def test_a_file_that_breaks_the_loader_leaves_the_others_serving(folder, monkeypatch):
    honest = registries.open_model

    def broken(file, **options):
        if "forever" in str(file):
            raise TypeError("a fault of ours")
        return honest(file, **options)

    monkeypatch.setattr(registries, "open_model", broken)
    with Server(folder, port=0) as running:
        assert [f.name for f in running.registry.failed] == ["forever"]
        assert [s.name for s in running.registry.ready] == ["add", "many"]


def until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def test_a_cancelled_call_that_waits_gives_its_place_back(server, call):
    running, waiting = call(endless()), call(endless())
    assert until(lambda: len(server.calls._running) == 2)

    waiting.cancel()

    assert until(lambda: len(server.calls._running) == 1)
    running.cancel()
    assert until(lambda: not server.calls.busy)


def test_a_client_that_goes_away_frees_what_it_held(server):
    channel = grpc.insecure_channel(server.address)
    # Held by a name: grpc cancels a call whose future is collected.
    held = channel.unary_unary(INFER).future(endless())
    assert until(lambda: server.calls.busy)

    channel.close()

    assert until(lambda: not server.calls.busy)
    assert held.code() is grpc.StatusCode.CANCELLED


def test_a_draining_server_answers_that_it_is_not_serving_and_cancels_what_stays(folder):
    limits = ServiceLimits(call=Limits(steps=10**12))
    server = Server(folder, port=0, limits=limits).start()
    with grpc.insecure_channel(server.address) as channel:
        future = channel.unary_unary(INFER).future(endless(), timeout=30)
        assert until(lambda: server.calls.busy)
        stopping = threading.Thread(target=server.stop, args=(0.5,))
        stopping.start()
        assert until(lambda: server.calls.draining)

        status = channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=5)
        late = refused(channel.unary_unary(INFER).future(request("add", [1, 1], bytes(4))))

        assert status == b"\x08\x02"  # NOT_SERVING
        assert late.code == "SHUTTING_DOWN"
        assert refused(future).code == "CANCELLED"
        stopping.join()


def test_a_request_for_error_is_honoured_by_a_server_that_only_warns(tmp_path):
    import numpy as np

    import tracescript as ts
    from programs import NEGATIVE, POSITIVE, Gate

    model = ts.trace(Gate(), (POSITIVE,), decisions="record")
    file = tmp_path / "gate.tsproto"
    ts.save(model, file)
    with (
        Server(file, port=0, guards="warn") as running,
        Client(running.address) as client,
    ):
        np.testing.assert_array_equal(client.infer("gate", NEGATIVE), NEGATIVE)
        with pytest.raises(ts.errors.GuardError):
            client.infer("gate", NEGATIVE, guards="error")
