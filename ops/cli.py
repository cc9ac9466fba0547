"""`liandong`: the one command line tool.

Exit codes: 0 done, 1 a check or an expectation failed, 2 wrong use, 3 a service cannot be
reached. A fault is told in one sentence that says what to do; never with a stack trace.
A command's module is loaded when it is asked for, so that help comes at once.
"""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from ops.near_names import nearest
from ops.output import Language, err, said
from ops.settings import WrongSettings, load, spoken

VERSION = "0.1.0"

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("commands_run", "Plays the licensing story and serves it, embedded."),
    "serve": ("commands_run", "Serves a node: the roles and departments it is told."),
    "commands": ("commands_work", "Lists the commands, or prints the JSON Schema of one."),
    "do": ("commands_work", "Gives one command as a post."),
    "play": ("commands_work", "Plays scenarios and checks what they expect."),
    "case": ("commands_case", "Case histories: list, show."),
    "view": ("commands_case", "Answers a projection query."),
    "clocks": ("commands_case", "Statutory clocks: list, verify."),
    "topics": ("commands_topics", "The shared log: lag, show, apply, check, refill."),
    "schemas": ("commands_log", "The contracts: list, show, check."),
    "projections": ("commands_projections", "The read models: list, positions, rebuild, cutover."),
    "ledger": ("commands_ledger", "The delivery ledger: show, event, check."),
    "quarantine": ("commands_quarantine", "Parked records: list, show, release, fix, discard."),
    "webhooks": ("commands_webhooks", "Topics pushed over HTTP: add, list, replay, enable."),
    "draw": ("commands_draw", "Checks the record of a random draw by drawing again."),
    "report": ("commands_report", "The statistics form: table, units, open, annex, verify."),
    "exchange": ("commands_exchange", "Files of the provincial platform: in, out, reconciled."),
    "migrate": ("commands_log", "Brings the databases to this program's version."),
    "backup": ("commands_backup", "Copies the departments served here, and checks the copy."),
    "restore": ("commands_backup", "Puts a backup back; fetches newer facts from the log."),
    "accounts": ("commands_admin", "Accounts and API keys: add, password, remove, key."),
    "doctor": ("commands_admin", "What is wrong with this installation, and how to mend it."),
    "bench": ("commands_admin", "Measures against the floors and prints ratios."),
}
"""Every command: the module of `ops` that holds it, and its line in the help."""


class Loaded(TyperGroup):
    """The commands of the table, each built from its module when it is first asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One command, or None where the table has none of this name."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            module = importlib.import_module(f"ops.{COMMANDS[cmd_name][0]}")
            made = typer.Typer(rich_markup_mode=None)
            made.callback()(lambda: None)
            module.register(made)
            self.commands.update(typer.main.get_group(made).commands)
        return self.commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name; a name that is near one says which."""
        if args[0] not in COMMANDS:
            zh, en = nearest(args[0], COMMANDS)
            ctx.fail(
                said(
                    f"没有名为 {args[0]} 的命令{zh}liandong --help 列出全部命令。",
                    f"There is no command {args[0]}{en}`liandong --help` lists them all.",
                )
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The table's own lines: nothing is loaded to print help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


app = typer.Typer(
    name="liandong",
    cls=Loaded,
    help="Event-sourced coordination of the departments that regulate the human-resources market.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"liandong {VERSION}")
        raise typer.Exit


def _language(lang: str | None) -> str | None:
    """Chooses the language at once, so that also a wrong command or setting is told in it."""
    Language.chosen = spoken(lang)
    return lang


@app.callback()
def chosen(
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            callback=_language,
            is_eager=True,
            help="zh or en: the language of what is printed",
        ),
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
        err().print(
            said("已中断；已确认的内容全部保留", "interrupted; everything acknowledged is kept")
        )
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except WrongSettings as wrong:
        err().print(said(wrong.zh, wrong.en), markup=False)
        return 2
    except Exception as error:
        # The table of faults knows every library; it is read only where one has failed.
        from ops import faults

        return faults.told(error)


if __name__ == "__main__":
    main()
