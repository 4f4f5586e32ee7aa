"""What a program hides from a trace of torch is seen, guarded or refused. Spec: TRACE-1, TRACE-9.

Results come from torch itself, called on the same inputs.
"""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
nn = torch.nn


def refusal(program, *args):
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(program, args, decisions="record")
    return caught.value.code


def follows(program, args, *others):
    model = ts.trace(program, args)
    for given in (args, *others):
        want = program(*given)
        torch.testing.assert_close(model(*given), want)


def guarded(program, args, other):
    model = ts.trace(program, args, decisions="record")
    torch.testing.assert_close(model(*args), program(*args))
    with pytest.raises(ts.errors.TsError) as caught:
        model(*other)
    return caught.value.code


INTS = torch.tensor([3, 1, 2])


# ---- hooks, names of methods, compiled code


class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_forward_pre_hook(lambda _, args: (args[0] + 1,))
        self.register_forward_hook(lambda _, args, result: result * 3)

    def compute(self, x):
        return x * x

    forward = compute


def test_hooks_of_the_root_run_whatever_name_its_forward_was_defined_with():
    follows(Hooked(), (INTS,), (INTS * 2,))


def test_compiled_functions_are_traced_as_they_were_written():
    compiled = torch.compile(lambda x: x * 2 + 1, backend="eager")
    follows(compiled, (INTS,), (torch.tensor([5, 6, 7, 8]),))


# ---- tensors of Python values


@pytest.mark.parametrize(
    "make",
    [
        lambda x: torch.tensor([[x.shape[0], 2], [3, x.shape[0]]]),
        lambda x: torch.tensor([[float(2), x.shape[0]]]),
        lambda x: torch.tensor([x.shape[0], 0.5]),
        lambda x: torch.tensor([[x[0], 1], [x[1], 2]]),
        lambda x: torch.tensor(((x[0], x.shape[0]),)),
    ],
)
def test_nested_lists_of_sizes_and_tensors_stay_open(make):
    follows(make, (INTS,), (torch.tensor([7, 8, 9, 4]),))


# ---- comparisons


def test_equal_of_other_sizes_is_a_guard_of_the_sizes():
    def program(x):
        return x * (2 if torch.equal(x, torch.arange(4)) else 3)

    assert guarded(program, (INTS,), (torch.arange(4),)) == "SHAPE_GUARD_FAILED"


def test_allclose_that_broadcasts_is_a_guard():
    def program(x):
        return x + (2 if torch.allclose(x, torch.tensor(0.0)) else 3)

    assert guarded(program, (torch.zeros(3),), (torch.ones(3),)) == "GUARD_FAILED"


def test_sizes_asked_by_is_same_size_and_nbytes_are_followed():
    follows(lambda x: x * x.nbytes, (INTS,), (torch.tensor([5, 6, 7, 8]),))

    def program(x):
        return x * (2 if x.is_same_size(torch.arange(4)) else 3)

    assert guarded(program, (INTS,), (torch.arange(4),)) == "SHAPE_GUARD_FAILED"


# ---- memory and other threads


def sees_numpy(x):
    held = torch.zeros(3, dtype=torch.int64)
    shown = held.numpy()
    held += x
    return x * int(shown[0])


def sees_tensor(x):
    array = np.zeros(3)
    held = torch.from_numpy(array)
    held += x
    return x * int(array[0])


def sees_storage(x):
    held = torch.zeros(3, dtype=torch.int64)
    shown = held.untyped_storage()
    held += x
    return x * shown[0]


@pytest.mark.parametrize("program", [sees_numpy, sees_tensor, sees_storage])
def test_memory_that_shows_later_writes_is_refused(program):
    assert refusal(program, INTS) == "NONDETERMINISTIC_TRACE"


def test_memory_of_an_input_is_no_way_out_of_the_trace():
    assert refusal(lambda x: x * x.untyped_storage()[0], INTS) == "UNRECORDED_READ"


def in_a_thread(x):
    found = []
    thread = threading.Thread(target=lambda: found.append(int(x[0])))
    thread.start()
    thread.join()
    return x * found[0]


def in_a_pool(x):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: x * 2).result()


@pytest.mark.parametrize("program", [in_a_thread, in_a_pool])
def test_threads_are_refused(program):
    assert refusal(program, INTS) == "UNRECORDED_READ"


def test_a_result_that_no_torch_function_made_is_refused():
    def program(x):
        with torch.enable_grad():
            y = x.detach().clone().requires_grad_(True)
            return torch.autograd.grad((y**3).sum(), y)[0]

    assert refusal(program, torch.ones(3)) == "UNRECORDED_READ"


# ---- calls that fail


def by_index(x):
    try:
        return torch.arange(3)[x[0]]
    except IndexError:
        return x


def by_size(x):
    try:
        return x + torch.ones(4)
    except RuntimeError:
        return x


@pytest.mark.parametrize("program", [by_index, by_size])
def test_a_program_that_goes_on_after_a_failed_call_is_refused(program):
    assert refusal(program, INTS) == "UNRECORDED_READ"


def test_what_a_trace_refuses_stays_refused_where_the_program_catches_it():
    def program(x):
        try:
            return torch.vander(x)
        except Exception:  # noqa: BLE001  # as programs do
            return x

    assert refusal(program, INTS) == "UNKNOWN_CALL"


def test_a_failure_that_follows_from_nothing_of_the_call_is_no_matter():
    def program(x):
        try:
            return x * torch.arange(3)[5]
        except IndexError:
            return x + 1

    follows(program, (INTS,), (INTS * 2,))


def test_a_call_that_fails_in_a_trace_alone_is_told_at_its_line():
    def program(x):
        return torch.split(x, torch.tensor(2))[0]

    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(program, (torch.ones(3),))
    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert "torch.split(" in caught.value.excerpt


def test_what_the_program_itself_raises_is_raised():
    with pytest.raises(RuntimeError, match="must match"):
        ts.trace(lambda x: x + torch.ones(4), (INTS,))


# ---- random numbers that are not torch's


@pytest.mark.parametrize(
    "program",
    [
        lambda x: x * random.random(),
        lambda x: x * float(np.random.rand()),  # noqa: NPY002  # what programs use
        lambda x: x * 2 if random.random() < 0.5 else x,
        lambda x: torch.rand(3) * 0 + random.random(),
    ],
)
def test_random_numbers_of_python_and_numpy_are_refused(program):
    assert refusal(program, torch.ones(3)) == "NONDETERMINISTIC_TRACE"


def test_random_numbers_that_change_nothing_are_no_matter():
    def program(x):
        random.random()
        random.seed(3)
        return x * random.random()

    follows(program, (torch.ones(3),))


# ---- arguments and buffers


def test_a_tensor_given_twice_is_one_tensor_to_the_program():
    def program(x, y):
        return x * 2 if x is y else x * y

    assert refusal(program, INTS, INTS) == "NONDETERMINISTIC_TRACE"
    follows(lambda x, y: x * y, (INTS, INTS), (INTS, INTS + 1))


def test_a_program_that_asks_how_an_input_lies_in_memory_is_refused():
    x = torch.arange(6.0).reshape(2, 3).T
    assert refusal(lambda x: x * x.is_contiguous(), x) == "NONDETERMINISTIC_TRACE"


class Shares(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.zeros(3))
        self.other = nn.Module()
        self.other.register_buffer("seen", self.seen)

    def forward(self, x):
        self.seen = self.seen + x
        return x + self.other.seen


def test_a_shared_buffer_assigned_under_one_name_is_refused():
    assert refusal(Shares(), torch.ones(3)) == "UNSUPPORTED_PYTHON"
