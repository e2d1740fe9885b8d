"""python -m tests.sheets_emulator [--port N] [--tracker sample|FILE.xlsx]: Google Sheets on this machine, to try the
Google way of sheets-sync without an account."""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from tests.sheets_emulator.server import Emulator, Server
from tests.sheets_emulator.view import page


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sheets_emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8787, help="port on 127.0.0.1 [default: 8787]")
    parser.add_argument("--tracker", default="sample", help="what the spreadsheet holds [default: the sample tracker]")
    parser.add_argument("--key", type=Path, help="where the key goes [default: a new temporary folder]")
    asked = parser.parse_args()
    emulator = Emulator()
    with Server(emulator, asked.port, page):
        key = asked.key or Path(tempfile.mkdtemp(prefix="sheets-emulator-")) / "key.json"
        emulator.service_account_file(key)
        id = emulator.add("Client tracker", tabs_of(asked.tracker))
        print(
            f"A spreadsheet to play with: {emulator.url}/view/{id}\n\n"
            "In another terminal:\n"
            f"  export SHEETS_SYNC_API_ENDPOINT={emulator.url} SHEETS_SYNC_CREDENTIALS={key}\n"
            f"  sheets-sync run https://docs.google.com/spreadsheets/d/{id}\n\n"
            "Then reload the page. Ctrl-C ends this.",
            flush=True,
        )
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print()


def tabs_of(tracker: str) -> dict[str, list[list[Any]]]:
    """The sample tracker, or the values of a file's tabs."""
    if tracker == "sample":
        from sheets_sync.cli.starter import sample_tabs

        tabs = sample_tabs(date.today())
        return {tab.title: [[column.header for column in tab.columns], *map(list, tab.rows)] for tab in tabs}
    from sheets_sync.workbooks.excel import ExcelWorkbook

    grids = ExcelWorkbook(Path(tracker)).read().grids
    return {title: [list(row) for row in grid.rows] for title, grid in grids.items()}


if __name__ == "__main__":
    main()
