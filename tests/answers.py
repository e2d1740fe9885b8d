"""A real HTTP server on loopback that answers what a test wrote down, in order, and remembers what it was asked. It
gives out access tokens too, to a real signed request (POST /token)."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ID = "1" + "a" * 43


@dataclass(frozen=True)
class Answer:
    """`body` is JSON, or bytes as they are; `cut` bytes are held back before the line is closed; `drop` closes it
    without a word, `hang` never answers, `trickle` sends a byte every so many seconds."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    drop: bool = False
    hang: bool = False
    trickle: float = 0
    chunked: bool = False


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """`script` holds the answers still to give (then `{}` for ever), `seen` the requests to the API, `tokens` those for
    a token, and `token_script` answers other than a token."""

    def __init__(self) -> None:
        self.script: deque[Answer] = deque()
        self.token_script: deque[Answer] = deque()
        self.seen: list[Seen] = []
        self.tokens: list[Seen] = []
        self.closing = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"home": self}))
        self.http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, *answers: Answer) -> None:
        self.script.extend(answers)


class _Handler(BaseHTTPRequestHandler):
    home: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        named = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, parts.path, parse_qs(parts.query), named, body)
        if parts.path == "/token":
            self.home.tokens.append(seen)
            token = {"access_token": f"token-{len(self.home.tokens)}", "expires_in": 3600, "token_type": "Bearer"}
            self.give(self.home.token_script.popleft() if self.home.token_script else Answer(token))
            return
        self.home.seen.append(seen)
        self.give(self.home.script.popleft() if self.home.script else Answer())

    do_POST = do_GET

    def give(self, answer: Answer) -> None:
        if answer.hang:
            self.home.closing.wait(30)
        if answer.hang or answer.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            half = len(data) // 2
            data = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:half], data[half:])) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if answer.trickle:
            self.trickle(data, answer.trickle)
            return
        self.wfile.write(data[: len(data) - answer.cut])
        self.close_connection = self.close_connection or bool(answer.cut)

    def trickle(self, data: bytes, every: float) -> None:
        for n in range(len(data)):
            if self.home.closing.wait(every):
                return
            try:
                self.wfile.write(data[n : n + 1])
                self.wfile.flush()
            except OSError:
                self.close_connection = True
                return


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.http.shutdown()
        server.http.server_close()


@cache
def private_key() -> str:
    """A key that was never anybody's, in the form in which Google gives them out."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, pkcs8, serialization.NoEncryption()).decode()


def key_file(folder: Path, token_uri: str, **more: Any) -> Path:
    """A service account's key file, readable by its owner only."""
    info = {
        "type": "service_account",
        "project_id": "a-project",
        "private_key_id": "c" * 40,
        "private_key": private_key(),
        "client_email": "robot@a-project.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_uri,
    }
    path = folder / "key.json"
    path.write_text(json.dumps(info | more), encoding="utf-8")
    path.chmod(0o600)
    return path


class Clock:
    """A clock that only goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    def ticks(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds
