"""Which names the code language allows, how others are changed, and paths below `self`."""

from __future__ import annotations

import keyword
import re
from typing import Final

from tracescript.ir.literals import data_type_text, string_text
from tracescript.ir.types import DataType

KEYWORDS: Final = frozenset(keyword.kwlist)
GUARD_KINDS: Final = (
    "branch",
    "loop_condition",
    "int_read",
    "float_read",
    "tensor_read",
    "compare",
    "unrecorded",
)
SHAPE_GUARD_KINDS: Final = ("comparison", "unrolled_loop", "iteration", "size_read")
ORIGINS: Final = ("traced", "scripted", "explored", "imported", "authored")
DATA_TYPES: Final = {data_type_text(d): d for d in DataType}

_WORDS = (
    "_ self ops guard shape_guard constant call inf nan count range bool int float str dtype len "
    "Dim Module Struct Weight State Tensor list dict tuple Optional Union complex outputs inputs "
    "bound state named"
)
RESERVED: Final = frozenset(
    (*_WORDS.split(), *ORIGINS, *GUARD_KINDS, *SHAPE_GUARD_KINDS, *DATA_TYPES)
)
"""Words that no value, function or class may have as its name. Spec: CODE-6."""

_LONGEST = 255
_NUMBERED = re.compile(r"v[0-9]+\Z")
_INDEX = re.compile(r"(0|[1-9][0-9]{0,8})\Z")


def is_identifier(text: str) -> bool:
    """Whether a text may stand as an identifier: ASCII, at most 255 bytes, no leading `__`."""
    plain = text.isascii() and text.isidentifier() and not text.startswith("__")
    return plain and len(text) <= _LONGEST


def is_name(text: str) -> bool:
    """Whether a value, function or class may have this name as it is."""
    return is_identifier(text) and text not in KEYWORDS and text not in RESERVED


def is_numbered(text: str) -> bool:
    """Whether a name is of the form `v0`, which counts as no name."""
    return bool(_NUMBERED.match(text))


def fitted(text: str, fallback: str = "") -> str:
    """Return `text` changed so that `is_name` holds; `fallback` for `_` and no identifier."""
    if not is_identifier(text) or text == "_":
        return fallback
    return f"{text}_" if text in KEYWORDS or text in RESERVED else text


def python_word(text: str) -> str:
    """Write a word of the opset so that Python's parser takes it: `raise_`."""
    return f"{text}_" if text in KEYWORDS else text


def opset_word(text: str) -> str:
    """Undo `python_word`."""
    return text[:-1] if text.endswith("_") and text[:-1] in KEYWORDS else text


def path_text(path: str, root: str = "self") -> str:
    """Write a dotted path below `root`: `self.layers[0].weight`, `self['a-b']`."""
    return root + "".join([_step(part) for part in path.split(".")])


def member_text(path: str) -> str:
    """Write a dotted path as a class member; `self` stands first only where it must."""
    text = path_text(path)
    first = path.partition(".")[0]
    return text.removeprefix("self.") if is_step(first) and first != "self" else text


def is_step(part: str) -> bool:
    """Whether a part of a path, a method or a field may be written after a dot."""
    return is_identifier(part) and part not in KEYWORDS


def _step(part: str) -> str:
    if is_step(part):
        return f".{part}"
    return f"[{part}]" if _INDEX.match(part) else f"[{string_text(part)}]"


class Names:
    """Gives each value of a function its own name."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}
        self._number = 0

    def claim(self, name: str) -> str:
        """Return `name`, or `name_2`, `name_3`, ... where it is taken."""
        found, number = name, self._next.get(name, 2)
        while found in self._taken:
            found, number = f"{name}_{number}", number + 1
        if found != name:
            self._next[name] = number
        self._taken.add(found)
        return found

    def number(self) -> str:
        """Return the next free `v0`, `v1`, ..."""
        found = f"v{self._number}"
        while found in self._taken:
            self._number += 1
            found = f"v{self._number}"
        self._taken.add(found)
        return found

    def of_debug(self, debug: str) -> str:
        """Return the name of a value with this debug name, which may be empty."""
        fitting = fitted(debug)
        return self.claim(fitting) if fitting and not is_numbered(fitting) else self.number()
