"""Sums of a year or of a whole contract, as what they are a month."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from sheets_sync.tracker.headers import normal_header
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Found

_YEARLY = re.compile(
    r"annual|yearly|per year|/ ?ye?a?r|p\. ?a\.|jährlich|jahr|anual|annuel|annuo|jaarlijks|per jaar|roczn|årlig|per år",
    re.I,
)
_MONTHLY = re.compile(r"monthly|per month|/ ?mo|monat|mensual|mensuel|mensile|mensal|maand|miesi|månad|månatlig", re.I)


def monthly(frame: pd.DataFrame, columns: Mapping[str, Found], divide: Mapping[str, float]) -> list[str]:
    """Turn yearly and whole-contract sums of Clients (in place) into monthly ones, by what their header says or the
    config states; and say so."""
    notes = []
    for column in TABLES["clients"].fields:
        if column.divisors is None or column.name not in columns:
            continue
        header = columns[column.name].header
        spelt = {normal_header(word): by for word, by in column.divisors.items()}
        by = spelt.get(normal_header(header))
        if _YEARLY.search(header):
            by = 12.0
        elif _MONTHLY.search(header):
            by = None
        by = divide.get(column.name) or by
        if by is None:
            continue
        if isinstance(by, str) and by not in columns:
            frame[column.name] = pd.array([None] * len(frame), dtype="Float64")
            notes.append(
                f"“{header}” is the sum of a whole contract: {column.header} needs a column “Term months” beside it."
            )
            continue
        divisor = frame[by].where(frame[by] > 0) if isinstance(by, str) else float(by)
        frame[column.name] = frame[column.name] / divisor
        how = "by “Term months”" if isinstance(by, str) else f"by {by:g}"
        notes.append(f"“{header}” divided {how} serves as {column.header}.")
    return notes
