"""The catalogue of broken and hostile files (A1 to A44), each with its outcome, in a process that is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.apart import measured, warm
from tests.handmade import members
from tests.hostile import CATALOGUE, DONE, Hostile

SECONDS, BYTES = 2.0, 200_000_000
# Large and allowed: these take as long as their work does.
LARGE = {22, 27, 29}
CASES = [
    pytest.param(h, id=f"A{h.number} {h.name}", marks=[pytest.mark.campaign] if h.number in LARGE else [])
    for h in CATALOGUE
]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm()


@pytest.mark.parametrize("hostile", CASES)
def test_it_is_synced_or_refused_with_one_sentence(hostile: Hostile, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    path = folder / f"tracker{hostile.ending}"
    data = hostile.make()
    path.write_bytes(data)
    path.chmod(hostile.mode)
    done = measured("run", str(path), "--quiet", "--as-of", "2026-11-23", state=tmp_path / "state")
    assert done.code == hostile.code, done
    assert "Traceback" not in done.said
    assert list(folder.iterdir()) == [path]
    if hostile.code != DONE:
        assert hostile.words in done.said
        assert len(done.said.strip().splitlines()) == 1, done.said
        assert path.read_bytes() == data
    else:
        assert path.read_bytes() != data
        was, now = members(data), members(path.read_bytes())
        assert {name for name in was if "vba" in name or "external" in name.lower()} <= now.keys()
        assert all(was[name] == now[name] for name in was if "vba" in name or "external" in name.lower())
    if hostile.number not in LARGE:
        assert done.seconds < (SECONDS if hostile.code != DONE else 10 * SECONDS), done
        assert done.peak < (BYTES if hostile.code != DONE else 3 * BYTES), done


def test_every_number_of_the_catalogue_is_there() -> None:
    assert {hostile.number for hostile in CATALOGUE} == set(range(1, 45))
