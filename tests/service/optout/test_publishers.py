"""Eleven publishers over two years: what one agent was told on each day somebody looked."""

from __future__ import annotations

import csv

import pytest

from provenance.rights.finding import Verdict
from provenance.rights.snapshots import SnapshotFolder
from provenance.rights.standing import table
from service.optout.asking import purpose_of, use_of
from service.optout.origin import judge_origin
from service.policy import DEFAULT

pytestmark = pytest.mark.data


def test_who_was_shut_out_was_violated_and_who_was_let_in_was_not(data_pack):
    folder = data_pack / "optout"
    history = SnapshotFolder(folder / "robots_history")
    judged = 0
    with (folder / "publishers_timeline.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            host, day = row["host"], row["ts"]
            for agent, answer in list(row.items())[3:]:
                purpose = purpose_of(None, agent, DEFAULT.purpose)
                use = use_of(purpose, agent=agent, at=day)
                finding = judge_origin(f"https://{host}/", use, history, table())
                judged += 1
                place = (host, day, agent, finding.rule_path)
                if answer == "D":
                    assert finding.verdict is Verdict.VIOLATION, place
                    assert any(one.protocol == "robots.txt" for one in finding.reservations)
                else:
                    assert finding.verdict in (Verdict.NO_RESERVATION_FOUND, Verdict.POST_HOC), (
                        place
                    )
    assert judged == 1140
