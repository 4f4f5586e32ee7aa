"""`tracescript check FILE`: everything that can be verified without running the model."""

from __future__ import annotations

import click

from tracescript import api
from tracescript.errors import TsError
from tracescript.model.instance import Settings


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
def command(files: tuple[str, ...]) -> int:
    """Verify files completely: layout, digests, canonical form, every rule, code against graph."""
    failed = 0
    for file in files:
        try:
            model, opened = api.open_model(file, verify="full", settings=Settings())
        except TsError as error:
            click.echo(f"{file}: refused\n{error}", err=True)
            failed += 1
            continue
        functions = len(model.ir.functions)
        weights = len({id(w) for _, w in model.named_weights()})
        click.echo(
            f"{file}: valid; {functions} functions, {weights} weights, digest {opened.digest[:16]}"
        )
    return 1 if failed else 0
