"""`tracescript script MODULE:OBJECT -o FILE`."""

from __future__ import annotations

import click

from tracescript import api
from tracescript.cli.program import instance, load_object, running


def _types(texts: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, equals, rest in pairs:
        if not (name.isidentifier() and equals and rest):
            raise click.BadParameter(f"name=type expected, found {name + equals + rest!r}")
    return {name: rest for name, _, rest in pairs}


@click.command("script")
@click.argument("target", metavar="MODULE:OBJECT")
@click.option(
    "-t",
    "--type",
    "types",
    multiple=True,
    metavar="NAME=TYPE",
    help="Type of a parameter: x=float32[B,4], n=int.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False),
    help="The .tsproto file to write.",
)
def command(target: str, types: tuple[str, ...], output: str) -> None:
    """Compile the source of a Python program, control flow included, and write it to a file."""
    program = instance(load_object(target))
    with running():
        model = api.script(program, types=_types(types) or None)
    digest = api.save(model, output)
    click.echo(f"{model!r}\nwrote {output}, digest {digest[:16]}")
