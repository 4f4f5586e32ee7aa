"""`tracescript run FILE --input ...`."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from tracescript import api
from tracescript.cli.values import lines_of, read_inputs
from tracescript.engine.choose import NAMES
from tracescript.model.selfcheck import difference


@click.command("run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    help="file.npy, 'float32[2] 1 2', 'float32[2,3]' (random), a literal; name=... by name.",
)
@click.option("-m", "--method", default="forward", show_default=True)
@click.option("--engine", type=click.Choice(NAMES), default="py", show_default=True)
@click.option(
    "--guards", type=click.Choice(["error", "warn", "ignore"]), default="error", show_default=True
)
@click.option(
    "--compare", type=click.Choice(NAMES), help="Run this engine too and say where they differ."
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), help="Write the outputs to an .npz file."
)
def command(
    file: str,
    inputs: tuple[str, ...],
    method: str,
    engine: str,
    guards: str,
    compare: str | None,
    output: str | None,
) -> int:
    """Run a method of a file and print its outputs."""
    args, kwargs = read_inputs(inputs)
    model = api.load(file, engine=engine, guards=guards)
    ran = model.call_reporting(method, args, kwargs)
    outputs = ran.outputs
    for guard in ran.failed_guards:
        text = f"{guard.predicate}: expected {guard.expected}, found {guard.found}"
        click.echo(f"guard failed: {guard.location}: {text}", err=True)
    names = _names(model, method, len(outputs))
    for name, value in zip(names, outputs, strict=True):
        click.echo("\n".join(lines_of(value, name)))
    if output:
        arrays: dict[str, Any] = {n: np.asarray(v) for n, v in zip(names, outputs, strict=True)}
        np.savez(output, **arrays)
    if compare is None:
        return 0
    other = api.load(file, engine=compare, guards=guards).call(method, args, kwargs)
    problem, _ = difference(tuple(outputs), tuple(other))
    click.echo(f"{engine} against {compare}: {problem or 'equal'}")
    return 0


def _names(model: Any, method: str, count: int) -> list[str]:
    path, _, name = method.rpartition(".")
    module = dict(model.modules())[path]
    declared = model.ir.function(module.method(name).function).outputs[:count]
    default = ["output"] if count == 1 else [f"output_{i}" for i in range(count)]
    return [o.name or d for o, d in zip(declared, default, strict=True)]
