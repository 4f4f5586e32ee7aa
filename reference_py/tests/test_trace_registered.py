"""Results of classes that torch's pytree can take apart, such as caches."""

from __future__ import annotations

import io

import pytest

torch = pytest.importorskip("torch")

from torch.utils import _pytree  # noqa: E402  # after the skip

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch

X = torch.arange(6.0).reshape(2, 3)


class Pair:
    def __init__(self, keys, values):
        self.keys, self.values = keys, values


class Named(Pair):
    pass


class Ordered(Pair):
    pass


class Stacked(Pair):
    pass


class OwnCache(Pair):
    pass


def _flat(pair):
    return [pair.keys, pair.values], None


def _named(pair):
    return [(_pytree.MappingKey(k), getattr(pair, k)) for k in ("keys", "values")], None


def _stacked(pair):
    return [torch.stack([pair.keys, pair.values])], None


_pytree.register_pytree_node(Stacked, _stacked, lambda parts, _: parts)
for _kind, _names in ((Named, _named), (Ordered, None)):
    _pytree.register_pytree_node(_kind, _flat, lambda parts, _: parts, flatten_with_keys_fn=_names)


def test_a_registered_object_comes_back_as_its_parts_by_name():
    got = ts.trace(lambda x: Named(x + 1, [x * 2]), (X,))(-X)

    assert torch.equal(got["keys"], 1 - X)
    assert torch.equal(got["values"][0], -2 * X)


def test_a_registered_object_without_names_comes_back_in_order_wherever_it_is():
    first, inner = ts.trace(lambda x: (x, {"a": Ordered(x + 1, Named(x, x * 2))}), (X,))(-X)

    assert torch.equal(first, -X)
    assert torch.equal(inner["a"][0], 1 - X)
    assert torch.equal(inner["a"][1]["values"], -2 * X)


def test_what_taking_an_object_apart_computes_is_part_of_the_model():
    (got,) = ts.trace(lambda x: (Stacked(x, x * 2), x)[:1], (X,))(-X)

    assert torch.equal(got[0], torch.stack([-X, -2 * X]))


def test_a_cache_that_is_not_registered_is_refused_with_what_to_write():
    with pytest.raises(ProducerError) as caught:
        ts.trace(lambda x: OwnCache(x, x), (X,))

    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert "use_cache = False" in caught.value.hint


class Held(Pair):
    pass


class Scaled(Pair):
    factor = 2.0


_pytree.register_pytree_node(
    Held, _flat, lambda parts, _: Held(*parts), flatten_with_keys_fn=_named
)
_pytree.register_pytree_node(
    Scaled, lambda pair: ([pair.keys, pair.values], pair.factor), lambda parts, _: Scaled(*parts)
)


def longer(past, x):
    keys = torch.cat([past.keys, x])
    return Held(keys, past.values[0] * keys.sum())


def test_a_registered_object_is_an_argument_wherever_it_is():
    file = io.BytesIO()
    ts.save(ts.trace(longer, (Held(X, [X]), X), decisions="record"), file)
    model = ts.load(file.getvalue())
    wide = torch.ones(5, 3)

    got = model(Held(wide, [X]), X)
    assert torch.equal(got["keys"], torch.cat([wide, X]))
    assert torch.equal(got["values"], X * 30)
    assert torch.equal(model({"keys": wide, "values": [X]}, X)["keys"], got["keys"])


def test_a_registered_object_inside_of_lists_and_others_is_made_anew():
    def summed(layers):
        return sum(layer.keys.keys + layer.values for layer in layers)

    def layers(n):
        return [Held(Held(torch.ones(n), torch.ones(1)), torch.ones(n)) for _ in range(2)]

    model = ts.trace(summed, (layers(3),), decisions="record")
    assert model(layers(4)).tolist() == [4, 4, 4, 4]


def test_an_object_that_is_more_than_its_parts_is_no_argument():
    with pytest.raises(ProducerError) as caught:
        ts.trace(lambda pair: pair.keys * pair.factor, (Scaled(X, X),))
    assert caught.value.code == "UNSUPPORTED_PYTHON"

    model = ts.trace(lambda pair: pair.keys, (Held(X, X),))
    with pytest.raises(ts.errors.BadInputError):
        model(Scaled(X, X))
