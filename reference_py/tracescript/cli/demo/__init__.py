"""`tracescript demo`: the whole of TraceScript at work, in under a minute."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from tracescript.cli.demo.checks import show_checks
from tracescript.cli.demo.digits import show_digits, show_service
from tracescript.cli.demo.gate import show_gate
from tracescript.cli.demo.stage import Stage, SurpriseError


@click.command("demo")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tracescript_demo"),
    show_default=True,
    help="Where the demo leaves its files.",
)
def command(folder: Path) -> int:
    """Trace, save, load, guard, script, serve and check; leaves its files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    stage = Stage(console, folder)
    try:
        show_gate(stage)
        file, images, scores = show_digits(stage)
        show_service(stage, images, scores)
        show_checks(stage, file)
    except SurpriseError as error:
        console.print(f"[red]surprise:[/red] {error}", highlight=False)
        return 1
    stage.title("Done")
    stage.say(
        f"Look inside a file:  tracescript show {folder}/gate_traced.tsproto\n"
        f"Serve them:          tracescript serve {folder}/models\n"
        f"Every op:            tracescript ops"
    )
    return 0
