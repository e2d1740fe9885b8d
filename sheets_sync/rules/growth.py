"""The natural next step to offer a client, once things go well."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import days, either, numbers, texts
from sheets_sync.tracker.tables import Tables


def offer(playbook: Playbook, facts: pd.DataFrame, tables: Tables, levels: pd.Series) -> pd.Series:
    """What to offer each client next, "" for nothing [A3] [A56] [A57] [A58] [A59].

    By service (Clients, else the newest project's), else by Engagement. Nothing for those who are not clients now, who
    have it already, or who are held back by what the playbook names (`levels`: each client's level).

    aldgate legal                        ''
    corvid coffee    'Website redesign'
    """
    bought, blocked = _bought(tables), set(playbook.growth.blocked_by)
    by_service = {_plain(service): step for service, step in playbook.growth.next.items()}
    by_engagement = playbook.growth.otherwise
    issue = (numbers(facts["open_issues"]) > 0) & ("open issue" in blocked)
    held = issue | np.isin(levels.astype(str), [*blocked, Level.NONE, Level.UNKNOWN])
    service = either(facts["service"].notna(), texts(facts["service"]), texts(_newest(tables, facts.index)))
    plain = {one: _plain(one) for one in set(service) if one is not None}
    offers = []
    for key, bought_now, engagement, no in zip(
        facts.index.tolist(), service, texts(facts["engagement"]), held, strict=True
    ):
        step = by_service.get(plain.get(bought_now, ""), "") or by_engagement.get(engagement, "")
        offers.append("" if no or (step and _plain(step) in bought.get(key, ())) else step)
    return pd.Series(offers, index=facts.index, dtype=object)


def _bought(tables: Tables) -> dict[str, set[str]]:
    """The services of each client's projects."""
    kept = tables["projects"].frame.dropna(subset=["service", "key"])
    found: dict[str, set[str]] = {}
    for key, service in zip(kept["key"].tolist(), kept["service"].tolist(), strict=True):
        found.setdefault(key, set()).add(_plain(service))
    return found


def _newest(tables: Tables, index: pd.Index) -> pd.Series:
    """The service of each client's newest project."""
    frame = tables["projects"].frame
    kept = frame[frame["service"].notna() & frame["key"].notna()]
    order = np.argsort(days(kept["start"]).astype(np.int64), kind="stable")
    return kept.iloc[order].drop_duplicates("key", keep="last").set_index("key")["service"].reindex(index)


def _plain(words: str) -> str:
    return " ".join(str(words).split()).casefold()
