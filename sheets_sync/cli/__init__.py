"""The command line: a literal dict of commands, each in its own file and imported only when it is called."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper

import click

from sheets_sync import __version__

# name: (module, what it does). Order is the order of --help.
COMMANDS = {
    "demo": ("demo", "Make a sample tracker, sync it, and say what to open."),
    "init": ("init", "Start a tracker, or get to know the one that you have."),
    "run": ("run", "Work everything out and write it into the tracker."),
    "plan": ("plan", "Show every cell that run would write; write nothing."),
    "check": ("check", "Say what is wrong or missing, each with its cell."),
    "explain": ("explain", "Say why a client is where it is."),
    "undo": ("undo", "Put back what the last run wrote."),
    "remove": ("remove", "Take all our columns and tabs out again."),
    "privacy": ("privacy", "Everything held about a client, and its removal."),
    "schedule": ("schedule", "Run quietly by the clock: print, install or remove it."),
    "health": ("alive", "Say whether it is still running."),
    "auth": ("auth", "Log in to Google; see who we are there and what we may do."),
    "playbook": ("playbook", "List, show and validate playbooks."),
}


class Commands(click.Group):
    """A group that knows its commands by name and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"sheets_sync.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, 1)
            ctx.fail(f"No such command: {args[0]}." + (f' Did you mean "{near[0]}"?' if near else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sheets-sync")
def root() -> None:
    """Reads your team's client tracker, works out who to call, what is late and what to worry about, and writes it
    back into the sheet: coloured status columns and summary tabs. Everything else in the file stays as it is.

    Start with: sheets-sync demo
    """


def _open_streams() -> None:
    """Give the process the streams that it was started without, or the next file that is opened would take their place
    and get whatever is printed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def main(args: Sequence[str] | None = None) -> None:
    """The console script: runs a command and ends the process with its exit code."""
    from sheets_sync.cli import stopping
    from sheets_sync.cli.failing import closed, guarded

    stopping.listen()
    _open_streams()
    # A console that cannot show a sign gets a question mark; it is no reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    # One short run: numpy needs no threads for algebra, pydantic no look for plugins in every package installed, and
    # next to nothing that is made becomes garbage in cycles, so that collecting (also at the very end, hence freeze)
    # only costs time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.disable()
    try:
        code = guarded(root, list(args) if args is not None else None)
    finally:
        gc.freeze()
    sys.exit(closed(code))
