"""Consent: what a client may be asked or shown for. One function stands in front of everything promotional or public.

A yes needs a date that has come and evidence; it is none once it has expired, and unknown is no. An objection is
absolute: it stands whatever was agreed before or is entered later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.rules.by_client import Array, day_of, texts
from sheets_sync.rules.sentences import date_in_words
from sheets_sync.tracker.tables import Tables

PURPOSES = ("data", "feedback", "marketing", "publicity")
# These need a yes; no playbook can switch that off. Feedback may be asked for until somebody objects.
NEEDS_YES = ("marketing", "publicity")
ALLOWED, ASK, STOPPED, UNTRACKED = "allowed", "ask first", "stopped", "not tracked"


@dataclass(frozen=True, slots=True)
class Permission:
    """What one client said about one purpose: state (allowed, ask first, stopped, not tracked), whose yes it is, and
    the sentence and sheet row behind it."""

    state: str
    contact: str = ""
    sentence: str = ""
    row: int = 0


def consents(tables: Tables, keys: pd.Index, now: datetime) -> pd.DataFrame:
    """What each client that has a line in Consents said, a row a client and purpose named there [B11] [B12].

    key · purpose (data, feedback, marketing, publicity) · state (allowed, ask first, stopped) · contact (whose yes it
    is) · sentence · row (of Consents).

           key    purpose    state  contact                                   sentence  row
    0  aldgate  marketing  stopped    <NA>  Objected on 3 Nov: nothing promotional…      5
    1   corvid  publicity  allowed  Al Moe                 Al Moe agreed on 2 Mar (mail)   7
    """
    found = permissions(tables, now)
    place = {key: i for i, key in enumerate(keys)}
    ordered = sorted(
        ((key, purpose, said) for (key, purpose), said in found.items() if key in place),
        key=lambda line: (place[line[0]], PURPOSES.index(line[1])),
    )
    lines = [
        (key, purpose, said.state, said.contact or None, said.sentence, said.row) for key, purpose, said in ordered
    ]
    frame = pd.DataFrame(lines, columns=["key", "purpose", "state", "contact", "sentence", "row"], dtype=object)
    return frame.astype({"key": "string", "row": "Int64"})


def permissions(tables: Tables, now: datetime) -> dict[tuple[str, str], Permission]:
    """By client and purpose, where Consents has a line about it."""
    clients, said = tables["clients"].frame, tables["consents"].frame
    if said.empty:
        return {}
    key_contacts = {key: _plain(name) for key, name in zip(clients.index, texts(clients["key_contact"]), strict=True)}
    groups: dict[tuple[str, str], list[_Line]] = {}
    doubtful = set(tables["consents"].unreadable.get("withdrawn_on", ()))
    for line in _lines(said, doubtful):
        groups.setdefault((line.key, line.purpose), []).append(line)
    return {pair: _judged(lines, key_contacts.get(pair[0], ""), now) for pair, lines in groups.items()}


def gate(tables: Tables, keys: pd.Index, purpose: str, now: datetime) -> Array:
    """For each client, why a touchpoint of this purpose must not be made, as a sentence ("" = it may be made). The one
    gate in front of everything promotional or public [A33] [A95] [B11] [B12]."""
    if purpose not in PURPOSES:
        return np.full(len(keys), "", dtype=object)
    found = permissions(tables, now)
    why: Array = np.full(
        len(keys), f"No consent for {purpose} is entered." if purpose in NEEDS_YES else "", dtype=object
    )
    place = {key: i for i, key in enumerate(keys)}
    for key in {key for key, _ in found} & place.keys():
        own, data = found.get((key, purpose)), found.get((key, "data"))
        if data and data.state == STOPPED:
            why[place[key]] = data.sentence
        elif own and own.state == ALLOWED:
            why[place[key]] = ""
        elif own and (own.state == STOPPED or purpose in NEEDS_YES):
            why[place[key]] = own.sentence
    return why


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    purpose: str
    contact: str
    name: str
    given: Any
    evidence: str
    expires: Any
    withdrawn: Any
    objected: bool
    row: int


def _lines(said: pd.DataFrame, doubtful: Collection[int]) -> Iterable[_Line]:
    kept = said[said["key"].notna() & said["purpose"].notna()]
    columns = ("key", "purpose", "contact", "given_on", "evidence", "expires_on", "withdrawn_on", "row")
    rows = zip(*(kept[name].astype(object).where(kept[name].notna(), None) for name in columns), strict=True)
    for key, purpose, contact, given, evidence, expires, withdrawn, row in rows:
        name = " ".join(str(contact or "").split())
        objected = withdrawn is not None or row in doubtful
        yield _Line(
            str(key), str(purpose), _plain(contact), name, given, str(evidence or "").strip(), expires, withdrawn,
            objected, int(row),
        )  # fmt: skip


def _judged(lines: list[_Line], key_contact: str, now: datetime) -> Permission:
    """An objection without a name is everybody's. With a name it is that person's; then only the Key contact's own yes
    counts, since the line could reach the one who objected."""
    objections = [line for line in lines if line.objected]
    silent = {line.contact for line in objections}
    agreed = [line for line in lines if line.contact not in silent and not _missing(line, now)]
    if "" not in silent:
        own = [line for line in agreed if line.contact == key_contact and key_contact]
        good = own or ([] if silent else agreed)
        if good:
            best = max(good, key=lambda line: line.given)
            return Permission(ALLOWED, best.name, _yes(best, now), best.row)
    if objections:
        last = max(objections, key=lambda line: (line.withdrawn is not None, line.withdrawn or 0, line.row))
        return Permission(STOPPED, last.name, _no(last, now), last.row)
    last = lines[-1]
    return Permission(ASK, last.name, _missing(last, now), last.row)


def _missing(line: _Line, now: datetime) -> str:
    """What a yes lacks, as a sentence; "" = nothing."""
    today = day_of(now)
    who = f" of {line.name}" if line.name else ""
    if line.given is None:
        return f"The consent for {line.purpose}{who} has no date in Given on."
    if np.datetime64(line.given, "D") > today:
        return f"The consent for {line.purpose}{who} is dated {date_in_words(line.given, now)}, which lies ahead."
    if not line.evidence:
        return f"The consent for {line.purpose}{who} has no evidence."
    if line.expires is not None and np.datetime64(line.expires, "D") <= today:
        return f"The consent for {line.purpose}{who} expired on {date_in_words(line.expires, now)}."
    return ""


def _yes(line: _Line, now: datetime) -> str:
    until = f", until {date_in_words(line.expires, now)}" if line.expires is not None else ""
    return f"{line.name or 'They'} agreed to {line.purpose} on {date_in_words(line.given, now)}{until}."


def _no(line: _Line, now: datetime) -> str:
    when = f" on {date_in_words(line.withdrawn, now)}" if line.withdrawn is not None else ""
    return f"{line.name or 'They'} objected to {line.purpose}{when}."


def _plain(name: Any) -> str:
    return "" if name is None else " ".join(str(name).split()).casefold()
