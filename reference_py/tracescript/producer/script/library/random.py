"""Random numbers as torch spells them: ops on the random state of the model. Spec: RANDOM-4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import DataType, ListType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.diagnostics import is_none, is_tensor
from tracescript.producer.script.emitter.entries import Items, Known, constant_of
from tracescript.producer.script.emitter.generators import GIVEN, first_state
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.library.coerce import as_tensor, data_type
from tracescript.producer.script.library.lower_names import IGNORED
from tracescript.producer.script.library.promote import emit_op, int_list
from tracescript.producer.script.library.shapes import sizes
from tracescript.producer.script.library.table import SPECIAL, known, special, take
from tracescript.producer.script.library.written import composed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special

_FLOATS: Final = frozenset(
    {DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT32, DataType.FLOAT64}
)


def draw(
    e: Emitter,
    op: str,
    inputs: list[Entry],
    attributes: Mapping[str, Any] | None = None,
    generator: Entry | None = None,
) -> Value:
    """Write a random op on the state of a generator, which it moves; return what is drawn."""
    key = e.session.generators.key(e, generator)
    made = emit_op(e, op, [e.scope[key], *inputs], attributes)
    assert isinstance(made, Items)
    e.scope[key] = made.parts[1]
    return e.value(made.parts[0])


def _checked(e: Emitter, name: str, kwargs: Arguments, *names: str) -> None:
    """Refuse arguments that the call does not know."""
    unknown = [k for k in kwargs if k not in names and k not in IGNORED]
    unknown = [k for k in unknown if not (k in {"out", "names"} and is_none(kwargs[k]))]
    if unknown:
        raise e.error(
            None,
            f"{name}(): scripts do not know `{unknown[0]}`",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint=f"it takes {', '.join(names)}",
        )


def _float(e: Emitter, name: str, wanted: DataType) -> DataType:
    if wanted not in _FLOATS:
        raise e.error(
            None,
            f"{name} draws no {wanted.value}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint="draw floats, or use torch.randint",
        )
    return wanted


def _dtype(e: Emitter, kwargs: Arguments, default: DataType) -> DataType:
    given = kwargs.get("dtype")
    return default if given is None or is_none(given) else e.session.data_type_of(e, given)


def _is_sizes(entry: Entry) -> bool:
    is_list = isinstance(entry, Value) and isinstance(entry.type, ListType)
    return is_list or isinstance(entry, Items) or isinstance(constant_of(entry)[1], list | tuple)


def _shape(e: Emitter, name: str, args: list[Entry], kwargs: Arguments) -> Value:
    given = kwargs.get("size")
    if given is None and not args:
        raise e.error(None, f"{name}() needs `size`", code="TYPE_INFERENCE", rule="SCRIPT-10")
    if given is None:
        is_one = len(args) == 1 and _is_sizes(args[0])
        given = args[0] if is_one else Items(tuple(args), is_list=True)
    return int_list(e, given, "size")


def _shape_of(e: Emitter, x: Value) -> Value:
    return int_list(e, sizes(e, x), "shape")


def _made(op: str) -> Special:
    def made(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        _checked(e, op, kwargs, "size", "dtype", "generator")
        wanted = _float(e, op, _dtype(e, kwargs, DataType.FLOAT32))
        shape = _shape(e, op, args, kwargs)
        return draw(e, op, [shape], {"dtype": wanted}, kwargs.get("generator"))

    return made


def _like(op: str) -> Special:
    def like(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        _checked(e, f"{op}_like", kwargs, "input", "dtype", "generator")
        x = e.value(args[0] if args else kwargs["input"])
        wanted = _float(e, f"{op}_like", _dtype(e, kwargs, data_type(x)))
        return draw(e, op, [_shape_of(e, x)], {"dtype": wanted}, kwargs.get("generator"))

    return like


for _op in ("rand", "randn"):
    SPECIAL[f"torch.{_op}"] = _made(_op)
    SPECIAL[f"torch.{_op}_like"] = _like(_op)


def _range(e: Emitter, numbers: list[Entry], kwargs: Arguments, upper: str) -> list[Entry]:
    """Return the bounds: of one number it is the upper one."""
    high = kwargs.get(upper, numbers[-1] if numbers else None)
    is_below = len(numbers) > (upper not in kwargs)
    low = kwargs.get("low", kwargs.get("from", numbers[0] if is_below else e.constant(0)))
    if high is None:
        raise e.error(
            None,
            "random integers without an upper bound are no op",
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
            hint=f"give it {upper}",
        )
    return [low, high]


@special("torch.randint")
def randint(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """`randint(high, size)` and `randint(low, high, size)`."""
    _checked(e, "randint", kwargs, "low", "high", "size", "dtype", "generator")
    numbers = [a for a in args if not _is_sizes(a)]
    shape = _shape(e, "randint", [a for a in args if _is_sizes(a)], kwargs)
    bounds = _range(e, numbers, kwargs, "high")
    drawn = draw(e, "randint", [*bounds, shape], None, kwargs.get("generator"))
    return as_tensor(e, drawn, _dtype(e, kwargs, DataType.INT64))


@special("torch.randint_like")
def randint_like(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """As `randint`, of the shape and data type of a tensor."""
    _checked(e, "randint_like", kwargs, "input", "low", "high", "dtype", "generator")
    x, numbers = (args[0], args[1:]) if args else (kwargs["input"], [])
    like = e.value(x)
    bounds = _range(e, numbers, kwargs, "high")
    drawn = draw(e, "randint", [*bounds, _shape_of(e, like)], None, kwargs.get("generator"))
    return as_tensor(e, drawn, _dtype(e, kwargs, data_type(like)))


@special("torch.randperm")
def randperm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """An order of 0 to n - 1."""
    _checked(e, "randperm", kwargs, "n", "dtype", "generator")
    drawn = draw(e, "randperm", [args[0] if args else kwargs["n"]], None, kwargs.get("generator"))
    return as_tensor(e, drawn, _dtype(e, kwargs, DataType.INT64))


@special("torch.bernoulli", "torch.Tensor.bernoulli")
def bernoulli(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Of probabilities, or of one for all elements."""
    _checked(e, "bernoulli", kwargs, "input", "p", "generator")
    x, p = take(args, kwargs, "input", "p")
    assert x is not None
    if p is not None and not is_none(p):
        x = e.op("full_like", [e.value(x), e.value(p)])
    _float(e, "bernoulli", data_type(e.value(x)))
    return draw(e, "bernoulli", [x], None, kwargs.get("generator"))


