"""Work that kernels share out to threads."""

from __future__ import annotations

import os
import threading
import time
import warnings

import numpy as np
import pytest

from tracescript.kernels import activation, batch_norm, blocked, norm, rows, threads
from tracescript.kernels.table import OPEN

RNG = np.random.default_rng(3)


@pytest.fixture
def take(monkeypatch):
    """Return a function that sets how many threads any work is worth."""
    monkeypatch.setattr(threads, "_WORTH_A_THREAD", 1e-6)
    return lambda count: monkeypatch.setattr(threads, "_threads", lambda: count)


def _rows(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


X, ROW, CHANNELS = _rows(40, 6, 50), _rows(50), [np.abs(_rows(6)) for _ in range(4)]
LONG, LONG_ROW = _rows(90, 512), _rows(512)

CALLS = {
    "gelu": lambda: activation.gelu(X, "none"),
    "gelu by tanh": lambda: activation.gelu(X, "tanh"),
    "erf in float64": lambda: activation.erf(X.astype(np.float64)),
    "sigmoid": lambda: activation.sigmoid(X),
    "softmax": lambda: norm.softmax(X, -1),
    "softmax of large ones": lambda: norm.softmax(X * np.float32(200), -1),
    "log_softmax": lambda: norm.log_softmax(X, -1),
    "layer_norm": lambda: norm.layer_norm(X, ROW, ROW, 1, 1e-5),
    "layer_norm of constant weights": lambda: norm.PREPARE["layer_norm"](
        [OPEN, LONG_ROW, LONG_ROW], 1, 1e-5
    )(LONG),
    "group_norm": lambda: norm.group_norm(X, None, None, 3, 1e-5),
    "batch_norm_train": lambda: batch_norm.batch_norm_train(X, *CHANNELS, 0.1, 1e-5)[0],
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_result_is_the_same_on_any_number_of_threads(call, take, monkeypatch):
    monkeypatch.setattr(blocked, "BLOCK", 400)
    monkeypatch.setattr(rows, "_SMALL", 0)
    found = []
    for count in (1, 2, 3):
        take(count)
        with np.errstate(all="ignore"):
            found.append(call())
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def test_each_part_is_done_once_and_by_several_threads(take):
    take(3)
    done, names = [], set()

    def run(part):
        time.sleep(0.001)
        done.append(part)
        names.add(threading.current_thread().name)

    threads.each(range(60), run, 1)
    assert sorted(done) == list(range(60))
    assert 2 <= len(names) <= 3


@pytest.mark.parametrize("count", [2, 3])
def test_as_many_parts_are_done_at_once_as_there_are_threads(count, take):
    take(count)
    all_at_once = threading.Barrier(count, timeout=5)
    threads.each(range(count), lambda _: all_at_once.wait(), 1)
    assert not all_at_once.broken


def test_an_error_of_another_thread_comes_out(take):
    take(2)
    both_at_once, caller = threading.Barrier(2, timeout=5), threading.get_ident()

    def run(part):
        both_at_once.wait()
        if threading.get_ident() != caller:
            raise KeyError(part)

    with pytest.raises(KeyError):
        threads.each(range(2), run, 1)


def test_after_an_error_other_threads_finish_the_part_they_are_at(take):
    take(2)
    done, caller = [], threading.get_ident()
    both_at_once = threading.Barrier(2, timeout=5)

    def run(part):
        if part < 2:
            both_at_once.wait()
        if threading.get_ident() == caller:
            raise KeyError(part)
        time.sleep(0.001)
        done.append(part)

    with pytest.raises(KeyError):
        threads.each(range(200), run, 1)
    assert len(done) < 100


@pytest.mark.parametrize("failing", [0, 59])
def test_an_error_in_a_part_comes_out_and_the_next_work_goes_on(failing, take):
    take(2)

    def run(part):
        time.sleep(0.001)
        if part == failing:
            raise KeyError(part)

    with pytest.raises(KeyError, match=str(failing)):
        threads.each(range(60), run, 1)
    done = []
    threads.each(range(5), done.append, 1)
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_work_within_a_part_stays_on_its_thread_though_another_has_nothing_to_do(take):
    take(3)
    strangers = []

    def outer(_):
        mine = threading.get_ident()

        def inner(_):
            time.sleep(0.001)
            strangers.append(threading.get_ident() != mine)

        threads.each(range(12), inner, 1)

    threads.each(range(2), outer, 1)
    assert strangers == [False] * 24


def test_threads_work_under_the_callers_settings_of_numpy_and_warn_of_nothing(take):
    take(2)
    sizes = set()

    def run(_):
        time.sleep(0.001)
        sizes.add(np.getbufsize())
        np.log(np.zeros(3))

    old = np.setbufsize(768)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            threads.each(range(20), run, 1)
    finally:
        np.setbufsize(old)
    assert sizes == {768}


def test_little_work_stays_on_the_callers_thread(monkeypatch):
    monkeypatch.setattr(threads, "_threads", lambda: 2)
    names = set()
    threads.each(range(3), lambda _: names.add(threading.current_thread().name), 199)
    assert names == {threading.current_thread().name}


@pytest.mark.parametrize(
    ("environment", "count"),
    [
        ({"OPENBLAS_NUM_THREADS": "3", "OMP_NUM_THREADS": "2"}, 3),
        ({"OMP_NUM_THREADS": "2"}, 2),
        ({"OPENBLAS_NUM_THREADS": "0", "OMP_NUM_THREADS": "1"}, 1),
        ({"OPENBLAS_NUM_THREADS": "many"}, 3),
        ({}, 3),
    ],
)
def test_threads_are_as_many_as_the_library_of_products_takes(environment, count, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", {0: {0, 2, 5}}.__getitem__, raising=False)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert threads._threads.__wrapped__() == count


def test_a_system_that_does_not_tell_its_processors_counts_as_one(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    assert threads._threads.__wrapped__() == 1
