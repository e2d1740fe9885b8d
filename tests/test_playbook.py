"""The agency playbook says what was decided; `extends` changes only what differs; it reads well as text and as data."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from pathlib import Path

import pytest

from sheets_sync.playbook import show
from sheets_sync.playbook.load import bundled, load_playbook
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.sentences import fill
from sheets_sync.playbook.spans import Every, Within
from sheets_sync.rules.facts import FACTS
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.words import ENGAGEMENT, INTERACTION_TYPE, RENEWAL_STAGE, STATUS

UNITS = {name: fact.unit for name, fact in FACTS.items()}
AGENCY = load_playbook("agency", UNITS)
FILE = Path(__file__).parent.parent / "templates" / "playbooks" / "agency.toml"


def extended(tmp_path: Path, text: str) -> Playbook:
    path = tmp_path / "playbook.toml"
    path.write_text(f'extends = "agency"\n{text}', encoding="utf-8")
    return load_playbook(path, UNITS)


# What was decided


def test_milestones_of_a_project() -> None:
    """[A6] [A7] [A8] [A9] [A10]"""
    days = {name: (p.from_, p.opens, p.latest) for name, p in AGENCY.touchpoints.items() if p.kind == "project"}
    assert days == {
        "kickoff": ("start", 0, 0),
        "first_win": ("start", 7, 27),
        "mid_project": ("halfway", 0, 0),
        "delivery_review": ("completed", 0, 0),
        "follow_up": ("completed", 30, 30),
    }


def test_cadences() -> None:
    """[A11] [A16] [A17] [A18] [A19] [A34] [A35]"""
    found = {
        name: (p.every, p.from_, p.tolerance, p.tolerance_unit, p.routine)
        for name, p in AGENCY.touchpoints.items()
        if p.every
    }
    assert found == {
        "business_review": (Every(months=3), "last", 14, "days", False),
        "status_update": (Every(days=7), "last", 2, "working days", True),
        "check_in_call": (Every(days=14), "last", 3, "working days", True),
        "performance_report": (Every(months=1), "anchor", 5, "working days", True),
        "something_useful": (Every(days=60), "last", 10, "working days", True),
        "satisfaction_check": (Every(months=3), "last", 14, "days", False),
        "annual_review": (Every(months=12), "anchor", 30, "days", False),
    }
    assert AGENCY.touchpoints["status_update"].done.types == ("status update", "call", "meeting", "e-mail")
    assert AGENCY.touchpoints["status_update"].done.from_us


def test_clocks() -> None:
    """[A42] [A44] [A48] [A49] [A50] [A51]"""
    assert {name: clock.within for name, clock in AGENCY.clocks.items()} == {
        "handover": Within(1, "working days"),
        "acknowledge": Within(4, "working hours"),
        "propose": Within(1, "working days"),
        "escalate": Within(2, "working days"),
        "fix": None,
    }
    grounds = AGENCY.clocks["escalate"].grounds
    assert (grounds.frustrations, grounds.in_last_days) == (2, 90)
    assert grounds.financial_or_legal
    assert grounds.churn_risk


def test_entries_have_their_names_ids_and_sections() -> None:
    names = {"silence", "complaints", "low_score", "budget_concern", "contact_leaving", "direction_change"}
    names |= {"renewal_lapsed", "renewal_old_date", "renewal_decision_due"}
    assert names <= set(AGENCY.warnings)
    assert list(AGENCY.metrics) == [
        "nps", "retention", "expansion_share", "tenure", "lifetime_value", "grr", "nrr", "response_rate",
        "on_time_rate", "engagement", "loyalty_participation",
    ]  # fmt: skip
    for entries in (AGENCY.touchpoints, AGENCY.clocks, AGENCY.warnings, AGENCY.metrics):
        for name, entry in entries.items():
            assert entry.ids, name
            assert entry.section, name


def test_silence_and_hours_and_ladder() -> None:
    """[A27] [A70] [A81]"""
    silence = AGENCY.settings.silence
    assert (silence.own_rhythm, silence.signs, silence.at_least, silence.at_most) == (2, 4, 14, 60)
    assert (silence.otherwise, silence.routine, silence.double) == (30, 1.5, 2)
    hours = AGENCY.settings.hours
    assert (hours.days, hours.opens, hours.closes) == (("Mon", "Tue", "Wed", "Thu", "Fri"), time(9), time(17, 30))
    assert [step.days_before for step in AGENCY.renewal.ladder] == [60, 30, 14, 0]
    assert (AGENCY.renewal.lapsed_risk_days, AGENCY.renewal.old_contact_days) == (60, 30)


def test_health_weights_make_a_hundred() -> None:
    weights = AGENCY.settings.health.weights.model_dump()
    assert weights == {
        "contact": 25, "outcomes": 20, "issues": 20, "feedback": 15, "commercial": 10, "relationship": 10,
    }  # fmt: skip
    assert {name for name, warning in AGENCY.warnings.items() if warning.hard_drop} == {
        "low_score", "contact_leaving", "not_again",
    }  # fmt: skip


def test_targets() -> None:
    """[A103] [A104] [A105] [A106]"""
    targets = {name: metric.target for name, metric in AGENCY.metrics.items() if metric.target is not None}
    assert targets == {"nps": 50, "retention": 0.85, "expansion_share": 0.2, "tenure": 12}


def test_words_are_those_of_the_tracker() -> None:
    """A word that no column can hold would never match."""
    settings, types = AGENCY.settings, set(INTERACTION_TYPE)
    words = [*settings.contact.talks, *settings.contact.never]
    words += [word for p in AGENCY.touchpoints.values() for word in p.done.types]
    words += [word for w in AGENCY.warnings.values() for word in w.done.types]
    words += [word for step in AGENCY.renewal.ladder for word in step.types]
    assert set(words) <= types
    stages = [*AGENCY.renewal.renewed_stages, *AGENCY.renewal.ended_stages]
    stages += [word for step in AGENCY.renewal.ladder for word in step.stages]
    assert set(stages) <= set(RENEWAL_STAGE)
    kept = settings.retention
    statuses = {*settings.status.no_health, *settings.status.closed, *kept.left, *kept.finished, *kept.returned}
    assert {*statuses, settings.status.blank, *kept.paused, *kept.outside} <= set(STATUS)
    assert set(kept.ongoing) <= set(ENGAGEMENT)
    projects = {field.header for field in TABLES["projects"].fields}
    columns = {p.done.column for p in AGENCY.touchpoints.values() if p.kind == "project"}
    assert columns - {""} <= projects
    for each, table in (("issue", "issues"), ("client", "clients")):
        headers = {field.header for field in TABLES[table].fields}
        clocks = [clock for clock in AGENCY.clocks.values() if clock.each == each]
        assert clocks
        assert {moment for clock in clocks for moment in (clock.from_, clock.until)} <= headers


def test_a_newcomer_who_searches_silence_finds_thirty_days() -> None:
    text = FILE.read_text(encoding="utf-8")
    first = text.index("\n[settings.silence]")
    assert re.search(r"^otherwise = 30 .*30 days", text[first : first + 900], re.MULTILINE)
    assert 0 < text.index("\n[warnings.silence]") - first < 900


def test_every_setting_has_a_plain_word_beside_it_or_above() -> None:
    """A number without a word of what it does is not found by its reader."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    table, bare = "", []
    for line in lines:
        if line.startswith("["):
            table = line
        number = re.match(r"(\w+) = [\d.]+$", line)
        if number and table.startswith("[settings") and "#" not in table:
            bare.append(f"{table} {line}")
    assert not bare


