"""Edits of a file's messages, one line each: the way authored cases break a valid file.

    set model.functions[1].blocks[1].nodes[0].inputs[0] = 99
    set weights.weights[1].data_type = DATA_TYPE_INT4
    set model.constants[1].float_value = f64 x"010000000000f87f"
    add model.functions[1].trace_decisions { kind: TRACE_DECISION_KIND_BRANCH value: 2 }
    add model.functions[1].blocks[1].results = 3
    copy model.functions[1]          (appends a copy to the table it is in)
    many header.profiles 1024 = 'p%' (appends as many; % is the number of each,
                                      in four digits, # that of the entry before it)
    fill model.constants[1].str_value 1024 = 'a'   (so many more behind what is there)
    drop model.functions[1].blocks[1].nodes[0]
    clear weights.storages[1].sha256
    flip weights.storages[1].sha256 31   (the lowest bit of that byte)
    swap model.functions[1] model.functions[2]
    set payload[0] = x"00ff"         (one behind the last appends a payload)
    body return y                    (new lines below the first `def` of the code; spans fit)

Sections are `header model weights code debug examples extra_files`. Digests are repaired
afterwards, those of storages only by `rehash`.
"""

from __future__ import annotations

import ast
import re
import struct
from typing import TYPE_CHECKING, Any

from google.protobuf import text_format

if TYPE_CHECKING:
    from tools.parts import Parts

_STEP = re.compile(r"\.?(\w+)(?:\[(\d+)\])?")
_LINE = re.compile(r"(?P<verb>\w+)(?:\s+(?P<path>[\w.\[\]]+))?\s*(?P<rest>.*)", re.DOTALL)


_CANNOT = (
    AttributeError,
    IndexError,
    KeyError,
    SyntaxError,
    TypeError,
    ValueError,
    text_format.ParseError,
)


class EditError(ValueError):
    """A line that cannot be done: no such field, no such entry, or no such verb."""


def apply(parts: Parts, lines: list[str]) -> None:
    """Do the edits in order. Raises EditError with the line."""
    for line in lines:
        if line.startswith("body "):
            _body(parts, line.removeprefix("body "))
            continue
        match = _LINE.fullmatch(line.strip())
        verb = _VERBS.get(match["verb"]) if match else None
        if match is None or verb is None:
            raise EditError(f"no edit: {line!r}")
        try:
            verb(parts, match["path"] or "", match["rest"].strip())
        except _CANNOT as error:
            raise EditError(f"{line!r}: {error}") from error
    parts.settle()


def _find(parts: Parts, path: str) -> tuple[Any, str, int | None]:
    """Return the message that holds the last step of a path, its field name and index."""
    steps = _STEP.findall(path)
    if "".join(f".{n}" + (f"[{i}]" if i else "") for n, i in steps) != f".{path}":
        raise EditError(f"no path: {path!r}")
    holder = parts.message(steps[0][0])
    for name, index in steps[1:-1]:
        holder = getattr(holder, name)
        holder = holder[int(index)] if index else holder
    name, index = steps[-1]
    getattr(holder, name)
    return holder, name, int(index) if index else None


def _literal(text: str) -> Any:
    if not text.startswith("="):
        raise EditError(f"'= VALUE' expected, found {text!r}")
    text = text[1:].strip()
    if text.isidentifier() and text.isupper():
        return text  # the name of an enum's number
    if text.startswith("f64 "):
        return struct.unpack("<d", _literal(f"= {text[4:]}"))[0]
    return bytes.fromhex(text[2:-1]) if text.startswith('x"') else ast.literal_eval(text)


def _set(parts: Parts, path: str, rest: str) -> None:
    if path.startswith("payload["):
        at = int(path[8:-1])
        parts.payloads[at : at + 1] = [_literal(rest)]
        return
    holder, name, index = _find(parts, path)
    if rest.startswith("{"):
        target = getattr(holder, name) if index is None else getattr(holder, name)[index]
        target.Clear()
        text_format.Parse(rest[1:-1], target)
        target.SetInParent()
    elif index is None:
        setattr(holder, name, _literal(rest))
    else:
        getattr(holder, name)[index] = _literal(rest)


def _add(parts: Parts, path: str, rest: str) -> None:
    holder, name, _ = _find(parts, path)
    if rest.startswith("="):
        getattr(holder, name).append(_literal(rest))
    else:
        text_format.Parse(rest.strip("{}"), getattr(holder, name).add())


def _many(parts: Parts, path: str, rest: str) -> None:
    count, _, template = rest.partition(" ")
    for i in range(int(count)):
        holder, name, _ = _find(parts, path)
        before = str(len(getattr(holder, name)) - 1)
        _add(parts, path, template.replace("%", f"{i:04}").replace("#", before))


def _fill(parts: Parts, path: str, rest: str) -> None:
    holder, name, _ = _find(parts, path)
    count, _, text = rest.partition(" ")
    setattr(holder, name, getattr(holder, name) + int(count) * _literal(text))


def _copy(parts: Parts, path: str, rest: str) -> None:
    holder, name, index = _find(parts, path)
    table = getattr(holder, name)
    source = table[index]
    for _ in range(int(rest or 1)):
        table.append(source)


def _drop(parts: Parts, path: str, _: str) -> None:
    holder, name, index = _find(parts, path)
    del getattr(holder, name)[index]


def _clear(parts: Parts, path: str, _: str) -> None:
    holder, name, index = _find(parts, path)
    if index is None:
        holder.ClearField(name)
    else:
        getattr(holder, name)[index].Clear()


def _swap(parts: Parts, path: str, rest: str) -> None:
    holder, name, i = _find(parts, path)
    other, other_name, k = _find(parts, rest)
    if other is not holder or name != other_name or i is None or k is None:
        raise EditError("two entries of one table expected")
    table = getattr(holder, name)
    if isinstance(table[i], int | float | str | bytes):
        table[i], table[k] = table[k], table[i]
        return
    first = type(table[i])()
    first.CopyFrom(table[i])
    table[i].CopyFrom(table[k])
    table[k].CopyFrom(first)


def _flip(parts: Parts, path: str, rest: str) -> None:
    holder, name, _ = _find(parts, path)
    content = bytearray(getattr(holder, name))
    content[int(rest)] ^= 1
    setattr(holder, name, bytes(content))


def _body(parts: Parts, lines: str) -> None:
    unit = parts.message("code").units[0]
    head = unit.text[: unit.text.index(":\n", unit.text.index("    def ")) + 2]
    unit.text = head + "".join(f"        {line}\n" for line in lines.split("\n"))
    unit.spans[0].end = len(unit.text.encode())


def _rehash(parts: Parts, _: str, __: str) -> None:
    """Repair the digests of the storages."""
    import hashlib

    for storage, payload in zip(parts.message("weights").storages[1:], parts.payloads, strict=True):
        storage.sha256 = hashlib.sha256(payload).digest()


def _strip(parts: Parts, path: str, _: str) -> None:
    """Take whole sections out."""
    from tools.parts import SECTIONS

    parts.settle()
    del parts.sections[SECTIONS[path][0]]


_VERBS = {
    "set": _set,
    "add": _add,
    "copy": _copy,
    "many": _many,
    "drop": _drop,
    "clear": _clear,
    "fill": _fill,
    "flip": _flip,
    "swap": _swap,
    "rehash": _rehash,
    "strip": _strip,
}
