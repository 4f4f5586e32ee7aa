"""The error tree: one class per way of catching, one code per cause. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FailedGuard:
    """A trace decision or shape guard that did not hold.

    `function` is the function's name, `index` counts in its decisions or shape guards.
    """

    function: str
    index: int
    is_shape_guard: bool = False
    location: str = ""
    predicate: str = ""
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: code, rule, place, what was found and expected, a hint."""

    code: str
    rule: str
    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return _text(self.where, self.what, self.code, self.rule, self.hint)


_CONTROLS = (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN = {n: f"\\x{n:02x}" if n < 256 else f"\\u{n:04x}" for n in _CONTROLS if chr(n) not in "\n\t"}  # noqa: PLR2004  # two hexadecimal digits


def plain(text: str) -> str:
    """Return text with control characters and changes of direction escaped: names are a file's."""
    return text if text.isascii() and text.isprintable() else text.translate(_SHOWN)


def _text(where: str, what: str, code: str, rule: str, hint: str) -> str:
    where, what, hint = plain(where), plain(what), plain(hint)
    tag = f"{code} {rule}" if rule else code
    first = f"{where}: {what} [{tag}]" if where else f"{what} [{tag}]"
    return f"{first}\n  hint: {hint}" if hint else first


class TsError(Exception):
    """Anything TraceScript reports about a file, a program or a call.

    Text: `where: what [CODE RULE]`, next line `  hint: ...`. Tests and cases compare `code` and
    `rule`, never the text. Spec: ERROR-1.
    """

    codes: tuple[str, ...] = ()

    def __init__(
        self,
        what: str,
        *,
        code: str,
        where: str = "",
        rule: str = "",
        hint: str = "",
        excerpt: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.code = code
        self.where = where
        self.rule = rule
        self.hint = hint
        self.excerpt = excerpt

    def __str__(self) -> str:
        text = _text(self.where, self.what, self.code, self.rule, "")
        text += "".join(f"\n{plain(line)}" for line in self.excerpt.splitlines())
        return text + (f"\n  hint: {self.hint}" if self.hint else "")


class FormatError(TsError):
    """The bytes are not a well-formed TraceScript file."""

    codes = (
        "NOT_TSPROTO",
        "TRUNCATED",
        "BAD_LAYOUT",
        "DIGEST_MISMATCH",
        "BAD_MESSAGE",
        "NOT_CANONICAL",
        "SHARD_MISSING",
    )


class InvalidModelError(TsError):
    """The file is well-formed and its model breaks rules; `findings` has all of them."""

    codes = (
        "BAD_INDEX",
        "BAD_NAME",
        "BAD_GRAPH",
        "BAD_TYPE",
        "BAD_CALL",
        "BAD_SHAPE",
        "BAD_WEIGHT",
        "BAD_CONSTANT",
        "BAD_MODULE",
        "BAD_GUARD",
        "BAD_CODE",
        "BAD_DEBUG",
        "BAD_EXAMPLE",
        "BAD_ENUM",
    )

    def __init__(self, what: str, *, findings: tuple[Finding, ...] = (), **place: str) -> None:
        super().__init__(what, **place)
        self.findings = findings or (
            Finding(self.code, self.rule, self.where, self.what, self.hint),
        )

    @classmethod
    def of(cls, findings: tuple[Finding, ...]) -> InvalidModelError:
        """Make one error of several findings; the first gives code, rule and place."""
        first = findings[0]
        return cls(
            first.what,
            code=first.code,
            rule=first.rule,
            where=first.where,
            hint=first.hint,
            findings=findings,
        )

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


class UnsupportedError(TsError):
    """The file is valid and needs something that this loader does not have."""

    codes = (
        "UNSUPPORTED_VERSION",
        "UNSUPPORTED_FEATURE",
        "UNSUPPORTED_OPSET",
        "UNSUPPORTED_OP",
        "UNSUPPORTED_DATA_TYPE",
        "FILE_LIMIT",
    )


class ProducerError(TsError):
    """A program cannot be traced, scripted or saved; the text shows the user's source."""

    codes = (
        "UNSUPPORTED_PYTHON",
        "UNKNOWN_CALL",
        "ALIASING",
        "UNRECORDED_READ",
        "DIMENSION_FIXED",
        "TYPE_INFERENCE",
        "SOURCE_NOT_FOUND",
        "NONDETERMINISTIC_TRACE",
    )


class ExecutionError(TsError):
    """A call failed; the model's state is as it was before."""


class BadInputError(ExecutionError):
    """The call does not fit the method's signature."""

    codes = ("NO_SUCH_METHOD", "BAD_INPUT")


class GuardError(ExecutionError):
    """What tracing fixed does not hold for this input; `guard` says which decision."""

    codes = ("GUARD_FAILED", "GUARD_UNCHECKABLE", "SHAPE_GUARD_FAILED")

    def __init__(self, what: str, *, guard: FailedGuard | None = None, **place: str) -> None:
        super().__init__(what, **place)
        self.guard = guard


class TrapError(ExecutionError):
    """The program stopped itself: an overflow, an index, an assertion, its own raise."""

    codes = (
        "INT_OVERFLOW",
        "ZERO_DIVISION",
        "INDEX_ERROR",
        "KEY_ERROR",
        "VALUE_ERROR",
        "SHAPE_ERROR",
        "CONVERSION_ERROR",
        "NONE_ERROR",
        "ASSERTION_ERROR",
        "RAISED",
        "SINGULAR_MATRIX",
    )


class LimitError(ExecutionError):
    """The call used up one of its budgets."""

    codes = ("STEP_LIMIT", "MEMORY_LIMIT", "DEADLINE", "RECURSION_LIMIT", "CANCELLED")


class ServiceError(TsError):
    """The executor around the call refused or failed."""

    codes: tuple[str, ...] = (
        "MODEL_NOT_FOUND",
        "MODEL_NOT_READY",
        "SESSION_NOT_FOUND",
        "SESSION_EVICTED",
        "BAD_REQUEST",
        "MESSAGE_LIMIT",
        "OVERLOADED",
        "PERMISSION_DENIED",
        "BAD_CHUNK",
        "SHUTTING_DOWN",
    )


class RemoteError(ServiceError):
    """The far side's error, with the gRPC status it came with."""

    codes: tuple[str, ...] = ("INTERNAL",)

    def __init__(self, what: str, *, status: str = "", **place: str) -> None:
        super().__init__(what, **place)
        self.status = status


class TraceWarning(UserWarning):
    """The trace lost something; the text says what, where, and how to keep it."""


CLASSES: dict[str, type[TsError]] = {
    code: cls
    for cls in (
        FormatError,
        InvalidModelError,
        UnsupportedError,
        ProducerError,
        BadInputError,
        GuardError,
        TrapError,
        LimitError,
        ServiceError,
        RemoteError,
    )
    for code in cls.codes
}
"""The class that carries each code."""


def trap(code: str, what: str, hint: str = "") -> TrapError:
    """Return a trap; the engine adds the place."""
    return TrapError(what, code=code, hint=hint)


__all__ = [
    name
    for name, value in list(globals().items())
    if isinstance(value, type) or name in {"CLASSES", "trap"}
]
