"""Takes a loader's answers apart, to tell in what two loaders that pass a case differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.conformance.v1 import testee_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript.v1 import error_pb2

DIFFERENCES = ("other code", "other rule", "other values", "other words")
"""From what matters most. Values differ within the bounds of the case."""


def parts(responses: Sequence[testee_pb2.TesteeResponse]) -> tuple[object, ...]:
    """Return the codes, the rules, all but errors, and the words of answers, in this order."""
    codes, rules, words, rest = [], [], [], []
    for response in responses:
        copied = testee_pb2.TesteeResponse()
        copied.CopyFrom(response)
        for error in _errors(copied):
            codes.append(error.code)
            rules.append(error.rule)
            words.append(error.SerializeToString(deterministic=True))
            error.Clear()
        rest.append(hash(copied.SerializeToString(deterministic=True)))
    return tuple(codes), tuple(rules), tuple(rest), hash(tuple(words))


def difference(sound: tuple[object, ...], faulty: tuple[object, ...]) -> str:
    """Return in what answers differ, one of `DIFFERENCES`, or nothing."""
    pairs = zip(DIFFERENCES, sound, faulty, strict=True)
    return next((name for name, a, b in pairs if a != b), "")


def _errors(response: testee_pb2.TesteeResponse) -> Iterator[error_pb2.Error]:
    kind = response.WhichOneof("response")
    body = getattr(response, kind) if kind else response
    if kind in {"run", "inspect", "save"} and body.HasField("refused"):
        yield body.refused
    for answer in response.run.answers if kind == "run" else ():
        if answer.WhichOneof("outcome") == "error":
            yield answer.error
