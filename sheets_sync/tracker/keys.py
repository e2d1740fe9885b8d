"""Which row is which client: keys of the Clients tab, doubled and missing ones, and clients named in other tabs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Problem, Ref
from sheets_sync.tracker.gather import gather_rows, shown
from sheets_sync.tracker.headers import normal

_LOOKALIKES = str.maketrans("аеорсухіјԁһѕкмтвнοανικρτυχεη", "aeopcyxijdhskmtbhoavikptuxen")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e\+\d+", re.I)
DOUBLED_SHOWN = 3


@dataclass
class Keys:
    """The clients by key. `ids` and `names` map what other tabs may say to a key; `shared` are names of several
    clients that only an id tells apart."""

    key: list[str | None]
    by_id: bool
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    spelt: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of(self, name: str) -> str | None:
        return self.names.get(name) or self.ids.get(name)


Place = Callable[[str, int], Ref]
"""The place of a column (our name) at an index of the table's rows."""


def make_keys(names: Sequence[str | None], ids: Sequence[str | None], place: Place) -> Keys:
    """Key each row by its id where the tracker has ids, else by its normalised name. A doubled or missing key is a
    problem, and its rows get none, so that no status can land on the wrong client."""
    by_id = any(ids)
    raw = ids if by_id else names
    column = "client_id" if by_id else "client"
    keys = Keys([normal(value) if value else None for value in raw], by_id)
    _drop_unusable(keys, raw, names, column, place)
    rows: dict[str, list[int]] = {}
    for index, key in enumerate(keys.key):
        if key is not None:
            rows.setdefault(key, []).append(index)
    doubled = [places for places in rows.values() if len(places) > 1]
    for index in (index for places in doubled for index in places):
        keys.key[index] = None
    keys.problems += _doubled(doubled, raw, by_id, lambda i: place(column, i))
    _fill_maps(keys, names, ids)
    _lookalikes(keys, names, place)
    return keys


def _doubled(
    doubled: Sequence[Sequence[int]], raw: Sequence[str | None], by_id: bool, ref: Callable[[int], Ref]
) -> list[Problem]:
    """Keys that stand in several rows: a problem each, or one for all where there are many."""
    what = "Client ID" if by_id else "client"
    hint = "Give each its own." if by_id else "Rename one, or add a Client ID column that tells them apart."
    stands = [
        f"{shown(raw[places[0]])} stands in {len(places)} rows ("
        + " and ".join(ref(i).a1 for i in places[:3])
        + (" …" if len(places) > 3 else "")
        + _other_spelling([raw[i] for i in places])
        + ")"
        for places in doubled
    ]
    if len(doubled) <= DOUBLED_SHOWN:
        return [
            Problem(ref(places[0]), f"The {what} {text}: none of them gets a status.", hint, count=len(places))
            for places, text in zip(doubled, stands, strict=True)
        ]
    examples = "; ".join(stands[:DOUBLED_SHOWN])
    message = f"{len(doubled)} {what}s stand in several rows, and none of those gets a status: {examples} …"
    return [Problem(ref(doubled[0][0]), message, hint, count=sum(map(len, doubled)))]


def _other_spelling(texts: Sequence[str | None]) -> str:
    others = dict.fromkeys(
        text for text in texts if text and normal(text) == normal(texts[0] or "") and text != texts[0]
    )
    return f", also as {shown(next(iter(others)))}" if others else ""


def _drop_unusable(
    keys: Keys, raw: Sequence[str | None], names: Sequence[str | None], column: str, place: Place
) -> None:
    missing = [i for i, value in enumerate(raw) if not value]
    if missing:
        if keys.by_id:
            one, many = "This client has no Client ID.", f"{len(missing)} clients have no Client ID"
            hint = "Rows without one get no status: enter it."
        else:
            one, many = "This row names no client.", f"{len(missing)} rows name no client"
            hint = "Enter the client's name, or clear the row."
        keys.problems.append(gather_rows(missing, lambda i: place(column, i), one, many, hint))
    if keys.by_id:
        for index, value in enumerate(raw):
            if value and _SCIENTIFIC.fullmatch(value):
                keys.problems.append(
                    Problem(
                        place(column, index),
                        f"{shown(value)} is an id that Excel has shortened.",
                        "Format the column as text and enter the id again.",
                        value,
                    )
                )
                keys.key[index] = None


