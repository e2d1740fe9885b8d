"""What the shapes alone cannot see: facts, conditions and placeholders that nobody knows, words that no column has.

Works on the plain tables of the file, so that it finds its mistakes even where the shape is wrong elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sheets_sync.playbook.conditions import CONDITIONS, DATE_OF, NUMERIC, OF_DATES, fact_named
from sheets_sync.playbook.locate import Path, did_you_mean
from sheets_sync.playbook.schema import AFTER_HEALTH, CADENCES, DERIVED, OF_CLIENTS, PROJECT_DAYS, RECORDS
from sheets_sync.playbook.sentences import placeholders

Mistake = tuple[Path, str]

_FAMILIES = {
    "a date": {"date", "moment", "month"},
    "yes or no": {"yes/no", "yes_no", "boolean", "bool"},
    "a word": {"text", "choice", "word"},
    "a number": {"number", "days", "months", "money", "share", "percent", "points", "score", "count", "hours"},
}
_FAMILY = {unit: family for family, units in _FAMILIES.items() for unit in units}


@dataclass(frozen=True)
class Known:
    """The words that a playbook may use. `facts`: name → unit. An empty one of the others is not checked: `types` of
    interactions, `surveys` and `care` kinds, `texts` of templates/messages, `fields` by table (snake_case → type),
    `headers` by table."""

    facts: Mapping[str, str]
    types: Collection[str] = ()
    surveys: Collection[str] = ()
    care: Collection[str] = ()
    texts: Collection[str] = ()
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    headers: Mapping[str, Collection[str]] = field(default_factory=dict)


def mistakes(raw: Mapping[str, Any], known: Known) -> Iterator[Mistake]:
    """Every mistake of a merged playbook with its key path."""
    for kind in ("touchpoints", "clocks", "warnings"):
        for name, entry in _tables(raw.get(kind)):
            yield from _word((kind, name, "text"), entry.get("text"), known.texts, "text")
    for name, entry in _tables(raw.get("touchpoints")):
        yield from _touchpoint(("touchpoints", name), entry, raw, known)
    for name, entry in _tables(raw.get("warnings")):
        yield from _entry(("warnings", name), entry, ("do", "short", "why", "clears"), known)
        yield from _too_early(("warnings", name), entry)
    for name, entry in _tables(raw.get("clocks")):
        of_client = entry.get("each") == "client"
        table, title = ("clients", "Clients") if of_client else ("issues", "Issues")
        for key in ("do", "short"):
            yield from _sentence(("clocks", name, key), entry.get(key), () if of_client else ("issue",), "placeholder")
        for key in ("from", "until"):
            yield from _word(("clocks", name, key), entry.get(key), known.headers.get(table, ()), f"column of {title}")
    for name, entry in _tables(raw.get("controls")):
        for key in ("do", "short"):
            yield from _sentence(("controls", name, key), entry.get(key), (), "fact")
    renewal = raw.get("renewal")
    ladder = renewal.get("ladder") if isinstance(renewal, Mapping) else None
    for number, step in enumerate(ladder if isinstance(ladder, list) else []):
        if isinstance(step, Mapping):
            path: Path = ("renewal", "ladder", number)
            for key in ("do", "short"):
                yield from _sentence((*path, key), step.get(key), known.facts, "fact")
            yield from _types((*path, "types"), step.get("types"), known)
            yield from _word((*path, "text"), step.get("text"), known.texts, "text")
    stages = raw.get("journey")
    for number, stage in enumerate(stages if isinstance(stages, list) else []):
        if isinstance(stage, Mapping) and isinstance(stage.get("when"), Mapping):
            yield from _when(("journey", number, "when"), stage["when"], known)
    yield from _drops(raw)
    exceptions = raw.get("exceptions")
    for number, one in enumerate(exceptions if isinstance(exceptions, list) else []):
        if isinstance(one, Mapping) and isinstance(one.get("when"), Mapping):
            yield from _exception(("exceptions", number, "when"), one["when"], known)


def _exception(path: Path, when: Mapping[str, Any], known: Known) -> Iterator[Mistake]:
    """Whom an exception is for hangs on what the team typed about a client, not on what follows from it."""
    for fact in when:
        if fact == "count" or (fact in known.facts and fact not in OF_CLIENTS):
            yield (*path, fact), f"whom an exception is for is told by {', '.join(OF_CLIENTS)} or a column of Clients"
    yield from _when(path, when, known)


def _touchpoint(path: Path, entry: Mapping[str, Any], raw: Mapping[str, Any], known: Known) -> Iterator[Mistake]:
    each = str(entry.get("each", "client"))
    table = RECORDS.get(each, "clients" if each == "client" and fact_named(entry.get("from")) else "")
    fields = DERIVED[each][0] if each in DERIVED else known.fields.get(table, {})
    more = replace(known, facts={**known.facts, **fields})
    yield from _entry(path, entry, (), known, table or "projects")
    for key in ("do", "short") if fields or not table else ():
        yield from _sentence((*path, key), entry.get(key), more.facts, "fact")
    if isinstance(entry.get("where"), Mapping):
        if each == "client":
            yield (*path, "where"), "asks about a record, so it needs `each`; conditions on the client stand in `when`"
        elif fields:
            yield from _when((*path, "where"), entry["where"], replace(known, facts=fields), "column")
    yield from _from(path, entry, each, known)
    names = [name for name, _ in _tables(raw.get("touchpoints"))]
    for key in ("after", "absorbed_by"):
        yield from _word((*path, key), entry.get(key), names, "touchpoint")


def _from(path: Path, entry: Mapping[str, Any], each: str, known: Known) -> Iterator[Mistake]:
    """What it is counted from: a date fact, or a date column of its table."""
    said = entry.get("from")
    if not isinstance(said, str) or said in CADENCES or entry.get("after") or each in DERIVED:
        return
    fact = fact_named(said)
    if each == "client":
        days = [name for name, unit in known.facts.items() if _FAMILY.get(unit) == "a date"]
        if fact not in days:
            yield (*path, "from"), f'"{said}" is none of last, anchor and fact:<a date>{did_you_mean(fact, days)}'
    elif not (each == "project" and said in PROJECT_DAYS):
        words = known.headers.get(RECORDS.get(each, ""), ())
        days = [*PROJECT_DAYS, *words] if each == "project" and words else list(words)
        yield from _word((*path, "from"), said, days, f"column of {RECORDS.get(each, '').capitalize()}")


def _too_early(path: Path, entry: Mapping[str, Any]) -> Iterator[Mistake]:
    """A warning decides on the level, so it cannot ask for it."""
    parts: list[tuple[Path, Any]] = [((key,), entry.get(key)) for key in ("when", "risk_when")]
    for key in ("any", "risk_any"):
        listed = entry.get(key)
        parts += [((key, i), part) for i, part in enumerate(listed if isinstance(listed, list) else [])]
    for here, part in parts:
        for fact in part if isinstance(part, Mapping) else ():
            if fact in AFTER_HEALTH:
                yield (*path, *here, fact), "is known only once the warnings are, so no warning can ask for it"


def _entry(
    path: Path, entry: Mapping[str, Any], sentences: tuple[str, ...], known: Known, table: str = "projects"
) -> Iterator[Mistake]:
    for key in ("when", "risk_when"):
        if isinstance(entry.get(key), Mapping):
            yield from _when((*path, key), entry[key], known)
    for key in ("any", "risk_any"):
        parts = entry.get(key)
        for number, part in enumerate(parts if isinstance(parts, list) else []):
            if isinstance(part, Mapping):
                yield from _when((*path, key, number), part, known)
    for key in sentences:
        yield from _sentence((*path, key), entry.get(key), known.facts, "fact")
    done = entry.get("done")
    if isinstance(done, Mapping):
        yield from _types((*path, "done", "types"), done.get("types"), known)
        for key, words in (("surveys", known.surveys), ("care", known.care)):
            for number, word in enumerate(done[key] if isinstance(done.get(key), list) else []):
                yield from _word((*path, "done", key, number), word, words, f"kind of {key.capitalize()}")
        headers, title = known.headers.get(table, ()), table.capitalize()
        yield from _word((*path, "done", "column"), done.get("column"), headers, f"column of {title}")


def _when(path: Path, when: Mapping[str, Any], known: Known, kind: str = "fact") -> Iterator[Mistake]:
    for fact, conditions in when.items():
        here = (*path, fact)
        if fact == "column" and kind == "fact":
            for header, of_column in _tables(conditions):
                yield from _conditions((*here, header), of_column, "", known)
        elif fact == "count" and kind == "fact":
            for table, of_table in _tables(conditions):
                yield from _count((*here, table), table, of_table, known)
        elif fact not in known.facts:
            yield here, f"unknown {kind}{did_you_mean(fact, known.facts)}"
        elif not isinstance(conditions, Mapping):
            yield here, f'expects a condition, such as {fact}.is or {fact}.at_least, not "{conditions}"'
        else:
            yield from _conditions(here, conditions, known.facts[fact], known)


def _conditions(path: Path, conditions: Mapping[str, Any], unit: str, known: Known) -> Iterator[Mistake]:
    for word, operand in conditions.items():
        here = (*path, word)
        if word not in CONDITIONS:
            yield here, f"unknown condition{did_you_mean(word, CONDITIONS)}"
            continue
        other = fact_named(operand)
        if other and other not in known.facts:
            yield here, f'unknown fact "{other}"{did_you_mean(other, known.facts)}'
            continue
        wrong = _unfit(word, operand, _FAMILY.get(unit, ""), _FAMILY.get(known.facts.get(other, ""), ""))
        if wrong:
            yield here, wrong


def _unfit(word: str, operand: Any, family: str, of_other: str) -> str:
    """Why a condition doesn't fit its fact or its operand, else ""."""
    if word == "is_blank":
        return "" if isinstance(operand, bool) else "expects true or false"
    needed = "a number" if word in NUMERIC else "a date" if word in OF_DATES else family
    if family and family != needed:
        return f"the fact is {family}, and {word} needs {needed}"
    if word in NUMERIC or word in OF_DATES:
        of_operand = of_other or _family_of(operand)
        return "" if of_operand == "a number" else f'expects a number or "fact:…", not "{operand}"'
    for one in operand if isinstance(operand, list) else [operand]:
        of_operand = of_other or _family_of(one)
        if not of_operand or (family and of_operand != family):
            return f'the fact is {family or "a value"}, and "{one}" is {of_operand or "none"}'
    return "" if operand != [] else "expects at least one value"


