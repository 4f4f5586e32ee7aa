"""What the refusals of a run show: nothing, where no sound file of the same rule is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.conformance.v1 import report_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript_conformance.corpus import Corpus

_ANSWERED = frozenset({report_pb2.OUTCOME_PASSED, report_pb2.OUTCOME_FAILED})
_PASSED_OVER = frozenset({report_pb2.OUTCOME_SKIPPED, report_pb2.OUTCOME_BROKEN_CLAIM})
_FILES_OF_ONE_FAULT = frozenset({"reject", "service"})


def mark(corpus: Corpus, results: Sequence[report_pb2.Result]) -> None:
    """Set `sound_refused` of every refusal that passed and shows nothing.

    A sound file is one of any case but those that expect a refusal of the file. A refusal shows
    nothing where sound files were refused and none was read: of those that prove one of its
    rules; of all, where none of these was answered; and where all sound files were skipped.
    Raises CorpusError.
    """
    by_id = {entry.id: entry for entry in corpus.manifest.entries}
    answered = [r for r in results if r.outcome in _ANSWERED and r.case_id in by_id]
    refusals: list[report_pb2.Result] = []
    everything: dict[str, bool] = {}
    of_rule: dict[str, dict[str, bool]] = {}
    for result in answered:
        entry = by_id[result.case_id]
        if corpus.case(entry).WhichOneof("kind") in _FILES_OF_ONE_FAULT:
            if result.refused_file and result.outcome == report_pb2.OUTCOME_PASSED:
                refusals.append(result)
            continue
        everything[entry.id] = result.refused_file
        for rule in entry.rules:
            of_rule.setdefault(rule, {})[entry.id] = result.refused_file
    unread = dict.fromkeys(_sound_files_passed_over(corpus, results), True)
    for result in refusals:
        found: dict[str, bool] = {}
        for rule in by_id[result.case_id].rules:
            found |= of_rule.get(rule, {})
        sound = found or everything or unread
        result.sound_refused = min(sound) if sound and all(sound.values()) else ""


def _sound_files_passed_over(corpus: Corpus, results: Sequence[report_pb2.Result]) -> Iterator[str]:
    by_id = {entry.id: entry for entry in corpus.manifest.entries}
    for result in results:
        if result.outcome not in _PASSED_OVER or result.case_id not in by_id:
            continue
        entry = by_id[result.case_id]
        if corpus.case(entry).WhichOneof("kind") not in _FILES_OF_ONE_FAULT:
            yield entry.id
