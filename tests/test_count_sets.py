"""Own counts in the workspace: what is kept, what is published, what is gone."""

import json

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

import coverage
from coverage import count_sets, disclosure
from coverage._workspace_tables import COUNT_SETS
from coverage.workspace import Workspace, WorkspaceError
from tests.made_tables import with_bounds

CODES = ["GM0307", "GM0310", "GM0321", "GM0344", "GM0356"]


def counts(*imposed, period="2023", source="a.csv"):
    rows = {"imposed": imposed or (12, 7, 30, 41, 3), "extended": (22, 25, 33, 61, 30)}
    index = pd.Index(CODES, name="gm_code")
    return with_bounds(pd.DataFrame(rows, index=index), period=period, source=source)


def protected(table):
    return disclosure.protect(table, coverage.load_edition(2025))


def save(workspace, table, **changes):
    given = {"edition": 2025, "author": "Wie", "note": "", "identity": "wie", **changes}
    return count_sets.save(workspace, table, protected(table), **given)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "w.db"


@pytest.fixture
def workspace(file):
    with Workspace.open(f"sqlite:///{file}") as opened:
        yield opened


def test_a_set_reads_back_as_it_was(workspace):
    table, made = counts(), protected(counts())
    head = save(workspace, table)
    found = count_sets.load(workspace, head.number)
    pd.testing.assert_frame_equal(found.counts, table)
    pd.testing.assert_frame_equal(found.protected, made.counts)
    pd.testing.assert_frame_equal(found.totals, made.totals)
    assert found.protection == made.record()
    assert found.protected["imposed"].isna().any()
    assert not found.was_public


def test_every_digit_and_every_sign_comes_back(workspace):
    source = "naam, \u0000<b>é\u2028\U0001f600"
    table = counts(1e-20, 1 / 3, 0.1 + 0.2, 1e15 / 7, np.nan, source=source)
    made = disclosure.already_public(table)
    args = {"edition": 2025, "author": "\u0000Wie", "note": "n\ud800"}
    head = count_sets.save(workspace, table, made, **args)
    found = count_sets.load(workspace, head.number)
    pd.testing.assert_frame_equal(found.counts, table, check_exact=True)
    assert found.totals is None
    assert found.was_public
    assert found.protection["rule"] is None
    assert head.owner == ""


def test_the_same_counts_of_the_same_person_are_protected_once(workspace):
    first = save(workspace, counts())
    rule = disclosure.Rule(threshold=5, width=5)
    again = disclosure.protect(counts(), coverage.load_edition(2025), rule)
    shuffled = counts().iloc[::-1, ::-1]
    args = {"edition": 2025, "author": "Wie", "note": "anders"}
    assert count_sets.save(workspace, shuffled, again, identity="wie", **args) == first
    # Nobody else learns from this whether a guess of all counts is right.
    other = count_sets.save(workspace, counts(), again, identity="ander", **args)
    assert other.number == 2
    assert [one.number for one in count_sets.heads(workspace)] == [2, 1]


def test_sets_of_the_same_period_and_place_are_found(workspace):
    save(workspace, counts())
    assert [one.number for one in count_sets.overlapping(workspace, 2025, "2023", ["GM0310"])] == [
        1
    ]
    for edition, period, codes in (
        (2010, "2023", CODES),
        (2025, "2022", CODES),
        (2025, "2023", ["GM0363"]),
    ):
        assert count_sets.overlapping(workspace, edition, period, codes) == []


def test_a_set_taken_away_is_gone_from_the_file_too(file):
    with Workspace.open(f"sqlite:///{file}") as workspace:
        save(workspace, counts(source="zeldzaam-woord"))
        save(workspace, counts(13, 8, 31, 42, 4), note="blijft")
        assert b"zeldzaam-woord" in file.read_bytes()
        count_sets.remove(workspace, 1)
    for path in file.parent.iterdir():
        assert b"zeldzaam-woord" not in path.read_bytes(), path


def test_a_set_that_somebody_wrote_by_hand_is_told(workspace):
    head = save(workspace, counts())
    with workspace.transaction() as connection:
        content = json.loads(connection.execute(sa.select(COUNT_SETS.c.content)).scalar())
    broken = dict(content)
    del broken["protected"]
    for text in ("{", "[]", json.dumps(broken), json.dumps({**content, "counts": {}})):
        with workspace.transaction(write=True) as connection:
            connection.execute(COUNT_SETS.update().values(content=text))
        with pytest.raises(WorkspaceError, match=r"backup|reservekopie"):
            count_sets.load(workspace, head.number)


def test_one_person_is_told_from_another_of_the_same_name():
    assert count_sets.mark("https://a 1") != count_sets.mark("https://a 2")
    assert count_sets.mark("") == ""
    assert "https" not in count_sets.mark("https://a 1")
