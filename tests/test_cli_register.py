"""`dekkend register`, as a user types it."""

import io
import json
import shutil

import pandas as pd
import pyogrio
import pytest
from rich.console import Console

import coverage
from coverage import _terminal, cli, cli_register, i18n
from coverage.register import read_register
from coverage.workspace import ConflictError, Workspace
from tests import pdok_server, register_files


@pytest.fixture
def address(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/werk.db"
    monkeypatch.setenv("DEKKEND_WORKSPACE", url)
    return url


@pytest.fixture
def register(address, capsys):  # noqa: ARG001 - where the command finds it
    """Run a command in this process; gives exit code, output and messages on one line."""

    def run(*arguments, language="nl"):
        i18n.use(language)
        code = 0
        try:
            cli_register.build()([*map(str, arguments)], prog_name="dekkend register")
        except SystemExit as stop:
            code = stop.code or 0
        finally:
            i18n.use(i18n.DEFAULT)
        said = capsys.readouterr()
        return code, said.out, " ".join(said.err.split())

    return run


@pytest.fixture
def terminal(monkeypatch):
    """What the command shows on a terminal, wide enough for a table."""
    shown = io.StringIO()
    monkeypatch.setattr(_terminal, "out", Console(file=shown, force_terminal=True, width=240))
    return shown


def folder(path, *offers, **changes):
    return register_files.folder(path, offers=register_files.frame("offers", *offers), **changes)


def latest(address):
    with Workspace.open(address) as workspace:
        return workspace.latest(), workspace.register()


# --- import -----------------------------------------------------------------------


def test_a_register_is_imported_as_one_revision(register, address):
    code, output, messages = register(
        "import", coverage.PUBLIC_REGISTER, "--note", "begin", "--author", "Ada", language="en"
    )
    public = read_register(coverage.PUBLIC_REGISTER)
    made, kept = latest(address)
    assert code == 0
    assert output == ""
    assert "revision 1" in messages
    assert (made.number, made.author, made.note, made.kind) == (1, "Ada", "begin", "import")
    for name, table in public.tables.items():
        pd.testing.assert_frame_equal(kept.tables[name], table)


def test_rows_with_the_same_id_are_replaced_and_others_kept(register, address, tmp_path):
    register("import", folder(tmp_path / "een", {}, {"offer_id": "O2"}))
    code, _, messages = register(
        "import", folder(tmp_path / "twee", {"name": "Anders"}, {"offer_id": "O3"}), language="en"
    )
    made, kept = latest(address)
    assert code == 0
    assert "1 added, 1 changed" in messages
    assert kept.offers["offer_id"].tolist() == ["O1", "O2", "O3"]
    assert kept.offers["name"].tolist() == ["Anders", "Gezinscoach", "Gezinscoach"]
    assert made.author
    assert "twee" in made.note


def test_the_file_may_be_the_whole_register(register, address, tmp_path):
    register("import", folder(tmp_path / "een", {}, {"offer_id": "O2"}))
    register("import", folder(tmp_path / "twee", {"offer_id": "O3"}), "--replace")
    assert latest(address)[1].offers["offer_id"].tolist() == ["O3"]


def test_one_table_of_the_register_is_enough_for_a_change(register, address, tmp_path):
    register("import", folder(tmp_path / "een", {}, {"offer_id": "O2"}))
    table = register_files.frame("offers", {"offer_id": "O2", "name": "Anders"})
    code, *_ = register("import", register_files.write(tmp_path / "offers.csv", table))
    assert code == 0
    assert latest(address)[1].offers["name"].tolist() == ["Gezinscoach", "Anders"]


def test_faults_are_told_and_nothing_is_imported(register, address, tmp_path):
    wrong = folder(tmp_path / "een", {"framework": "misschien"}, {"offer_id": "O2", "edition": "1"})
    code, _, messages = register("import", wrong)
    assert code == 1
    assert "misschien" in messages
    assert "offers.csv" in messages
    assert latest(address)[0] is None


def test_a_table_that_does_not_fit_the_register_is_told(register, address, tmp_path):
    register("import", folder(tmp_path / "een", {}))
    table = register_files.frame("offers", {"offer_id": "O2", "provider_id": "P7"})
    code, _, messages = register("import", register_files.write(tmp_path / "offers.csv", table))
    assert code == 1
    assert "P7" in messages
    assert latest(address)[0].number == 1


def test_the_same_file_twice_changes_nothing(register, address, tmp_path):
    path = folder(tmp_path / "een", {})
    register("import", path)
    code, _, messages = register("import", path, language="en")
    assert code == 0
    assert "Nothing" in messages
    assert latest(address)[0].number == 1


def test_a_table_of_demand_is_no_register(register, tmp_path):
    path = register_files.write(tmp_path / "vraag.csv", register_files.frame("demand", {}))
    code, _, messages = register("import", path)
    assert code == 1
    assert "assess --demand" in messages


@pytest.mark.parametrize("name", ["nergens", "nergens.xlsx"])
def test_a_file_that_is_not_there_is_told(register, tmp_path, name):
    code, _, messages = register("import", tmp_path / name)
    assert code == 1
    assert name in messages


def test_wrong_options_are_told(register, tmp_path):
    path = folder(tmp_path / "een", {})
    assert register("import", path, "--edition", 1999)[0] == 2
    assert register("import", path, "--rejected", "rest.doc")[0] == 2
    assert register("export", tmp_path / "uit.ods")[0] == 2


def test_someone_else_who_came_first_is_told(register, address, tmp_path, monkeypatch):
    register("import", folder(tmp_path / "een", {}), "--author", "Eerst")
    last = latest(address)[0]

    def late(*_arguments, **_options):
        raise ConflictError(last)

    monkeypatch.setattr(Workspace, "commit", late)
    code, _, messages = register("import", folder(tmp_path / "twee", {"name": "Anders"}))
    assert code == 1
    assert "Eerst" in messages


# --- a list of offers -----------------------------------------------------------------


LIST = """Organisatie;Naam aanbod;Gemeente;Vrijwillig;Kleur
Stichting Verzonnen;Gezinscoach;Amsterdam;ja;rood
Stichting Verzonnen;Thuisbegeleiding;Rotterdam;nee;blauw
;Zonder aanbieder;Utrecht;ja;geel
"""


def test_a_list_is_imported_and_the_rest_written_with_the_reason(register, address, tmp_path):
    path = tmp_path / "aanbod.csv"
    path.write_text(LIST)
    rest = tmp_path / "rest.csv"
    code, _, messages = register(
        "import", path, "--source-date", "2025-11", "--rejected", rest, language="en"
    )
    kept = latest(address)[1]
    assert code == cli_register.IN_PART == 3
    assert "2 rows can be imported" in messages
    assert sorted(kept.offers["name"]) == ["Gezinscoach", "Thuisbegeleiding"]
    assert set(kept.offers["source"]) == {"aanbod.csv"}
    assert set(kept.offers["source_date"]) == {"2025-11"}
    left = pd.read_csv(rest, sep=";", dtype=str)
    assert left["Kleur"].tolist() == ["geel"]
    assert left.iloc[0, -1]


def test_what_a_shell_can_know_of_an_import(register, tmp_path, monkeypatch):
    monkeypatch.setattr(cli_register, "SHOWN_FAULTS", 0)
    path = tmp_path / "aanbod.csv"
    path.write_text(LIST.replace("\n;", "\nAnder;"))
    code, _, messages = register("import", path, language="en")
    assert code == 0
    assert "--rejected FILE writes every row" in messages
    assert "check" not in messages
    assert "3: without the rows" in " ".join(register("import", "--help", language="en")[1].split())


def test_a_list_twice_is_imported_once(register, address, tmp_path):
    path = tmp_path / "aanbod.csv"
    path.write_text(LIST)
    register("import", path)
    code, _, messages = register("import", path, language="en")
    assert latest(address)[0].number == 1
    assert code == 1
    assert "2 were there already" in messages


def test_a_list_without_what_is_needed_is_told(register, tmp_path):
    path = tmp_path / "kleuren.csv"
    path.write_text("Kleur;Maat\nrood;3\n")
    assert register("import", path)[0] == 1


def test_a_choice_made_in_the_app_holds_here_too(register, address, tmp_path):
    path = tmp_path / "aanbod.csv"
    path.write_text("Aap;Noot;Mies\nStichting Verzonnen;Gezinscoach;Amsterdam\n")
    assert register("import", path)[0] == 1
    headings = ["Aap", "Noot", "Mies"]
    with Workspace.open(address) as workspace:
        matching = dict(zip(headings, ["provider", "offer", "municipality"], strict=True))
        workspace.remember_matching(headings, matching)
    assert register("import", path)[0] == 0
    assert latest(address)[1].offers["name"].tolist() == ["Gezinscoach"]


def twice(path, lines):
    """List with offers of a provider under two names that are nearly the same."""
    path.write_text("Organisatie;Naam aanbod;Gemeente\n" + "\n".join(lines) + "\n")
    return path


def test_a_name_that_resembles_another_is_one_organisation_when_that_is_said(
    register, address, tmp_path
):
    two_names = ("Stichting Verzonnen Gezinshulp", "Stichting Verzonnen Gezinshulpp")
    lines = [f"{two_names[0]};Aanbod {city};{city}" for city in ("Amsterdam", "Utrecht")]
    path = twice(tmp_path / "aanbod.csv", [*lines, f"{two_names[1]};Ander aanbod;Zeist"])
    code, _, messages = register("import", path, "--same", "Onbekend", language="en")
    assert (code, latest(address)[0]) == (2, None)
    assert two_names[1] in messages
    code, _, messages = register("import", path, language="en")
    assert f"“{two_names[1]}” resembles “{two_names[0]}”" in messages
    assert len(latest(address)[1].providers) == 2
    register("import", path, "--replace", "--same", two_names[1])
    assert latest(address)[1].providers["name"].tolist() == [two_names[0]]


def test_what_is_there_twice_is_taken_in_when_that_is_asked(register, address, tmp_path):
    line = "Stichting Verzonnen;Gezinscoach;Amsterdam"
    path = twice(tmp_path / "aanbod.csv", [line, line])
    rest = tmp_path / "rest.csv"
    register("import", path, "--duplicates", "--rejected", rest)
    assert latest(address)[1].offers["name"].tolist() == ["Gezinscoach"] * 2
    assert not rest.exists()


def test_a_sheet_is_chosen_and_the_kind_of_programme_said(register, address, tmp_path):
    path = tmp_path / "aanbod.xlsx"
    with pd.ExcelWriter(path) as writer:
        for name in ("Een", "Twee"):
            table = {"Organisatie": ["Verzonnen"], "Naam aanbod": [name], "Gemeente": ["Zeist"]}
            pd.DataFrame(table).to_excel(writer, sheet_name=name, index=False)
    code, _, messages = register("import", path, language="en")
    assert (code, "Een, Twee" in messages) == (1, True)
    assert register("import", path, "--sheet", "Drie")[0] == 2
    assert register("import", path, "--sheet", "Twee", "--offer-type", "informal")[0] == 0
    offers = latest(address)[1].offers
    assert offers[["name", "offer_type"]].to_numpy().tolist() == [["Twee", "informal"]]


@pytest.mark.parametrize(
    ("fault", "words", "precision"),
    [
        (None, "sent to 127.0.0.1", "address"),
        (pdok_server.Faults.status(500), "does not answer well", "postcode4"),
    ],
)
def test_addresses_are_looked_up_when_that_is_asked(  # noqa: PLR0917
    register, address, tmp_path, monkeypatch, fault, words, precision
):
    pdok_server.quick(monkeypatch, tmp_path)
    path = tmp_path / "aanbod.csv"
    path.write_text(
        "Organisatie;Naam aanbod;Straat;Huisnummer;Postcode;Plaats;Gemeente\n"
        "Verzonnen;Gezinscoach;Bolstraat;1;3581 WS;Utrecht;Utrecht\n"
    )
    with pdok_server.running() as server:
        server.always = fault
        monkeypatch.setenv("DEKKEND_PDOK", server.url)
        code, _, messages = register("import", path, "--online", language="en")
    assert (code, words in messages) == (0, True)
    assert latest(address)[1].locations["precision"].tolist() == [precision]


# --- export ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """File with a register of two revisions."""
    path = tmp_path_factory.mktemp("two")
    with Workspace.open(f"sqlite:///{path}/werk.db") as workspace:
        for number, (name, note) in enumerate([("een", "=1+1"), ("twee", "")]):
            changes = {"name": "<b>[red]Anders\x1b[2J"} if number else {}
            state = read_register(folder(path / name, changes))
            workspace.commit(state, parent=number, author="Ada", note=note, kind="import")
    return path / "werk.db"


@pytest.fixture
def two(register, kept, tmp_path):
    """Register of two revisions."""
    shutil.copy(kept, tmp_path / "werk.db")
    return register


@pytest.mark.parametrize("name", ["uit", "uit.xlsx"])
def test_an_export_reads_back_as_the_register(two, address, tmp_path, name):
    code, _, messages = two("export", tmp_path / name)
    assert code == 0
    assert name in messages
    found = read_register(tmp_path / name)
    for key, table in latest(address)[1].tables.items():
        pd.testing.assert_frame_equal(found.tables[key], table)


def test_a_folder_says_which_revision_it_is(two, tmp_path):
    assert two("export", tmp_path / "uit", "--revision", 1)[0] == 0
    told = json.loads((tmp_path / "uit" / "revision.json").read_text())
    assert (told["number"], told["note"], told["kind"]) == (1, "=1+1", "import")
    assert read_register(tmp_path / "uit").offers["name"].tolist() == ["Gezinscoach"]


def test_an_export_for_a_map_program(two, tmp_path):
    assert two("export", tmp_path / "uit.gpkg", "--revision", 1)[0] == 0
    about = pyogrio.read_dataframe(tmp_path / "uit.gpkg", layer="about").set_index("what")
    assert about.loc["revision", "value"] == "1"


def test_an_example_says_so_when_it_is_exported(register, tmp_path):
    register("import", coverage.EXAMPLE_REGISTER)
    code, _, messages = register("export", tmp_path / "uit.xlsx", language="en")
    assert code == 0
    assert "EXAMPLE" in messages


def test_what_cannot_be_exported_is_told(two, tmp_path):
    assert two("export", tmp_path / "uit.xlsx", "--revision", 7)[0] == 1
    code, _, messages = two("export", tmp_path / "nergens" / "uit.gpkg")
    assert code == 1
    assert "nergens" in messages


def test_an_empty_register_has_nothing_to_export(register, tmp_path):
    assert register("export", tmp_path / "uit")[0] == 1
    code, output, messages = register("revisions", language="en")
    assert (code, output) == (0, "")
    assert "empty" in messages


# --- revisions, differences, going back ---------------------------------------------


def test_revisions_come_out_as_a_table_for_programs(two):
    code, output, _ = two("revisions")
    table = pd.read_csv(io.StringIO(output))
    assert code == 0
    assert table["number"].tolist() == [2, 1]
    assert table["kind"].tolist() == ["import"] * 2
    assert table["note"].tolist()[1] == "'=1+1"
    assert pd.to_datetime(table["time"], utc=True).notna().all()


def test_revisions_on_a_terminal(two, terminal):
    two("revisions", language="en")
    shown = terminal.getvalue()
    assert "=1+1" in shown
    assert "2 added" in shown


def test_differences_come_out_as_a_table_for_programs(two):
    code, output, _ = two("diff", 1, 2)
    table = pd.read_csv(io.StringIO(output))
    assert code == 0
    assert table[["table", "key", "kind", "column", "before"]].to_numpy().tolist() == [
        ["offers", "O1", "changed", "name", "Gezinscoach"]
    ]
    assert two("diff", 1)[1] == output
    assert len(pd.read_csv(io.StringIO(two("diff", 0, 1)[1]))) == 2


def test_differences_on_a_terminal_are_text_and_nothing_else(two, terminal):
    two("diff", 1, language="en")
    shown = terminal.getvalue()
    assert "<b>[red]Anders\N{REPLACEMENT CHARACTER}[2J" in shown
    assert "\x1b[2J" not in shown


def test_no_difference_is_told(two, terminal):
    code, _, messages = two("diff", 2, 2, language="en")
    assert (code, terminal.getvalue()) == (0, "")
    assert "Nothing differs" in messages


def test_a_revision_that_never_was_is_told(two):
    assert two("diff", 1, 9)[0] == 1
    assert two("restore", 9)[0] == 1
    assert two("diff", -1)[0] == 2


def test_going_back_is_a_new_revision(two, address):
    code, _, messages = two("restore", 1, "--author", "Ada", language="en")
    made, kept = latest(address)
    assert code == 0
    assert "revision 3" in messages
    assert (made.kind, made.author) == ("restore", "Ada")
    assert "1" in made.note
    assert kept.offers["name"].tolist() == ["Gezinscoach"]
    assert two("restore", 1)[0] == 0
    assert latest(address)[0].number == 3


# --- troubles ---------------------------------------------------------------------------


def test_a_workspace_that_cannot_be_opened_is_told(register, tmp_path, monkeypatch):
    file = tmp_path / "foto.jpg"
    file.write_bytes(b"\xff\xd8" * 1000)
    monkeypatch.setenv("DEKKEND_WORKSPACE", str(file))
    for command in (["revisions"], ["diff", 0], ["restore", 1], ["export", tmp_path / "uit"]):
        code, _, messages = register(*command)
        assert code == 1
        assert "foto.jpg" in messages


def test_the_commands_stand_in_the_help(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["dekkend", "register", "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    shown = capsys.readouterr().out
    for command in ("import", "export", "revisions", "diff", "restore"):
        assert command in shown
