"""Functions of single elements that are a few ops, and ops that torch takes more types for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch.named import matched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _float(x: Any) -> Any:
    """Return a tensor as floating-point numbers."""
    is_inexact = x.is_floating_point() or x.is_complex()
    return x if is_inexact else x.to(torch.get_default_dtype())


def _sinc(_: TorchDoor, x: Any) -> Any:
    turned = _float(x) * math.pi
    is_zero = turned == 0
    return torch.where(is_zero, 1.0, torch.sin(turned) / torch.where(is_zero, 1.0, turned))


def _sgn(_: TorchDoor, x: Any) -> Any:
    if not x.is_complex():
        return torch.sign(x)
    size = x.abs()
    return x / torch.where(size == 0, 1.0, size)


def _signbit(_: TorchDoor, x: Any) -> Any:
    return torch.copysign(torch.ones_like(x), x) < 0 if x.is_floating_point() else x < 0


def _heaviside(_: TorchDoor, x: Any, values: Any) -> Any:
    return torch.where(x == 0, values, (x > 0).to(x.dtype))


def _ldexp(_: TorchDoor, x: Any, y: Any) -> Any:
    return x * torch.pow(2.0, y)


def _logaddexp2(_: TorchDoor, x: Any, y: Any) -> Any:
    return torch.logaddexp(x * math.log(2), y * math.log(2)) / math.log(2)


def _is_infinite(value: float) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: Any) -> Any:
        if x.is_floating_point():
            return x == value
        return torch.zeros_like(x, dtype=torch.bool)

    return handler


def _isreal(_: TorchDoor, x: Any) -> Any:
    return torch.imag(x) == 0 if x.is_complex() else torch.ones_like(x, dtype=torch.bool)


def _xlog1py(_: TorchDoor, x: Any, y: Any) -> Any:
    kind = torch.result_type(x, y)
    if isinstance(y, torch.Tensor):
        grown = torch.log1p(y.to(kind))
    else:
        grown = math.log1p(y) if y > -1 else -math.inf if y == -1 else math.nan
    return torch.where(torch.logical_and(x == 0, grown == grown), 0.0, x * grown)  # noqa: PLR0124  # NaN


def _entr(_: TorchDoor, x: Any) -> Any:
    x = _float(x)
    return torch.where(x < 0, -math.inf, -torch.xlogy(x, x))


def _ndtr(_: TorchDoor, x: Any) -> Any:
    return torch.erfc(_float(x) * -math.sqrt(0.5)) * 0.5


_LANCZOS: Final = (
    *(0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313),
    *(-176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6),
    1.5056327351493116e-7,
)
"""Lanczos' coefficients for g = 7 and nine terms."""
_G: Final = 7


def _lgamma(_: TorchDoor, x: Any) -> Any:
    """By Lanczos in float64; below a half by reflection."""
    kind = _float(x).dtype
    wide = x.to(torch.float64)
    is_small = wide < 0.5  # noqa: PLR2004  # where the reflection begins
    z = torch.where(is_small, 1 - wide, wide) - 1
    total = torch.full_like(z, _LANCZOS[0])
    for k, term in enumerate(_LANCZOS[1:]):
        total = total + term / (z + (k + 1))
    t = z + (_G + 0.5)
    made = 0.5 * math.log(2 * math.pi) + (z + 0.5) * torch.log(t) - t + torch.log(total)
    fraction = wide - torch.floor(wide)
    reflected = math.log(math.pi) - torch.log(torch.sin(fraction * math.pi).abs()) - made
    found = torch.where(is_small, reflected, made)
    return torch.where(torch.isinf(wide), math.inf, found).to(kind)


_ORDERS: Final = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
"""What stands before the even powers of 1 / x in the series of digamma far out."""
_FAR: Final = 10


def _digamma(_: TorchDoor, x: Any) -> Any:
    """By its series far out, in float64; nearer by the steps there; below a half by reflection."""
    kind = _float(x).dtype
    wide = x.to(torch.float64)
    is_small = wide < 0.5  # noqa: PLR2004  # where the reflection begins
    z = torch.where(is_small, 1 - wide, wide)
    steps = torch.zeros_like(z)
    for _k in range(_FAR):
        is_near = z < _FAR
        steps = torch.where(is_near, steps + 1 / z, steps)
        z = torch.where(is_near, z + 1, z)
    series = torch.zeros_like(z)
    square = 1 / (z * z)
    for factor in reversed(_ORDERS):
        series = (series + factor) * square
    made = torch.log(z) - 0.5 / z - series - steps
    fraction = wide - torch.floor(wide)
    reflected = made - math.pi / torch.tan(fraction * math.pi)
    found = torch.where(torch.logical_and(is_small, fraction != 0), reflected, made)
    poles = torch.where(wide == 0, -torch.copysign(torch.full_like(wide, math.inf), wide), math.nan)
    is_pole = torch.logical_and(wide <= 0, torch.logical_or(fraction == 0, wide == -math.inf))
    return torch.where(is_pole, poles, found).to(kind)


# ---- ops that know floating-point numbers alone


