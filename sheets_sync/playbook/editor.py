"""The JSON Schema of a playbook, for editors that complete and check TOML while somebody types.

It is taken from the models of schema.py and settings.py. Facts and the words of `when` are listed; a number's meaning
and its value in the agency playbook come from that file's own comments. A playbook that extends another may hold any
part, so nothing inside is required; `sheets-sync playbook validate` says the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import tomlkit

from sheets_sync.playbook.conditions import CONDITIONS, DATE_OF, NUMERIC, OF_DATES
from sheets_sync.playbook.schema import Playbook

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_INTERNAL = ("source",)
_OURS = ("When", "Condition")
_OPERAND = {
    "at_least": "As much or more.",
    "at_most": "As much or less.",
    "above": "More.",
    "below": "Less.",
    "is": "The same word, number or yes/no; of a list, any.",
    "is_not": "None of these; a blank is unknown.",
    "is_blank": "true: it is empty; false: it holds something.",
    "in_last_days": "From so many days ago until today.",
    "at_least_days_ago": "So many days ago or longer.",
    "within_days": "From today until so many days ahead.",
}
MEANINGS = {
    "extends": "The playbook that this one changes: a name that ships with sheets-sync, or a file.",
    "name": "A short name of this playbook.",
    "version": "Goes up with every change.",
    "title": "What people read.",
    "objective": "What it is for.",
    "scope": "Whom and what it covers.",
    "steps": "The procedure in a few sentences.",
    "feedback": "How a mistake in it is reported.",
    "owner": "Who does it: a role, or “client owner” for the person in Clients › Owner.",
    "task": "Its line in the RACI tab; left out, the one named like the title.",
    "next_review": "The day on which it is read again.",
    "chapters": "Parts of the written procedure that no rule works out.",
    "hours": "Instead of `within`: the column that says within how many hours.",
    "journey": "The stages of a client's way, in order.",
    "sections": "Which sections of the procedure belong to it.",
    "lines": "What it says, line by line.",
    "settings": "The numbers that belong to no single entry.",
    "touchpoints": "Due contacts, by id.",
    "clocks": "Promises with a deadline, by id.",
    "warnings": "Signs that a client may leave, by id.",
    "outcomes": "What tells that a service brings what it was bought for.",
    "renewal": "What happens before a renewal date.",
    "growth": "What to offer next.",
    "themes": "What is worth saying once several clients say it, by id.",
    "controls": "Trainings and reviews that we owe ourselves, by id.",
    "by": "Where it is entered: the tab Training, or Reviews.",
    "words": "What the tab calls it, beside the title.",
    "exceptions": "Clients that are treated otherwise, and how.",
    "clients": "Whom it is for, by name.",
    "set": "What is otherwise for them: dotted names of touchpoints and settings.silence, and their values.",
    "metrics": "The measures of the Scorecard, by id; of a service: words of Results › Metric that count.",
    "section": "The heading that it stands under.",
    "ids": "The lines of the written practice that it carries.",
    "off": "true takes out what came with `extends`.",
    "do": "What to do, as the Diary says it; {fact} is filled in.",
    "short": "The same in a few words, for a line with several reasons.",
    "each": "Once for each of these.",
    "from": "What it is counted from.",
    "until": "The column that ends it.",
    "opens": "Days after `from` on which it may be done.",
    "latest": "Days after `from` until which it is in time.",
    "every": "How often, such as “14 days” or “3 months”.",
    "within": "How long, such as “4 working hours”.",
    "tolerance": "How long after its due day it is still in time.",
    "tolerance_unit": "What the tolerance is counted in.",
    "when": "Facts and conditions, all of which must be true.",
    "any": "Tables of facts and conditions; one of them must be true.",
    "risk_when": "As `when`: raises the level to risk.",
    "risk_any": "As `any`: raises the level to risk.",
    "routine": "Never coloured, never piles up.",
    "optional": "Nobody is late with it: no rate counts it.",
    "two_way": "Both sides speak, so silence is measured against it.",
    "outlives": "Stays open when its project or client ends.",
    "done": "What counts as having done it.",
    "purpose": "What it is for; marketing and publicity need consent.",
    "column": "A column of the record; of a project, a date column of Projects.",
    "by_role": "A contact of a person whose role in Team is this word.",
    "surveys": "Kinds of surveys sent.",
    "care": "Kinds of care given.",
    "early": "So many days before its day something may count already.",
    "after": "Another touchpoint: owed after each time that was done.",
    "within_days": "How many days after it.",
    "where": "Columns of the record and conditions, all of which must be true.",
    "fold": "Those of one name share a line of the Diary.",
    "absorbed_by": "Another touchpoint that stands for this one when both fall due together.",
    "text": "Which of the prepared texts goes with it.",
    "types": "Types of interactions.",
    "milestone": "An interaction's Milestone.",
    "from_us": "One that they started does not count.",
    "grounds": "What makes it due at once.",
    "frustrations": "So many frustrations.",
    "in_last_days": "Within so many days.",
    "financial_or_legal": "The issue touches money or law.",
    "churn_risk": "The issue, or the client, is at risk.",
    "level": "How bad it is.",
    "hard_drop": "Keeps the client from healthy.",
    "last": "Read after all other warnings.",
    "why": "The sentence of the Why column; {fact} is filled in, a [part] with a blank one is left out.",
    "clears": "What turns it green again.",
    "days_before": "Calendar days before the renewal date.",
    "state": "What the renewal is called from then on.",
    "stages": "Words of Renewal stage that say that this step is taken.",
    "ladder": "The steps, from the earliest to the last.",
    "lapsed_risk_days": "So long after its date a renewal is lapsed; later it is an old date.",
    "old_contact_days": "Contact or payment so long after the date makes it an old date.",
    "renewed_stages": "Words of Renewal stage that settle it.",
    "ended_stages": "Words of Renewal stage that settle it the other way.",
    "next": "Service → what to offer next.",
    "otherwise": "Engagement → what to offer next, where no service fits.",
    "blocked_by": "Nothing is offered meanwhile.",
    "clients_at_least": "So many different clients.",
    "conversation": "Stage of an opportunity → what it asks for.",
    "signals": "Kind of signal that asks for a conversation → how we say it.",
    "talks": "Types of interactions that are one.",
    "forget_days": "So long after its day a signal says nothing any more.",
    "again_after_days": "So long after a no the same step is not offered again.",
    "closed_days": "So far back won and lost are counted.",
    "score": "From this survey score on.",
    "points": "It earns so many points.",
    "by_service": "Service → what tells that it works.",
    "project": "What of a project counts first.",
    "engagement": "They count for those of this Engagement as well.",
    "against": "What they are compared with: the reading at the start of the work, or the mean of the months before.",
    "months": "How many months before.",
    "met": "So much better is met; 0.1 is a tenth.",
    "on_track": "So much better is on track; lower is behind.",
    "target": "What is aimed at; 0 to 1 for a share. Leave it out where there is none.",
    "unit": "What it is counted in.",
    "higher_is_better": "false where less is better.",
    "window_days": "How far back it looks.",
    "meaning": "What it is, in plain words.",
}


def editor_schema(facts: Mapping[str, str]) -> dict[str, Any]:
    """The schema of a playbook file. `facts`: name → meaning."""
    whole = Playbook.model_json_schema(by_alias=True)
    models = whole.pop("$defs")
    needed = whole.pop("required")
    top = {name: of for name, of in whole["properties"].items() if name not in _INTERNAL}
    for model in models.values():
        model.pop("required", None)
    models |= dict(zip(_OURS, (_when(facts), _condition()), strict=True))
    text = (files("sheets_sync.templates") / "playbooks" / "agency.toml").read_text(encoding="utf-8")
    _explained("settings", tomlkit.parse(text), top, models)
    for properties in (top, *(model["properties"] for name, model in models.items() if name not in _OURS)):
        for name, of in properties.items():
            _described(name, of)
    return {
        "$schema": DRAFT,
        "title": "A playbook of sheets-sync",
        "description": str(whole.get("description", "")),
        "type": "object",
        "additionalProperties": False,
        "properties": {"extends": {"type": "string", "description": MEANINGS["extends"]}, **top},
        "anyOf": [{"required": ["extends"]}, {"required": needed}],
        "$defs": models,
    }


def _when(facts: Mapping[str, str]) -> dict[str, Any]:
    """`when`: facts by name, extra columns of Clients, counts of a table's rows."""
    condition: dict[str, Any] = {"$ref": "#/$defs/Condition"}
    counted = {"type": "object", "properties": _condition(NUMERIC | {"in_last_days"})["properties"]}
    named: dict[str, Any] = {name: {**condition, "description": meaning} for name, meaning in facts.items()}
    named["column"] = {
        "type": "object",
        "additionalProperties": condition,
        "description": "An extra column of Clients, by its header.",
    }
    named["count"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {table: {**counted, "description": f"Rows of {table}."} for table in DATE_OF},
        "description": "How many rows of a table there are, with these values in these columns.",
    }
    described = "Facts and conditions, all of which must be true."
    return {"type": "object", "description": described, "additionalProperties": False, "properties": named}


