"""Reads the sections beside the program: code, examples, extra files."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir.model import CodeUnit, Example, ExampleCall, ExpectedValue, ExtraFile
from tracescript.v1 import error_pb2
from tracescript.wire import scan
from tracescript.wire.faults import bad_index, fault
from tracescript.wire.read_bundles import BundleReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.errors import TsError
    from tracescript.v1 import code_pb2, example_pb2, file_pb2
    from tracescript.wire.enums import Enums

_BIDIRECTIONAL: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_MARKS: Final = frozenset("\u061c\u200e\u200f")
_ERROR_NAMES: Final = {
    number: name.removeprefix("ERROR_CODE_")
    for name, number in error_pb2.ErrorCode.items()
    if number
}


def read_code(section: code_pb2.Code | None, names: Sequence[str]) -> tuple[CodeUnit, ...]:
    """Return the code units, none if the text is in a language version that is not known here.

    The text is not compiled: a loader that runs the graph has no need of it.

    Raises:
        InvalidModelError: BAD_CODE, BAD_INDEX.

    Spec: CONTAINER-28.
    """
    if section is None or not knows_language(section):
        return ()
    units = []
    last = ""
    for i, entry in enumerate(section.units):
        where = f"code.units[{i}]"
        if entry.name <= last:
            what = f"found the name {entry.name!r:.80} after {last!r:.80}, expected them sorted"
            raise fault("BAD_CODE", what, f"{where}.name", "CONTAINER-28")
        last = entry.name
        _check_text(entry.text, f"{where}.text")
        units.append(CodeUnit(entry.name, entry.text, _spans(entry, names, where)))
    return tuple(units)


def knows_language(section: code_pb2.Code) -> bool:
    """Tell whether the text is in a version of the code language that this reader knows."""
    major, minor = scan.LANGUAGE
    return section.language_major == major and section.language_minor <= minor


def _check_text(text: str, where: str) -> None:
    flaw = ""
    if not text.endswith("\n") or text.endswith("\n\n"):
        flaw = "another end than one line feed"
    elif "\r" in text or "\0" in text:
        flaw = "a carriage return or NUL"
    elif not text.isascii() and any(
        c in _MARKS or unicodedata.bidirectional(c) in _BIDIRECTIONAL for c in text if c > "\x7f"
    ):
        flaw = "a control that changes the direction of text"
    if flaw:
        raise fault("BAD_CODE", f"found {flaw}, expected none", where, "CONTAINER-28")


def _spans(
    entry: code_pb2.CodeUnit, names: Sequence[str], where: str
) -> tuple[tuple[str, int, int], ...]:
    size = len(entry.text.encode())
    position = 0
    spans = []
    for i, span in enumerate(entry.spans):
        place = f"{where}.spans[{i}]"
        if not 0 < span.function < len(names):
            raise bad_index(f"{place}.function", span.function, 1, len(names) - 1)
        if not position <= span.begin < span.end <= size:
            what = f"found {span.begin}..{span.end}, expected a range within {position}..{size}"
            raise fault("BAD_CODE", what, place, "CONTAINER-28")
        position = span.end
        spans.append((names[span.function], span.begin, span.end))
    return tuple(spans)


def read_extra_files(section: file_pb2.ExtraFiles | None) -> tuple[ExtraFile, ...]:
    """Return the extra files; nothing is written anywhere.

    Raises:
        InvalidModelError: BAD_NAME, CONTAINER-31.
        UnsupportedError: FILE_LIMIT.
    """
    if section is None:
        return ()
    last = ""
    for i, entry in enumerate(section.files):
        name, where = entry.name, f"extra_files.files[{i}].name"
        if name <= last:
            what = f"found {name!r:.80} after {last!r:.80}, expected names sorted, each once"
            raise fault("BAD_NAME", what, where, "CONTAINER-31")
        if name in {".", ".."} or any(c in "/\\:" or c < " " for c in name) or len(name) > _LONGEST:
            what = (
                f"found {name!r:.80}, expected one path component of at most {_LONGEST} characters"
            )
            raise fault("BAD_NAME", what, where, "CONTAINER-31")
        last = name
    return tuple(ExtraFile(f.name, f.content, f.media_type) for f in section.files)


_LONGEST: Final = 255


class ExampleReader:
    """Reads the examples section.

    Raises:
        InvalidModelError: BAD_EXAMPLE, BAD_ENUM.
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_FEATURE, UNSUPPORTED_DATA_TYPE.

    Spec: CONTAINER-24.
    """

    def __init__(self, enums: Enums) -> None:
        self._enums = enums

    def read(self, section: example_pb2.Examples | None) -> tuple[Example, ...]:
        """Return the examples, none without a section."""
        if section is None:
            return ()
        return tuple(
            Example(
                entry.name,
                tuple(
                    self._call(call, f"examples.examples[{i}].calls[{j}]")
                    for j, call in enumerate(entry.calls)
                ),
            )
            for i, entry in enumerate(section.examples)
        )

    def _call(self, entry: example_pb2.ExampleCall, where: str) -> ExampleCall:
        inputs = self._bundle(entry.inputs, f"{where}.inputs").items()
        outcome = entry.WhichOneof("outcome")
        if outcome == "error":
            error = self._enums.name(_ERROR_NAMES, entry.error, f"{where}.error")
            return ExampleCall(entry.method, tuple(inputs), (), error)
        if outcome is None:
            raise _bad("found no outcome, expected one", where)
        outputs = self._outputs(entry.expected, f"{where}.expected")
        return ExampleCall(entry.method, tuple(inputs), outputs)

    def _bundle(self, bundle: Any, where: str) -> BundleReader:
        return BundleReader(bundle, "BAD_EXAMPLE", where, newer=self._enums.newer)

    def _outputs(self, entry: example_pb2.Expected, where: str) -> tuple[ExpectedValue, ...]:
        bundle = self._bundle(entry.outputs, f"{where}.outputs")
        bundle.items()
        checks = {}
        for i, check in enumerate(entry.checks):
            place = f"{where}.checks[{i}]"
            self._check(check, bundle, place)
            if check.data in checks:
                raise _bad("found a second check of one value, expected one", place)
            checks[check.data] = check
        bounds = _Bounds(bundle, checks)
        return tuple(
            self._expected(item.data, bundle, bounds, where) for item in entry.outputs.items
        )

    def _check(self, check: example_pb2.Check, bundle: BundleReader, where: str) -> None:
        size = len(bundle.values)
        for name, index, least in (
            ("data", check.data, 1),
            ("bound", check.bound, 0),
            *(("alternatives", index, 1) for index in check.alternatives),
        ):
            if not least <= index < size:
                raise _bad(f"found index {index}, expected {least}..{size - 1}", f"{where}.{name}")
        bound = bundle.values[check.bound]
        if check.bound and not _is_bound(bound, bundle.values[check.data]):
            what = "found another bound, expected a float64 tensor of no axes or those of the data"
            raise _bad(f"{what}, none negative or NaN", f"{where}.bound")

    def _expected(
        self, index: int, bundle: BundleReader, bounds: _Bounds, where: str
    ) -> ExpectedValue:
        check = bounds.checks.get(index)
        alternatives = tuple(bundle.values[a] for a in check.alternatives) if check else ()
        inside = [bounds.checks[i] for i in bounds.leaves(index) if i in bounds.checks]
        if check not in inside and any(one.alternatives for one in inside):
            what = "found alternatives of an element, expected them of whole outputs only"
            raise fault("UNSUPPORTED_FEATURE", what, where, "CONTAINER-24")
        return ExpectedValue(
            bundle.values[index],
            bounds.of(index),
            any(one.zero_sign for one in inside),
            alternatives,
        )


def _is_bound(bound: Any, data: Any) -> bool:
    """Tell whether a check's bound says something about its data."""
    if getattr(bound, "dtype", None) != np.float64:
        return False
    if bound.shape not in {(), getattr(data, "shape", ())}:
        return False
    return bool((bound >= 0).all()) if bound.shape else bool(bound >= 0)