def _of_whole(op: str, call: Any, of_whole: Callable[[Any], Any]) -> Callable[..., Any]:
    """Take the op for floating-point numbers, something simpler for the others."""

    def handler(door: TorchDoor, x: Any, *args: Any, **kwargs: Any) -> Any:
        if x.is_complex():
            return _of_parts(op, x)
        if not x.is_floating_point():
            return of_whole(x)
        return door.mode.as_op(call, (x, *args), kwargs)

    return handler


def _of_parts(op: str, x: Any) -> Any:
    real, imag = getattr(torch, op)(torch.real(x)), getattr(torch, op)(torch.imag(x))
    return torch.logical_and(real, imag) if op == "isfinite" else torch.logical_or(real, imag)


def _copied(x: Any) -> Any:
    return x.clone()


def _never(x: Any) -> Any:
    return torch.zeros_like(x, dtype=torch.bool)


def _always(x: Any) -> Any:
    return torch.ones_like(x, dtype=torch.bool)


def _isclose(
    door: TorchDoor,
    x: Any,
    y: Any,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Any:
    if x.is_floating_point():
        return door.mode.as_op(torch.isclose, (x, y, rtol, atol, equal_nan), {})
    if x.is_complex():
        what = "torch.isclose of complex numbers is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, "compare (x - y).abs() with a bound")
    if x.dtype == torch.bool:
        return x == y
    return torch.logical_or(x == y, (x - y).abs() <= atol + (rtol * y).abs())


def _extreme(call: Any, plain: Any) -> Callable[..., Any]:
    def handler(door: TorchDoor, x: Any, y: Any) -> Any:
        if torch.promote_types(x.dtype, y.dtype).is_floating_point:
            return door.mode.as_op(call, (x, y), {})
        return plain(x, y)

    return handler


def _sign(door: TorchDoor, x: Any) -> Any:
    if x.dtype == torch.bool:
        return x.clone()
    return door.mode.as_op(torch.sign, (x,), {})


# ---- complex numbers


def _complex_exp(x: Any) -> Any:
    size, angle = torch.exp(torch.real(x)), torch.imag(x)
    return torch.complex(size * torch.cos(angle), size * torch.sin(angle))


def _complex_log(x: Any) -> Any:
    return torch.complex(torch.log(x.abs()), torch.angle(x))


def _complex_sin(x: Any) -> Any:
    a, b = torch.real(x), torch.imag(x)
    return torch.complex(torch.sin(a) * torch.cosh(b), torch.cos(a) * torch.sinh(b))


def _complex_cos(x: Any) -> Any:
    a, b = torch.real(x), torch.imag(x)
    return torch.complex(torch.cos(a) * torch.cosh(b), -torch.sin(a) * torch.sinh(b))


def _of_complex(call: Any, of_complex: Callable[[Any], Any]) -> Callable[..., Any]:
    def handler(door: TorchDoor, x: Any) -> Any:
        return of_complex(x) if x.is_complex() else door.mode.as_op(call, (x,), {})

    return handler


def _resolve(door: TorchDoor, x: Any) -> Any:
    with door.paused():
        result = torch.resolve_neg(x)
    matched(door, "identity", (x,), [result])
    return result


_COMPLEX: Final[Mapping[str, Callable[[Any], Any]]] = {
    "exp": _complex_exp,
    "log": _complex_log,
    "sin": _complex_sin,
    "cos": _complex_cos,
    "reciprocal": lambda x: 1 / x,
}
_HANDLERS: Final[Mapping[str, Callable[..., Any]]] = {
    "sinc": _sinc,
    "sgn": _sgn,
    "sign": _sign,
    "signbit": _signbit,
    "heaviside": _heaviside,
    "ldexp": _ldexp,
    "logaddexp2": _logaddexp2,
    "isposinf": _is_infinite(math.inf),
    "isneginf": _is_infinite(-math.inf),
    "isreal": _isreal,
    "lgamma": _lgamma,
    "digamma": _digamma,
    "isclose": _isclose,
    "fmax": _extreme(torch.fmax, torch.maximum),
    "fmin": _extreme(torch.fmin, torch.minimum),
    "conj_physical": lambda _, x: torch.conj(x) if x.is_complex() else x.clone(),
    "resolve_neg": _resolve,
    **{n: _of_whole(n, getattr(torch, n), _never) for n in ("isnan", "isinf")},
    "isfinite": _of_whole("isfinite", torch.isfinite, _always),
    **{
        n: _of_whole(n, getattr(torch, n), _copied)
        for n in ("ceil", "floor", "trunc", "fix", "round", "nan_to_num")
    },
    **{n: _of_complex(getattr(torch, n), call) for n, call in _COMPLEX.items()},
}
TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    **{f"{o}.{n}": handler for n, handler in _HANDLERS.items() for o in ("torch", "torch.Tensor")},
    "torch.special.sinc": _sinc,
    "torch.special.xlog1py": _xlog1py,
    "torch.special.entr": _entr,
    "torch.special.ndtr": _ndtr,
    "torch.special.gammaln": _lgamma,
    "torch.special.digamma": _digamma,
    "torch.special.psi": _digamma,
}
