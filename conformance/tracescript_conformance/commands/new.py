"""The command `new`: a case to fill in, in the form in which cases are written."""

from __future__ import annotations

import re

import click

_ID = re.compile(r"[a-z_]+/[a-z0-9_.]+/[a-z0-9_]+")
_HEAD = """# {about}
# AUTHORING.md says what each key means; python -m tools.freeze builds the corpus.
[[case]]
id = "{id}"
story = "TODO: one sentence that says why the case exists."
rules = ["GRAPH-1"]  # TODO: the rules that it proves
needs = ["core"]  # profiles and features that a loader must claim
"""
_MODEL = """model = {{ text = '''
class Example(Module):

    @authored
    def forward(self, x: Tensor[float32, 2]) -> Tensor[float32, 2]:
        return ops.neg(x)
'''{more} }}
"""
_STEP = '{ inputs = ["f32[2] 1 2"], gives = ["f32[2] -1 -2"] }'
_KINDS = {
    "run": (
        "Calls in order on one instance; each gives values or fails with a code.",
        "",
        f"steps = [{_STEP}]\n",
    ),
    "trap": (
        "A call that fails in time, and one behind it that works and shows the state as before.",
        "",
        (
            '# TODO: a call that fails\ntrap = { inputs = ["f32[2] 1 2"], fails = "INDEX_ERROR" }\n'
            f"after = {_STEP}\n"
        ),
    ),
    "reject": (
        "A file with one fault, refused before any call: the best code first.",
        "",
        'rejects = ["BAD_GRAPH"]  # TODO: model = { base = "NAME", edit = ["set ..."] }\n',
    ),
    "inspect": (
        "Facts that are read without running; the keys are in spec/conformance.md.",
        "",
        '[case.facts]\nmethods = "forward"\n',
    ),
    "round-trip": ("Load and save give the same bytes.", "", 'saves = "identical"\n'),
    "recompile": (
        "Compiling the code section gives the model section.",
        ', sections = ["code", "debug"]',
        "recompiles = true\n",
    ),
    "service": (
        "Calls of an executor that serves the file.",
        "",
        (
            'serves = ["example/1"]\nservice = [\n'
            '    { infer = "example", inputs = { x = "f32[2] 1 2" },'
            ' gives = { output = "f32[2] -1 -2" } },\n]\n'
        ),
    ),
}


@click.command("new")
@click.argument("case_id")
@click.option("--kind", type=click.Choice([*_KINDS]), default="run", show_default=True)
def new(case_id: str, kind: str) -> None:
    """Print a case to fill in, for a file of `authored/`: new ID >> authored/FILE.toml."""
    if not _ID.fullmatch(case_id):
        raise click.UsageError(f"{case_id!r} is no id: category/family/what_happens, lower case")
    click.echo(skeleton(case_id, kind), nl=False)


def skeleton(case_id: str, kind: str) -> str:
    """Return the text of a case that can be built as it stands, with what is to be filled in."""
    about, more, rest = _KINDS[kind]
    return f"{_HEAD.format(id=case_id, about=about)}{_MODEL.format(more=more)}{rest}"
