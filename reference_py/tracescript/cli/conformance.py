"""`tracescript conformance [COMMAND]`: the suite's runner; without a command, our own loader."""

from __future__ import annotations

import sys

import click


@click.command(
    "conformance",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run the conformance suite; arguments as of `python -m tracescript_conformance`."""
    from tracescript_conformance.cli import main

    own = ("run", "--", sys.executable, "-m", "tracescript.testee")
    main(list(arguments or own))
