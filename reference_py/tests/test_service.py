"""The executor: calls over gRPC give what local calls give; what is wrong gets a clear status."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import tracescript as ts
from programs import NEGATIVE, POSITIVE, Gate
from tracescript.engine.limits import Limits
from tracescript.service import Client, Server, ServiceLimits


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    model = ts.trace(Gate(), (POSITIVE,), decisions="record")
    for version in ("1", "3"):
        (root / "gate" / version).mkdir(parents=True)
        ts.save(model, root / "gate" / version / "model.tsproto")
    broken = root / "broken" / "1"
    broken.mkdir(parents=True)
    (broken / "model.tsproto").write_bytes(b"not a model")
    return root


@pytest.fixture(scope="module")
def server(folder):
    with Server(folder, port=0) as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server.address) as connected:
        yield connected


def test_a_call_gives_what_a_local_call_gives(client) -> None:
    assert client.infer("gate", POSITIVE).tolist() == [1, 2, 3]


def test_the_highest_version_answers_and_each_can_be_named(client) -> None:
    assert client.models() == [("gate", "1"), ("gate", "3")]
    assert client.metadata("gate").versions == ["3"]
    assert client.infer("gate", POSITIVE, version="1").tolist() == [1, 2, 3]


def test_a_broken_file_is_reported_and_leaves_the_others_serving(server) -> None:
    (failed,) = server.registry.failed

    assert (failed.name, failed.version) == ("broken", "1")
    assert "NOT_TSPROTO" in failed.reason


def test_a_failed_guard_comes_back_as_the_same_error_with_its_predicate(client) -> None:
    with pytest.raises(ts.errors.GuardError) as caught:
        client.infer("gate", NEGATIVE)

    assert caught.value.code == "GUARD_FAILED"
    assert caught.value.guard.predicate == "x.sum() > 0"


def test_guards_can_be_lowered_to_warn_but_not_ignored(client) -> None:
    assert client.infer("gate", NEGATIVE, guards="warn").tolist() == [-1, -2, -3]
    with pytest.raises(ts.errors.ServiceError) as caught:
        client.infer("gate", NEGATIVE, guards="ignore")

    assert caught.value.code == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda c: c.infer("nothing", POSITIVE), "MODEL_NOT_FOUND"),
        (lambda c: c.infer("gate", POSITIVE, version="2"), "MODEL_NOT_FOUND"),
        (lambda c: c.infer("../gate", POSITIVE), "MODEL_NOT_FOUND"),
        (lambda c: c.infer("gate", POSITIVE, method="backward"), "NO_SUCH_METHOD"),
        (lambda c: c.infer("gate", POSITIVE.astype(np.float64)), "BAD_INPUT"),
        (lambda c: c.infer("gate", POSITIVE.reshape(1, 3)), "BAD_INPUT"),
        (lambda c: c.infer("gate", inputs={"y": POSITIVE}), "BAD_INPUT"),
        (lambda c: c.infer("gate"), "BAD_INPUT"),
    ],
)
def test_a_call_that_does_not_fit_is_refused_with_its_code(client, call, code) -> None:
    with pytest.raises(ts.errors.TsError) as caught:
        call(client)

    assert caught.value.code == code


def test_a_state_starts_anew_in_every_call(tmp_path) -> None:
    class Counter(ts.Module):
        def __init__(self):
            super().__init__()
            self.n = 0

        def forward(self, x):
            self.n = self.n + 1
            return x * self.n

    file = tmp_path / "counter.tsproto"
    ts.save(ts.script(Counter(), types={"x": "float32[N]"}), file)

    with Server(file, port=0) as server, Client(server.address) as client:
        results = [client.infer("counter", POSITIVE).tolist() for _ in range(2)]

    assert results == [[1, 2, 3], [1, 2, 3]]


def _endless(tmp_path):
    def spin(x: int) -> int:
        while x >= 0:
            x = x % 5
        return x

    file = tmp_path / "spin.tsproto"
    ts.save(ts.script(spin), file)
    return file


def test_an_endless_loop_stops_at_the_deadline_and_the_server_stays_alive(tmp_path) -> None:
    limits = ServiceLimits(call=Limits(steps=10**12, seconds=0.3))
    with Server(_endless(tmp_path), port=0, limits=limits) as server:
        with Client(server.address) as client:
            started = time.monotonic()
            with pytest.raises(ts.errors.LimitError) as caught:
                client.infer("spin", 3)
            took = time.monotonic() - started

            assert caught.value.code == "DEADLINE"
            assert took < 2
            assert client.is_ready()


def test_stopping_drains_the_calls_that_run_and_refuses_new_ones(folder) -> None:
    server = Server(folder, port=0).start()
    results = []
    with Client(server.address) as client:
        client.infer("gate", POSITIVE)
        thread = threading.Thread(
            target=lambda: results.extend(client.infer("gate", POSITIVE) for _ in range(3))
        )
        thread.start()
        thread.join()
        server.stop()

        assert len(results) == 3
        with pytest.raises(ts.errors.TsError):
            client.infer("gate", POSITIVE, timeout=2)


def test_a_folder_without_a_ready_model_is_refused_with_the_reasons(tmp_path) -> None:
    with pytest.raises(ts.errors.ServiceError) as caught:
        Server(tmp_path, port=0)

    assert caught.value.code == "MODEL_NOT_READY"


def test_concurrent_calls_all_get_their_own_answers(client) -> None:
    answers: dict[int, list[float]] = {}

    def call(k: int) -> None:
        answers[k] = client.infer("gate", POSITIVE * (k + 1)).tolist()

    threads = [threading.Thread(target=call, args=(k,)) for k in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {k: [k + 1, 2 * (k + 1), 3 * (k + 1)] for k in range(16)}
