"""`liandong`: the one command line tool.

Exit codes: 0 done, 1 a check or an expectation failed, 2 wrong use, 3 a service cannot be
reached. A fault is told in one sentence that says what to do; never with a stack trace.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from ops import (
    commands_admin,
    commands_case,
    commands_log,
    commands_run,
    commands_work,
    faults,
)
from ops.output import Language, err
from ops.settings import WrongSettings, load

VERSION = "0.1.0"

app = typer.Typer(
    name="liandong",
    help="Event-sourced coordination of the departments that regulate the human-resources market.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (commands_run, commands_work, commands_case, commands_log, commands_admin):
    module.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"liandong {VERSION}")
        raise typer.Exit


@app.callback()
def chosen(
    lang: Annotated[
        str | None, typer.Option("--lang", help="zh or en: the language of what is printed")
    ] = None,
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Event-sourced coordination of the departments that regulate the human-resources market."""
    Language.chosen = load(lang=lang).lang


def main(arguments: list[str] | None = None) -> None:
    """Runs the tool and exits with its code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Runs one command line; returns its exit code. Every fault becomes one sentence."""
    command = typer.main.get_command(app)
    try:
        result = command.main(args=arguments, prog_name="liandong", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except typer.Exit as done:
        return done.exit_code
    except TyperException as wrong:
        # Wrong use: the library's own sentence, with its hint.
        wrong.show()  # type: ignore[attr-defined]
        return 2
    except (KeyboardInterrupt, typer.Abort):
        err().print("interrupted; everything acknowledged is kept")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except WrongSettings as wrong:
        err().print(str(wrong), markup=False)
        return 2
    except Exception as error:
        return faults.told(error)


if __name__ == "__main__":
    main()
