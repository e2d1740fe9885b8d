"""Consent: what a client may be asked or shown for. One function stands in front of everything promotional or public.

A yes needs a date that has come and evidence; it is none once it has expired, and unknown is no. An objection is
absolute: it stands whatever was agreed before or is entered later, and one whose purpose cannot be read stops all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, texts
from sheets_sync.rules.sentences import date_in_words
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.tables import Tables

PURPOSES = ("data", "feedback", "marketing", "publicity")
# These need a yes; no playbook can switch that off. Feedback may be asked for until somebody objects.
NEEDS_YES = ("marketing", "publicity")
ALLOWED, ASK, STOPPED, UNTRACKED = "allowed", "ask first", "stopped", "not tracked"
# What stands in Evidence when there is none: nobody could show it to anyone.
_NO_EVIDENCE = frozenset((
    "x", "no", "none", "nothing", "missing", "n", "a", "na", "nil", "tbc", "tbd", "todo", "pending", "unknown", "yes",
    "ok", "true", "verbal", "verbally", "oral", "orally",
))  # fmt: skip
_TITLES = frozenset((
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "herr", "frau", "mme", "mlle", "sr", "sra",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Permission:
    """What one client said about one purpose: state (allowed, ask first, stopped), whose word it is (`own`: that of the
    Key contact), the sentence behind it, and its line: when it was given or withdrawn, on what basis, with what
    evidence, until when, sheet row."""

    state: str
    contact: str = ""
    sentence: str = ""
    on: date | None = None
    basis: str = ""
    evidence: str = ""
    expires: date | None = None
    row: int = 0
    own: bool = False


def permissions(tables: Tables, now: datetime) -> dict[tuple[str, str], Permission]:
    """By client and purpose, where Consents has a line about it. Worked out once a day of one run."""
    kept = tables.seen.get("permissions")
    if isinstance(kept, tuple) and kept[0] == now.date():
        found: dict[tuple[str, str], Permission] = kept[1]
        return found
    clients = tables["clients"].frame
    people = zip(texts(clients["key_contact"]), texts(clients["email"]), strict=True)
    reached = {key: _Reached(*one) for key, one in zip(clients.index, people, strict=True)}
    groups: dict[tuple[str, str], list[_Line]] = {}
    for line in _lines(tables):
        for purpose in PURPOSES if line.purpose is None else (line.purpose,):
            groups.setdefault((line.key, purpose), []).append(line)
    found = {
        (key, purpose): _judged(purpose, lines, reached.get(key, _Reached()), now)
        for (key, purpose), lines in groups.items()
    }
    tables.seen["permissions"] = (now.date(), found)
    return found


def needing(playbook: Playbook) -> tuple[str, ...]:
    """The purposes that need a yes: always those of NEEDS_YES, and what the playbook adds to them."""
    return (*NEEDS_YES, *(one for one in playbook.settings.consent.needs_yes if one not in NEEDS_YES))


def gate(tables: Tables, keys: pd.Index, purpose: str, now: datetime, needs_yes: Collection[str] = NEEDS_YES) -> Array:
    """For each client, why a touchpoint of this purpose must not be made, as a sentence ("" = it may be made). The one
    gate in front of everything promotional or public [A33] [A95] [B11] [B12]. `needs_yes`: see needing."""
    if purpose not in PURPOSES:
        return np.full(len(keys), "", dtype=object)
    found = permissions(tables, now)
    why: Array = np.full(
        len(keys), f"No consent for {purpose} is entered." if purpose in needs_yes else "", dtype=object
    )
    place = {key: i for i, key in enumerate(keys)}
    for key in {key for key, _ in found} & place.keys():
        own, data = found.get((key, purpose)), found.get((key, "data"))
        if data and data.state == STOPPED:
            why[place[key]] = data.sentence
        elif own and own.state == ALLOWED:
            why[place[key]] = ""
        elif own and (own.state == STOPPED or purpose in needs_yes):
            why[place[key]] = own.sentence
    return why


def stands(tables: Tables, keys: pd.Index, purpose: str, now: datetime) -> Array:
    """Each client's state for a purpose, as the gate sees it: allowed, stopped, or ask first."""
    why = gate(tables, keys, purpose, now)
    found = permissions(tables, now)
    stopped = {key for (key, of), said in found.items() if of in (purpose, "data") and said.state == STOPPED}
    states: Array = np.where(why == "", ALLOWED, np.where(keys.isin(stopped), STOPPED, ASK)).astype(object)
    return states


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of Consents for one client. `purpose` None: an objection to nobody can tell what; `doubtful`: Expires on
    cannot be read."""

    key: str
    purpose: str | None
    name: str
    given: date | None
    basis: str
    evidence: str
    expires: date | None
    doubtful: bool
    withdrawn: date | None
    objected: bool
    row: int


def _lines(tables: Tables) -> Iterator[_Line]:
    """The rows that say something. An objection counts for every client that its row can mean."""
    table = tables["consents"]
    said, unreadable = table.frame, table.unreadable
    no_day, no_end = set(unreadable.get("withdrawn_on", ())), set(unreadable.get("expires_on", ()))
    columns = ("key", "client", "client_id", "purpose", "contact", "given_on", "basis", "evidence", "expires_on",
               "withdrawn_on", "row")  # fmt: skip
    rows = zip(*(said[name].astype(object).where(said[name].notna(), None) for name in columns), strict=True)
    shared: dict[str, list[str]] | None = None
    for key, client, id, purpose, contact, given, basis, evidence, expires, withdrawn, row in rows:
        objected = withdrawn is not None or row in no_day
        if purpose is None and not objected:
            continue
        keys = [] if key is None else [str(key)]
        if key is None and objected:
            shared = _names(tables) if shared is None else shared
            keys = [one for word in (client, id) if word for one in shared.get(normal(str(word)), ())]
        for one in dict.fromkeys(keys):
            yield _Line(
                one, purpose, _one_line(contact), _day(given), _one_line(basis), _one_line(evidence), _day(expires),
                row in no_end, _day(withdrawn), objected, int(row),
            )  # fmt: skip


def _names(tables: Tables) -> dict[str, list[str]]:
    """The keys of the clients of each name; several may share one."""
    found: dict[str, list[str]] = {}
    for key, name in tables["clients"].frame["client"].dropna().items():
        found.setdefault(normal(str(name)), []).append(str(key))
    return found


@dataclass(frozen=True, slots=True)
class _Reached:
    """The person whom a line about a client reaches."""

    name: str | None = None
    email: str | None = None


def _judged(purpose: str, lines: list[_Line], key_contact: _Reached, now: datetime) -> Permission:
    """An objection without a name is everybody's; with a name it is that person's, and then only the Key contact's own
    yes counts, if that is certainly somebody else. Promotion reaches a person: somebody else's yes is none for it."""
    objections = [line for line in lines if line.objected]
    given = [line for line in lines if not line.objected and not _missing(line, purpose, now)]
    own = [line for line in given if _is(line.name, key_contact)]
    good = own or [line for line in given if not line.name or not key_contact.name or purpose != "marketing"]
    if objections:
        others = all(_somebody_else(line.name, key_contact) for line in objections)
        good = own if others else []
    if good:
        best = max(good, key=lambda line: (line.expires or date.max, line.given or date.min))
        return _permission(ALLOWED, best, _yes(best, purpose, now), best in own)
    if objections:
        last = max(objections, key=lambda line: (line.withdrawn or date.min, line.row))
        return _permission(STOPPED, last, _no(last, purpose, now))
    if given:
        last = max(given, key=lambda line: line.given or date.min)
        lacks = f"Only {last.name} agreed to {purpose}, not {_one_line(key_contact.name)} (key contact)."
        return _permission(ASK, last, lacks)
    return _permission(ASK, lines[-1], _missing(lines[-1], purpose, now))


