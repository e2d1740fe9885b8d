"""`playbook facts` and `playbook schema`: what may be named, for people and for editors."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from sheets_sync.cli import catalogue, root
from sheets_sync.playbook.conditions import CONDITIONS
from sheets_sync.playbook.load import bundled
from sheets_sync.rules.facts import FACTS
from sheets_sync.tracker.schema import TABLES

ERRORS = Path(__file__).parent / "errors"


@cache
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(catalogue.schema())
    return Draft202012Validator(catalogue.schema())


def told(*args: str) -> str:
    result = CliRunner().invoke(root, ["playbook", *args])
    assert result.exit_code == 0, result.output
    return result.stdout


def plain(value: Any) -> Any:
    """TOML as editors hand it on: dates as text."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def mistakes(text: str) -> list[str]:
    return [error.message for error in validator().iter_errors(plain(tomllib.loads(text)))]


@pytest.mark.parametrize("name", bundled())
def test_every_playbook_that_ships_fits_the_schema(name: str) -> None:
    text = (files("sheets_sync.templates") / "playbooks" / f"{name}.toml").read_text(encoding="utf-8")
    assert mistakes(text) == []


def test_a_playbook_that_extends_may_hold_any_part() -> None:
    assert mistakes('extends = "agency"\n[settings.silence]\notherwise = 21\n') == []
    assert mistakes('extends = "agency"\n[touchpoints.check_in_call]\nevery = "7 days"\n') == []
    assert mistakes('extends = "agency"\n[metrics.tenure]\noff = true\n') == []
    assert mistakes("[settings.silence]\notherwise = 21\n"), "without extends it must be whole"


WHEN = 'extends = "agency"\n[warnings.x]\ntitle = "x"\nlevel = "watch"\nwhy = "x"\nclears = "x"\n'


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("when.status.is = 'active'", True),
        ("when.status.is_not = ['active', 'paused']", True),
        ("when.open_issues.at_least = 'fact:complaints'", True),
        ('when.column."Logins last 30d".below = 3', True),
        ("when.count.signals = { kind = 'frustration', in_last_days = 90, at_least = 2 }", True),
        ("any = [{ open_issues.above = 1 }]", True),
        ("when.statsu.is = 'active'", False),
        ("when.status.iss = 'active'", False),
        ("when.open_issues.at_least = 'three'", False),
        ("when.key_contact.is_blank = 'yes'", False),
        ("when.count.signal = { at_least = 2 }", False),
        ("risk_any = [{ open_isues.above = 1 }]", False),
        ("hard_drop = 'yes'", False),
        ("levle = 'risk'", False),
    ],
)
def test_conditions_are_checked_by_name(text: str, fits: bool) -> None:
    assert (mistakes(WHEN + text) == []) == fits


@pytest.mark.parametrize(
    "name",
    ["wrong_every", "wrong_within", "unknown_key", "unknown_metric", "number_in_quotes", "wrong_id"],
)
def test_mistakes_of_shape_show_in_the_editor_too(name: str) -> None:
    assert mistakes((ERRORS / f"{name}.toml").read_text(encoding="utf-8"))


def test_everything_in_the_schema_says_what_it_is() -> None:
    schema = catalogue.schema()
    for name, of in [("", schema), *schema["$defs"].items()]:
        for key, value in of["properties"].items():
            assert value.get("description"), f"{name}.{key}"
    silence = schema["$defs"]["Silence"]["properties"]["otherwise"]
    assert (silence["description"], silence["examples"]) == ("without a rhythm of their own: 30 days", [30])
    assert set(schema["$defs"]["Condition"]["properties"]) == set(CONDITIONS)
    assert "source" not in schema["properties"]


def test_schema_is_json_with_and_without_the_option() -> None:
    assert json.loads(told("schema")) == json.loads(told("schema", "--json")) == catalogue.schema()


def test_facts_name_each_one_with_its_unit_and_place() -> None:
    found = json.loads(told("facts", "--json"))
    assert found["version"] == 1
    assert [one["name"] for one in found["facts"]] == list(FACTS)
    headers = {f"{table.title} › {field.header}" for table in TABLES.values() for field in table.fields}
    for one in found["facts"]:
        assert set(one) == {"name", "unit", "meaning", "from"}
        assert one["from"] in headers
    text = told("facts")
    for name, fact in FACTS.items():
        assert re.search(rf"^{name} +{fact.unit} ", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 110


def test_facts_of_a_word() -> None:
    assert [line.split()[0] for line in told("facts", "silence").splitlines()] == [
        "silence_limit",
        "silence_limit_double",
    ]
    assert told("facts", "nonsense") == 'No fact is about "nonsense".\n'
