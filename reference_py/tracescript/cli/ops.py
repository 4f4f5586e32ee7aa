"""`tracescript ops [NAME]`: the opset, listed or explained."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from tracescript.opset.table import REQUIRED, OpDef, opset


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


def _signature(op: OpDef) -> str:
    parts = [f"{i.name}{'?' if i.optional else ''}: {i.kind} {i.type}".rstrip() for i in op.inputs]
    marks = ["..." if i.variadic else "" for i in op.inputs]
    given = [p + m for p, m in zip(parts, marks, strict=True)]
    given += [
        f"{a.name}: {a.kind}" if a.default is REQUIRED else f"{a.name}={a.default!r}"
        for a in op.attributes
    ]
    results = ", ".join(f"{o.name}: {o.kind} {o.type}".rstrip() for o in op.outputs)
    return f"{op.name}({', '.join(given)}) -> {results}"


def _show(name: str) -> int:
    op = opset().get(name)
    if op is None:
        near = sorted(o.name for o in opset() if name in o.name or o.name in name)[:8]
        hint = f"; did you mean {', '.join(near)}?" if near else "; `tracescript ops` lists all"
        click.echo(f"no op {name!r}{hint}", err=True)
        return 1
    message = opset().message(name)
    click.echo(f"{_signature(op)}\n\n{op.summary}\n\n{message.semantics.strip()}\n")
    click.echo(
        f"profile {op.profile}, {'composite' if op.is_composite else 'primitive'}, "
        f"numeric class {op.numeric}"
    )
    for identity, text, _ in op.constraints:
        click.echo(f"  {identity}: {text}")
    for error in message.errors:
        click.echo(f"  {error.id}: {error.text}")
    if op.decomposition:
        click.echo(f"\n{op.decomposition.strip()}")
    for example in message.examples:
        given = "; ".join(
            f"{i.name} = {i.type}{list(i.shape)} {' '.join(i.values)}" for i in example.inputs
        )
        attributes = "".join(f"; {a.name} = {a.text}" for a in example.attributes)
        results = "; ".join(
            f"{o.name} = {o.type}{list(o.shape)} {' '.join(o.values)}" for o in example.outputs
        )
        click.echo(
            f"\nexample: {example.title} (source: {example.source})\n"
            f"  {given}{attributes}\n  -> {results or 'an error'}"
        )
    return 0
