"""The gallery tests/errors: one file a mistake, its message in the comment on top (`# → line:column: key: what`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.errors import UsageError
from sheets_sync.playbook.checks import Known
from sheets_sync.playbook.load import bundled_texts, load_playbook
from sheets_sync.playbook.locate import Locator
from sheets_sync.playbook.wording import _EXPECTS as EXPECTATIONS
from sheets_sync.rules.facts import FACTS
from sheets_sync.tracker.care_words import CARE_KIND
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.words import INTERACTION_TYPE, SURVEY_KIND

UNITS = {name: fact.unit for name, fact in FACTS.items()}
KNOWN = Known(
    UNITS,
    types=tuple(INTERACTION_TYPE),
    surveys=tuple(SURVEY_KIND),
    care=tuple(CARE_KIND),
    texts=bundled_texts(),
    fields={name: {field.name: field.type for field in spec.fields} for name, spec in TABLES.items()},
    headers={name: [field.header for field in spec.fields] for name, spec in TABLES.items()},
)
GALLERY = sorted((Path(__file__).parent / "errors").glob("*.toml"))
AGENCY = (Path(__file__).parent.parent / "templates" / "playbooks" / "agency.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_mistake(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [f"{path.name}:{line.removeprefix('# → ')}" for line in lines if line.startswith("# → ")]
    with pytest.raises(UsageError) as caught:
        load_playbook(path.name, UNITS, KNOWN)
    assert list(caught.value.details) == expected
    assert path.name in str(caught.value)


def test_every_mistake_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "playbook.toml"
    path.write_text(
        'extends = "agency"\n[warnings.silence]\nwhen.statuss.is = "active"\nlevel = "wacth"\n'
        '[settings.silence]\notherwise = "30"\n[clocks.propose]\ndo = "Propose {isue}"\nwithing = "1 working day"\n',
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match="has 5 mistakes") as caught:
        load_playbook(path, UNITS, KNOWN)
    rows = [int(line.removeprefix(str(path)).split(":")[1]) for line in caught.value.details]
    assert rows == [3, 4, 6, 8, 9]


def test_a_mistake_in_the_extended_file_is_located_there(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('extends = "agency"\n[settings.silence]\nsigns = 0\n', encoding="utf-8")
    (tmp_path / "mine.toml").write_text('extends = "base.toml"\nversion = "2"\n', encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_playbook(tmp_path / "mine.toml", UNITS)
    assert caught.value.details == (f"{tmp_path / 'base.toml'}:3:1: settings.silence.signs: must be at least 1, not 0",)


@pytest.mark.parametrize("name", ["agenci", "missing.toml", "\0"])
def test_a_playbook_that_is_not_there(name: str) -> None:
    with pytest.raises(UsageError, match="Playbook"):
        load_playbook(name, UNITS)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_bytes(b"name = \xff")
    with pytest.raises(UsageError, match="UTF-8"):
        load_playbook(tmp_path / "p.toml", UNITS)


def test_known_kinds_of_complaints_are_worded() -> None:
    """A message of the library itself would be in another voice."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in GALLERY)
    shown = {kind for kind, words in EXPECTATIONS.items() if f"expects {words}" in texts}
    assert {"int_type", "string_type", "bool_type", "tuple_type", "model_type", "date_type", "time_type"} <= shown


# Nothing that stands in a playbook may do more than be refused.

LINES = AGENCY.splitlines()


@given(
    st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(["cut", "double", "3", '"x"', "[[[", "{", ""])))
)
def test_a_mangled_playbook_is_refused_or_loads(tmp_path_factory: pytest.TempPathFactory, changes: list) -> None:
    lines = list(LINES)
    for at, how in changes:
        key = lines[at].partition("=")[0]
        lines[at] = {"cut": "", "double": f"{lines[at]}\n{lines[at]}"}.get(how, f"{key}= {how}")
    _refused_or_loaded(tmp_path_factory, "\n".join(lines))


@given(st.text(alphabet="abz[]{}.=\"'\\\n# 19_,-", max_size=80))
def test_any_text_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    _refused_or_loaded(tmp_path_factory, 'extends = "agency"\n' + text)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 20_000, "a = " + "9" * 5_000, "a." * 5_000 + "b = 1", "[touchpoints]\n''=1"]
)
def test_hostile_text_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(f'extends = "agency"\n{text}\n', encoding="utf-8")
    with pytest.raises(UsageError):
        load_playbook(path, UNITS)


def _refused_or_loaded(factory: pytest.TempPathFactory, text: str) -> None:
    path = factory.mktemp("p") / "p.toml"
    path.write_text(text, encoding="utf-8")
    details: tuple[str, ...] = ("loaded",)
    try:
        load_playbook(path, UNITS, KNOWN)
    except UsageError as error:
        details = error.details
    assert len(details)
    assert all(len(line) < 4000 for line in details)


def test_the_locator_finds_every_key_of_the_agency_playbook() -> None:
    found = Locator(AGENCY)
    for path, (line, column) in found.spots.items():
        last = path[-1]
        if isinstance(last, str):
            text = AGENCY.splitlines()[line - 1][column - 1 :]
            assert last in text, (path, text)
    assert len(found.spots) > 400
