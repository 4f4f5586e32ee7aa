"""`tracescript trace MODULE:OBJECT --input ... -o FILE`."""

from __future__ import annotations

import re
import warnings
from typing import Any

import click

from tracescript import api
from tracescript.cli.program import instance, load_object, running
from tracescript.cli.values import read_inputs
from tracescript.errors import TraceWarning
from tracescript.producer.marks import Dim

_DYNAMIC = re.compile(r"(\w+)\.(\d+)=(\w+)(?::(\d+)\.\.(\d*))?")


def _dynamic(texts: tuple[str, ...]) -> dict[str, dict[int, Any]] | None:
    if not texts:
        return None
    made: dict[str, dict[int, Any]] = {}
    for text in texts:
        match = _DYNAMIC.fullmatch(text)
        if match is None:
            raise click.BadParameter(
                f"input.axis=NAME or input.axis=NAME:low..high expected, found {text!r}"
            )
        name, axis, dim, low, high = match.groups()
        try:
            size = Dim(dim, int(low or 1), int(high) if high else None)
        except ValueError as error:
            raise click.BadParameter(f"{text!r}: {error}") from error
        if int(axis) in made.setdefault(name, {}):
            raise click.BadParameter(f"{text!r}: {name}.{axis} is named twice")
        made[name][int(axis)] = size
    return made


@click.command("trace")
@click.argument("target", metavar="MODULE:OBJECT")
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    help="file.npy, 'float32[2] 1 2', 'float32[2,3]' (random), a literal; name=... by name.",
)
@click.option(
    "-d",
    "--dynamic",
    multiple=True,
    metavar="INPUT.AXIS=NAME",
    help="Keep this size dynamic: x.0=B or x.0=B:1..64.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False),
    help="The .tsproto file to write.",
)
@click.option(
    "--decisions", type=click.Choice(["warn", "error", "record"]), default="warn", show_default=True
)
@click.option(
    "-e",
    "--explore",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Run it up to N times, to keep both arms of branches on data.",
)
def command(
    target: str,
    inputs: tuple[str, ...],
    dynamic: tuple[str, ...],
    output: str,
    decisions: str,
    explore: int,
) -> None:
    """Trace a Python program on example inputs and write it to a file."""
    program = instance(load_object(target))
    args, kwargs = read_inputs(inputs)
    with running(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TraceWarning)
        model = api.trace(
            program,
            tuple(args),
            kwargs,
            dynamic=_dynamic(dynamic),
            explore=explore,
            decisions=decisions,
        )
    for warning in caught:
        click.echo(str(warning.message), err=True)
    digest = api.save(model, output)
    click.echo(f"{model!r}\nwrote {output}, digest {digest[:16]}")
