"""Methods of texts in terms of a few ops, written in the language that scripts accept.

The compiler compiles these functions where a program calls the method of that name. Letters and
digits are those of ASCII; other texts make a method that asks about them raise.
"""

from __future__ import annotations

from typing import Any

# str.strip without an argument takes these away, str.split parts at them.
BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SMALL = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
LAST_ASCII = 127


def startswith(s: str, prefix: Any, start: Any = 0) -> Any:
    """Whether a text, or one of several, stands at a place."""
    if isinstance(prefix, tuple):
        return any(startswith_one(s, p, start) for p in prefix)
    return startswith_one(s, prefix, start)


def startswith_one(s: str, prefix: Any, start: Any) -> Any:
    """Whether a text stands at a place."""
    return start <= len(s) and s[start:][: len(prefix)] == prefix


def endswith(s: str, suffix: Any) -> Any:
    """Whether a text, or one of several, stands at the end."""
    if isinstance(suffix, tuple):
        return any(endswith_one(s, p) for p in suffix)
    return endswith_one(s, suffix)


def endswith_one(s: str, suffix: Any) -> Any:
    """Whether a text stands at the end."""
    return len(suffix) <= len(s) and s[len(s) - len(suffix) :] == suffix


def lstrip(s: str, chars: str = BLANKS) -> Any:
    """Without leading characters."""
    k = 0
    while k < len(s) and s[k] in chars:
        k += 1
    return s[k:]


def rstrip(s: str, chars: str = BLANKS) -> Any:
    """Without trailing characters."""
    k = len(s)
    while k > 0 and s[k - 1] in chars:
        k -= 1
    return s[:k]


def strip(s: str, chars: str = BLANKS) -> Any:
    """Without leading and trailing characters."""
    return rstrip(lstrip(s, chars), chars)


def split(s: str, sep: Any = None, maxsplit: int = -1) -> Any:
    """Parts between separators."""
    if sep is None:
        return split_at_blanks(s, maxsplit)
    if len(sep) == 0:
        raise ValueError("empty separator")
    parts: list[str] = []
    at = 0
    while maxsplit < 0 or len(parts) < maxsplit:
        end = s.find(sep, at)
        if end < 0:
            break
        parts.append(s[at:end])
        at = end + len(sep)
    parts.append(s[at:])
    return parts


def split_at_blanks(s: str, maxsplit: int) -> Any:
    """Parts between blanks; none is empty."""
    parts: list[str] = []
    at = 0
    while True:
        while at < len(s) and s[at] in BLANKS:
            at += 1
        if at >= len(s):
            return parts
        if maxsplit >= 0 and len(parts) >= maxsplit:
            parts.append(rstrip(s[at:]))
            return parts
        begin = at
        while at < len(s) and s[at] not in BLANKS:
            at += 1
        parts.append(s[begin:at])


def rsplit(s: str, sep: Any, maxsplit: int = -1) -> Any:
    """Parts between separators, found from the end."""
    if len(sep) == 0:
        raise ValueError("empty separator")
    parts: list[str] = []
    end = len(s)
    while maxsplit < 0 or len(parts) < maxsplit:
        at = s.rfind(sep, 0, end)
        if at < 0:
            break
        parts.append(s[at + len(sep) : end])
        end = at
    parts.append(s[:end])
    parts.reverse()
    return parts


def join(sep: Any, parts: list[str]) -> Any:
    """Texts in a row with another between them."""
    out = ""
    for k, part in enumerate(parts):
        out = part if k == 0 else out + sep + part
    return out


def replace(s: str, old: str, new: str, count: int = -1) -> Any:
    """Every occurrence replaced, from the left."""
    out = ""
    at = 0
    done = 0
    while count < 0 or done < count:
        end = s.find(old, at)
        if end < 0:
            break
        if len(old) == 0:
            out = out + new + s[at : at + 1]
            at += 1
            if at > len(s):
                return out
        else:
            out = out + s[at:end] + new
            at = end + len(old)
        done += 1
    return out + s[at:]


