"""Products and factors of matrices that are a few ops: triangular systems, norms, ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _plus(x: Any, product: Any, beta: Any, alpha: Any) -> Any:
    """Return beta * x + alpha * product in the type of `x`; a beta of 0 leaves `x` out."""
    if x.dtype == torch.bool:
        made = product if alpha else torch.zeros_like(product)
        return torch.logical_or(x, made) if beta else made
    if not (x.is_floating_point() or x.is_complex()):
        beta, alpha = int(beta), int(alpha)
    made = product if alpha == 1 else product * alpha
    if beta == 0:
        return made
    return made + (x if beta == 1 else x * beta)


def _addbmm(
    _: TorchDoor, x: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1
) -> Any:
    return _plus(x, torch.bmm(batch1, batch2).sum(0), beta, alpha)


def _addmv(_: TorchDoor, x: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    return _plus(x, torch.mv(mat, vec), beta, alpha)


def _addr(_: TorchDoor, x: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    return _plus(x, vec1.unsqueeze(1) * vec2, beta, alpha)


def _inner(_: TorchDoor, x: Any, y: Any) -> Any:
    if not x.dim() or not y.dim():
        return x * y
    return torch.tensordot(x, y, ([-1], [-1]))


def _vdot(_: TorchDoor, x: Any, y: Any) -> Any:
    return torch.dot(torch.conj(x), y)


def _vecdot(_: TorchDoor, x: Any, y: Any, *, dim: int = -1) -> Any:
    return (torch.conj(x) * y).sum(dim)


def _logdet(_: TorchDoor, x: Any) -> Any:
    sign, size = torch.linalg.slogdet(x)
    if x.is_complex():
        return torch.complex(size, torch.angle(sign))
    return torch.where(sign < 0, torch.nan, size)


def _cholesky(_: TorchDoor, x: Any, upper: bool = False) -> Any:
    return torch.linalg.cholesky(x, upper=upper)


def _cholesky_solve(_: TorchDoor, x: Any, input2: Any, upper: bool = False) -> Any:
    lower = torch.triu(input2).mH if upper else torch.tril(input2)
    return torch.linalg.solve(lower.mH, torch.linalg.solve(lower, x))


def _cholesky_inverse(_: TorchDoor, factor: Any, upper: bool = False) -> Any:
    lower = torch.triu(factor).mH if upper else torch.tril(factor)
    inverse = torch.linalg.inv(lower)
    return inverse.mH @ inverse


def _triangle(a: Any, *, upper: bool, unitriangular: bool) -> Any:
    """Return the triangle of a matrix that a solver reads."""
    kept = torch.triu(a, int(unitriangular)) if upper else torch.tril(a, -int(unitriangular))
    return kept + torch.eye(a.shape[-1], dtype=a.dtype) if unitriangular else kept


def _solve_triangular(
    _: TorchDoor,
    a: Any,
    b: Any,
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> Any:
    triangle = _triangle(a, upper=upper, unitriangular=unitriangular)
    return torch.linalg.solve(triangle, b) if left else torch.linalg.solve(triangle.mT, b.mT).mT


def _triangular_solve(
    _: TorchDoor,
    b: Any,
    A: Any,  # noqa: N803  # torch's name
    upper: bool = True,
    transpose: bool = False,
    unitriangular: bool = False,
) -> Any:
    triangle = _triangle(A, upper=upper, unitriangular=unitriangular)
    solution = torch.linalg.solve(triangle.mT if transpose else triangle, b)
    rows = solution.shape[:-2]
    return torch.return_types.triangular_solve((solution, A.expand(*rows, *A.shape[-2:]).clone()))


def _old_qr(_: TorchDoor, x: Any, some: bool = True) -> Any:
    return torch.return_types.qr(torch.linalg.qr(x, "reduced" if some else "complete"))


def _eigvalsh(_: TorchDoor, a: Any, UPLO: str = "L") -> Any:  # noqa: N803  # torch's name
    return torch.linalg.eigh(a, UPLO)[0]


def _matrix_norm(
    door: TorchDoor,
    a: Any,
    ord: Any = "fro",  # noqa: A002  # torch's name
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Any:
    a = a if dtype is None else a.to(dtype)
    rows, columns = (d % a.dim() for d in dim)
    if ord == "fro":
        return torch.linalg.vector_norm(a, 2.0, (rows, columns), keepdim)
    if ord in {1, -1, float("inf"), -float("inf")}:
        summed, taken = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = a.abs().sum(summed, keepdim=True)
        found = (torch.amax if ord > 0 else torch.amin)(sums, taken, keepdim=True)
    elif ord in {2, -2, "nuc"}:
        values = torch.linalg.svdvals(a.movedim((rows, columns), (-2, -1)))
        found = {2: torch.amax, -2: torch.amin, "nuc": torch.sum}[ord](values, -1)
        found = found.unsqueeze(min(rows, columns)).unsqueeze(max(rows, columns))
    else:
        what = f"torch.linalg.matrix_norm with ord={ord!r} is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, "pass fro, nuc, inf, 1 or 2")
    return found if keepdim else found.squeeze((rows, columns))


def _cond(_: TorchDoor, a: Any, p: Any = None) -> Any:
    if p in {None, 2, -2}:
        values = torch.linalg.svdvals(a)
        largest, smallest = values[..., 0], values[..., -1]
        return smallest / largest if p == -2 else largest / smallest  # noqa: PLR2004  # a norm's order
    return torch.linalg.matrix_norm(a, p) * torch.linalg.matrix_norm(torch.linalg.inv(a), p)


def _matrix_rank(
    _: TorchDoor,
    a: Any,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
) -> Any:
    values = torch.linalg.eigvalsh(a).abs() if hermitian else torch.linalg.svdvals(a)
    atol = tol if atol is None else atol
    if 0 in plain(tuple(a.shape[-2:])):
        return torch.zeros(tuple(a.shape[:-2]), dtype=torch.int64)
    largest = values.amax(-1, keepdim=True)
    if rtol is None:
        share = torch.maximum(torch.tensor(a.shape[-2]), torch.tensor(a.shape[-1]))
        rtol = share * torch.finfo(values.dtype).eps if atol is None else 0.0
        if isinstance(atol, torch.Tensor):
            rtol = torch.where(atol > 0, 0.0, share * torch.finfo(values.dtype).eps)
    bound = largest * (rtol.unsqueeze(-1) if isinstance(rtol, torch.Tensor) else rtol)
    if isinstance(atol, torch.Tensor):
        bound = torch.maximum(bound, atol.unsqueeze(-1))
    elif atol is not None:
        bound = torch.clamp(bound, min=atol)
    return (values > bound).sum(-1)


def _multi_dot(_: TorchDoor, tensors: Any) -> Any:
    made = tensors[0]
    for tensor in tensors[1:]:
        made = made @ tensor
    return made


def _vander(_: TorchDoor, x: Any, *, N: Any = None) -> Any:  # noqa: N803  # torch's name
    x = x if x.dim() else x.reshape(1)
    count = x.shape[-1] if N is None else N
    kind = x.dtype if x.is_floating_point() or x.is_complex() else torch.int64
    ones = torch.ones_like(x, dtype=kind).unsqueeze(-1)
    wide = x.to(kind).unsqueeze(-1).expand(*x.shape, count - 1)
    return torch.cat([ones, torch.cumprod(wide, -1)], -1)


def _with_info(call: Any, gives: Any) -> Callable[..., Any]:
    """Return the handler of a call that says beside its result whether it failed.

    The model traps where it fails, so that what it says is always 0.
    """

    def handler(_: TorchDoor, *args: Any, check_errors: bool = False, **kwargs: Any) -> Any:
        del check_errors
        made = call(*args, **kwargs)
        return gives((made, torch.zeros(args[0].shape[:-2], dtype=torch.int32)))

    return handler


def _pinverse(_: TorchDoor, x: Any, rcond: float = 1e-15) -> Any:
    return torch.linalg.pinv(x, rtol=rcond)


def _bilinear(_: TorchDoor, x: Any, y: Any, weight: Any, bias: Any = None) -> Any:
    made = torch.einsum("...i,oij,...j->...o", x, weight, y)
    return made if bias is None else made + bias


def _diagonal(_: TorchDoor, a: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    return torch.diagonal(a, offset, dim1, dim2)


_OLD: Final[Mapping[str, Callable[..., Any]]] = {
    "addbmm": _addbmm,
    "addmv": _addmv,
    "addr": _addr,
    "inner": _inner,
    "vdot": _vdot,
    "logdet": _logdet,
    "cholesky": _cholesky,
    "cholesky_solve": _cholesky_solve,
    "cholesky_inverse": _cholesky_inverse,
    "triangular_solve": _triangular_solve,
    "qr": _old_qr,
    "pinverse": _pinverse,
}
TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    **{f"{o}.{n}": handler for n, handler in _OLD.items() for o in ("torch", "torch.Tensor")},
    "torch.bilinear": _bilinear,
    "torch.nn.functional.bilinear": _bilinear,
    "torch.linalg.vecdot": _vecdot,
    "torch.linalg.solve_triangular": _solve_triangular,
    "torch.linalg.eigvalsh": _eigvalsh,
    "torch.linalg.matrix_norm": _matrix_norm,
    "torch.linalg.cholesky_ex": _with_info(
        torch.linalg.cholesky, torch.return_types.linalg_cholesky_ex
    ),
    "torch.linalg.inv_ex": _with_info(torch.linalg.inv, torch.return_types.linalg_inv_ex),
    "torch.linalg.solve_ex": _with_info(torch.linalg.solve, torch.return_types.linalg_solve_ex),
    "torch.linalg.cond": _cond,
    "torch.linalg.matrix_rank": _matrix_rank,
    "torch.linalg.multi_dot": _multi_dot,
    "torch.linalg.vander": _vander,
    "torch.linalg.diagonal": _diagonal,
}
