"""Traces every call among the samples of torch's own op tests and compares replays with torch.

`python tools/sweep_torch.py [names] [--samples 12] [--details]`, with `expecttest` installed, which
torch's samples need. Of each op the function, the method and the method in place are called, with
arguments as torch's tests have them, on both engines, on the elements traced and on others.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils import _pytree

sys.path.insert(0, str(Path(__file__).parents[1]))

from tracescript.errors import TsError
from tracescript.model.model import Model, Settings
from tracescript.producer.trace.run import trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_DTYPES = (torch.float32, torch.float64, torch.int64, torch.bool, torch.complex64)
_ENGINES = ("ref", "py")
_BOUNDS = {torch.float32: (1e-4, 1e-4), torch.complex64: (1e-4, 1e-4)}
_NO_CALLS = ("_refs.", "ops.nvprims", "jiterator", "sparse.", "resize_", "resize_as_", "to_sparse")
_DRAWN = (
    *(
        "bernoulli",
        "multinomial",
        "normal",
        "randn_like",
        "rand_like",
        "randint_like",
        "empty_like",
    ),
    *("new_empty", "new_empty_strided", "pca_lowrank", "svd_lowrank", "nn.functional.rrelu"),
    *("nn.functional.multi_head_attention_forward", "nn.functional.scaled_dot_product_attention"),
)
"""Ops whose results are drawn, also where the samples set torch's seed, or left as they are."""
_CHOSEN = {
    **dict.fromkeys(("kthvalue", "median", "mode", "nanmedian", "sort", "topk"), 1),
    **dict.fromkeys(("argsort", "linalg.qr", "qr", "linalg.eigh", "linalg.svd", "svd"), 0),
}
"""Ops of which results from a place on may be others, as the place of one of several equals."""


@dataclass(frozen=True)
class Call:
    """A call of torch as a program of its tensors."""

    name: str
    function: Callable[..., Any]
    tensors: Sequence[torch.Tensor]
    rest: Any
    in_place: bool

    def __call__(self, *tensors: torch.Tensor) -> Any:
        """Run it on other tensors in the places of its own."""
        given = iter(tensors)
        kept, spec = self.rest
        leaves = [next(given) if leaf is torch.Tensor else leaf for leaf in kept]
        args, kwargs = _pytree.tree_unflatten(leaves, spec)
        if self.in_place:
            args = (args[0].clone(), *args[1:])
        return self.function(*args, **kwargs)


def calls(op: Any, dtype: torch.dtype, seed: int) -> Iterator[Call]:
    """Yield the calls of an op's samples, with elements of a seed."""
    torch.manual_seed(seed)
    for sample in op.sample_inputs("cpu", dtype):
        given = ((sample.input, *sample.args), sample.kwargs)
        given = _pytree.tree_map_only(torch.Tensor, lambda t: t.detach().clone(), given)
        leaves, spec = _pytree.tree_flatten(given)
        tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        kept = [torch.Tensor if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]
        forms = {op.op: False, op.method_variant: False, op.inplace_variant: True}
        for function, in_place in forms.items():
            if function is not None:
                yield Call(_text(op, kept, tensors), function, tensors, (kept, spec), in_place)


def _text(op: Any, kept: Sequence[Any], tensors: Sequence[torch.Tensor]) -> str:
    given = iter(tensors)
    shown = [_shown(next(given)) if leaf is torch.Tensor else repr(leaf) for leaf in kept]
    return f"{op.name}({', '.join(shown)})"


