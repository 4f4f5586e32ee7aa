"""Step 2 and 3: a real classifier, run by both engines and over gRPC."""

from __future__ import annotations

import time
from importlib.resources import files
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import api
from tracescript.cli.demo.programs import Digits
from tracescript.engine.choose import NAMES
from tracescript.producer.marks import Dim

if TYPE_CHECKING:
    from pathlib import Path

    from tracescript.cli.demo.stage import Stage

    Array = np.ndarray[Any, Any]


def load_data(name: str) -> dict[str, Array]:
    """Read one of the demo's .npz files."""
    with files("tracescript.cli.demo").joinpath("data").joinpath(name).open("rb") as file:
        return dict(np.load(file, allow_pickle=False))


def _accuracy(scores: Array, labels: Array) -> str:
    right = int((scores.argmax(axis=1) == labels).sum())
    return f"{right} of {len(labels)} ({100 * right / len(labels):.1f} %)"


def _milliseconds(model: Any, image: Array) -> float:
    """Return the median time of a call, once the engine has seen the input's shape."""
    times = []
    for _ in range(30):
        started = time.perf_counter()
        model(image)
        times.append(time.perf_counter() - started)
    return median(times) * 1e3


def show_digits(stage: Stage) -> tuple[Path, Array, Array]:
    """Trace the classifier, save it, run the whole test split on both engines."""
    stage.title("2  A classifier of handwritten digits")
    test = load_data("digits_test.npz")
    images = (test["images"] / 16).astype(np.float32)
    labels = test["labels"]
    model = Digits()
    model.load_state_dict(load_data("digits_weights.npz"))
    original = np.asarray(model(images))
    stage.say(
        f"A small convolutional network, trained on 1,437 of scikit-learn's 1,797 digits;\n"
        f"of the others the original module gets {_accuracy(original, labels)} right."
    )
    traced = api.trace(model, (images[:4],), dynamic={"x": {0: Dim("N")}}, name="digits")
    folder = stage.folder / "models" / "digits" / "1"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "model.tsproto"
    digest = api.save(traced, file)
    stage.quote(repr(traced))
    stage.say(f"Saved, {file.stat().st_size} bytes, digest {digest[:16]}; N is any batch size.\n")
    for engine in NAMES:
        loaded = api.load(file, engine=engine)
        right = _accuracy(loaded(images), labels)
        took = _milliseconds(loaded, images[:1])
        stage.expect(
            f"engine {engine}: {right} right; one image takes {took:.2f} ms",
            right,
            _accuracy(original, labels),
        )
    return file, images, api.load(file)(images)


def show_service(stage: Stage, images: Array, local: Array) -> None:
    """Serve the folder on loopback and call it through the client."""
    from tracescript.service import Client, Server

    stage.title("3  The same file behind gRPC")
    with Server(stage.folder / "models", port=0) as server, Client(server.address) as client:
        stage.say(
            f"Serving {stage.folder.name}/models on {server.address} (Open Inference Protocol)"
        )
        remote = client.infer("digits", images)
        stage.expect(
            f"{len(images)} images over the wire give the same {remote.shape} scores, bit for bit",
            bool(np.array_equal(remote, local)),
            True,
        )
