"""Headers: how spellings are made comparable, and which of our columns a header means.

A header counts by its spelling (canonical before alias, an earlier alias before a later one) or, spelt nearly so
(90 of 100 and more), when the values under it are of that column's type. From 60 on it is a suggestion, never used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import zip_longest

from sheets_sync.model import Scalar
from sheets_sync.tracker.schema import KNOWN_EXTRAS, TABLES, Field, TableSpec
from sheets_sync.tracker.tables import Found

ACCEPT, SUGGEST = 90.0, 60.0
# Any value agrees with a text column, so its header has to be nearer.
SUGGEST_TEXT = 75.0
_SAY_LITTLE = frozenset(["date", "name", "on", "at", "of", "the"])
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_DASHES = re.compile(r"[_\-‐‑–—]")
_SLASH = re.compile(r"\s*/\s*")
_COUNT = re.compile(r"\s*(?:[#%]\s*\w|(?:no\.?|number|count|total) of )", re.I)
_CURRENCIES = frozenset(["eur", "usd", "gbp", "chf", "cad", "aud", "sek", "nok", "dkk", "pln", "€", "$", "£"])
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f\u20e3"))
# "Last contacted at" and "Last contacted on" are one column.
_DATE_ENDS = ("date", "on", "at", "time")
_AHEAD = frozenset(
    ["next", "upcoming", "planned", "nachster", "nachste", "prochain", "prochaine", "proximo", "volgende"]
)
FIRST_NAMES = frozenset(["name", "nom", "nombre", "nome", "first name", "vorname", "prenom"])
LAST_NAMES = frozenset(
    [
        "surname",
        "last name",
        "family name",
        "nachname",
        "nom de famille",
        "apellido",
        "apellidos",
        "cognome",
        "achternaam",
    ]
)


def normal(name: str) -> str:
    """A client's name or id made comparable: NFKC, case folded, invisible characters out, blanks folded and trimmed."""
    if name.isascii():
        return " ".join(name.lower().split())
    text = unicodedata.normalize("NFKC", name).translate(_INVISIBLE).casefold()
    return unicodedata.normalize("NFKC", " ".join(text.split()))


@lru_cache(maxsize=20_000)
def normal_header(header: str) -> str:
    """A header or a choice's word made comparable: "📅 LastContact_Date (UTC) *" → "last contact date"."""
    text = header.removesuffix("__c")
    if not header.isascii():
        text = unicodedata.normalize("NFKC", header).translate(_INVISIBLE).removesuffix("__c")
        text = "".join(" " if unicodedata.category(c) in ("So", "Sk") else c for c in text)
    text = _ASIDE.sub(" ", _CAMEL.sub(" ", text)).casefold()
    if not text.isascii():
        text = text.replace("ß", "ss")
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _SLASH.sub("/", _DASHES.sub(" ", text))
    words = text.split()
    if len(words) > 1 and words[-1] in _CURRENCIES:
        words.pop()
    return " ".join(words).strip(" *:?#.!'\"")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A header that is near one of our columns, but not near enough (or its values are of another type)."""

    tab: str
    column: int
    header: str
    table: str
    field: str
    score: float


@dataclass
class Match:
    """The headers of one row read as one table: what was found, what is doubled, what is only near, what is theirs."""

    spec: TableSpec
    row: int
    columns: dict[str, Found] = field(default_factory=dict)
    doubled: dict[str, tuple[int, ...]] = field(default_factory=dict)
    suggestions: list[Suggestion] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    more: dict[int, str] = field(default_factory=dict)
    strange: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything that the table needs stands in a column (or in two, which is reported)."""
        return self.holds(self.spec.needs)

    def holds(self, needs: Sequence[Sequence[str]]) -> bool:
        """Whether of each group of columns one is there."""
        return bool(needs) and all(any(n in self.columns or n in self.doubled for n in group) for group in needs)

    @property
    def evident(self) -> bool:
        """Whether the headers alone say that it is this table: telling columns, and words in them that we know."""
        telling = not self.spec.evidence or any(name in self.columns for name in self.spec.evidence)
        return telling and not self.strange


@cache
def spellings(table: str, weak: bool) -> Mapping[str, tuple[tuple[int, str], ...]]:
    """Normalised spelling → (rank, our column) of every column that it could mean; rank 0 is canonical."""
    found: dict[str, list[tuple[int, str]]] = {}
    for column in TABLES[table].fields:
        words = [normal_header(word) for word in (column.header, *column.aliases, *(column.weak if weak else ()))]
        if column.type in ("date", "moment"):
            words += [f"{_stem(word)} {end}" for word in words if _stem(word) != word for end in _DATE_ENDS]
        for rank, word in enumerate(words):
            places = found.setdefault(word, [])
            if all(name != column.name for _, name in places):
                places.append((rank, column.name))
    return {word: tuple(places) for word, places in found.items()}


def _stem(word: str) -> str:
    first, _, last = word.rpartition(" ")
    return first if first and last in _DATE_ENDS else word


