"""The command line of the runner.

Exit codes: 0 as expected, 1 an unexpected outcome, 2 usage, 3 the testee cannot be started or
talked to, 4 the corpus is damaged, below its floor, or nothing is selected.
"""

from __future__ import annotations

import sys

import click

from tracescript_conformance.commands import corpus, new, results, run
from tracescript_conformance.corpus import CorpusError
from tracescript_conformance.known import KnownListError
from tracescript_conformance.process import TesteeNotStartedError
from tracescript_conformance.reports.files import BadResultsError
from tracescript_conformance.schedule import TesteeLostError

_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Conformance suite of TraceScript: give its cases to a loader and judge the answers."""


for _command in (
    *(corpus.list_cases, corpus.show, corpus.verify, corpus.copy, new.new),
    *(run.run, results.judge, results.report, results.diff_runs, results.update_known),
):
    cli.add_command(_command)


def main(args: list[str] | None = None) -> None:
    """Run a command; errors become one line and an exit code."""
    given = list(sys.argv[1:] if args is None else args)
    if given[:1] == ["--"]:
        given = ["run", *given]
    try:
        code = cli.main(given, prog_name="tracescript_conformance", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except (KnownListError, BadResultsError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (TesteeNotStartedError, TesteeLostError) as error:
        click.echo(str(error), err=True)
        sys.exit(3)
    except CorpusError as error:
        click.echo(str(error), err=True)
        sys.exit(4)
    sys.exit(code if isinstance(code, int) else 0)
