"""Requests and seconds of a sync beside a plain gspread script that does the same work call by call: a status column
with colours, and a summary tab. The emulator stands for Google, so requests are what counts; at 60 writes a minute
Google makes a script of 440 wait for seven."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from tests.sheets_emulator import Emulator, Server
from tests.test_google_calls import NOW, done, tracker


def main() -> None:
    """Print requests and seconds for 50, 200 and 1,000 clients, first run, second run, and the script."""
    print(f"{'clients':>8} {'first run':>12} {'second run':>12} {'script':>12}  requests   (seconds)")
    for clients in (50, 200, 1000):
        first, second = ours(clients)
        cells = (f"{requests:>5} ({seconds:4.1f})" for requests, seconds in (first, second, theirs(clients)))
        print(f"{clients:>8} {' '.join(f'{cell:>12}' for cell in cells)}")


def ours(clients: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """Requests and seconds of the first run and of one without news."""
    from sheets_sync.workbooks.google import GoogleWorkbook

    with Server(Emulator(lambda: NOW)) as emulator:
        id = emulator.add("Tracker", tracker(clients))
        figures = []
        for _ in range(2):
            before, start = len(emulator.log), time.perf_counter()
            done(GoogleWorkbook(id, emulator.api()))
            figures.append((len(emulator.log) - before, time.perf_counter() - start))
        return figures[0], figures[1]


def theirs(clients: int) -> tuple[int, float]:
    """Requests and seconds of the script: every cell and every format on its own, as most scripts on the web do."""
    import gspread
    from google.oauth2.credentials import Credentials
    from gspread.http_client import HTTPClient

    with Server(Emulator(datetime.now)) as emulator:
        id = emulator.add("Tracker", tracker(clients))

        class Local(HTTPClient):  # type: ignore[misc]
            def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
                return super().request(
                    method, endpoint.replace("https://sheets.googleapis.com", emulator.url), *args, **kwargs
                )

        client = gspread.Client(auth=Credentials("a-token"), http_client=Local)  # type: ignore[no-untyped-call]
        start = time.perf_counter()
        book = client.open_by_key(id)
        sheet = book.worksheet("Clients")
        rows = sheet.get_all_values()
        column = len(rows[0]) + 1
        sheet.update_cell(1, column, "Health")
        for row in range(2, len(rows) + 1):
            sheet.update_cell(row, column, "● Healthy")
            sheet.format(
                gspread.utils.rowcol_to_a1(row, column), {"backgroundColor": {"red": 0.7, "green": 0.9, "blue": 1}}
            )
        summary = book.add_worksheet("Dashboard", 40, 10)
        for row in range(1, 16):
            summary.update_cell(row, 1, f"Line {row}")
            summary.format(f"A{row}", {"textFormat": {"bold": True}})
        return len(emulator.log), time.perf_counter() - start


if __name__ == "__main__":
    main()
