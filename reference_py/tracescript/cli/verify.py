"""`tracescript verify FILE`: the file's own examples, on the engines of your choice."""

from __future__ import annotations

import click

from tracescript import api
from tracescript.engine.choose import NAMES


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--engine", "engines", type=click.Choice(NAMES), multiple=True, help="Default: all.")
def command(file: str, engines: tuple[str, ...]) -> int:
    """Run the examples that a file carries and compare with the outcomes stored beside them."""
    failed = 0
    for engine in engines or NAMES:
        results = api.load(file, engine=engine, verify="full").verify()
        if not results:
            click.echo(f"{file} carries no examples", err=True)
            return 1
        for result in results:
            mark = "passed" if result.passed else "FAILED"
            click.echo(
                f"{engine}: {result.name} {mark}, worst error / bound {result.worst_ratio:.3g}"
            )
            if not result.passed:
                click.echo(f"  {result.problem}", err=True)
                failed += 1
    return 1 if failed else 0
