"""Lists, tuples, dicts, structs and what stands between them and tensors, against CPython."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from tools.verify.plan import Call, Plans, Stop, Typed, call
from tracescript import ir
from tracescript.ir.constants import FLOAT, INT, NONE, STR

if TYPE_CHECKING:
    from collections.abc import Callable

PLANS = Plans()
_INTS: Final = ir.ListType(INT)
NAN = float("nan")
LISTS: Final = ([1, 2, 3], [5], [1.5, -2.0], ["b", "a", ""], [True, False], [[1, 2], [3]])


def ints(*values: int) -> Typed:
    """Return a list of ints as an input of the call."""
    return Typed(list(values), _INTS)


def _value(v: Any) -> Any:
    return v.value if isinstance(v, Typed) else v


def python(op: str, calls: Callable[[], Any], function: Callable[..., Any], **how: Any) -> None:
    """Enter the plan of an op whose oracle is Python, exceptions as our codes."""

    def oracle(*inputs: Any, **attributes: Any) -> Any:
        try:
            return function(*map(_value, inputs), **attributes)
        except IndexError as error:
            raise Stop("INDEX_ERROR") from error
        except KeyError as error:
            raise Stop("KEY_ERROR") from error
        except ValueError as error:
            raise Stop("VALUE_ERROR") from error

    PLANS.add(op, calls, oracle, **how)


python("list.make", lambda: [Call(tuple(x)) for x in LISTS], lambda *v: list(v))
python(
    "list.append", lambda: [call(x, x[0]) for x in LISTS] + [call(ints(), 4)], lambda x, v: [*x, v]
)
python("list.concat", lambda: [call(x, x) for x in LISTS] + [call(ints(), [1])], lambda x, y: x + y)
python(
    "list.contains",
    lambda: (
        [call(x, v) for x in LISTS for v in (x[0], x[-1])]
        + [call([1.0, NAN], NAN), call(ints(), 1), call([0.0], -0.0)]
    ),
    lambda x, v: any(e == v for e in x),
)
_PLACES: Final = (0, 1, -1, 2, -3, 3, -4)
python(
    "list.get",
    lambda: [call(x, i) for x in LISTS for i in _PLACES] + [call(ints(), 0)],
    lambda x, i: x[i],
)
python("list.len", lambda: [call(x) for x in LISTS] + [call(ints())], len)
python(
    "list.pop",
    lambda: [call(x, i) for x in LISTS for i in _PLACES] + [call(ints(), -1)],
    lambda x, i: (x[i], [v for k, v in enumerate(x) if k != i % len(x)]),
)
python(
    "list.repeat", lambda: [call(x, n) for x in LISTS for n in (0, 1, 3, -1)], lambda x, n: x * n
)


def _set(x: list[Any], i: int, v: Any) -> list[Any]:
    found = list(x)
    found[i] = v
    return found


python("list.set", lambda: [call(x, i, x[0]) for x in LISTS for i in _PLACES], _set)
_BOUNDS: Final = (None, 0, 1, -1, 2, 5, -7)
python(
    "list.slice",
    lambda: [
        call([1, 2, 3, 4], a, b, c)
        for a, b in itertools.product(_BOUNDS, repeat=2)
        for c in (None, 1, 2, -1, -2, 0)
    ],
    lambda x, a=None, b=None, c=None: x[a:b:c],
)


def _sorted(x: list[Any], descending: bool) -> list[Any]:
    if any(v != v for v in x):  # noqa: PLR0124 - NaN
        raise Stop("VALUE_ERROR")
    return sorted(x, reverse=descending)


python(
    "list.sort",
    lambda: (
        [
            call(x, descending=d)
            for x in (*LISTS, [0.0, -0.0, -1.0], [3, 1, 3, 2])
            for d in (False, True)
        ]
        + [call([1.0, NAN]), call(ints())]
    ),
    _sorted,
)


def _unpacked(x: list[Any], length: int) -> Any:
    if len(x) != length:
        raise Stop("VALUE_ERROR")
    return x


PLANS.add(
    "list.unpack",
    lambda: (
        [call(x, length=3) for x in ([1, 2, 3], [1, 2], ["a", "b", "c"])]
        + [call(x, length=1) for x in ([7], ["ab"], [[1, 2]])]
    ),
    lambda x, length: tuple(_unpacked(x, length)),
    outputs=-1,
)
python(
    "tuple.make",
    lambda: [Call(t) for t in ((1, 2.5), ("a",), (True, (1, 2)), (1, Typed(None, NONE)))],
    lambda *v: tuple(v),
)
python(
    "tuple.get", lambda: [call((1, "a", 2.5), i=i) for i in (0, 1, 2, -1, -3)], lambda t, i: t[i]
)
PLANS.add(
    "tuple.unpack",
    lambda: [call((1, "a")), call((2.5, True)), call((2.5,)), call(("ab",)), call(([1, 2],))],
    lambda t: t,
    outputs=-1,
)
_PAIR: Final = ir.StructType("Pair", (("a", INT), ("b", FLOAT)))
python(
    "struct.make", lambda: [call(1, 2.5, type=_PAIR), call(-4, 0.0, type=_PAIR)], lambda *v, type: v
)
python(
    "struct.get",
    lambda: [call(Typed((1, 2.5), _PAIR), field=f) for f in ("a", "b")],
    lambda s, field: s["ab".index(field)],
)
DICTS: Final = ({"a": 1, "b": 2}, {3: 1.5}, {True: "x", False: "y"})
python(
    "dict.make",
    lambda: (
        [Call(tuple(itertools.chain(*d.items()))) for d in DICTS] + [call("a", 1, "b", 2, "a", 3)]
    ),
    lambda *e: dict(zip(e[::2], e[1::2], strict=True)),
)
python(
    "dict.contains",
    lambda: [call(d, k) for d in DICTS for k in d] + [call({"a": 1}, "z")],
    lambda d, k: k in d,
)
python(
    "dict.get",
    lambda: (
        [call(d, k) for d in DICTS for k in d]
        + [call({"a": 1}, "z"), call({"a": 1}, "z", 9), call({"a": 1}, "a", 9)]
    ),
    lambda d, k, default=None: d[k] if default is None else d.get(k, default),
)
python("dict.keys", lambda: [call(d) for d in DICTS], list)
python("dict.values", lambda: [call(d) for d in DICTS], lambda d: list(d.values()))
python("dict.len", lambda: [call(d) for d in DICTS], len)
python(
    "dict.set",
    lambda: [call(d, k, d[k]) for d in DICTS for k in d] + [call({"a": 1}, "z", 2)],
    lambda d, k, v: {**d, k: v},
)


def _removed(d: dict[Any, Any], k: Any) -> dict[Any, Any]:
    return {key: v for key, v in d.items() if key != k or d[k] is None}


python(
    "dict.remove",
    lambda: [call(d, k) for d in DICTS for k in d] + [call({"a": 1}, "z")],
    lambda d, k: _removed(d, k) if k in d else d[k],
)
_OPTIONAL: Final = ir.OptionalType(INT)
python("is_none", lambda: [call(Typed(v, _OPTIONAL)) for v in (None, 0, 5)], lambda a: a is None)


def _unwrapped(a: Any) -> Any:
    if a is None:
        raise Stop("NONE_ERROR")
    return a


python("unwrap_optional", lambda: [call(Typed(v, _OPTIONAL)) for v in (None, 0, 5)], _unwrapped)
_EITHER: Final = ir.UnionType((INT, STR))


def _taken(a: Any, type: ir.Type) -> Any:
    if isinstance(a, {INT: int, STR: str}[type]):
        return a
    raise Stop("CONVERSION_ERROR")


python("union.make", lambda: [call(v, type=_EITHER) for v in (3, "ab")], lambda a, type: a)
python(
    "union.get",
    lambda: [call(Typed(v, _EITHER), type=t) for v in (3, "ab") for t in (INT, STR)],
    _taken,
)
python(
    "isinstance",
    lambda: (
        [call(Typed(v, _OPTIONAL), type=t) for v in (None, 1) for t in (INT,)]
        + [call(1, type=INT), call(1.5, type=INT), call(True, type=INT), call("a", type=STR)]
    ),
    lambda a, type: (
        isinstance(a, {INT: int, STR: str}[type]) and not (isinstance(a, bool) and type == INT)
    ),
    rule="OP.isinstance: a bool is no int",
)
