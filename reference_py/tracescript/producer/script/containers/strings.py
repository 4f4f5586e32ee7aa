"""Methods, elements and slices of texts."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from tracescript.producer.script.containers.formatting import format_method
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Empty, Items, constant_of
from tracescript.producer.script.expressions.operators import fold
from tracescript.producer.script.flow.iteration import as_list, series_of
from tracescript.producer.script.prelude import lines as prelude_lines
from tracescript.producer.script.prelude import text as prelude_text

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Bound, Entry

_PRELUDE = (
    *("startswith", "endswith", "lstrip", "rstrip", "strip", "split", "rsplit", "replace"),
    *("count", "index", "rindex", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower"),
    *("capitalize", "title", "swapcase", "removeprefix", "removesuffix", "ljust", "rjust"),
    *("center", "zfill", "partition", "rpartition"),
)
METHODS = ("format", "upper", "lower", "find", "rfind", "join", "splitlines", *_PRELUDE)


def string_method(e: Emitter, method: Bound, args: list[Entry], kwargs: dict[str, Entry]) -> Entry:
    """Call a method of a text."""
    name, text = method.name, e.value(method.owner)
    known, template = constant_of(text)
    if name == "format" and known:
        return format_method(e, template, args, kwargs)
    if name not in METHODS or name == "format":
        raise e.error(
            None,
            f"scripts have no str.{name}"
            + (" of text made at run time" if name == "format" else ""),
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
            hint=f"there are: {', '.join(METHODS)}",
        )
    folded = _folded(e, name, text, args, kwargs)
    if folded is not None:
        return folded
    if name in {"upper", "lower"}:
        return e.op("str.case", [text], {"to": name})
    if name == "join":
        return _join(e, text, args)
    _check(e, name, args, kwargs)
    if name in {"find", "rfind"}:
        bounds = [e.as_int(a) for a in args[1:3]]
        return e.op("str.find", [text, e.value(args[0]), *bounds], {"last": name == "rfind"})
    if args and is_none(args[0]):
        args = args[1:] if len(args) == 1 else args
    return e.prelude(_function(name), text, *args, **kwargs)


def _function(name: str) -> Any:
    """Return the function of ours that stands for a method."""
    return prelude_lines.splitlines if name == "splitlines" else getattr(prelude_text, name, None)


def _join(e: Emitter, text: Value, args: list[Entry]) -> Entry:
    parts = as_list(e, series_of(e, args[0])) if args else Items(())
    if isinstance(parts, Empty):
        return e.constant("")
    return e.prelude(prelude_text.join, text, e.value(parts))


def _check(e: Emitter, name: str, args: list[Entry], kwargs: dict[str, Entry]) -> None:
    """Check the arguments against Python's own method."""
    function = _function(name)
    least, most = 1, 3
    if function is not None:
        found = list(inspect.signature(function).parameters.values())[1:]
        least, most = sum(p.default is p.empty for p in found), len(found)
        unknown = [k for k in kwargs if k not in {p.name for p in found}]
    else:
        unknown = list(kwargs)
    if unknown or not least <= len(args) + len(kwargs) <= most:
        raise e.error(
            None,
            f"str.{name}() does not take these arguments here",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint=f"{least} to {most} arguments" if most else "no arguments",
        )


def _folded(
    e: Emitter, name: str, text: Value, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry | None:
    """The result where all is known when compiling."""
    entries = [text, *args]
    found = fold(e, lambda s, *rest: getattr(s, name)(*rest), *entries) if not kwargs else None
    if found is not None:
        return found
    known = [constant_of(x) for x in entries]
    if kwargs or not all(k for k, _ in known) or any(isinstance(v, tuple) for _, v in known):
        return None
    try:
        made: Any = getattr(known[0][1], name)(*(v for _, v in known[1:]))
    except (TypeError, ValueError):
        return None
    if isinstance(made, list) and made:
        return e.make_list([e.constant(v) for v in made])
    if isinstance(made, tuple):
        return Items(tuple(e.constant(v) for v in made))
    return e.constant(made) if isinstance(made, str) else None
