"""Our data classes do what those of the standard library do; that is the oracle here."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import field
from typing import Any

import pytest

from tracescript import records

FORMS = [
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "eq": False},
    {"frozen": True},
    {"slots": True},
    {"slots": True, "eq": False},
    {"eq": False},
    {},
]
form = pytest.mark.parametrize("options", FORMS, ids=lambda o: "-".join(o) or "plain")


def body(make: Any, **options: Any) -> type:
    @make(**options)
    class Point:
        """A point."""

        x: int
        y: tuple[int, ...] = (1, 2)
        tags: list[str] = field(default_factory=list)
        note: str = field(default="", compare=False, repr=False)

        def total(self) -> int:
            return self.x + sum(self.y)

    return Point


def both(**options: Any) -> tuple[Any, Any]:
    return body(records.dataclass, **options), body(dataclasses.dataclass, **options)


def outcome(call: Any) -> Any:
    try:
        return call()
    except Exception as error:  # noqa: BLE001  # the error is what is compared
        return type(error), str(error)


@pytest.mark.parametrize(
    "arguments",
    [((1,), {}), ((1, (2,)), {"note": "n"}), ((), {}), ((1, 2, 3, 4, 5), {}), ((1,), {"z": 0})],
    ids=str,
)
@form
def test_a_class_takes_the_same_arguments(options: dict[str, Any], arguments: Any) -> None:
    args, kwargs = arguments
    ours, theirs = both(**options)
    mine, other = outcome(lambda: ours(*args, **kwargs)), outcome(lambda: theirs(*args, **kwargs))
    if isinstance(other, tuple):
        assert mine == other
    else:
        assert [getattr(mine, f.name) for f in dataclasses.fields(theirs)] == [
            getattr(other, f.name) for f in dataclasses.fields(theirs)
        ]
        assert repr(mine) == repr(other)
        assert mine.total() == other.total()
    assert inspect.signature(ours) == inspect.signature(theirs)


@form
def test_instances_compare_and_hash_the_same(options: dict[str, Any]) -> None:
    for make in both(**options):
        one, same, other = make(1, note="a"), make(1, note="b"), make(2)
        by_value = options.get("eq", True)
        assert (one == same) is by_value
        assert (one == other, one == 1, [one] == [one]) == (False, False, True)
    ours, theirs = both(**options)
    nan = float("nan")
    assert (ours(nan) == ours(nan)) == (theirs(nan) == theirs(nan))
    hashes = [outcome(lambda make=make: hash(make(1))) for make in (ours, theirs)]
    refusals = [found for found in hashes if isinstance(found, tuple)]
    assert len(set(refusals)) in {0, 1}
    assert len(refusals) in {0, 2}


@pytest.mark.parametrize("slots", [True, False])
def test_equal_frozen_instances_have_equal_hashes(slots: bool) -> None:
    @records.dataclass(frozen=True, slots=slots)
    class Key:
        name: str
        number: int = 0
        note: str = field(default="", compare=False)

    assert hash(Key("a", 1, "x")) == hash(Key("a", 1, "y"))
    assert len({Key("a"), Key("a", 0), Key("b")}) == 2


@form
def test_instances_change_or_refuse_to_in_the_same_way(options: dict[str, Any]) -> None:
    def change(make: Any) -> Any:
        point = make(1)
        point.x = 2
        return point.x

    def remove(make: Any) -> Any:
        point = make(1)
        del point.x
        return hasattr(point, "x")

    def add(make: Any) -> Any:
        point = make(1)
        point.new = 2
        return point.new

    ours, theirs = both(**options)
    assert outcome(lambda: change(ours)) == outcome(lambda: change(theirs))
    assert outcome(lambda: remove(ours)) == outcome(lambda: remove(theirs))
    # A frozen class with slots of Python 3.11 answers with a TypeError of its own.
    mine, other = outcome(lambda: add(ours)), outcome(lambda: add(theirs))
    assert isinstance(mine, tuple) == isinstance(other, tuple)


@form
def test_the_standard_library_knows_the_class(options: dict[str, Any]) -> None:
    ours, theirs = both(**options)
    assert dataclasses.is_dataclass(ours)
    assert [(f.name, f.type, f.default, f.repr) for f in dataclasses.fields(ours)] == [
        (f.name, f.type, f.default, f.repr) for f in dataclasses.fields(theirs)
    ]
    changed = dataclasses.replace(ours(1, tags=["a"]), x=5)
    assert (changed.x, changed.tags) == (5, ["a"])
    assert ours.__match_args__ == theirs.__match_args__
    assert hasattr(ours(1), "__dict__") == hasattr(theirs(1), "__dict__")
    assert ours.__dataclass_params__.frozen == theirs.__dataclass_params__.frozen


@form
def test_copies_are_of_the_same_values(options: dict[str, Any]) -> None:
    ours = body(records.dataclass, **options)
    point = ours(1, tags=["a"])
    assert copy.copy(point).tags is point.tags
    deep = copy.deepcopy(point)
    assert (deep.tags, deep.tags is point.tags) == (["a"], False)


@records.dataclass(frozen=True, slots=True)
class Sized:
    """Derives a field when it is made."""

    name: str
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.name))


def test_what_an_instance_derives_of_its_arguments_is_there_and_pickled() -> None:
    assert Sized("abc").size == 3
    assert pickle.loads(pickle.dumps(Sized("abc"))) == Sized("abc")
    assert Sized.__match_args__ == ("name",)


def test_each_instance_has_its_own_default_list() -> None:
    point = body(records.dataclass)
    point(1).tags.append("a")
    assert point(1).tags == []


def test_methods_that_a_class_writes_itself_are_kept() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Loose:
        x: int
        __hash__ = None

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "loose"

    assert Loose(1) == 7
    assert repr(Loose(1)) == "loose"


def test_a_field_that_is_no_argument_has_no_default() -> None:
    with pytest.raises(TypeError, match="no argument"):

        @records.dataclass
        class _:
            x: int = field(init=False, default=1)
