"""The fuzzer itself: a short run finds nothing, and what it looks for it would see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire_files import written
from tools import fuzz_reader, sample_models
from tracescript.errors import TsError
from tracescript.wire import reader, scan


def test_a_short_run_over_the_sample_models_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz_reader.main(["--count", "400", "--seed", "7"]) == 0
    assert "BAD_INDEX" in capsys.readouterr().out


@given(st.binary(max_size=200))
def test_random_bytes_behind_the_signature_are_refused(content: bytes) -> None:
    for data in (content, scan.SIGNATURE + content):
        with pytest.raises(TsError):
            reader.read(data)


def test_a_sound_file_under_unfitting_digests_would_be_seen() -> None:
    content = written(sample_models.gate())
    with pytest.raises(fuzz_reader.Unsound, match="digests"):
        fuzz_reader.outcome(content, repaired=False)
    assert fuzz_reader.outcome(content, repaired=True) == "ACCEPTED"


def test_another_exception_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise KeyError("broken")

    monkeypatch.setattr(fuzz_reader, "read", broken)
    with pytest.raises(fuzz_reader.Unsound, match="KeyError"):
        fuzz_reader.outcome(b"", repaired=True)