def _fill_maps(keys: Keys, names: Sequence[str | None], ids: Sequence[str | None]) -> None:
    named: dict[str, set[str]] = {}
    for key, name, id in zip(keys.key, names, ids, strict=True):
        if key is None:
            continue
        if id:
            keys.ids[normal(id)] = key
        if name:
            word = normal(name)
            named.setdefault(word, set()).add(key)
            keys.spelt.setdefault(word, name)
    keys.names = {name: next(iter(found)) for name, found in named.items() if len(found) == 1}
    keys.shared = frozenset(name for name, found in named.items() if len(found) > 1)


def _lookalikes(keys: Keys, names: Sequence[str | None], place: Place) -> None:
    if all(name is None or name.isascii() for name in names):
        return
    plain: dict[str, int] = {}
    for index, name in enumerate(names):
        if name and keys.key[index] is not None:
            plain.setdefault(normal(name), index)
    for word, index in plain.items():
        twin = word.translate(_LOOKALIKES)
        if twin != word and twin in plain:
            other = names[plain[twin]]
            message = f"{shown(names[index])} looks like {shown(other)}, but is spelt with other letters."
            keys.problems.append(Problem(place("client", index), message, "If they are one client, retype the name."))


@dataclass
class Matched:
    """Keys of another tab's rows, which of them the name or id told, and the rows that match no client."""

    key: Any
    named: Any
    problems: list[Problem]


def match_clients(
    names: pd.Series,
    ids: pd.Series | None,
    keys: Keys,
    place: Place,
    owed: Sequence[bool],
    otherwise: Any = None,
) -> Matched:
    """Match another tab's rows to clients by what its Client (or Client ID) column says, whichever matches more rows.
    `owed` says which rows must name a client; `otherwise` is each row's key by something else, where there is one."""
    options = [(names, "client")] if ids is None else [(names, "client"), (ids, "client_id")]
    found = [(*_lookup(series, keys), series, column) for series, column in options]
    _, key, series, column = max(found, key=lambda option: option[0])
    named = ~key.isna()
    if otherwise is not None:
        key = key.fillna(otherwise)
    return Matched(key, named, _unmatched(series, key, keys, lambda i: place(column, i), owed))


def _lookup(series: pd.Series, keys: Keys) -> tuple[int, Any]:
    """How many different words of a column are known, and the key of each row: by ids or by names, whichever knows
    more of the rows; what the other alone knows counts too."""
    codes, words = pd.factorize(series)
    plain = [normal(word) for word in words.tolist()]
    rows = np.bincount(codes[codes >= 0], minlength=len(plain)).tolist()
    by_id, by_name = (
        sum(number for word, number in zip(plain, rows, strict=True) if word in table)
        for table in (keys.ids, keys.names)
    )
    first, second = (keys.ids, keys.names) if by_id > by_name else (keys.names, keys.ids)
    known = [first.get(word) or second.get(word) for word in plain]
    return sum(key is not None for key in known), pd.array([*known, None], dtype="string")[codes]


def _unmatched(
    series: pd.Series, key: Any, keys: Keys, ref: Callable[[int], Ref], owed: Sequence[bool]
) -> list[Problem]:
    problems = []
    missing = key.isna()
    nameless = [i for i in _places(missing & series.isna().to_numpy()) if owed[i]]
    if nameless:
        many = f"{len(nameless)} rows name no client"
        problems.append(gather_rows(nameless, ref, "This row names no client.", many, "Enter the client."))
    strange = _places(missing & series.notna().to_numpy())
    shared = [i for i in strange if normal(series.iloc[i]) in keys.shared]
    unknown = [i for i in strange if normal(series.iloc[i]) not in keys.shared]
    if shared:
        words = [shown(series.iloc[i]) for i in shared[:3]]
        one = f"{words[0]} is the name of several clients."
        many = f"{len(shared)} rows name a client by a name that several have"
        problems.append(gather_rows(shared, ref, one, many, "Enter the Client ID instead.", words))
    if unknown:
        words = [shown(series.iloc[i]) for i in unknown[:3]]
        one = f"{words[0]} is not among the clients."
        many = f"{len(unknown)} rows name somebody who is not among the clients"
        problems.append(gather_rows(unknown, ref, one, many, _nearest(series.iloc[unknown[0]], keys), words))
    return problems


def _nearest(name: str, keys: Keys) -> str:
    from rapidfuzz import fuzz, process

    near = process.extractOne(normal(name), list(keys.names)[:20_000], scorer=fuzz.ratio, score_cutoff=80)
    return f"Perhaps {shown(name)} is “{keys.spelt[near[0]]}”." if near else "Add the client, or correct the name."


def _places(mask: Any) -> list[int]:
    return [int(i) for i in mask.nonzero()[0]]
