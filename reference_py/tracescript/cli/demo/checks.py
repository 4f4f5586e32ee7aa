"""Step 4: the file checks itself, and the conformance suite checks our loader."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tracescript import api

if TYPE_CHECKING:
    from pathlib import Path

    from tracescript.cli.demo.stage import Stage


def show_checks(stage: Stage, file: Path) -> None:
    """Run the examples in the file, then the suite against our own loader."""
    stage.title("4  Proof: the file checks itself, the suite checks the loader")
    for result in api.load(file, verify="full").verify():
        stage.expect(
            f"example {result.name!r} of {file.name}: worst error / bound {result.worst_ratio:.3g}",
            result.passed,
            True,
        )
    stage.say("Every case of the suite, given to our own loader in a process of its own:")
    suite = [sys.executable, "-m", "tracescript_conformance", "run", "--no-repeat"]
    suite += ["--out", str(stage.folder / "conformance"), "--", sys.executable]
    run = subprocess.run(  # noqa: S603  # our own interpreter and modules
        [*suite, "-m", "tracescript.testee"], capture_output=True, text=True, check=False
    )
    stage.quote(run.stdout)
    stage.expect("the suite passes", run.returncode, 0)
