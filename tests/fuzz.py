"""Workbooks damaged at random: `python -m tests.fuzz [COUNT] [SEED]`.

Feature-rich trackers are changed in their parts (a tag, a value, a piece of XML, a byte) or as archives, and go through
the backend, every tenth through the whole command. Each must be written or refused with a sentence: no traceback, no
bug of ours, nothing over 60 seconds or 1.5 GB.
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sheets_sync.errors import SheetsSyncError
from sheets_sync.workbooks.excel import ExcelWorkbook
from tests import corpus, workbooks
from tests.apart import warm

Mutation = Callable[[bytes, random.Random], bytes]
VALUES = (
    b"",
    b"-1",
    b"0",
    b"99999999999",
    b"1e999",
    b"NaN",
    b"A0",
    b"XFE1",
    b"$A$1",
    b"true",
    b"\xff\xfe",
    b"&bad;",
    b"]]>",
)


def another_value(data: bytes, drawn: random.Random) -> bytes:
    """One attribute or text with another value."""
    found = list(re.finditer(rb'="([^"]*)"|>([^<>]+)<', data))
    if not found:
        return data
    match = drawn.choice(found)
    group = 1 if match[1] is not None else 2
    return data[: match.start(group)] + drawn.choice(VALUES) + data[match.end(group) :]


def without_a_tag(data: bytes, drawn: random.Random) -> bytes:
    found = list(re.finditer(rb"<[^>]*>", data))
    return data if not found else data[: (m := drawn.choice(found)).start()] + data[m.end() :]


def a_tag_elsewhere(data: bytes, drawn: random.Random) -> bytes:
    found = list(re.finditer(rb"<[^>]*>", data))
    if not found:
        return data
    at = drawn.choice(found).start()
    return data[:at] + drawn.choice(found)[0] + data[at:]


def a_piece_twice(data: bytes, drawn: random.Random) -> bytes:
    start = drawn.randrange(len(data) + 1)
    end = min(len(data), start + drawn.randrange(1, 2000))
    return data[:end] + data[start:end] + data[end:]


def a_piece_less(data: bytes, drawn: random.Random) -> bytes:
    start = drawn.randrange(len(data) + 1)
    return data[:start] + data[start + drawn.randrange(1, 500) :]


def other_bytes(data: bytes, drawn: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(drawn.randrange(1, 8) if changed else 0):
        changed[drawn.randrange(len(changed))] = drawn.randrange(256)
    return bytes(changed)


MUTATIONS: tuple[Mutation, ...] = (
    another_value,
    another_value,
    without_a_tag,
    a_tag_elsewhere,
    a_piece_twice,
    a_piece_less,
    other_bytes,
)


def bases() -> list[bytes]:
    """The trackers to damage: every feature alone would be many; a few that have most of them."""
    plain = [workbooks.tracker().data, workbooks.tracker("table", "cached_formula", "comments", "links").data]
    rich = [f for f in workbooks.FEATURES if not f.endswith("_right") and f not in ("hidden_tail", "totals", "table")]
    return [*plain, workbooks.enrich(workbooks.tracker(*rich).data)]


def damaged(data: bytes, drawn: random.Random) -> bytes:
    """One to three changes of parts, or of the archive itself."""
    if drawn.random() < 0.15:
        return drawn.choice((other_bytes, a_piece_less, a_piece_twice))(data, drawn)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    for _ in range(drawn.randrange(1, 4)):
        name = drawn.choice(list(parts))
        if drawn.random() < 0.1:
            del parts[name]
            continue
        parts[name] = drawn.choice(MUTATIONS)(parts[name], drawn)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def through_backend(path: Path) -> tuple[str, str]:
    """Read and write, judged by the exit code alone: what is lost of a damaged file no reader can say."""
    try:
        opened = ExcelWorkbook(path)
        opened.apply(corpus.patch_of(opened.read()))
    except SheetsSyncError as error:
        return ("our bug" if error.exit_code == 70 else "refused"), str(error)
    return "synced", ""


corpus.WAYS["damaged"] = through_backend


def campaign(count: int, seed: int, folder: Path, at_once: int = 2) -> list[tuple[int, corpus.Outcome]]:
    whole = bases()

    def one(number: int) -> tuple[int, corpus.Outcome]:
        drawn = random.Random(seed * 1_000_003 + number)
        path = folder / f"{number}.xlsx"
        path.write_bytes(damaged(drawn.choice(whole), drawn))
        outcome = corpus.apart(path, ("command",) if number % 10 == 0 else ("damaged",))
        path.unlink()
        return number, outcome

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(count)))


def main(arguments: Sequence[str]) -> int:
    count, seed = (int(a) for a in (*arguments, *("5000", "1")[len(arguments) :]))
    warnings.simplefilter("ignore")
    warm()
    with tempfile.TemporaryDirectory() as folder:
        found = campaign(count, seed, Path(folder))
    wrong = [(number, outcome) for number, outcome in found if not outcome.fine]
    counts = Counter(outcome.how for _, outcome in found)
    said = ", ".join(f"{number} {how}" for how, number in counts.most_common())
    print(f"{len(found)} damaged workbooks ({said}), {len(wrong)} wrong")
    for number, outcome in wrong[:30]:
        print(f"  seed {seed}, number {number}: {outcome.how}: {outcome.said}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
