"""What the corpus asks of ops beside their rules: edges of data types, attributes, error codes.

A cell is an elementwise op, a data type it takes and a class of elements; it is filled where a case
of the op that runs has such an element among its inputs. An attribute is set where a case that runs
has a node with a value that is not the default. A code is expected where a case names it first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.edge_cases import INTS, SETS, largest
from tools.op_results import FLOATS
from tools.parts import take_apart
from tracescript.v1 import error_pb2
from tracescript_conformance import values
from tracescript_conformance.values import SHORT, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracescript.conformance.v1 import case_pb2
    from tracescript_conformance.corpus import Corpus

_LOOK_AROUND = {
    *("argsort", "batch_norm", "bucketize", "channel_shuffle", "cross", "cummax", "cummin"),
    *("cumprod", "cumsum", "dropout", "feature_dropout", "fft2", "fftn", "flip", "group_norm"),
    *("ifft2", "index_add", "index_copy", "instance_norm", "layer_norm", "linalg_cholesky"),
    *("linalg_inv", "linalg_matrix_power", "local_response_norm", "log_softmax", "logcumsumexp"),
    *("masked_scatter", "normalize", "rms_norm", "scatter", "scatter_add", "scatter_reduce"),
    *("searchsorted", "softmax", "sort", "take", "tril", "triu", "weight_norm"),
}
"""Ops whose results keep the shape and depend on more than one element, or on its place."""
_OF_FLOATS = ("nan", "inf", "-inf", "-0", "largest", "subnormal")
_OF_INTS = ("least", "greatest")
_OF_ALL = ("empty", "rank 0")
_PRODUCERS = range(110, 120)
"""Codes that a producer gives, and no loader or executor."""


@dataclass(slots=True)
class Asked:
    """One sort of thing that is asked for: how many, what is missing by name, and why it may be."""

    sort: str
    title: str
    wanted: int
    holes: dict[str, list[str]]
    waived: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """How many of them no case shows."""
        return sum(max(1, len(parts)) for parts in self.holes.values())

    def lacks(self, hole: str) -> str:
        """Say what is missing."""
        return f"no case has {', '.join(self.holes[hole])}" if self.holes[hole] else "no case"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "sort": self.sort,
            "title": self.title,
            "wanted": self.wanted,
            "missing": self.missing,
            "holes": {name: self.holes[name] for name in sorted(self.holes)},
            "waived": {name: self.waived[name] for name in sorted(self.waived)},
        }


def asked(
    corpus: Corpus, ops: Sequence[Mapping[str, Any]], cases: Sequence[case_pb2.Case]
) -> list[Asked]:
    """Return what is asked of ops and codes, with the holes that the corpus leaves."""
    codes = wanted_codes()
    attributes = {f"{op['name']}.{a['name']}" for op in ops for a in op.get("attributes", [])}
    filled, cells, holes = filled_cells(cases), 0, {}
    for op in filter(is_elementwise, ops):
        wanted = wanted_cells(op)
        cells += len(wanted)
        left = [" ".join(cell) for cell in wanted if cell not in filled[op["name"]]]
        holes |= {op["name"]: left} if left else {}
    return [
        Asked("code", "error codes", len(codes), _none(codes - expected_codes(cases))),
        Asked(
            "attribute",
            "attributes of ops",
            len(attributes),
            _none(attributes - set_attributes(corpus, cases)),
        ),
        Asked("cell", "cells of elementwise ops, data types and edges", cells, holes),
        _types(ops, filled),
    ]


def _types(ops: Sequence[Mapping[str, Any]], filled: Mapping[str, set[tuple[str, str]]]) -> Asked:
    """Ask for each data type of the primitives of `core` that are not elementwise."""
    wanted, holes = 0, {}
    for op in ops:
        told = op["tier"] == "primitive" and op["profile"] == "core" and op.get("variables")
        if told and op["inputs"] and op["inputs"][0]["kind"] == "tensor" and not is_elementwise(op):
            types = SETS.get(op["variables"][0]["set"], [])
            shown = {name for name, _ in filled[op["name"]]}
            left = [name for name in types if name not in shown]
            wanted += len(types)
            holes |= {op["name"]: left} if left else {}
    return Asked("type", "data types of other primitives", wanted, holes)


def _none(names: set[str]) -> dict[str, list[str]]:
    return {name: [] for name in sorted(names)}


def is_elementwise(op: Mapping[str, Any]) -> bool:
    """Whether each element of an op's results follows from one element of each operand."""
    tensors = all(item["kind"] == "tensor" for item in op.get("inputs", []))
    shaped = op["shape"]["rule"] in {"same", "broadcast"}
    return bool(tensors and shaped and op["name"] not in _LOOK_AROUND)