@special("torch.multinomial", "torch.Tensor.multinomial")
def multinomial(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Places by their weights."""
    _checked(e, "multinomial", kwargs, "input", "num_samples", "replacement", "generator")
    x, count, replacement = take(args, kwargs, "input", "num_samples", "replacement")
    assert x is not None
    assert count is not None
    attributes = {"replacement": bool(known(e, replacement, False, "replacement"))}
    return draw(e, "multinomial", [x, count], attributes, kwargs.get("generator"))


@special("torch.normal")
def normal(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Of tensors, or of numbers and a size."""
    _checked(e, "normal", kwargs, "mean", "std", "size", "dtype", "generator")
    mean, std, size = take(args, kwargs, "mean", "std", "size")
    mean, std = mean or e.constant(0.0), std or e.constant(1.0)
    generator = kwargs.get("generator") or e.constant(None)
    if size is not None:
        wanted = _float(e, "normal", _dtype(e, kwargs, DataType.FLOAT32))
        drawn = draw(e, "randn", [int_list(e, size, "size")], {"dtype": wanted}, generator)
        return emit_op(e, "add", [emit_op(e, "mul", [drawn, std]), mean])
    both = emit_op(e, "add", [mean, std])
    return composed(e, "normal", both, mean, std, generator)


# ---------------------------------------------------------------------- into a tensor


_BOUNDS: Final = {"from": "low", "to": "high"}


def _filled(name: str, **parameters: float) -> Special:
    """Return a method that fills a tensor; `parameters` are its own with their defaults."""

    def filled(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        kwargs = {_BOUNDS.get(k, k): v for k, v in kwargs.items()}
        _checked(e, name, kwargs, *parameters, "generator")
        _float(e, name, data_type(e.value(args[0])))
        found = take(args[1:], kwargs, *parameters)
        defaults = map(e.constant, parameters.values())
        given = [x or default for x, default in zip(found, defaults, strict=True)]
        return composed(e, name, args[0], *given, kwargs.get("generator") or e.constant(None))

    return filled


def _bernoulli(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    _checked(e, "bernoulli_", kwargs, "p", "generator")
    x, p = e.value(args[0]), args[1] if len(args) > 1 else kwargs.get("p", e.constant(0.5))
    shape, kind = _shape_of(e, x), data_type(x)
    if is_tensor(p) or e.session.holds_array(p):
        p = e.op("expand", [e.value(p), shape])
    else:
        wanted = kind if kind in _FLOATS else DataType.FLOAT32
        p = e.op("full", [shape, e.value(p)], {"dtype": wanted})
    return as_tensor(e, draw(e, "bernoulli", [p], None, kwargs.get("generator")), kind)


def _random(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    _checked(e, "random_", kwargs, "from", "to", "generator")
    x = e.value(args[0])
    bounds = _range(e, args[1:], kwargs, "to")
    drawn = draw(e, "randint", [*bounds, _shape_of(e, x)], None, kwargs.get("generator"))
    return as_tensor(e, drawn, data_type(x))


FILLS: Final[Mapping[str, Callable[[Emitter, list[Entry], Arguments], Entry]]] = {
    "uniform_": _filled("uniform", low=0.0, high=1.0),
    "normal_": _filled("normal", mean=0.0, std=1.0),
    "exponential_": _filled("exponential", lambd=1.0),
    "bernoulli_": _bernoulli,
    "random_": _random,
}
"""Methods of tensors that fill them, by name: each gives what the tensor holds afterwards."""


@special("torch.manual_seed", "torch.random.manual_seed")
def manual_seed(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Torch's own generator starts anew."""
    seed = int(known(e, args[0] if args else kwargs["seed"], None, "a seed"))
    e.scope[e.session.generators.key(e, None)] = e.builder.constant(first_state(seed))
    door = torch_door()
    assert door is not None
    return Known(door.generator_of(None))


@special("torch.Generator")
def generator(e: Emitter, _args: list[Entry], _kwargs: Arguments) -> Entry:
    """Refuse: a state stands for each generator, from the first call on."""
    raise e.error(
        None,
        "a generator made inside the function",
        code="UNKNOWN_CALL",
        rule="SCRIPT-12",
        hint=GIVEN,
    )