def known_extra(header: str) -> str:
    """What a common column that is none of ours is ("health", "NPS" …), or ""."""
    word = normal_header(header)
    return next((what for what, names in KNOWN_EXTRAS.items() if word in map(normal_header, names)), "")


Agrees = Callable[[Field, int], float | None]
"""The share (0–1) of a 1-based column's values that have a field's type; None where the column is blank."""


def match_headers(
    spec: TableSpec,
    tab: str,
    row: int,
    headers: Sequence[str],
    agrees: Agrees,
    titled: bool,
    given: Mapping[str, str],
    above: Sequence[str] = (),
    questions: Callable[..., None] | None = None,
) -> Match:
    """Read one header row (texts, "" for blank) as `spec`. `titled`: the tab's title names the table, so weak
    spellings count; `given` are columns that the config names, by header ("" keeps a column out); `above` is the line
    over the header, which counts where both lines together are a spelling; `questions` (questions.take_questions) finds
    the headers that are whole questions."""
    match = Match(spec, row)
    taken = _take_given(match, headers, given)
    words = spellings(spec.name, weak=True)
    spelt = [_in_two_lines(header, over, words) for header, over in zip_longest(headers, above[: len(headers)])]
    halved = not LAST_NAMES.isdisjoint(map(normal_header, headers))
    wanted = sorted(
        (rank, name, column)
        for column, word in enumerate(spelt, start=1)
        if word and column not in taken
        for rank, name in words.get(word, ())
        if name not in given and not (halved and name == "client" and word in FIRST_NAMES)
    )
    _take_spelt(match, headers, spelt, wanted, agrees, titled, taken)
    match.strange = any(
        spec[name].choices is not None and (agrees(spec[name], match.columns[name].column) or 0.0) < 0.5
        for group in spec.needs
        for name in group
        if name in match.columns and agrees(spec[name], match.columns[name].column) is not None
    )
    for name, columns in match.doubled.items():
        match.columns.pop(name, None)
        taken.update(columns)
    match.more = _more_columns(match, headers, taken)
    taken.update(match.more)
    if questions is not None:
        questions(match, tab, headers, agrees, taken, given)
    _take_near(match, tab, headers, agrees, taken, given)
    match.unknown = [header for column, header in enumerate(headers, start=1) if header and column not in taken]
    return match


def _take_spelt(
    match: Match,
    headers: Sequence[str],
    spelt: Sequence[str],
    wanted: Sequence[tuple[int, str, int]],
    agrees: Agrees,
    titled: bool,
    taken: set[int],
) -> None:
    """The columns whose headers are spellings of ours (`wanted`: rank, our name, column; best first)."""
    spec, strong = match.spec, spellings(match.spec.name, weak=False)
    for rank, name, column in wanted:
        if column in taken or name in match.doubled:
            continue
        if name in match.columns:
            if spelt[match.columns[name].column - 1] == spelt[column - 1]:
                match.doubled[name] = (*match.doubled.get(name, (match.columns[name].column,)), column)
            continue
        weak = all(name != other for _, other in strong.get(spelt[column - 1], ()))
        if _believable(spec, spec[name], column, rank, agrees) and (
            not weak or titled or _wordy(spec[name], column, agrees)
        ):
            reason = "the name itself" if rank == 0 else "a known spelling"
            match.columns[name] = Found(column, headers[column - 1], 100.0, reason)
            taken.add(column)


def _more_columns(match: Match, headers: Sequence[str], taken: Collection[int]) -> dict[int, str]:
    """Further columns that belong to the table: 1-based column → what it is about ("Rating: Speed" → "Speed"); in a
    RACI matrix every other column, unless role and letter have columns of their own."""
    begin = match.spec.any_header
    if begin is None or {"role", "letter"} <= match.columns.keys():
        return {}
    about = re.compile(rf"{begin}s?\s*[:–—-]\s*(.+)" if begin else r"(.+)", re.I)
    left = {column: " ".join(text.split()) for column, text in enumerate(headers, 1) if text and column not in taken}
    return {column: part[1] for column, header in left.items() if (part := about.fullmatch(header))}


def _in_two_lines(header: str, over: str | None, words: Mapping[str, object]) -> str:
    """A header made comparable, together with the line above it where that makes a spelling; "" for a count."""
    if _COUNT.match(header):
        return ""
    both = normal_header(f"{over} {header}") if over and header else ""
    return both if both in words else normal_header(header)


def _take_given(match: Match, headers: Sequence[str], given: Mapping[str, str]) -> set[int]:
    places: dict[str, list[int]] = {}
    for column, header in enumerate(headers, start=1):
        places.setdefault(normal_header(header), []).append(column)
    taken = set()
    for name, header in given.items():
        columns = places.get(normal_header(header), []) if header else []
        exact = [column for column in columns if headers[column - 1] == header]
        columns = exact if len(exact) == 1 else columns
        if len(columns) > 1:
            match.doubled[name] = tuple(columns)
        elif columns:
            match.columns[name] = Found(columns[0], headers[columns[0] - 1], 100.0, "named in sheets-sync.toml")
            taken.add(columns[0])
    return taken


