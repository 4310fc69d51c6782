"""What a workspace does on any database; the test modules give the database."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import coverage
from coverage import _workspace_tables, count_sets, disclosure
from coverage.faults import BadInputError
from coverage.register import Register, empty_register, read_register
from coverage.workspace import (
    ConflictError,
    NothingChangedError,
    RevisionKind,
    Workspace,
    WorkspaceError,
)
from tests import register_files, workspace_worker
from tests.made_tables import with_bounds

ROOT = Path(__file__).parents[1]
KILLS = int(os.environ.get("WORKSPACE_KILLS", "4"))
"""Times that a process is killed while it writes."""


def register(*offers, **tables):
    """Checked register with one provider and an offer for each dict of changes."""
    made = {"providers": register_files.frame("providers", {}), **tables}
    made["offers"] = register_files.frame("offers", *(offers or ({},)))
    return Register.from_tables(**made)


def several(count, **changes):
    return [{"offer_id": f"O{row}", **changes} for row in range(count)]


def commit(workspace, one, parent=None, **changes):
    last = workspace.latest()
    given = {
        "parent": (last.number if last else 0) if parent is None else parent,
        "author": "Wie",
        "note": "waarom",
        "kind": RevisionKind.EDIT,
        **changes,
    }
    return workspace.commit(one, **given)


def same(one, other):
    """Assert that two registers have the same tables, types and order included."""
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


@contextmanager
def worker(*arguments):
    """Process of `workspace_worker`; gives it, and ends it."""
    command = [sys.executable, "-m", "tests.workspace_worker", *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            process.stdin.close()


def until(process, word):
    """Read what a worker says up to a word; the words of that line."""
    for line in process.stdout:
        if line.split()[0] == word:
            return line.split()
    raise AssertionError(f"the worker ended before it said {word!r}")


class WorkspaceContract:
    """The tests; a subclass gives the fixture `url`: an empty database."""

    @pytest.fixture
    def workspace(self, url):
        with Workspace.open(url) as opened:
            yield opened

    # --- revisions ---

    def test_it_begins_empty(self, workspace):
        assert workspace.latest() is None
        assert workspace.revisions() == []
        same(workspace.register(), empty_register())
        same(workspace.register(0), empty_register())

    def test_a_register_reads_back_as_it_was(self, workspace):
        public = read_register(coverage.PUBLIC_REGISTER)
        made = commit(workspace, public, kind=RevisionKind.IMPORT)
        rows = sum(map(len, public.tables.values()))
        assert (made.number, made.added, made.changed, made.removed) == (1, rows, 0, 0)
        found = workspace.register()
        same(found, public)
        assert found.name == "revision 1"

    def test_a_revision_says_who_when_and_why(self, workspace):
        made = commit(workspace, register(), author=" Ada ", note="eerste", kind="import")
        assert (made.author, made.note, made.kind) == ("Ada", "eerste", RevisionKind.IMPORT)
        assert made.time.utcoffset() == timedelta(0)
        assert abs(made.time - datetime.now(UTC)) < timedelta(minutes=5)
        assert workspace.latest() == made
        assert workspace.revisions() == [made]

    def test_each_revision_stays_as_it_was(self, workspace):
        states = [
            register(*several(3)),
            register(*several(4, note="anders")),
            register(*several(2)),
            register({"offer_id": "O9"}, *several(2)),
        ]
        made = [commit(workspace, state) for state in states]
        assert [(one.added, one.changed, one.removed) for one in made] == [
            (4, 0, 0),
            (1, 3, 0),
            (0, 2, 2),
            (1, 0, 0),
        ]
        assert workspace.revisions() == made[::-1]
        for number, state in enumerate(states, start=1):
            same(workspace.register(number), state)

    def test_rows_keep_their_order(self, workspace):
        rows = several(6)
        commit(workspace, register(*rows))
        state = register(rows[5], rows[0], {"offer_id": "N1"}, rows[1], rows[4], rows[2])
        commit(workspace, state)
        same(workspace.register(), state)
        state = register({"offer_id": "N2"}, rows[5], rows[4], rows[0])
        commit(workspace, state)
        same(workspace.register(), state)

    def test_what_stays_the_same_is_not_written_again(self, workspace):
        commit(workspace, register(*several(50)))
        rows = several(50)
        rows.insert(20, {"offer_id": "N"})
        commit(workspace, register(*rows))
        with workspace.transaction() as connection:
            query = sa.select(sa.func.count()).select_from(_workspace_tables.ROWS)
            assert connection.execute(query).scalar() == 52

    def test_a_row_may_always_come_between_two_others(self, workspace):
        rows = several(2)
        for number in range(60):
            rows.insert(1, {"offer_id": f"N{number}"})
        # Half the way each time: sooner or later no number is left in between.
        for count in (0, 20, 40, 60):
            commit(workspace, register(rows[0], *rows[61 - count :]))
            same(workspace.register(), register(rows[0], *rows[61 - count :]))

    def test_the_order_alone_makes_no_revision(self, workspace):
        rows = several(2)
        commit(workspace, register(*rows))
        with pytest.raises(NothingChangedError, match=r"\w"):
            commit(workspace, register(*rows[::-1]))
        assert workspace.latest().number == 1

    def test_who_builds_on_an_old_revision_is_told_who_came_first(self, workspace):
        commit(workspace, register(*several(1)))
        second = commit(workspace, register(*several(2)), parent=1, author="Eerst")
        with pytest.raises(ConflictError, match=r"Eerst.*2") as told:
            commit(workspace, register(*several(3)), parent=1, author="Later")
        assert told.value.latest == second
        assert workspace.revisions()[0] == second
        same(workspace.register(), register(*several(2)))

    def test_a_parent_that_never_was_is_refused(self, workspace):
        commit(workspace, register())
        with pytest.raises(WorkspaceError, match="7"):
            commit(workspace, register(*several(2)), parent=7)

    def test_a_register_with_faults_is_not_kept(self, workspace):
        commit(workspace, register())
        offers = register_files.frame("offers", {"provider_id": "P9"})
        wrong = replace(register(), offers=offers)
        with pytest.raises(BadInputError, match="P9"):
            commit(workspace, wrong)
        assert workspace.latest().number == 1

    @pytest.mark.parametrize("number", [-1, 2, 10**6])
    def test_a_revision_that_is_not_there_is_told(self, workspace, number):
        commit(workspace, register())
        with pytest.raises(WorkspaceError, match=str(number)):
            workspace.register(number)

    def test_going_back_is_a_new_revision(self, workspace):
        first = register(*several(3))
        commit(workspace, first)
        commit(workspace, register(*several(1, note="fout")))
        made = workspace.restore(1, author="Wie", note="terug")
        assert (made.number, made.kind) == (3, RevisionKind.RESTORE)
        assert (made.added, made.changed, made.removed) == (2, 1, 0)
        same(workspace.register(), first)
        with pytest.raises(NothingChangedError):
            workspace.restore(1, author="Wie", note="nog eens")

    def test_going_back_to_the_beginning_empties_it(self, workspace):
        commit(workspace, register())
        workspace.restore(0, author="Wie", note="")
        same(workspace.register(), empty_register())

    # --- what people write ---

    @pytest.mark.parametrize(
        "text",
        [
            '\'s-Gravenhage "quoted" \\ %s :name {a} $1',
            "<script>alert(1)</script>",
            "\N{RIGHT-TO-LEFT OVERRIDE}مرحبا \N{FAMILY}",
            "twee\nregels",
            "\0nul",
            "x" * 10_000,
        ],
    )
    def test_any_text_is_kept(self, workspace, text):
        state = register({"offer_id": text, "name": text, "note": text})
        made = commit(workspace, state, author=text, note=text)
        same(workspace.register(), state)
        assert workspace.latest() == made
        commit(workspace, register({"offer_id": text, "name": "x"}))
        assert workspace.latest().changed == 1

    def test_what_no_database_can_hold_is_left_out_of_a_note(self, workspace):
        made = commit(workspace, register(), author="A\0da", note="half \ud800")
        assert (made.author, made.note) == ("Ada", "half ?")
        assert workspace.latest() == made

    # --- choices of columns ---

    def test_a_choice_of_columns_is_remembered(self, workspace):
        assert workspace.recall_matching(["Naam", "Plaats"]) is None
        workspace.remember_matching(["Naam", "Plaats"], {"Naam": "name", "Plaats": ""})
        found = workspace.recall_matching(["plaats", "NAAM "])
        assert found == {"plaats": "", "NAAM ": "name"}
        assert workspace.recall_matching(["Naam"]) is None
        workspace.remember_matching(["Plaats", "Naam"], {"Naam": "provider", "Plaats": "place"})
        assert workspace.recall_matching(["Naam", "Plaats"])["Naam"] == "provider"
        assert workspace.latest() is None

    # --- the database ---

    def test_the_last_step_makes_the_tables_that_are_used(self, workspace):
        with workspace.transaction() as connection:
            options = {
                "include_name": lambda name, kind, _parents: (
                    kind != "table" or name != "dekkend_version"
                )
            }
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, _workspace_tables.META) == []

    def test_a_database_of_a_newer_program_is_left_alone(self, url, workspace):
        with workspace.transaction(write=True) as connection:
            connection.exec_driver_sql("UPDATE dekkend_version SET version_num = '9999'")
        with pytest.raises(WorkspaceError, match="Dekkend"):
            Workspace.open(url)

    def test_a_column_that_is_not_known_is_not_dropped_silently(self, workspace):
        commit(workspace, register())
        with workspace.transaction(write=True) as connection:
            connection.execute(
                _workspace_tables.ROWS.update().values(
                    content='{"provider_id": "P1", "later": "x"}'
                )
            )
        with pytest.raises(WorkspaceError, match="later"):
            workspace.register()

    @pytest.mark.parametrize(
        "changes",
        [{"content": "{"}, {"content": '{"edition": "x"}'}, {"table_name": "iets"}],
        ids=str,
    )
    def test_rows_that_somebody_wrote_by_hand_are_told(self, workspace, changes):
        commit(workspace, register())
        with workspace.transaction(write=True) as connection:
            rows = _workspace_tables.ROWS
            connection.execute(rows.update().where(rows.c.table_name == "offers").values(**changes))
        with pytest.raises(WorkspaceError, match=r"backup|reservekopie"):
            workspace.register()

    def test_more_rows_take_no_more_questions(self, workspace):
        asked = []
        sa.event.listen(
            workspace._engine, "before_cursor_execute", lambda *told: asked.append(told[2])
        )
        counts = []
        for number, rows in enumerate((10, 2000)):
            asked.clear()
            state = workspace_worker.marked(number, rows)
            commit(workspace, state)
            same(workspace.register(), state)
            counts.append(len(asked))
            workspace.restore(0, author="", note="")
        assert counts[0] == counts[1]

    # --- counts ---

    def test_counts_read_back_as_they_were(self, workspace):
        codes = pd.Index(["GM0344", "GM0363"], name="gm_code")
        table = with_bounds(pd.DataFrame({"imposed": [1 / 3, np.nan]}, index=codes))
        told = {"edition": 2025, "author": "W", "note": "\0'\U0001f600", "identity": "w"}
        made = disclosure.already_public(table)
        first = count_sets.save(workspace, table, made, **told)
        assert count_sets.save(workspace, table, made, **told) == first
        assert count_sets.heads(workspace) == [first]
        found = count_sets.load(workspace, first.number)
        pd.testing.assert_frame_equal(found.counts, table, check_exact=True)
        count_sets.remove(workspace, first.number)
        assert count_sets.heads(workspace) == []
        with pytest.raises(WorkspaceError, match="1"):
            count_sets.load(workspace, first.number)
        assert count_sets.save(workspace, table, made, **told).number == first.number + 1

    def test_a_workspace_of_the_first_step_is_taken_further(self, url, workspace):
        commit(workspace, register())
        with workspace.transaction(write=True) as connection:
            for table in (_workspace_tables.COUNT_SETS, _workspace_tables.SCENARIOS):
                table.drop(connection)
            connection.exec_driver_sql("UPDATE dekkend_version SET version_num = '0001'")
        with Workspace.open(url) as again:
            same(again.register(), register())
            assert count_sets.heads(again) == []

    # --- more than one process ---

    def test_another_process_is_seen(self, url, workspace):
        commit(workspace, workspace_worker.marked(1, 1))
        with worker("commit", url, 2) as other:
            assert until(other, "made") == ["made", "2"]
        assert workspace.latest().author == str(other.pid)
        same(workspace.register(), workspace_worker.marked(2, 1))

    def test_of_some_that_begin_at_once_one_is_first(self, url):
        with ExitStack() as stack:
            workers = [stack.enter_context(worker("race", url, 1)) for _one in range(2)]
            for process in workers:
                until(process, "loaded")
            for process in workers:
                process.stdin.write("\n")
                process.stdin.flush()
            told = [process.communicate()[0].split() for process in workers]
        assert [words[0] for words in told] == ["opened"] * 2
        outcomes = sorted(words[1] for words in told)
        assert outcomes == ["conflict", "made"]
        winner = next(
            str(process.pid)
            for process, words in zip(workers, told, strict=True)
            if words[1] == "made"
        )
        assert {words[3] for words in told if words[1] == "conflict"} == {winner}
        with Workspace.open(url) as workspace:
            assert [one.number for one in workspace.revisions()] == [1]

    def test_a_process_that_is_killed_leaves_whole_revisions(self, url):
        """Kill at any moment, the making of the database included; reopen; all is whole."""
        chance = np.random.default_rng(7)
        sure = 0
        for number in range(KILLS):
            with worker("work", url) as process:
                # One in four is killed while it opens, the others while they write.
                until(process, "made" if number % 4 else "loaded")
                time.sleep(chance.uniform(0, 0.2))
                process.send_signal(signal.SIGKILL)
                said = [line.split() for line in process.stdout]
            sure = max([sure, *(int(words[1]) for words in said if words[0] == "made")])
            sure = self._whole(url, sure)
        assert sure >= KILLS // 2, "the processes were killed before they did anything"

    @staticmethod
    def _whole(url, sure):
        """Assert that the last revision is whole; its number."""
        with Workspace.open(url) as workspace:
            last = workspace.latest()
            if last is None:
                assert not sure
                same(workspace.register(), empty_register())
                return 0
            assert last.number >= sure
            assert [one.number for one in workspace.revisions()] == [*range(last.number, 0, -1)]
            found = workspace.register()
            assert len(found.offers) == workspace_worker.OFFERS
            assert set(found.offers["note"]) == {f"revision {last.number}"}
            return last.number