def count(s: str, part: str) -> Any:
    """How often a text occurs, without overlap."""
    if len(part) == 0:
        return len(s) + 1
    found = 0
    at = s.find(part)
    while at >= 0:
        found += 1
        at = s.find(part, at + len(part))
    return found


def index(s: str, part: str, start: Any = 0) -> Any:
    """Where a text first occurs; it must."""
    at = s.find(part, start)
    if at < 0:
        raise ValueError("substring not found")
    return at


def rindex(s: str, part: str) -> Any:
    """Where a text last occurs; it must."""
    at = s.rfind(part)
    if at < 0:
        raise ValueError("substring not found")
    return at


def all_of(s: str, chars: str) -> Any:
    """Whether a text is not empty and made of certain characters of ASCII only."""
    for c in s:
        if ord(c) > LAST_ASCII:
            raise ValueError("only ASCII letters and digits can be told apart")
        if c not in chars:
            return False
    return len(s) > 0


def isdigit(s: str) -> Any:
    """Whether all are digits."""
    return all_of(s, DIGITS)


def isalpha(s: str) -> Any:
    """Whether all are letters."""
    return all_of(s, CAPITALS + SMALL)


def isalnum(s: str) -> Any:
    """Whether all are letters or digits."""
    return all_of(s, CAPITALS + SMALL + DIGITS)


def isspace(s: str) -> Any:
    """Whether all are blanks."""
    return all(c in BLANKS for c in s) and len(s) > 0


def isupper(s: str) -> Any:
    """Whether there are letters and all are capitals."""
    return s == s.upper() and s != s.lower()


def islower(s: str) -> Any:
    """Whether there are letters and all are small."""
    return s == s.lower() and s != s.upper()


def capitalize(s: str) -> Any:
    """The first letter a capital, the others small."""
    return s[:1].upper() + s[1:].lower()


def title(s: str) -> Any:
    """Every word with a capital."""
    out = ""
    inside = False
    for c in s:
        out += c.lower() if inside else c.upper()
        inside = c.isalpha()
    return out


def swapcase(s: str) -> Any:
    """Capitals small, small letters capitals."""
    out = ""
    for c in s:
        out += c.lower() if c.isupper() else c.upper()
    return out


def removeprefix(s: str, prefix: Any) -> Any:
    """Without a text at the start."""
    return s[len(prefix) :] if startswith_one(s, prefix, 0) else s


def removesuffix(s: str, suffix: Any) -> Any:
    """Without a text at the end."""
    return s[: len(s) - len(suffix)] if endswith_one(s, suffix) else s


def ljust(s: str, width: int, fill: str = " ") -> Any:
    """Filled up at the end."""
    return s + fill * (width - len(s))


def rjust(s: str, width: int, fill: str = " ") -> Any:
    """Filled up at the start."""
    return fill * (width - len(s)) + s


def center(s: str, width: int, fill: str = " ") -> Any:
    """Filled up on both sides."""
    more = max(width - len(s), 0)
    left = more // 2 + (more & width & 1)
    return fill * left + s + fill * (more - left)


def zfill(s: str, width: int) -> Any:
    """Zeros between sign and digits."""
    sign = s[:1] if s[:1] in ("+", "-") else ""
    return sign + "0" * (width - len(s)) + s[len(sign) :]


def partition(s: str, sep: Any) -> Any:
    """What stands before a text, the text, what stands behind it."""
    if sep == "":
        raise ValueError("empty separator")
    at = s.find(sep)
    if at < 0:
        return s, "", ""
    return s[:at], sep, s[at + len(sep) :]


def rpartition(s: str, sep: Any) -> Any:
    """As partition, at the last occurrence."""
    if sep == "":
        raise ValueError("empty separator")
    at = s.rfind(sep)
    if at < 0:
        return "", "", s
    return s[:at], sep, s[at + len(sep) :]


def repeated(s: str, n: int) -> Any:
    """A text several times."""
    out = ""
    for _ in range(n):
        out += s
    return out
