"""What all tests share: goldens that can be updated, sockets closed except loopback, LibreOffice when it is there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "everyday", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("everyday")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write what is produced into tests/golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need LibreOffice are skipped with a reason where it is missing, but never in CI."""
    if shutil.which("soffice") or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("office"):
            item.add_marker(pytest.mark.skip(reason="LibreOffice (soffice) is not installed"))


@pytest.fixture(autouse=True)
def _only_loopback(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("live"):
        return
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests may not reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has its own state and config folders and no settings from outside."""
    for name in list(os.environ):
        if name.startswith("SHEETS_SYNC_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg-config"))
    monkeypatch.setenv("TZ", "Europe/London")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: compare with tests/golden/<name>, or write it with --update-goldens."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path} differs; see it with --update-goldens and git diff"

    return compare


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Callable[[Path, str], Path]]:
    """`office(path, "pdf")`: convert a workbook with LibreOffice and return the new file."""
    profile = tmp_path / "office-profile"

    def convert(path: Path, kind: str) -> Path:
        out = tmp_path / f"office-{kind}"
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", kind]
        subprocess.run([*command, "--outdir", out, path], check=True, capture_output=True, timeout=180)
        return out / f"{path.stem}.{kind}"

    yield convert
    shutil.rmtree(profile, ignore_errors=True)
