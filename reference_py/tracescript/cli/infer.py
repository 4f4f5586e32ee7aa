"""`tracescript infer ADDRESS MODEL --input ...`."""

from __future__ import annotations

import click

from tracescript.cli.values import lines_of, read_inputs
from tracescript.service import Client


@click.command("infer")
@click.argument("address", metavar="HOST:PORT")
@click.argument("model")
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    help="file.npy, 'float32[2] 1 2', 'float32[2,3]' (random), a literal; name=... by name.",
)
@click.option("-m", "--method", default="", help="Default: forward.")
@click.option("--version", default="", help="Default: the newest.")
@click.option("--guards", type=click.Choice(["error", "warn"]), help="Default: the server's.")
@click.option("--timeout", type=float, help="Seconds.")
def command(
    address: str,
    model: str,
    inputs: tuple[str, ...],
    method: str,
    version: str,
    guards: str | None,
    timeout: float | None,
) -> None:
    """Call a model that an executor serves and print its outputs."""
    args, kwargs = read_inputs(inputs)
    with Client(address) as client:
        result = client.infer(
            model,
            *args,
            version=version,
            method=method,
            guards=guards or "",
            timeout=timeout,
            inputs=kwargs,
        )
    results = result if isinstance(result, tuple) else (result,)
    for i, value in enumerate(results):
        click.echo("\n".join(lines_of(value, "output" if len(results) == 1 else f"output_{i}")))