def _family_of(operand: Any) -> str:
    if isinstance(operand, bool):
        return "yes or no"
    if isinstance(operand, int | float) and operand == operand:
        return "a number"
    return "a word" if isinstance(operand, str) else ""


def _count(path: Path, table: str, of_table: Mapping[str, Any], known: Known) -> Iterator[Mistake]:
    if table not in DATE_OF:
        yield path, f"unknown table{did_you_mean(table, DATE_OF)}"
        return
    limits = {word: operand for word, operand in of_table.items() if word in NUMERIC}
    if not limits:
        yield path, "says what to count but not how many; add at_least"
    yield from _conditions(path, limits, "count", known)
    days = of_table.get("in_last_days")
    if days is not None and _family_of(days) != "a number":
        yield (*path, "in_last_days"), f'expects a number, not "{days}"'
    fields = known.fields.get(table, ())
    for word in of_table:
        if word not in NUMERIC and word != "in_last_days" and fields and word not in fields:
            yield (*path, word), f"unknown column of {table}{did_you_mean(word, fields)}"


def _sentence(path: Path, text: Any, names: Collection[str], kind: str) -> Iterator[Mistake]:
    if not isinstance(text, str):
        return
    for name in placeholders(text):
        if name not in names:
            yield path, f'unknown {kind} "{{{name}}}"{did_you_mean(name, names)}'
    rest = re.sub(r"\{[^{}\[\]]*\}", "", text)
    if re.search(r"[{}]", rest) or re.search(r"[\[\]]", re.sub(r"\[[^\[\]]*\]", "", rest)):
        yield path, "a bracket that is not closed, or one inside another"


def _types(path: Path, types: Any, known: Known) -> Iterator[Mistake]:
    for number, word in enumerate(types if isinstance(types, list) else []):
        yield from _word((*path, number), word, known.types, "type of interaction")


def _word(path: Path, word: Any, words: Collection[str], kind: str) -> Iterator[Mistake]:
    if words and isinstance(word, str) and word and word not in words:
        yield path, f'unknown {kind} "{word}"{did_you_mean(word, words)}'


def _drops(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    path: Path = ("settings", "health", "drops", "with_one")
    found: Any = raw
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    warnings = raw.get("warnings")
    names = list(warnings) if isinstance(warnings, Mapping) else []
    for number, name in enumerate(found if isinstance(found, list) else []):
        if name not in names:
            yield (*path, number), f'unknown warning "{name}"{did_you_mean(str(name), names)}'


def _tables(found: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(found, Mapping):
        yield from ((name, table) for name, table in found.items() if isinstance(table, Mapping))
