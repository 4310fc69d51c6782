"""The command line, as a user types it."""

import io
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

import coverage
from coverage import cli, disclosure, i18n
from coverage.assessment import COLUMNS


@pytest.fixture
def dekkend(monkeypatch, capsys):
    """Run the command in this process; gives exit code, output and messages."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["dekkend", *map(str, arguments)])
        monkeypatch.delenv("DEKKEND_LANG", raising=False)
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        finally:
            i18n.use(i18n.DEFAULT)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize(("year", "count"), [(2010, 431), (2025, 342)])
def test_one_row_a_municipality(dekkend, year, count):
    code, output, _ = dekkend("assess", "--edition", year)
    table = pd.read_csv(io.StringIO(output))
    assert code == 0
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == count
    assert table["gm_code"].str.fullmatch(r"GM\d{4}").all()
    assert (table["gap_low"] <= table["gap_high"]).all()


@pytest.fixture
def terminal(monkeypatch):
    """What the command shows on a terminal, wide enough for a table."""
    shown = io.StringIO()
    monkeypatch.setattr(cli, "out", Console(file=shown, force_terminal=True, width=200))
    return shown


def test_a_terminal_shows_intervals_and_words(dekkend, terminal):
    code, _, _ = dekkend("--lang", "en", "assess", "--edition", 2025)
    assert code == 0
    amsterdam = next(line for line in terminal.getvalue().splitlines() if "GM0363" in line)
    assert "not known" in amsterdam
    assert " to " in amsterdam
    # The proven rung of a municipality that nothing is known of is no statement.
    assert "no voluntary offer" not in amsterdam


def test_a_terminal_shows_regions(dekkend, terminal):
    code, _, said = dekkend("--lang", "en", "assess", "--example", "--region-set", "study")
    assert code == 0
    assert terminal.getvalue().count("ST-") == 5
    assert "EXAMPLE" in said


def test_a_dutch_excel_opens_the_csv(dekkend, tmp_path):
    out = tmp_path / "gap.csv"
    code, _, said = dekkend("assess", "--edition", 2010, "--out", out)
    assert code == 0
    assert "431" in said
    assert out.read_bytes().startswith(b"\xef\xbb\xbfgm_code;name;")
    table = pd.read_csv(out, sep=";", decimal=",", encoding="utf-8-sig")
    same = coverage.assess(
        coverage.load_edition(2010), coverage.read_register(coverage.PUBLIC_REGISTER)
    ).table()
    assert table["demand_high"].tolist() == pytest.approx(same["demand_high"].tolist())


def test_a_plain_csv_for_programs(dekkend, tmp_path):
    out = tmp_path / "gap.csv"
    dekkend("assess", "--edition", 2025, "--plain", "--out", out)
    assert len(pd.read_csv(out)) == 342


def test_excel_keeps_codes_as_text(dekkend, tmp_path):
    out = tmp_path / "gap.xlsx"
    assert dekkend("assess", "--edition", 2025, "--out", out)[0] == 0
    sheets = pd.read_excel(out, sheet_name=None, engine="calamine")
    table, about, _record = sheets.values()
    assert list(table.columns) == list(COLUMNS)
    assert table["gm_code"].str.startswith("GM").all()
    assert about.to_string().count("2025")


def test_the_five_study_regions_are_marked_as_an_example(dekkend):
    code, output, said = dekkend(
        "--lang", "en", "assess", "--edition", 2010, "--region-set", "study"
    )
    table = pd.read_csv(io.StringIO(output))
    assert code == 0
    assert len(table) == 5
    assert set(table["region_status"]) == {"example"}
    assert "example" in said


def test_the_example_register_is_marked(dekkend, tmp_path):
    out = tmp_path / "gap.csv"
    code, _, said = dekkend("--lang=en", "assess", "--example", "--plain", "--out", out)
    assert code == 0
    assert "EXAMPLE" in said
    assert set(pd.read_csv(out)["example"]) == {"example"}


def test_without_arguments_it_helps(dekkend):
    code, output, said = dekkend()
    assert code == 2
    assert "assess" in output + said


def test_a_csv_has_the_record_beside_it(dekkend, tmp_path):
    dekkend("assess", "--edition", 2025, "--out", tmp_path / "gap.csv")
    record = json.loads((tmp_path / "gap.csv-metadata.json").read_text(encoding="utf-8"))
    assert record["edition"] == 2025
    assert record["settings"]["share_imposed"] == 0.03


def test_an_unknown_municipality_is_never_written_as_none(dekkend):
    table = pd.read_csv(io.StringIO(dekkend("assess", "--edition", 2025)[1]))
    nothing = table["status_at_most"].eq("covered") & table["gap_low"].eq(0)
    assert "none" not in set(table.loc[nothing, "status_at_least"])
    assert "unknown" in set(table["status_at_least"])


def test_a_port_in_use_is_told(dekkend):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code, _, said = dekkend("--lang", "en", "app", "--port", other.getsockname()[1])
    assert code == 1
    assert "in use" in said


def test_the_app_stops_with_its_command():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("dekkend"), "app", "--port", str(port)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    answered = False
    for _ in range(120):
        with socket.socket() as trial:
            answered = trial.connect_ex(("127.0.0.1", port)) == 0
        if answered:
            break
        time.sleep(0.25)
    running.terminate()
    output, _ = running.communicate(timeout=20)
    assert answered, output
    with socket.socket() as trial:
        assert trial.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("name", ["[/red]", "[bold]gap"])
def test_square_brackets_are_only_text(dekkend, tmp_path, name):
    assert dekkend("assess", "--region-set", name)[0] == 2
    (tmp_path / "out").mkdir()
    code, _, said = dekkend("assess", "--out", tmp_path / "out" / f"{name.strip('[/')}.csv")
    assert code == 0
    assert name.strip("[/") in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess", "--edition", "2011"],
        ["assess", "--plain", "--out", "gap.xlsx"],
        ["assess", "--region-set", "parish"],
        ["assess", "--out", "gap.doc"],
        ["assess", "--out", "no/such/folder/gap.csv"],
        ["assess", "--register", "somewhere", "--example"],
        ["assess", "--edition", "last year"],
        ["--lang", "fr", "assess"],
        ["app", "--port", "99999"],
        ["asses"],
    ],
)
def test_wrong_use_is_told_in_a_line(dekkend, arguments):
    code, _, said = dekkend(*arguments)
    assert code == 2
    assert "Traceback" not in said
    assert said.strip()


def test_a_bad_register_stops_with_every_fault(dekkend, tmp_path):
    folder = tmp_path / "register"
    shutil.copytree(coverage.EXAMPLE_REGISTER, folder)
    offers = pd.read_csv(folder / "offers.csv", dtype=str, keep_default_na=False)
    offers.loc[0, "framework"] = "sometimes"
    offers.loc[1, "capacity_families"] = "-3"
    offers.to_csv(folder / "offers.csv", index=False)
    for command in (["check", folder], ["assess", "--register", folder]):
        code, _, said = dekkend("--lang", "en", *command)
        assert code == 1
        assert "offers.csv" in said
        assert "sometimes" in said
        assert "-3" in said
        assert "Traceback" not in said


def test_many_faults_are_counted(dekkend, tmp_path):
    bad = tmp_path / "counts.csv"
    rows = "".join(f"GM{number};a;1\n" for number in range(1000, 1100))
    bad.write_text("gm_code;imposed;extended\n" + rows, encoding="utf-8")
    code, _, said = dekkend("--lang", "en", "check", bad)
    assert code == 1
    assert "more" in said
    assert len(said.splitlines()) < 100


@pytest.mark.parametrize("command", [["assess"], ["check", coverage.EXAMPLE_REGISTER]])
def test_a_file_that_cannot_be_written_is_told(dekkend, tmp_path, command):
    (tmp_path / "gap.csv").mkdir()
    code, _, said = dekkend("--lang", "en", *command, "--out", tmp_path / "gap.csv")
    assert code == 1
    assert "could not be written" in said


def test_a_full_disk_is_told():
    command = Path(sys.executable).with_name("dekkend")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [command, "assess"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


def test_check_writes_its_faults_to_a_file(dekkend, tmp_path):
    bad = tmp_path / "offers.csv"
    bad.write_text("offer_id,nonsense\nO1,1\n", encoding="utf-8")
    out = tmp_path / "faults.csv"
    code, _, _ = dekkend("check", bad, "--out", out)
    assert code == 1
    assert len(pd.read_csv(out, sep=";")) > 1


@pytest.mark.parametrize("folder", [coverage.PUBLIC_REGISTER, coverage.EXAMPLE_REGISTER])
def test_the_shipped_registers_pass_the_check(dekkend, folder):
    assert dekkend("check", folder)[0] == 0


def test_own_counts_are_used_and_marked(dekkend, tmp_path):
    own = tmp_path / "counts.csv"
    own.write_text("gm_code;imposed;extended\nGM0363;100;200\n", encoding="utf-8")
    code, output, _ = dekkend("assess", "--edition", 2025, "--demand", own)
    row = pd.read_csv(io.StringIO(output)).set_index("gm_code").loc["GM0363"]
    assert code == 0
    assert row["count_status"] == "entered"
    assert (row["demand_low"], row["demand_high"]) == pytest.approx((23, 33))


@pytest.fixture
def small_counts(tmp_path):
    """Counts of which one is small."""
    file = tmp_path / "counts.csv"
    lines = ["gm_code;imposed;extended", "GM0307;12;22", "GM0310;7;25", "GM0321;30;33"]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_small_counts_are_protected_unless_words_say_why_not(dekkend, tmp_path, small_counts):
    asked = ("assess", "--demand", small_counts, "--plain", "--out", tmp_path / "a.csv")
    for options, hidden in (((), True), (("--rounding", 5), True)):
        code, _, said = dekkend("--lang", "en", *asked, *options)
        rows = pd.read_csv(tmp_path / "a.csv").set_index("gm_code")
        told = json.loads((tmp_path / "a.csv-metadata.json").read_text())
        assert code == 0
        count = told["protection"]["hidden"]["counts"]
        assert bool(count) is hidden
        assert f"as a small number can point at a family: {count}." in said
        assert (rows.loc["GM0310", "count_status"] == "suppressed") is hidden
        assert "unprotected" not in rows
        assert rows.loc["GM0321", "imposed"] == 30
    code, _, said = dekkend("--lang", "en", *asked, "--unprotected", " for the court ")
    rows = pd.read_csv(tmp_path / "a.csv").set_index("gm_code")
    told = json.loads((tmp_path / "a.csv-metadata.json").read_text())
    assert code == 0
    assert "not protected" in said
    assert rows.loc["GM0310", "imposed"] == 7
    assert set(rows["unprotected"]) == {"for the court"}
    assert told["protection"] == {"protected": False, "why": "for the court"}
    assert "table" not in told["own_counts"]


@pytest.mark.parametrize("words", ["", "  ", "x", "too short"])
def test_to_leave_counts_unprotected_takes_words(dekkend, small_counts, words):
    code, _, said = dekkend("assess", "--demand", small_counts, "--unprotected", words)
    assert code == 2
    assert "--unprotected" in said


def test_a_lower_threshold_takes_words_too(dekkend, tmp_path, small_counts):
    asked = ("--lang", "en", "assess", "--demand", small_counts, "--threshold", 5, "--plain")
    code, _, said = dekkend(*asked)
    assert code == 2
    assert "with --unprotected" in said
    words = ("--unprotected", "for the court", "--out", tmp_path / "a.csv")
    assert dekkend(*asked, *words)[0] == 0
    rows = pd.read_csv(tmp_path / "a.csv").set_index("gm_code")
    assert set(rows["unprotected"]) == {"for the court"}
    assert rows.loc["GM0310", "imposed"] == 7


def test_unprotected_rows_say_so_on_the_standard_output_too(dekkend, small_counts):
    asked = ("assess", "--demand", small_counts)
    _, output, _ = dekkend(*asked, "--unprotected", "for the court")
    assert set(pd.read_csv(io.StringIO(output))["unprotected"]) == {"for the court"}
    assert "unprotected" not in pd.read_csv(io.StringIO(dekkend(*asked)[1]))


@pytest.mark.parametrize(("option", "most"), [("threshold", 1000), ("rounding", 100)])
def test_a_rule_that_cannot_be_is_wrong_use(dekkend, small_counts, option, most):
    disclosure.Rule(**{option: most})
    code, _, said = dekkend("assess", "--demand", small_counts, f"--{option}", most + 1)
    assert code == 2
    assert f"--{option}" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["assess", "cases"])
def test_counts_that_cannot_be_protected_stop_the_command(
    dekkend, tmp_path, small_counts, monkeypatch, command
):
    def refuse(*_given, **_more):
        raise disclosure.UnprotectedError

    monkeypatch.setattr(disclosure, "protect", refuse)
    out = tmp_path / "a.csv"
    cases = tmp_path / "cases.csv"
    cases.write_text("kindnummer;begindatum;einddatum;gemeente\n1;2023-05-01;;Urk\n", "utf-8")
    given = {"assess": ("--demand", small_counts), "cases": (cases, "--year", 2023)}[command]
    code, _, said = dekkend("--lang", "en", command, *given, "--out", out)
    assert code == 1
    assert "cannot be protected by this rule" in said
    assert not out.exists()


def test_regions_of_protected_counts_hide_what_would_tell_them(dekkend, small_counts):
    code, output, _ = dekkend("assess", "--demand", small_counts, "--region-set", "province")
    row = pd.read_csv(io.StringIO(output)).set_index("region_code").loc["PV26"]
    assert code == 0
    assert row["demand_low"] < row["demand_high"]


@pytest.mark.parametrize(("threshold", "hidden"), [(10, False), (20, True)])
def test_the_rule_holds_for_counts_of_regions(dekkend, tmp_path, threshold, hidden):
    file = tmp_path / "regions.csv"
    file.write_text("region_set;region_code;imposed;extended\nprovince;PV22;15;300\n", "utf-8")
    code, output, said = dekkend(
        "--lang", "en", "assess", "--demand", file, "--threshold", threshold
    )
    assert code == 0
    assert ("Small counts of regions are protected" in said) is hidden
    members = coverage.load_edition(2025).regions.query("region_code == 'PV22'")["gm_code"]
    rows = pd.read_csv(io.StringIO(output)).set_index("gm_code").loc[members]
    assert (rows["imposed"].sum() == pytest.approx(15)) is not hidden


def test_of_several_files_the_last_counts(dekkend, tmp_path, small_counts):
    later = tmp_path / "later.csv"
    later.write_text("gm_code;imposed;extended\nGM0321;40;44\nGM0363;100;200\n", encoding="utf-8")
    files = ("--demand", small_counts, "--demand", later)
    code, output, said = dekkend("--lang", "en", "assess", *files)
    rows = pd.read_csv(io.StringIO(output)).set_index("gm_code")
    assert code == 0
    assert rows.loc[["GM0321", "GM0363"], "imposed"].tolist() == [40, 100]
    assert "earlier file too: 1" in said
    assert "Own counts are used for 4 of 342 municipalities." in said


def test_counts_of_another_edition_are_refused(dekkend, tmp_path):
    own = tmp_path / "counts.csv"
    own.write_text("gm_code;imposed;extended\nGM0370;1;2\n", encoding="utf-8")
    code, _, said = dekkend("--lang", "en", "assess", "--edition", 2025, "--demand", own)
    assert code == 1
    assert "2010" in said
    assert "counts.csv" in said


def test_half_known_counts_leave_the_estimate_and_say_so(dekkend, tmp_path):
    own = tmp_path / "counts.csv"
    own.write_text("gm_code;imposed;extended\nGM0363;100;.\n", encoding="utf-8")
    code, output, said = dekkend("--lang", "en", "assess", "--edition", 2025, "--demand", own)
    row = pd.read_csv(io.StringIO(output)).set_index("gm_code").loc["GM0363"]
    assert code == 0
    assert row["count_status"] == "estimated"
    assert "Only one of imposed and extended" in said


def test_a_missing_register_is_told(dekkend):
    code, _, said = dekkend("assess", "--register", "no-such-folder")
    assert code == 1
    assert "no-such-folder" in said


def test_help_is_dutch_unless_asked_otherwise(dekkend):
    dutch, english = dekkend("--help")[1], dekkend("--lang", "en", "--help")[1]
    assert "gemeente" in dutch
    assert "municipality" in english


def test_the_command_is_installed():
    command = Path(sys.executable).with_name("dekkend")
    ran = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert "assess" in ran.stdout
