"""What a new tracker consists of, wherever it is made."""

from __future__ import annotations

from dataclasses import dataclass

from sheets_sync.model import Scalar


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column of a new tab. `kind` is text, choice, date, moment, month, money, number, percent or yes_no; `width`
    in characters; `note` is shown when the header is selected; `choices` become a dropdown."""

    header: str
    kind: str = "text"
    width: float = 14
    note: str = ""
    choices: tuple[str, ...] = ()

    @property
    def listed(self) -> tuple[str, ...]:
        return self.choices or (("yes", "no") if self.kind == "yes_no" else ())


@dataclass(frozen=True, slots=True)
class NewTab:
    """A tab of a new tracker: headers in row 1, then its rows."""

    title: str
    columns: tuple[NewColumn, ...]
    rows: tuple[tuple[Scalar, ...], ...] = ()
