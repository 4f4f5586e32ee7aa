"""An existing client of the Open Inference Protocol talks to the executor unchanged."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from programs import POSITIVE, Gate
from tracescript.service import Server

triton = pytest.importorskip("tritonclient.grpc")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    file = tmp_path_factory.mktemp("triton") / "gate.tsproto"
    ts.save(ts.trace(Gate(), (POSITIVE,), decisions="record"), file)
    with Server(file, port=0) as server:
        made = triton.InferenceServerClient(server.address)
        yield made
        made.close()


def test_triton_reads_liveness_metadata_config_and_statistics(client) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("gate")
    assert client.get_server_metadata().name == "tracescript"
    assert client.get_model_metadata("gate").inputs[0].datatype == "FP32"
    assert list(client.get_model_config("gate").config.input[0].dims) == [-1]
    assert [m.name for m in client.get_model_repository_index().models] == ["gate"]


def test_triton_infers(client) -> None:
    given = triton.InferInput("x", [3], "FP32")
    given.set_data_from_numpy(POSITIVE)

    result = client.infer("gate", [given], request_id="seven")

    np.testing.assert_array_equal(result.as_numpy("output"), POSITIVE)
    assert result.get_response().id == "seven"
    assert client.get_inference_statistics("gate").model_stats[0].inference_count >= 1


def test_triton_sees_a_failed_guard_as_a_failed_precondition(client) -> None:
    given = triton.InferInput("x", [3], "FP32")
    given.set_data_from_numpy(-POSITIVE)

    with pytest.raises(triton.InferenceServerException) as caught:
        client.infer("gate", [given])

    assert "FAILED_PRECONDITION" in caught.value.status()
