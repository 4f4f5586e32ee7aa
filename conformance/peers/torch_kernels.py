"""The op cases on torch's own kernels, in each case's own data type: `python torch_kernels.py`.

An op is called as its definition names torch's function; ops that torch has only in another form
are skipped.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import torch
from single_op import SkipError, serve, short

from tracescript_conformance.values import SHORT, DataType, Tensor

DTYPES = {
    "bool": torch.bool, "u8": torch.uint8, "i8": torch.int8, "i16": torch.int16, "i32": torch.int32,
    "i64": torch.int64, "u16": torch.uint16, "u32": torch.uint32, "u64": torch.uint64,
    "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64,
    "c64": torch.complex64, "c128": torch.complex128,
}  # fmt: skip
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def to_torch(value: Any) -> Any:
    """Turn a value into torch's, without a change of data type."""
    if isinstance(value, Tensor):
        name = short(value.data_type)
        if name not in DTYPES:
            raise SkipError(f"data type {name}")
        if name == "bf16":
            return torch.tensor(value.array.view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(np.array(value.array, SHORT[name][1]))
    if isinstance(value, list):
        return [to_torch(item) for item in value]
    return DTYPES[short(value.number)] if isinstance(value, DataType) else value


def from_torch(value: Any) -> Any:
    """Turn a result back."""
    if not isinstance(value, torch.Tensor):
        return value
    name = NAMES[value.dtype]
    dense = value.detach().resolve_conj().resolve_neg().contiguous()
    array = dense.view(torch.int16).numpy().view("<u2") if name == "bf16" else dense.numpy()
    return Tensor(SHORT[name][0], array)


def compute(op: dict[str, Any], inputs: dict[str, Any], attributes: dict[str, Any]) -> list[Any]:
    """Call torch's function for an op."""
    given = {n: to_torch(v) for n, v in (inputs | attributes).items() if v is not None}
    own = [declared["name"] for declared in (*op.get("inputs", []), *op.get("attributes", []))]
    for entry in op.get("torch", []):
        names = entry.get("arguments", own)
        plain = not entry.get("in_place") and not entry.get("when") and "__" not in entry["name"]
        if not plain or set(given) - set(names) or any("=" in name for name in names):
            continue
        function = torch
        for part in entry["name"].removeprefix("torch.").split("."):
            function = getattr(function, part)
        found = _called(function, op, names, given)
        if isinstance(found, list) or (isinstance(found, tuple) and len(op["outputs"]) == 1):
            return [[from_torch(item) for item in found]]
        return [from_torch(x) for x in (found if isinstance(found, tuple) else (found,))]
    raise SkipError(f"torch has no plain form of {op['name']}")


def _called(function: Any, op: dict[str, Any], names: list[str], given: dict[str, Any]) -> Any:
    """Call by place; where torch wants some of them by name, attributes by name."""
    defaults = {a["name"]: a.get("default") for a in op.get("attributes", [])}
    args = [given[n] if n in given else _default(defaults.get(n)) for n in names]
    while args and args[-1] is None:
        args.pop()
    try:
        return function(*args)
    except TypeError:
        inputs = {declared["name"] for declared in op.get("inputs", [])}
        args = [given.get(n) for n in names if n in inputs]
        return function(*args, **{n: v for n, v in given.items() if n not in inputs})


def _default(text: str | None) -> Any:
    if text is None:
        return None
    return float(text) if text in {"inf", "-inf", "nan"} else ast.literal_eval(text)


if __name__ == "__main__":
    torch.set_num_threads(1)
    serve("torch", torch.__version__.partition("+")[0], compute)
