"""Functions that transformers caches by the sizes they are given."""

from __future__ import annotations

import functools
import sys
import types

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402

pytestmark = pytest.mark.torch


def test_what_transformers_caches_by_sizes_keeps_them_open_and_its_cache_as_it_was(monkeypatch):
    library = types.ModuleType("transformers.pytorch_utils")
    library.is_torchdynamo_compiling = asked = lambda: False
    monkeypatch.setitem(sys.modules, "transformers.pytorch_utils", library)

    def rows(count):
        return torch.arange(count)[:, None]

    cached = functools.lru_cache(maxsize=2)(rows)

    def added(x):
        of = rows if library.is_torchdynamo_compiling() else cached
        return x + of(x.size(0))

    cached(3)
    model = ts.trace(added, (torch.ones(3, 2),), dynamic={"x": {0: ts.Dim("N")}})

    assert cached.cache_info().currsize == 1
    assert model(torch.zeros(4, 2)).tolist() == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert library.is_torchdynamo_compiling is asked