# extends


def test_extends_changes_only_what_differs(tmp_path: Path) -> None:
    mine = extended(tmp_path, 'name = "ours"\n[settings.silence]\notherwise = 45\n')
    assert (mine.name, mine.settings.silence.otherwise, mine.settings.silence.at_most) == ("ours", 45, 60)
    assert mine.touchpoints == AGENCY.touchpoints


def test_extends_adds_and_takes_out_entries(tmp_path: Path) -> None:
    mine = extended(
        tmp_path,
        "[touchpoints.kickoff]\noff = true\n[metrics.tenure]\noff = true\n"
        '[touchpoints.coffee]\ntitle = "Coffee"\nevery = "2 weeks"\ndone = { types = ["visit"] }\n',
    )
    assert set(AGENCY.touchpoints) - set(mine.touchpoints) == {"kickoff"}
    assert mine.touchpoints["coffee"].every == Every(days=14)
    assert "tenure" not in mine.metrics


def test_a_changed_condition_replaces_the_one_of_that_fact(tmp_path: Path) -> None:
    mine = extended(tmp_path, '[touchpoints.check_in_call]\nwhen.engagement.is_not = "project"\n')
    when = mine.touchpoints["check_in_call"].when
    assert when["engagement"] == {"is_not": "project"}
    assert when["status"] == AGENCY.touchpoints["check_in_call"].when["status"]