def _believable(spec: TableSpec, column: Field, place: int, rank: int, agrees: Agrees) -> bool:
    """A canonical header is taken at its word; an alias is not when nearly everything under it is something else."""
    if column.choices is not None and any(column.name in group for group in spec.needs):
        return True
    share = agrees(column, place) if rank or column.choices is not None else None
    return share is None or share >= 0.2 or (rank == 0 and share > 0)


def _wordy(column: Field, place: int, agrees: Agrees) -> bool:
    return column.choices is not None and (agrees(column, place) or 0.0) >= 0.5


def _take_near(
    match: Match, tab: str, headers: Sequence[str], agrees: Agrees, taken: set[int], given: Mapping[str, str]
) -> None:
    open_fields = [f for f in match.spec.fields if f.name not in match.columns and f.name not in given]
    for column, header in enumerate(headers, start=1):
        if not header or column in taken or known_extra(header):
            continue
        alike = _likenesses(normal_header(header), match.spec.name)
        best = max(open_fields, key=lambda f: alike.get(f.name, 0.0), default=None)
        score = alike.get(best.name, 0.0) if best else 0.0
        if best is None or score < SUGGEST or best.name in match.columns or best.name in match.doubled:
            continue
        share = agrees(best, column)
        if score >= ACCEPT and share is not None and share >= 0.6 and _one_slip(header, best):
            match.columns[best.name] = Found(
                column, header, round(score, 1), f"spelt nearly like “{_nearest(header, best)}”"
            )
            taken.add(column)
        elif (score >= 80 if share is None else share >= 0.5) and (best.type != "text" or score >= SUGGEST_TEXT):
            match.suggestions.append(Suggestion(tab, column, header, match.spec.name, best.name, round(score, 1)))


@cache
def _cores(table: str) -> tuple[list[str], list[tuple[str, str]]]:
    """What tells each strong spelling of a table's columns from others, and beside it (our column, spelling)."""
    named = [(f.name, normal_header(word)) for f in TABLES[table].fields for word in (f.header, *f.aliases)]
    return [_core(word) for _, word in named], named


def _likenesses(word: str, table: str) -> dict[str, float]:
    """How near a header comes to each column of a table, 0–100; columns that it is far from are left out."""
    from rapidfuzz import fuzz, process

    cores, named = _cores(table)
    core = _core(word)
    found: dict[str, float] = {}
    for near, _, place in process.extract(core, cores, scorer=fuzz.token_sort_ratio, score_cutoff=SUGGEST, limit=None):
        name, other = named[place]
        if _differ_little(core, near):
            likeness = max(fuzz.ratio(word, other), fuzz.token_sort_ratio(word, other))
            found[name] = max(likeness, found.get(name, 0.0))
    return found


def _nearest(header: str, column: Field) -> str:
    from rapidfuzz import fuzz

    word = normal_header(header)
    return max((column.header, *column.aliases), key=lambda other: fuzz.token_sort_ratio(word, normal_header(other)))


def _differ_little(core: str, other: str) -> bool:
    """Whether the words that two headers don't share are alike: "Account Type" and "Account Tier" share the wrong one,
    and what comes next is not what came last."""
    from rapidfuzz import fuzz

    words, others = core.split(), other.split()
    more = [word for word in words if word not in others]
    less = [word for word in others if word not in words]
    if not _AHEAD.isdisjoint(more):
        return False
    return not more or not less or fuzz.ratio(" ".join(more), " ".join(less)) >= SUGGEST


def _core(word: str) -> str:
    """What tells a header from others: "due date" and "end date" have a word in common, and nothing else."""
    return " ".join(part for part in word.split() if part not in _SAY_LITTLE) or word


def _one_slip(header: str, column: Field) -> bool:
    """Whether a near header differs by slips of the pen: word for word with the same first letters, and not in words
    that we know ("Send date" is near "End date", "Contract" near "Contact", and both mean something else)."""
    word = sorted(normal_header(header).split())
    if sum(map(len, word)) < 5 or all(part in _vocabulary() for part in word):
        return False
    for other in map(normal_header, (column.header, *column.aliases)):
        parts = sorted(other.split())
        joined = "".join(parts)
        if _near(" ".join(word), other) and (
            (len(parts) == len(word) and all(a[0] == b[0] for a, b in zip(word, parts, strict=True)))
            or "".join(word) == joined
        ):
            return True
    return False


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(part for table in TABLES for word in spellings(table, weak=True) for part in word.split())


def _near(word: str, other: str) -> bool:
    from rapidfuzz import fuzz

    return max(fuzz.ratio(word, other), fuzz.token_sort_ratio(word, other)) >= ACCEPT


def nearest_client_header(headers: Sequence[str]) -> str:
    """The header that comes nearest to naming the clients, or ""."""
    alike = ((_likenesses(normal_header(header), "clients").get("client", 0.0), header) for header in headers if header)
    score, header = max(alike, default=(0.0, ""))
    return header if score >= SUGGEST else ""


def header_text(value: Scalar) -> str:
    """A cell of a header row as text; numbers and dates are no headers."""
    return value.strip() if isinstance(value, str) else ""
