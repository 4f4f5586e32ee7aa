"""The command `tracescript`: finds the subcommand, prints errors, sets the exit code."""

from __future__ import annotations

import importlib
import io
import sys
from typing import Any

import click

from tracescript.errors import TsError

_COMMANDS = {
    "check": "verify a file completely: bytes, rules, digests, code",
    "conformance": "run the conformance suite against a loader",
    "demo": "see the whole of TraceScript work, in under a minute",
    "infer": "call a model that an executor serves",
    "ops": "list the ops of the opset, or show one",
    "run": "run a method of a file on given inputs",
    "script": "compile a Python program into a file, control flow included",
    "serve": "serve a folder of models over gRPC",
    "show": "print what is in a file: signature, modules, graph, code, decisions, weights",
    "trace": "trace a Python program on example inputs into a file",
    "verify": "run the examples that a file carries",
}


class _Lazy(click.Group):
    """Imports a command when it is used, so that `--help` and errors come at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        return importlib.import_module(f"tracescript.cli.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tracescript")
def cli() -> None:
    """TraceScript: Python models as portable files.

    Exit codes: 0 done, 1 the input is at fault, 2 wrong usage.
    """


def main(args: list[str] | None = None) -> Any:
    """Run the command line; TraceScript's own errors and files out of reach become text, code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(args, prog_name="tracescript", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except TsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        file = f"{error.filename}: " if error.filename else ""
        click.echo(f"{file}{error.strerror or error}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