class _Bounds:
    """The bounds of a bundle's entries. Each is looked at once, however often it is shared."""

    def __init__(self, bundle: BundleReader, checks: dict[int, Any]) -> None:
        self.checks = checks
        self._bundle = bundle
        self._made: dict[int, Any] = {}

    def leaves(self, index: int) -> list[int]:
        """List the entries without elements that an entry consists of, each once."""
        todo, seen = [index] if self.checks else [], {index}
        leaves = []
        while todo:
            children = self._bundle.children(here := todo.pop())
            if children is None:
                leaves.append(here)
                continue
            new = set(children) - seen
            seen |= new
            todo += new
        return leaves

    def of(self, index: int) -> Any:
        """Return the bound of an entry, or those of its elements."""
        if not self.checks:
            return None
        if index not in self._made:
            self._made[index] = self._make(index)
        return self._made[index]

    def _make(self, index: int) -> Any:
        children = self._bundle.children(index)
        if children is None:
            check = self.checks.get(index)
            return self._bundle.values[check.bound] if check and check.bound else None
        bounds = tuple(map(self.of, children))
        return None if all(bound is None for bound in bounds) else bounds


def _bad(what: str, where: str) -> TsError:
    return fault("BAD_EXAMPLE", what, where, "CONTAINER-24")
