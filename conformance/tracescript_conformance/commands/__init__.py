"""Commands of the runner; nothing but commands here."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.option(
    "--cases", type=click.Path(file_okay=False, path_type=Path), help="Another folder of cases."
)
PROFILE = click.option("--profile", default="", help="Only cases of this profile.")
MATCH = click.option(
    "--match",
    multiple=True,
    help="Only ids that match; * over parts too: 'graph/*', '*/sound/*'. Several add up.",
)
