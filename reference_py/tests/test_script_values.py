"""What a loaded model takes and gives is what the program takes and gives under CPython."""

from __future__ import annotations

import copy
import dataclasses
import enum
import io

import pytest

import tracescript as ts
from tests.script_values import CALLS, Config, Level, Mode
from tracescript.code.reader import check_code
from tracescript.code.writer import write_units


def opened(f, engine):
    model = ts.script(f)
    check_code(model.ir, write_units(model.ir))
    file = io.BytesIO()
    ts.save(model, file)
    file.seek(0)
    return ts.load(file, engine=engine)


def said(value):
    """Return what of a value a file can say: members and records as their fields."""
    if isinstance(value, enum.Enum):
        if isinstance(value, int | str):
            return value.value
        kinds = {type(m.value) for m in type(value)}
        return (value.name, value.value) if len(kinds) == 1 else (value.name,)
    if dataclasses.is_dataclass(value):
        return tuple(said(getattr(value, f.name)) for f in dataclasses.fields(value))
    if isinstance(value, tuple):
        return tuple(map(said, value))
    if isinstance(value, list):
        return [said(v) for v in value]
    if isinstance(value, dict):
        return {k: said(v) for k, v in value.items()}
    return value


def typed(value):
    """Return a value with the classes of all its parts."""
    if isinstance(value, tuple | list):
        return [tuple if isinstance(value, tuple) else list, *map(typed, value)]
    if isinstance(value, set | frozenset):
        return type(value), {(type(v), v) for v in value}
    if isinstance(value, dict):
        return dict, [(typed(k), typed(v)) for k, v in value.items()]
    return type(value), value


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("f", CALLS, ids=lambda f: f.__name__)
def test_a_loaded_model_gives_what_cpython_gives(f, engine):
    model = opened(f, engine)

    for args in CALLS[f]:
        expected, found = f(*copy.deepcopy(args)), model(*copy.deepcopy(args))
        assert typed(said(found)) == typed(said(expected))


def test_a_member_comes_back_with_its_name_and_value():
    def f(n: int):
        return Mode.FAST if n else Mode.SLOW

    found = opened(f, "py")(1)

    assert (type(found).__name__, found.name, found.value) == ("Mode", "FAST", "fast")


def test_a_member_that_the_enum_does_not_have_ends_the_call():
    def f(mode: Mode):
        return mode.value

    with pytest.raises(ts.errors.TrapError) as caught:
        opened(f, "py")(("NEITHER", "fast"))

    assert caught.value.code == "VALUE_ERROR"


@pytest.mark.parametrize(
    ("annotation", "argument"),
    [(set[int], {"a"}), (set[int], [1]), (Mode, "fast"), (Level, "LOW"), (Config, {"size": 1})],
)
def test_an_argument_of_another_kind_is_refused(annotation, argument):
    def f(x):
        return x

    f.__annotations__["x"] = annotation

    with pytest.raises(ts.errors.BadInputError) as caught:
        opened(f, "py")(argument)

    assert (caught.value.code, caught.value.rule) == ("BAD_INPUT", "EXEC-3")


def test_two_enums_of_one_name_are_refused_where_a_file_could_not_tell_them():
    other = enum.Enum("Mode", {"FAST": "a", "SLOW": "b"})

    def f(mode, n: int):
        return mode, other.FAST if n else other.SLOW

    f.__annotations__["mode"] = Mode

    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(f)

    assert (caught.value.code, caught.value.rule) == ("TYPE_INFERENCE", "SCRIPT-4")


def test_which_item_pop_takes_out_of_a_set_is_not_guessed():
    def f(s: set[int]):
        return s.pop()

    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(f)

    assert (caught.value.code, caught.value.rule) == ("UNSUPPORTED_PYTHON", "SCRIPT-6")
