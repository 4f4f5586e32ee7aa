"""Random numbers of torch: ops on the random state of the model. Spec: RANDOM-4."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional

from tracescript.producer.torch import draws
from tracescript.producer.torch.mode import followed
from tracescript.producer.torch.named import matched
from tracescript.producer.torch.values import data_type_of
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _drawn(
    door: TorchDoor, generator: Any, op: str, *inputs: Any, **attributes: Any
) -> torch.Tensor:
    """Draw from a generator, None for torch's own; inputs are tensors, ints, tuples of ints."""
    recorder = door.recorder
    given: list[tuple[Any, Any]] = []
    for value in inputs:
        if isinstance(value, torch.Tensor):
            given.append((door.wire(value), door.real(value)))
        elif isinstance(value, int):
            given.append((recorder.number(value), plain(value)))
        else:
            given.append((recorder.ints(value), [int(n) for n in plain(value)]))
    wire, result = door.generators.draw(generator, op, given, attributes)
    made: torch.Tensor = door.wrap(wire, result)
    return made


def _sizes(door: TorchDoor, size: tuple[Any, ...], given: Mapping[str, Any]) -> tuple[int, ...]:
    found = given.get("size", size)
    listed = len(found) == 1 and isinstance(found[0], (tuple, list))
    return tuple(followed(door, n) for n in (found[0] if listed else found))


def _made(op: str) -> Callable[..., Any]:
    def handler(door: TorchDoor, *size: Any, **given: Any) -> torch.Tensor:
        dtype = given.get("dtype") or torch.get_default_dtype()
        if dtype.is_complex:
            return _complex(op, _sizes(door, size, given), dtype, given)
        return _drawn(
            door, given.get("generator"), op, _sizes(door, size, given), dtype=data_type_of(dtype)
        )

    return handler


def _complex(
    op: str, size: tuple[int, ...], dtype: torch.dtype, given: Mapping[str, Any]
) -> torch.Tensor:
    """Draw both parts; of normal ones the square of the absolute value has mean 1."""
    pairs = getattr(torch, op)((*size, 2), dtype=dtype.to_real(), **_own(given))
    return torch.view_as_complex(pairs if op == "rand" else pairs * math.sqrt(0.5))


def _like(call: Any) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: torch.Tensor, **given: Any) -> Any:
        return call(tuple(x.shape), dtype=given.get("dtype") or x.dtype, **_own(given))

    return handler


def _uniform(_: TorchDoor, x: torch.Tensor, *bounds: Any, **given: Any) -> torch.Tensor:
    low, high = _bounds(bounds, given, ("from", 0.0), ("to", 1.0))
    return x.copy_(draws.uniform(x, low, high, given.get("generator")))


def _normal_(_: TorchDoor, x: torch.Tensor, *given: Any, **named: Any) -> torch.Tensor:
    mean, std = _bounds(given, named, ("mean", 0.0), ("std", 1.0))
    return x.copy_(draws.normal(x, mean, std, named.get("generator")))


def _exponential(_: TorchDoor, x: torch.Tensor, lambd: float = 1.0, **given: Any) -> torch.Tensor:
    return x.copy_(draws.exponential(x, lambd, given.get("generator")))


def _bounds(
    given: tuple[Any, ...], named: Mapping[str, Any], *parameters: tuple[str, Any]
) -> list[Any]:
    """Return two parameters by position or name, with their defaults."""
    found = {name: named.get(name, default) for name, default in parameters}
    found |= dict(zip(found, given, strict=False))
    return list(found.values())


def _bernoulli(door: TorchDoor, x: torch.Tensor, p: Any = None, **given: Any) -> torch.Tensor:
    return _drawn(
        door, given.get("generator"), "bernoulli", x if p is None else torch.full_like(x, p)
    )


def _bernoulli_(_: TorchDoor, x: torch.Tensor, p: Any = 0.5, **given: Any) -> torch.Tensor:
    if not isinstance(p, torch.Tensor):
        dtype = x.dtype if x.is_floating_point() else torch.get_default_dtype()
        p = torch.full(tuple(x.shape), p, dtype=dtype)
    return x.copy_(torch.bernoulli(p.expand(tuple(x.shape)), **_own(given)))


def _randint(door: TorchDoor, *args: Any, **given: Any) -> torch.Tensor:
    numbers = [a for a in args if not isinstance(a, (tuple, list))]
    size = given.get("size") or next(a for a in args if isinstance(a, (tuple, list)))
    bounds = _range(door, numbers, given)
    drawn = _drawn(door, given.get("generator"), "randint", *bounds, _sizes(door, tuple(size), {}))
    return drawn.to(given.get("dtype") or torch.int64)


