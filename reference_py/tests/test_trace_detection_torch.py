"""torchvision's `nms`, whose number of results follows the data, becomes a loop in a trace."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch_traces import traced  # noqa: E402  # after the skip

from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch


def kept(boxes, scores, threshold):
    """Greedy suppression in plain Python: the oracle, and torch's operator in these tests."""
    rows = boxes.double().tolist()
    places = []
    for i in np.argsort(-scores.double().numpy(), kind="stable").tolist():
        if all(share(rows[i], rows[j]) <= threshold for j in places):
            places.append(i)
    return torch.tensor(places, dtype=torch.int64)


def share(a, b):
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    both = max(wide, 0) * max(high, 0)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


@pytest.fixture(scope="module", autouse=True)
def _operators():
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.impl("nms", kept, "CPU")
    library.impl("qnms", kept, "CPU")
    yield
    library._destroy()


def boxes(count, seed):
    """Boxes on a grid of eighths, so that no share of areas is near a threshold by rounding."""
    draw = np.random.default_rng(seed)
    corner, side = draw.integers(0, 8, (count, 2)), draw.integers(4, 9, (count, 2))
    given = np.concatenate([corner, corner + side], 1).astype(np.float32) / 8
    return torch.tensor(given), torch.tensor(draw.permutation(count).astype(np.float32))


def both(given, scores):
    first = torch.ops.torchvision.nms(given, scores, 0.3137)
    return first, scores[first], torch.ops.torchvision.nms(given[first], scores[first], 0.2137)


@pytest.mark.parametrize("engine", ["ref", "py"])
def test_suppression_keeps_what_it_keeps_for_any_number_of_boxes(engine):
    model = traced(both, *boxes(12, 0), engine=engine)

    counts = set()
    for count, seed in ((12, 0), (12, 1), (30, 2), (1, 3)):
        given = boxes(count, seed)
        found = model(*given)
        for a, b in zip(found, both(*given), strict=True):
            np.testing.assert_array_equal(a, b)
        counts.add(len(found[0]))
    assert len(counts) > 2


def test_a_registered_operator_without_a_meaning_here_is_refused_by_its_name():
    with pytest.raises(ProducerError) as caught:
        traced(lambda b, s: torch.ops.torchvision.qnms(b, s, 0.5), *boxes(4, 0))

    assert caught.value.code == "UNKNOWN_CALL"
    assert "torch.ops.torchvision.qnms" in caught.value.what