def _shown(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')}{list(tensor.shape)}"


def outcome(call: Call, others: Sequence[torch.Tensor]) -> tuple[str, str]:
    """Return what became of a call: a word, and what there is to say."""
    usual = (t.layout is torch.strided and not t.is_quantized for t in call.tensors)
    if not call.tensors or not all(usual):
        return "no call", ""
    try:
        wanted = [_run(call, tensors) for tensors in (call.tensors, call.tensors, others)]
    except Exception as error:  # noqa: BLE001  # torch refuses the call itself
        return "torch refuses", str(error)
    if any(not isinstance(leaf, torch.Tensor) for leaf in _flat(wanted[0])):
        return "no call", ""
    op = call.name.partition("(")[0]
    is_random = op in _DRAWN or "dropout" in call.name or _difference(wanted[0], wanted[1]) != ""
    first = 0 if is_random else _CHOSEN.get(op)
    try:
        made = trace(call, tuple(t.clone() for t in call.tensors), decisions="record")
    except TsError as error:
        said = str(error).partition("\n")[0].partition(": ")[2]
        is_clear = "its trace does not" not in said
        return (f"refused {error.code}" if is_clear else "unclear"), said
    except Exception as error:  # noqa: BLE001  # what is looked for
        return "traceback", f"{type(error).__name__}: {error}"
    return _replayed(made, call, others, [wanted[0], wanted[2]], first)


def _replayed(
    made: Any,
    call: Call,
    others: Sequence[torch.Tensor],
    wanted: Sequence[Any],
    first: int | None,
) -> tuple[str, str]:
    """Compare replays; results from number `first` on by their sizes alone."""
    word = "equal" if first is None else "equal in size"
    for engine in _ENGINES:
        model = Model(made.model, Settings(engine), report=made.report)
        for tensors, want in zip((call.tensors, others), wanted, strict=True):
            try:
                got = model(*(t.clone() for t in tensors))
            except TsError as error:
                if tensors is call.tensors or "GUARD" not in str(error.code):
                    return f"trap {error.code}", f"{engine}: {error}"
                word = "guarded"
                continue
            except Exception as error:  # noqa: BLE001  # what is looked for
                return "traceback", f"{engine}: {type(error).__name__}: {error}"
            difference = _difference(got, want, first)
            if difference:
                place = "sample" if tensors is call.tensors else "others"
                return f"WRONG {place}", f"{engine}: {difference}"
    return word, ""


def _run(call: Call, tensors: Sequence[torch.Tensor]) -> Any:
    with torch.no_grad():
        return _pytree.tree_map_only(torch.Tensor, torch.clone, call(*(t.clone() for t in tensors)))


def _flat(value: Any) -> list[Any]:
    return [leaf for leaf in _pytree.tree_flatten(value)[0] if leaf is not None]


def _difference(got: Any, want: Any, first: int | None = None) -> str:
    have, need = _flat(got), _flat(want)
    if len(have) != len(need):
        return f"{len(have)} results instead of {len(need)}"
    for at, (g, w) in enumerate(zip(have, need, strict=True)):
        if (g.dtype, g.shape) != (w.dtype, w.shape):
            return f"{_shown(g)} instead of {_shown(w)}"
        rtol, atol = _BOUNDS.get(w.dtype, (1e-7, 1e-7))
        if not w.is_floating_point() and not w.is_complex():
            rtol = atol = 0
        is_compared = first is None or at < first
        if is_compared and not torch.allclose(g, w, rtol, atol, equal_nan=True):
            return f"{g.flatten()[:4].tolist()} instead of {w.flatten()[:4].tolist()}"
    return ""


def sweep(names: Sequence[str], most: int, *, details: bool) -> Counter[str]:
    """Try every op, or those named; return how often each outcome came."""
    found: Counter[str] = Counter()
    for op in op_db:
        if (names and op.name not in names) or op.name.startswith(_NO_CALLS):
            continue
        for dtype in _DTYPES:
            if dtype not in op.dtypes:
                continue
            pairs = zip(calls(op, dtype, 1), calls(op, dtype, 2), strict=False)
            for at, (call, other) in enumerate(pairs):
                if at >= most * 3:
                    break
                word, said = outcome(call, other.tensors)
                found[word] += 1
                if details and not word.startswith("equal"):
                    form = "in place" if call.in_place else getattr(call.function, "__name__", "")
                    print(f"{word}\t{op.name}\t{form}\t{call.name}\t{said!r}", flush=True)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="names of ops; all where none is given")
    parser.add_argument("--samples", type=int, default=12, help="how many of each op and dtype")
    parser.add_argument("--details", action="store_true", help="print what is not equal")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for word, count in sweep(given.names, given.samples, details=given.details).most_common():
        print(f"{count:7d} {word}")
