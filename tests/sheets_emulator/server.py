"""A small HTTP server on loopback in front of the emulator, where requests meet their faults."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.sheets_emulator import faults
from tests.sheets_emulator.book import invalid
from tests.sheets_emulator.emulator import Emulator, Seen

__all__ = ["Emulator", "Seen", "Server"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Answers leave in one piece: unbuffered writes wait for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    emulator: Emulator
    pages: Callable[[Emulator, str], bytes | None] | None = None

    def do_GET(self) -> None:
        self._take("GET")

    def do_POST(self) -> None:
        self._take("POST")

    def do_PUT(self) -> None:
        self._take("PUT")

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _take(self, method: str) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path == "/token":
            status, reply = self.emulator.accounts.token(raw.decode())
            self._send(status, {}, json.dumps(reply).encode())
        elif method == "GET" and type(self).pages and not parts.path.startswith("/v4/"):
            page = type(self).pages(self.emulator, parts.path)  # type: ignore[misc]
            self._send(200 if page else 404, {"Content-Type": "text/html; charset=utf-8"}, page or b"Not found")
        else:
            self._api(method, parts.path, parse_qs(parts.query, keep_blank_values=True), raw)

    def _api(self, method: str, path: str, query: dict[str, list[str]], raw: bytes) -> None:
        emulator, plan = self.emulator, self.emulator.faults
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            error = invalid("Invalid JSON payload received. Unexpected token.").body()
            self._send(400, {}, json.dumps(error).encode())
            return
        with emulator._lock:
            number = len(emulator.log) + 1
            seen = Seen(number, method, path, body, len(raw))
            emulator.log.append(seen)
        if number in plan.before:
            plan.before[number]()
        kind = plan.kind(number, seen)
        if kind in ("drop", "hang"):
            self._vanish(plan.seconds if kind == "hang" else 0)
        elif kind and not kind.startswith("after_"):
            self._send(*faults.refusal(kind, seen.writes))
        else:
            status, reply = emulator.handle(method, path, query, body, self.headers)  # type: ignore[arg-type]
            if number in plan.after:
                plan.after[number]()
            self._finish(kind, status, json.dumps(reply).encode())

    def _finish(self, kind: str, status: int, data: bytes) -> None:
        plan = self.emulator.faults
        if kind in ("after_drop", "after_hang"):
            self._vanish(plan.seconds if kind == "after_hang" else 0)
        elif kind in ("after_503", "after_500"):
            self._send(*faults.refusal(kind, True))
        elif kind:
            headers, data = faults.garbled(kind, data)
            self._send(status, headers, data)
        else:
            self._send(status, {}, data)

    def _vanish(self, seconds: float) -> None:
        time.sleep(seconds)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json; charset=UTF-8"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


class Server:
    """`with Server(emulator):` serves it on loopback; `emulator.url` is its address."""

    def __init__(self, emulator: Emulator, port: int = 0, pages: Any = None) -> None:
        handler = type("Handler", (_Handler,), {"emulator": emulator, "pages": staticmethod(pages) if pages else None})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
        self.emulator = emulator
        emulator.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Emulator:
        self._thread.start()
        return self.emulator

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