def _permission(state: str, line: _Line, sentence: str, own: bool = False) -> Permission:
    on = line.withdrawn if state == STOPPED else line.given
    return Permission(state, line.name, sentence, on, line.basis, line.evidence, line.expires, line.row, own)


def _missing(line: _Line, purpose: str, now: datetime) -> str:
    """What a yes lacks, as a sentence; "" = nothing."""
    today = now.date()
    what = f"{f'{line.name}’s' if line.name else 'The'} consent for {purpose}"
    if line.doubtful:
        return f"{what}: what stands in Expires on is no date."
    if line.given is None:
        return f"{what} has no date in Given on."
    if line.given > today:
        return f"{what} is dated {date_in_words(line.given, now)}, which lies ahead."
    if _NO_EVIDENCE.issuperset(_words(line.evidence)):
        return f"{what} has no evidence."
    if line.expires is not None and line.expires <= today:
        return f"{what} expired on {date_in_words(line.expires, now)}."
    return ""


def _yes(line: _Line, purpose: str, now: datetime) -> str:
    until = f", until {date_in_words(line.expires, now)}" if line.expires is not None else ""
    when = f" on {date_in_words(line.given, now)}" if line.given is not None else ""
    return f"{line.name or 'They'} agreed to {purpose}{when}{until}."


def _no(line: _Line, purpose: str, now: datetime) -> str:
    when = f" on {date_in_words(line.withdrawn, now)}" if line.withdrawn is not None else ""
    unclear = "; to what, cannot be read, so it counts for all" if line.purpose is None else ""
    return f"{line.name or 'They'} objected{'' if unclear else f' to {purpose}'}{when}{unclear}."


def _is(name: str, key_contact: _Reached) -> bool:
    """Whether a name is surely the Key contact's: the same words, titles aside, or their e-mail address."""
    if not name or not key_contact.name:
        return False
    same = _words(name) == _words(key_contact.name) != []
    return same or name.casefold() == _one_line(key_contact.email).casefold()


def _somebody_else(name: str, key_contact: _Reached) -> bool:
    """Whether a name is surely not the Key contact's: both are whole names that share no word."""
    one, other = _words(name), _words(key_contact.name or "")
    whole = min(len(one), len(other)) > 1 and "@" not in name and all(len(word) > 1 for word in (*one, *other))
    return whole and not set(one) & set(other)


def _words(name: str) -> list[str]:
    """A name's words without titles, accents and points, in order of the alphabet."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return sorted(word for word in words if word not in _TITLES)


def _one_line(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def _day(value: Any) -> date | None:
    return None if value is None else value.date()
