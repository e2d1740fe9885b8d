"""One handler for everything that goes wrong: a sentence on stderr and the exit code; never a traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import click

from sheets_sync.cli.terminal import printable
from sheets_sync.errors import SheetsSyncError, TryAgain


def guarded(command: click.Command, args: list[str] | None) -> int:
    """Run a click command and return the exit code of the process."""
    try:
        result = command.main(args, prog_name="sheets-sync", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Nothing was written.", err=True)
        return 130
    except SheetsSyncError as error:
        say(error)
        return error.exit_code
    except BrokenPipeError:
        _silence()
        return 0
    except Exception as error:
        return _our_bug(error)


def closed(code: int) -> int:
    """The exit code, once what was printed has left. Whoever reads it may be gone, or its disk full: what was written
    into the tracker stands all the same."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except BrokenPipeError:
        _silence()
    except OSError:
        _silence()
        return code or TryAgain.exit_code
    return code


def _silence() -> None:
    """The reader of our output went away (`| head`): nothing to say, and nothing more to flush."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(error: SheetsSyncError) -> None:
    """Print an error and its details, one a line, without escape sequences of any cell text."""
    for line in (str(error), *error.details):
        click.echo(printable(line), err=True)


def _our_bug(error: Exception) -> int:
    """Details go to a file without any value of the tracker: the places in our code, not what was in the cells."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames]
    from sheets_sync.cli.setting import state_folder

    where = ""
    try:
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "crash.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join([type(error).__name__, *places]) + "\n")
        where = f" Details (no data of yours): {path}"
    except OSError:
        pass
    click.echo(f"This is a bug of ours ({type(error).__name__} in {places[-1]}). Nothing was written.{where}", err=True)
    if os.environ.get("SHEETS_SYNC_DEBUG"):
        traceback.print_exception(error)
    return 70