def _randint_like(door: TorchDoor, x: torch.Tensor, *numbers: Any, **given: Any) -> torch.Tensor:
    bounds = _range(door, list(numbers), given)
    drawn = _drawn(door, given.get("generator"), "randint", *bounds, tuple(x.shape))
    return drawn.to(given.get("dtype") or x.dtype)


def _range(door: TorchDoor, numbers: list[Any], given: Mapping[str, Any]) -> tuple[Any, Any]:
    high = given.get("high", numbers[-1] if numbers else None)
    low = given.get("low", numbers[0] if len(numbers) > ("high" not in given) else 0)
    return followed(door, low), followed(door, high)


def _random(door: TorchDoor, x: torch.Tensor, *bounds: Any, **given: Any) -> torch.Tensor:
    low, high = _range(
        door, list(bounds), {**given, **({"high": given["to"]} if "to" in given else {})}
    )
    if high is None:
        what = "torch.Tensor.random_ without an upper bound is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, "give it from and to")
    return x.copy_(torch.randint(given.get("from", low), high, tuple(x.shape), **_own(given)))


def _own(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"generator": given["generator"]} if "generator" in given else {}


def _randperm(door: TorchDoor, n: int, **given: Any) -> torch.Tensor:
    drawn = _drawn(door, given.get("generator"), "randperm", followed(door, n))
    return drawn.to(given.get("dtype") or torch.int64)


def _multinomial(
    door: TorchDoor, x: torch.Tensor, num_samples: int, replacement: bool = False, **given: Any
) -> torch.Tensor:
    count = followed(door, num_samples)
    source = given.get("generator")
    return _drawn(door, source, "multinomial", x, count, replacement=replacement)


def _normal(
    _: TorchDoor, mean: Any = 0.0, std: Any = 1.0, size: Any = None, **given: Any
) -> torch.Tensor:
    if size is not None:
        return torch.randn(tuple(size), dtype=given.get("dtype"), **_own(given)) * std + mean
    return draws.normal(mean + std, mean, std, given.get("generator"))


def dropped(door: TorchDoor, op: str, x: torch.Tensor, p: float) -> torch.Tensor:
    """Drop elements or features out in training, by an op."""
    return _drawn(door, None, op, x, p=float(p))


def _undropped(
    door: TorchDoor, tensors: tuple[Any, ...], is_causal: bool, scale: Any, enable_gqa: bool
) -> torch.Tensor:
    options = {"is_causal": is_causal, "scale": scale, "enable_gqa": enable_gqa}
    with door.paused():
        result = functional.scaled_dot_product_attention(*tensors, **plain(options))
    given = {name: value for name, value in options.items() if value is not None}
    matched(door, "scaled_dot_product_attention", tensors, [result], **given)
    return result


def _attention(
    door: TorchDoor,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    """Attend; with dropout of the weights written out, which is no op."""
    if not dropout_p:
        return _undropped(door, (query, key, value, attn_mask), is_causal, scale, enable_gqa)
    options = (attn_mask, dropout_p, is_causal, scale, enable_gqa)
    return draws.attention(query, key, value, *options)


def _rrelu(
    _: TorchDoor,
    input: torch.Tensor,  # noqa: A002  # torch's name
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
) -> torch.Tensor:
    """In evaluation mode the slope is the middle of its range."""
    if not training:
        return functional.leaky_relu(input, (lower + upper) / 2, inplace)
    made = draws.rrelu(input, lower, upper)
    return input.copy_(made) if inplace else made


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.rand": _made("rand"),
    "torch.randn": _made("randn"),
    "torch.rand_like": _like(torch.rand),
    "torch.randn_like": _like(torch.randn),
    "torch.randint": _randint,
    "torch.randint_like": _randint_like,
    "torch.randperm": _randperm,
    "torch.normal": _normal,
    "torch.bernoulli": _bernoulli,
    "torch.multinomial": _multinomial,
    "torch.Tensor.bernoulli": _bernoulli,
    "torch.Tensor.multinomial": _multinomial,
    "torch.Tensor.uniform_": _uniform,
    "torch.Tensor.normal_": _normal_,
    "torch.Tensor.exponential_": _exponential,
    "torch.Tensor.bernoulli_": _bernoulli_,
    "torch.Tensor.random_": _random,
    "torch.nn.functional.scaled_dot_product_attention": _attention,
    "torch.nn.functional.rrelu": _rrelu,
    "torch.rrelu": _rrelu,
}
