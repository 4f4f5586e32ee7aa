"""`tracescript ops [NAME]`: the opset, listed or explained."""

from __future__ import annotations

import difflib

import click
from rich.console import Console
from rich.table import Table

from tracescript.opset.page import page
from tracescript.opset.table import opset


@click.command("ops")
@click.argument("name", required=False)
@click.option("--profile", help="Only this profile: core, control, nn, ...")
@click.option("--tier", type=click.Choice(["primitive", "composite"]))
@click.option("--match", help="Only names that contain this text.")
def command(name: str | None, profile: str | None, tier: str | None, match: str | None) -> int:
    """List the ops of the opset, or show one with its definition and examples."""
    if name:
        return _show(name)
    profiles = sorted({op.profile for op in opset()})
    if profile not in {None, *profiles}:
        raise click.BadParameter(f"no profile {profile!r}; there are {', '.join(profiles)}")
    found = [
        op
        for op in opset()
        if (profile is None or op.profile == profile)
        and (tier is None or op.is_composite == (tier == "composite"))
        and (match is None or match in op.name)
    ]
    table = Table("op", "profile", "tier", "summary", box=None, pad_edge=False)
    for op in found:
        table.add_row(
            op.name, op.profile, "composite" if op.is_composite else "primitive", op.summary
        )
    Console(highlight=False).print(table)
    click.echo(f"{len(found)} ops of {opset().name} {opset().major}.{opset().minor}")
    return 0 if found else 1


def _show(name: str) -> int:
    if name not in opset():
        near = [op.name for op in opset() if name in op.name or op.name in name]
        near = near or difflib.get_close_matches(name, [op.name for op in opset()])
        listed = ", ".join(sorted(near)[:8])
        hint = f"did you mean {listed}?" if near else "`tracescript ops` lists all"
        click.echo(f"no op {name!r}; {hint}", err=True)
        return 1
    click.echo(page(opset().message(name)).rstrip())
    return 0