def wanted_cells(op: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the data types and classes that cases of an elementwise op must show."""
    types = SETS.get(op["variables"][0]["set"], [])
    found = []
    for name in types:
        own = _OF_FLOATS if name in FLOATS else _OF_INTS if name in INTS else ()
        found += [(name, kind) for kind in (*own, *_OF_ALL)]
    return found


def classes(name: str, value: Tensor) -> set[str]:
    """Return the classes of elements in a tensor."""
    found = set()
    if value.array.size == 0:
        found.add("empty")
    if value.array.ndim == 0:
        found.add("rank 0")
    if name in INTS:
        limits = np.iinfo(name)
        found |= {"least"} if np.any(value.array == limits.min) else set()
        found |= {"greatest"} if np.any(value.array == limits.max) else set()
    elif name in FLOATS:
        x = value.wide()
        small = (x != 0) & (np.abs(x) < 2.0 ** FLOATS[name][1])
        told = {
            "nan": np.isnan(x),
            "inf": x == np.inf,
            "-inf": x == -np.inf,
            "-0": (x == 0) & np.signbit(x),
            "largest": np.abs(x) == largest(name),
            "subnormal": small,
        }
        found |= {kind for kind, here in told.items() if np.any(here)}
    return found


def filled_cells(cases: Sequence[case_pb2.Case]) -> dict[str, set[tuple[str, str]]]:
    """Return by op the cells that cases fill."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for case in cases:
        ops = {rule[3:] for rule in case.rules if rule.startswith("OP.")}
        if not ops or case.WhichOneof("kind") != "run":
            continue
        for step in case.run.steps:
            for _, value in values.items(step.inputs):
                name = _LONG.get(value.data_type) if isinstance(value, Tensor) else None
                if name is not None:
                    for op in ops:
                        found[op] |= {(name, kind) for kind in ("any", *classes(name, value))}
    return found


def set_attributes(corpus: Corpus, cases: Sequence[case_pb2.Case]) -> set[str]:
    """Return `op.attribute` for what nodes of files that run have set; a default is not stored."""
    found = set()
    seen = set()
    for case in cases:
        if case.WhichOneof("kind") not in {"run", "trap", "diff_pair"}:
            continue
        for artifact in case.artifacts:
            if artifact.sha256 not in seen:
                seen.add(artifact.sha256)
                found |= set(_of_model(take_apart(corpus.content(artifact)).message("model")))
    return found


def _of_model(model: Any) -> Iterator[str]:
    names = [op.name for op in model.ops]
    for function in model.functions:
        for block in function.blocks:
            for node in block.nodes:
                for attribute in node.attributes:
                    yield f"{names[node.op]}.{attribute.name}"


def expected_codes(cases: Sequence[case_pb2.Case]) -> set[str]:
    """Return the names of the codes that some case expects before all others."""
    found: set[int] = set()
    for case in cases:
        kind = case.WhichOneof("kind")
        refusals = [case.reject.refusal, case.trap.step.refusal]
        refusals += [step.refusal for step in case.run.steps]
        lists = [refusal.codes for refusal in refusals]
        lists += [step.codes for step in case.service.steps] if kind == "service" else []
        found |= {codes[0] for codes in lists if codes}
        if kind == "diff_pair":
            found |= {error_pb2.ERROR_CODE_GUARD_FAILED}
    return {_name(number) for number in found}


def wanted_codes() -> set[str]:
    """Return the names of the codes that a loader or an executor may give."""
    numbers = error_pb2.ErrorCode.values()
    return {_name(number) for number in numbers if number and number not in _PRODUCERS}


def _name(number: int) -> str:
    return error_pb2.ErrorCode.Name(number).removeprefix("ERROR_CODE_")  # type: ignore[arg-type]  # any number of the enum


_LONG = {
    SHORT[short][0]: name
    for name, short in (
        *((name, f"{'b' if name[0] == 'b' else ''}f{name[-2:]}") for name in FLOATS),
        *((name, name.replace("uint", "u").replace("int", "i")) for name in INTS),
        ("bool", "bool"),
    )
}