def test_extends_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "base.toml").write_text('extends = "agency"\nversion = "7"\n', encoding="utf-8")
    (tmp_path / "sub" / "mine.toml").write_text('extends = "base.toml"\nname = "mine"\n', encoding="utf-8")
    mine = load_playbook(tmp_path / "sub" / "mine.toml", UNITS)
    assert (mine.name, mine.version, mine.source) == ("mine", "7", str(tmp_path / "sub" / "mine.toml"))


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "playbook.toml"
    path.write_bytes(b'\xef\xbb\xbfextends = "agency"\r\nversion = "3"\r\n')
    assert load_playbook(path, UNITS).version == "3"


@pytest.mark.parametrize(
    ("text", "within"),
    [("24 clock hours", Within(24, "clock hours")), ("1.5 working hours", Within(1.5, "working hours"))],
)
def test_clocks_in_other_units(tmp_path: Path, text: str, within: Within) -> None:
    assert extended(tmp_path, f'[clocks.propose]\nwithin = "{text}"\n').clocks["propose"].within == within


# Sentences


def test_sentences_leave_out_what_is_blank() -> None:
    why, today = AGENCY.warnings["silence"].why, date(2026, 11, 23)
    seen = {"last_sign_of_life": datetime(2026, 9, 28), "usual_gap": 12.0}
    assert fill(why, seen, UNITS, today) == "No sign of life since 28 Sep; they used to write every 12 days."
    assert fill(why, {**seen, "usual_gap": None}, UNITS, today) == "No sign of life since 28 Sep."
    older = {"last_sign_of_life": datetime(2025, 9, 28)}
    assert fill(why, older, UNITS, today) == "No sign of life since 28 Sep 2025."


def test_every_sentence_reads_with_and_without_its_facts() -> None:
    samples = {"date": date(2026, 9, 28), "moment": datetime(2026, 11, 20, 15), "text": "x", "yes/no": True}
    full = {name: samples.get(unit, 4.0) for name, unit in UNITS.items()}
    for warning in AGENCY.warnings.values():
        for template in (warning.why, warning.clears, warning.do, warning.short):
            text = fill(template, full, UNITS, date(2026, 11, 23))
            assert not re.search(r"[\[\]{}?]|  ", text), text


# For people and programs


def test_listing_names_what_ships() -> None:
    assert "agency" in bundled()
    assert [one["name"] for one in show.list_data()["playbooks"]] == list(bundled())
    assert show.list_text().startswith("agency        Keeping clients 1.0. Clients stay longer")


def test_show_is_a_whole_sop_in_the_order_of_its_sections() -> None:
    text = show.show_text(AGENCY)
    for part in ("Objective:", "Scope:", "Steps:", "Feedback:", "Owner: agency lead. Next review: 2027-05-24."):
        assert part in text
    sections = re.findall(r"^(\d+) ", text, re.MULTILINE)
    assert sections == sorted(set(sections), key=int)
    assert {"1", "2", "3", "5", "6", "7", "8", "10"} <= set(sections)
    for entries in (AGENCY.touchpoints, AGENCY.clocks, AGENCY.warnings, AGENCY.metrics):
        for name in entries:
            assert re.search(rf"^  {name} ", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= show.WIDTH


def test_show_of_a_word_gives_the_entry_and_its_numbers() -> None:
    text = show.show_text(AGENCY, "silence")
    assert "  otherwise = 30" in text
    assert "kickoff" not in text
    assert set(show.show_data(AGENCY, "silence")["playbook"]) == {"name", "warnings", "settings"}
    assert set(show.show_data(AGENCY, "A48")["playbook"]["clocks"]) == {"escalate"}
    assert show.show_text(AGENCY, "nonsense") == 'Nothing in agency is about "nonsense".'


def test_show_as_data_survives_json() -> None:
    data = json.loads(json.dumps(show.show_data(AGENCY)))["playbook"]
    assert data["touchpoints"]["check_in_call"]["every"] == "14 days"
    assert data["clocks"]["acknowledge"]["within"] == "4 working hours"
    assert data["settings"]["hours"]["opens"] == "09:00:00"
    assert data["touchpoints"]["kickoff"]["from"] == "start"


def test_validated_says_what_it_holds() -> None:
    sizes = {kind: len(getattr(AGENCY, kind)) for kind in ("touchpoints", "clocks", "warnings", "metrics")}
    told = ", ".join(f"{number} {kind}" for kind, number in sizes.items())
    assert show.validate_text(AGENCY).startswith(f"agency.toml is valid: {told}")
    assert show.validate_data(AGENCY)["entries"].items() >= sizes.items()
