"""Edits of a file's bytes: `{ at = "content 4", offset = -1, put = "ff" }`.

A place is `start`, `end`, or the `tag`, `length`, `content` or `end` of the top-level field with
a number (`content 4`; of the last one where it stands several times). Digests stay as they are.
With `section`, the bytes of that section (or of the header) are edited and the digests repaired.
Whole fields: `{ repeat = 7 }`, `{ remove = 7 }`, `{ swap = [7, 8] }`.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

from tools.parts import SECTIONS, Parts, fields, take_apart

_KEYS = {"at", "offset", "put", "insert", "cut", "flip", "section", "truncate"}
_FIELDS = {"repeat", "remove", "swap"}
_GZIP_UNIX = 3  # RFC 1952, section 2.3.1: the operating system field


class SpliceError(ValueError):
    """A splice with an unknown key or place."""


def apply(data: bytes, splices: list[dict[str, Any]]) -> bytes:
    """Do the splices in order. Raises SpliceError."""
    for splice in splices:
        if splice.keys() <= _FIELDS:
            data = _on_fields(data, splice)
            continue
        unknown = splice.keys() - _KEYS
        if unknown:
            raise SpliceError(f"unknown keys {sorted(unknown)} in {splice}")
        name = splice.get("section")
        data = _on_bytes(data, splice) if name is None else _on_section(data, name, splice)
    return data


def _on_fields(data: bytes, splice: dict[str, Any]) -> bytes:
    parts = [(number, data[tag:end]) for number, tag, _, end in fields(data)]
    places = {number: i for i, (number, _) in enumerate(parts)}
    if "repeat" in splice:
        parts.insert(places[splice["repeat"]], parts[places[splice["repeat"]]])
    elif "remove" in splice:
        del parts[places[splice["remove"]]]
    else:
        i, k = (places[number] for number in splice["swap"])
        parts[i], parts[k] = parts[k], parts[i]
    return b"".join(content for _, content in parts)


def _on_section(data: bytes, name: str, splice: dict[str, Any]) -> bytes:
    parts = take_apart(data)
    if name == "header":
        parts.raw_header = _edit(parts.listed_header(), splice, _inside(splice["at"]))
    else:
        number = SECTIONS[name][0] if name in SECTIONS else int(name)
        content = parts.sections.get(number, b"")
        parts.sections[number] = _edit(content, splice, _inside(splice["at"]))
    return parts.assemble()


def _inside(at: str) -> Any:
    def place(content: bytes) -> int:
        if at not in {"start", "end"}:
            raise SpliceError(f"start or end expected, found {at!r}")
        return len(content) if at == "end" else 0

    return place


def _on_bytes(data: bytes, splice: dict[str, Any]) -> bytes:
    def place(content: bytes) -> int:
        at = splice["at"]
        if at in {"start", "end"}:
            return _inside(at)(content)
        what, _, number = at.partition(" ")
        found = [f for f in fields(content) if f[0] == int(number)]
        _, tag, begin, end = found[-1]
        return {"tag": tag, "length": tag + 1, "content": begin, "end": end}[what]

    return _edit(data, splice, place)


def _edit(data: bytes, splice: dict[str, Any], place: Any) -> bytes:
    at = place(data) + splice.get("offset", 0)
    if not 0 <= at <= len(data):
        raise SpliceError(f"place {at} of {len(data)} bytes: {splice}")
    made = bytearray(data)
    if "cut" in splice:
        del made[at : at + splice["cut"]]
    if "put" in splice:
        new = bytes.fromhex(splice["put"])
        made[at : at + len(new)] = new
    if "insert" in splice:
        made[at:at] = bytes.fromhex(splice["insert"])
    if "flip" in splice:
        made[at] ^= splice["flip"]
    if splice.get("truncate"):
        del made[at:]
    return bytes(made)


def wrapped(data: bytes, how: str) -> bytes:
    """Do to a whole file what transfers and archives do."""
    if how == "gzip":
        packed = bytearray(gzip.compress(data, compresslevel=0, mtime=0))
        packed[9] = _GZIP_UNIX  # versions of Python disagree about what they write here
        return bytes(packed)
    if how == "zip":
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo("model.tsproto"), data)
        return target.getvalue()
    simple = {
        "twice": data + data,
        "crlf_to_lf": data.replace(b"\r\n", b"\n"),
        "lf_to_crlf": data.replace(b"\n", b"\r\n"),
        "byte_order_mark": b"\xef\xbb\xbf" + data,
        "nothing": b"",
        "one_byte": data[:1],
        "upper_case": data[:2] + data[2:9].upper() + data[9:],
        "swapped": data[:16][::-1] + data[16:],
    }
    if how not in simple:
        raise SpliceError(f"no way to wrap: {how!r}")
    return simple[how]


__all__ = ["Parts", "SpliceError", "apply", "wrapped"]
