"""The workspace on a real PostgreSQL server, and what only a server can do."""

import uuid

import psycopg
import pytest

from coverage.workspace import Workspace, WorkspaceError
from tests import postgres_server
from tests.workspace_contract import WorkspaceContract, commit, register, several


@pytest.fixture(scope="module")
def server():
    with postgres_server.server() as address:
        yield address


@pytest.fixture
def database(server):
    with postgres_server.database(server, f"test-{uuid.uuid4()}") as address:
        yield address


class TestPostgres(WorkspaceContract):
    @pytest.fixture
    def url(self, database):
        return database.replace("postgresql://", "postgresql+psycopg://")


def test_the_driver_may_be_left_out_of_the_address(database):
    with Workspace.open(database) as workspace:
        commit(workspace, register())


def test_other_tables_may_stand_beside_it(database):
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE spatial_ref_sys (srid integer)")
    with Workspace.open(database) as workspace:
        commit(workspace, register())


def test_tables_of_another_program_with_these_names_are_left_alone(database):
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE dekkend_rows (iets integer)")
    with pytest.raises(WorkspaceError, match="dekkend_rows"):
        Workspace.open(database)


def test_a_database_that_is_not_there_is_told_without_the_password(server):
    address = server.replace("dekkend@", "dekkend:geheim@").replace("/postgres", "/nergens")
    with pytest.raises(WorkspaceError, match="nergens") as told:
        Workspace.open(address)
    assert "geheim" not in str(told.value)


def test_a_user_without_rights_is_told(server, database):
    with psycopg.connect(server) as connection:
        connection.execute("CREATE ROLE gast LOGIN")
    with pytest.raises(WorkspaceError, match="permission denied"):
        Workspace.open(database.replace("dekkend@", "gast@"))
    with psycopg.connect(server) as connection:
        connection.execute("DROP ROLE gast")


def test_a_connection_that_was_cut_is_made_again(server, database):
    with Workspace.open(database) as workspace:
        commit(workspace, register())
        with psycopg.connect(server) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'dekkend'"
            )
        commit(workspace, register(*several(2)))
        assert workspace.latest().number == 2
