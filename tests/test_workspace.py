"""The workspace on SQLite, and what only a file can do."""

import os
import sqlite3
import stat
from itertools import pairwise
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import workspace as module
from coverage.changes import changes
from coverage.register import empty_register
from coverage.workspace import NothingChangedError, Workspace, WorkspaceError, workspace_url
from tests.test_changes import registers
from tests.workspace_contract import WorkspaceContract, commit, register, same, several


class TestSqlite(WorkspaceContract):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/map/werk.db"


# --- where it is kept -----------------------------------------------------------


def test_without_an_address_it_is_one_file_of_the_user(tmp_path, monkeypatch):
    monkeypatch.delenv("DEKKEND_WORKSPACE", raising=False)
    monkeypatch.setattr(module, "user_data_path", lambda *_name, **_options: tmp_path / "dekkend")
    with Workspace.open() as workspace:
        commit(workspace, register())
    assert [file.name for file in (tmp_path / "dekkend").iterdir()] == ["workspace.db"]


@pytest.mark.parametrize("start", ["sqlite:///", ""])
def test_the_address_may_be_given_by_the_environment(tmp_path, monkeypatch, start):
    file = tmp_path / "met spatie & 100%.db"
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"{start}{file}")
    with Workspace.open() as workspace:
        commit(workspace, register())
    assert file.exists()
    with Workspace.open(workspace_url()) as workspace:
        assert workspace.latest().number == 1


def test_a_file_put_back_from_a_backup_is_seen_at_once(tmp_path):
    file = tmp_path / "werk.db"
    with Workspace.open(f"sqlite:///{file}") as workspace:
        commit(workspace, register())
        backup = file.read_bytes()
        commit(workspace, register(*several(2)))
        file.write_bytes(backup)
        assert workspace.latest().number == 1


def test_a_file_that_was_only_just_made_is_taken_further(tmp_path):
    file = tmp_path / "werk.db"
    file.touch()
    with Workspace.open(f"sqlite:///{file}") as workspace:
        assert workspace.latest() is None


# --- what cannot be used ----------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite://", "SQLite"),
        ("sqlite:///:memory:", "SQLite"),
        ("mysql://wie:geheim@host/naam", "mysql"),
        ("mysql://wie@host/naam?password=geheim", "mysql"),
        ("sqlite:///:memory:?key=geheim", "SQLite"),
        ("://", "DEKKEND_WORKSPACE"),
        ("postgresql://wie:geheim@127.0.0.1:1/naam", "wie:"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(address, words):
    with pytest.raises(WorkspaceError, match=words) as told:
        Workspace.open(address)
    assert "geheim" not in str(told.value)
    strangers = told.value.for_strangers()
    assert not [word for word in ("wie", "host", "127.0.0.1", "naam") if word in strangers]


def test_a_stranger_is_told_what_does_not_say_where_the_database_is(tmp_path):
    with Workspace.open(f"sqlite:///{tmp_path}/werk.db") as workspace:
        with pytest.raises(WorkspaceError) as told:
            workspace.register(7)
        assert told.value.for_strangers() == str(told.value)


def test_a_file_of_something_else_is_left_as_it_is(tmp_path):
    file = tmp_path / "notities.txt"
    file.write_text("Geen databank, maar wel van iemand. " * 100)
    before = file.read_bytes()
    with pytest.raises(WorkspaceError, match=r"notities\.txt"):
        Workspace.open(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_database_of_something_else_is_left_as_it_is(tmp_path):
    file = tmp_path / "foto.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE fotos (naam)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(WorkspaceError, match="fotos"):
        Workspace.open(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_damaged_file_is_told(tmp_path):
    file = tmp_path / "werk.db"
    with Workspace.open(f"sqlite:///{file}") as workspace:
        commit(workspace, register(*several(500)))
        damaged = bytearray(file.read_bytes())
        damaged[4096:] = b"\xff" * (len(damaged) - 4096)
        file.write_bytes(damaged)
        with pytest.raises(WorkspaceError, match=r"backup|reservekopie"):
            workspace.register()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "bestand").touch()
    with pytest.raises(WorkspaceError, match="bestand"):
        Workspace.open(f"sqlite:///{tmp_path}/bestand/werk.db")


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    with pytest.raises(WorkspaceError):
        Workspace.open(f"sqlite:///{tmp_path}")


def test_what_is_read_only_can_be_looked_at(tmp_path):
    file = tmp_path / "werk.db"
    with Workspace.open(f"sqlite:///{file}") as workspace:
        commit(workspace, register())
    with Workspace.open(f"sqlite:///file:{file}?mode=ro&uri=true") as workspace:
        assert len(workspace.register().offers) == 1
        with pytest.raises(WorkspaceError, match=r"werk\.db"):
            commit(workspace, register(*several(2)))
        with pytest.raises(WorkspaceError):
            workspace.remember_matching(["a"], {"a": "b"})


def test_a_writer_waits_for_another_and_then_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    file = tmp_path / "werk.db"
    with Workspace.open(f"sqlite:///{file}") as workspace:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(WorkspaceError, match=r"werk\.db"):
                commit(workspace, register())
            assert workspace.latest() is None  # who reads need not wait
        finally:
            other.close()
        commit(workspace, register())


# --- laws -------------------------------------------------------------------------


@settings(max_examples=4)  # each makes and checks several registers
@given(st.lists(registers(), min_size=2, max_size=3))
def test_whatever_is_committed_each_revision_reads_back(states):
    with TemporaryDirectory() as folder, Workspace.open(f"sqlite:///{folder}/w.db") as workspace:
        kept = [empty_register()]
        for state in states:
            told = changes(kept[-1], state)
            rows = told.drop_duplicates(["table", "key"])["kind"].value_counts()
            try:
                made = commit(workspace, state)
            except NothingChangedError:
                assert told.empty
                continue
            kept.append(state)
            counts = {"added": made.added, "changed": made.changed, "removed": made.removed}
            assert counts == {kind: rows.get(kind, 0) for kind in counts}
        for number, state in enumerate(kept):
            same(workspace.register(number), state)


# --- positions --------------------------------------------------------------------


@given(st.lists(st.one_of(st.just(np.nan), st.floats(-1e9, 1e9)), max_size=30))
def test_positions_rise_and_keep_what_already_rises(known):
    known = [one for place, one in enumerate(known) if one not in known[:place]]
    found = module._positions(known)
    assert len(found) == len(known)
    assert all(one < other for one, other in pairwise(found))


@given(st.permutations(range(8)))
def test_as_few_positions_as_possible_change(order):
    found = module._positions([float(one) for one in order])
    kept = sum(one == other for one, other in zip(found, order, strict=True))
    longest = [1] * len(order)
    for place, value in enumerate(order):
        before = [longest[one] for one in range(place) if order[one] < value]
        longest[place] += max(before, default=0)
    assert kept >= max(longest)


@pytest.mark.skipif(os.name != "posix", reason="rights of a file are of POSIX")
def test_a_new_workspace_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "new.db"
    with Workspace.open(f"sqlite:///{file}"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