def _condition(words: Iterable[str] = tuple(CONDITIONS)) -> dict[str, Any]:
    fact = {"type": "string", "pattern": "^fact:"}
    scalar = {"type": ["string", "number", "boolean"]}
    operands: dict[str, Any] = {
        word: {"anyOf": [{"type": "number"}, fact]} if word in NUMERIC | OF_DATES else {"type": "boolean"}
        for word in CONDITIONS
    }
    for word in ("is", "is_not"):
        operands[word] = {"anyOf": [scalar, {"type": "array", "items": scalar, "minItems": 1}]}
    return {
        "type": "object",
        "description": "A condition of a fact, such as at_least = 30.",
        "additionalProperties": False,
        "properties": {word: {**operands[word], "description": _OPERAND[word]} for word in CONDITIONS if word in words},
    }


def _explained(name: str, item: Any, properties: dict[str, Any], models: dict[str, Any]) -> None:
    """Gives each number the comment that stands beside it in the agency playbook, and its value there."""
    of, inside = properties.get(name), item.get(name) if hasattr(item, "get") else None
    if of is None or inside is None:
        return
    trivia = getattr(inside, "trivia", None)
    comment = (trivia.comment if trivia else "").lstrip("# ").strip()
    model = models.get(str(of.get("$ref", "")).rpartition("/")[2])
    if model is not None:
        of.setdefault("description", comment or model.get("description") or f"The numbers of {name}.")
        for field in model["properties"]:
            _explained(field, inside, model["properties"], models)
        return
    value = inside.unwrap() if hasattr(inside, "unwrap") else inside
    shown = value if not isinstance(value, str) else f'"{value}"'
    of["description"] = comment or f"In the agency playbook: {shown}."
    of["examples"] = [value]


def _described(name: str, of: dict[str, Any]) -> None:
    """A description where there is none yet, and `when` by its own shape; the titles made from names say nothing."""
    of.pop("title", None)
    if name in ("when", "risk_when"):
        of.clear()
        of["$ref"] = "#/$defs/When"
    elif name == "where":
        of.clear()
        of |= {"type": "object", "additionalProperties": {"$ref": "#/$defs/Condition"}}
    elif name in ("any", "risk_any"):
        of["items"] = {"$ref": "#/$defs/When"}
    if name in MEANINGS:
        of.setdefault("description", MEANINGS[name])
