"""The converter of the public register, on a few made rows."""
# ruff: noqa: SIM905 - the heading as it stands in the file

import re

import make_register
import pandas as pd
import pytest

from coverage import schema

COLUMNS = (
    "offer_id provider_name provider_kvk offer_name municipality_names service_area_note address "
    "postcode place layer framework duration_months_min duration_months_max long_term "
    "intensity_hours_week capacity_families caseload_per_worker target_group assertive_outreach "
    "coordination coordination_evidence responsible_organisation year_from year_to source_url "
    "source_date certainty note"
).split()


def row(**given):
    usual = dict.fromkeys(COLUMNS, "") | {
        "offer_id": "T-001",
        "provider_name": "Stichting Proef",
        "offer_name": "Gezinscoach",
        "layer": "local",
        "framework": "unknown",
        "long_term": "unknown",
        "assertive_outreach": "unknown",
        "coordination": "unknown",
        "source_url": "https://example.org",
        "certainty": "high",
    }
    return usual | given


def text(rows, columns):
    return pd.DataFrame(rows, columns=columns, dtype=str)


@pytest.fixture
def division():
    return make_register.Division(
        2025,
        municipalities=text(
            [("GM0518", "'s-Gravenhage"), ("GM1992", "Voorne aan Zee"), ("GM0014", "Groningen")],
            ["gm_code", "name"],
        ),
        regions=text(
            [
                ("province", "PV28", "Zuid-Holland", "GM0518"),
                ("province", "PV28", "Zuid-Holland", "GM1992"),
                ("jeugdregio", "JZ24", "Haaglanden", "GM0518"),
            ],
            ["region_set", "region_code", "region_name", "gm_code"],
        ),
        postcodes=text(
            [
                ("2511", "Den Haag", "GM0518", "81000", "455000"),
                ("3231", "Brielle", "GM1992", "70000", "436000"),
                ("9721", "Tweestad", "GM0014", "1", "2"),
                ("9722", "Tweestad", "GM1992", "1", "2"),
            ],
            ["pc4", "place", "gm_code", "x", "y"],
        ),
        names=text(
            [
                ("GM0501", "Brielle", "GM0501", "GM1992"),
                ("GM0614", "Westvoorne", "GM0614", "GM1992"),
                ("GM9999", "Opgedeeld", "GM9999", "GM0518;GM1992"),
            ],
            ["gm_code", "name", "successor_2010", "successor_2025"],
        ),
        mergers=text(
            [("2019-01-01", "GM0017", "Haren", "GM0014", "Groningen", "1.0", "existing")],
            [
                "effective_date",
                "old_code",
                "old_name",
                "new_code",
                "new_name",
                "area_share",
                "target_is",
            ],
        ),
    )


def converted(division, *rows, judgements=()):
    table = text(list(judgements), ["offer_id", "column", "value", "reason"])
    lists = {2025: pd.DataFrame(list(rows))}
    return make_register.convert(lists, {2025: division}, make_register.Judgements(table))


def offer(division, judgements=(), **given):
    tables = converted(division, row(**given), judgements=judgements)
    return tables["offers"].iloc[0]


def test_columns_are_those_of_the_schema(division):
    for name, table in converted(division, row()).items():
        assert tuple(table.columns) == schema.columns(schema.REGISTER[name])


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, "family_support"),
        ({"offer_name": "Procesregie (escalatie)"}, "professional_coordination"),
        ({"note": "INFORMAL support, not professional guidance."}, "informal"),
        ({"note": "Coordination system, no guidance."}, "coordination_only"),
        ({"note": "Coordination layer, not guidance itself."}, "coordination_only"),
        ({"note": "Signalling network, no guidance. Evaluated."}, "coordination_only"),
        ({"note": "Coordination only, no home guidance."}, "coordination_only"),
        ({"offer_name": "OGGz-netwerk"}, "coordination_only"),
        ({"note": "Coordination read. There is no word on guidance."}, "family_support"),
    ],
)
def test_type(division, given, kind):
    assert offer(division, **given)["offer_type"] == kind


@pytest.mark.parametrize(
    ("given", "basis"),
    [
        ({"framework": "unknown", "note": "Voluntary offer."}, ""),
        ({"framework": "voluntary"}, "classified"),
        ({"framework": "voluntary", "note": "Voluntary offer."}, "stated"),
        ({"framework": "voluntary", "offer_name": "Vrijwillige hulp"}, "stated"),
        (
            {"framework": "voluntary", "note": "Coordinates under compulsory measures."},
            "classified",
        ),
        (
            {
                "framework": "voluntary",
                "layer": "specialised",
                "note": "Framework: voluntary assumed.",
            },
            "classified",
        ),
        ({"framework": "both", "layer": "regional", "note": "No hand-over to dwang."}, "stated"),
        (
            {"framework": "both", "layer": "specialised", "note": "'both' is general knowledge."},
            "classified",
        ),
    ],
)
def test_basis_of_the_framework(division, given, basis):
    assert offer(division, **given)["framework_basis"] == basis


@pytest.mark.parametrize(
    ("given", "years"),
    [
        ({"year_from": "2015", "source_date": "2019-04"}, ("2015", "", "2015", "2019")),
        (
            {"year_from": "2012", "source_date": "2012", "note": "year_from = report year."},
            ("", "", "2012", "2012"),
        ),
        ({"source_date": "2018"}, ("", "", "2018", "2018")),
        ({"year_from": "2015"}, ("2015", "", "2015", "")),
        ({}, ("", "", "", "")),
        (
            {"year_from": "2006", "year_to": "2007", "source_date": "2008"},
            ("2006", "2007", "2006", "2007"),
        ),
        (
            {"year_from": "2015", "year_to": "2018", "note": "year_to is the end of the frame."},
            ("2015", "", "2015", ""),
        ),
        # A plan: the source is older than the start.
        ({"year_from": "2023", "source_date": "2022-08-16"}, ("2023", "", "", "")),
    ],
)
def test_years(division, given, years):
    found = offer(division, **given)
    assert tuple(found[["year_from", "year_to", "first_seen", "last_seen"]]) == years


def test_capacity_needs_a_judgement(division):
    with pytest.raises(make_register.SourceError, match="T-001"):
        offer(division, capacity_families="12")


def test_capacity_in_another_unit_is_no_capacity(division):
    judged = [("T-001", "capacity_families", "", "cases and not families")]
    found = offer(division, judged, capacity_families="12")
    assert found["capacity_families"] == ""
    assert found["capacity_note"] == "12: cases and not families"


def test_capacity_in_families(division):
    judged = [("T-001", "capacity_families", "12", "families in a year")]
    found = offer(division, judged, capacity_families="12")
    assert found["capacity_families"] == "12"


def test_merged_municipalities_are_translated_and_told(division):
    found = offer(division, municipality_names="Brielle;Westvoorne;Den Haag")
    assert found["service_area_type"] == "municipalities"
    assert found["service_area"] == "GM0518;GM1992"
    assert "Brielle is read as Voorne aan Zee (GM1992) of 2025." in found["note"]
    assert "Westvoorne is read as" in found["note"]


def test_a_divided_municipality_becomes_both(division):
    found = offer(division, municipality_names="Opgedeeld")
    assert found["service_area"] == "GM0518;GM1992"


def test_growth_since_the_source_is_told(division):
    before = offer(division, municipality_names="Groningen", source_date="2017")
    after = offer(division, municipality_names="Groningen", source_date="2020")
    assert "Groningen has grown since the source: Haren (2019)." in before["note"]
    assert "grown" not in after["note"]


def test_a_name_that_never_was(division):
    with pytest.raises(make_register.SourceError, match="Atlantis"):
        offer(division, municipality_names="Atlantis")


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ("Province Zuid-Holland: whole province", ("region", "province:PV28")),
        ("Province Zuid-Holland: all 2 municipalities", ("region", "province:PV28")),
        ("all Haaglanden municipalities; jeugdregio Haaglanden", ("region", "jeugdregio:JZ24")),
        ("Province Zuid-Holland: trial municipalities, not named", ("unknown", "")),
        ("jeugdregio Haaglanden", ("unknown", "")),
        ("national provider", ("unknown", "")),
        ("", ("unknown", "")),
    ],
)
def test_region(division, words, area):
    found = offer(division, service_area_note=words)
    assert tuple(found[["service_area_type", "service_area"]]) == area


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("City region Haaglanden: borough Scheveningen", "yes"),
        ("Province Zuid-Holland: quarters Laak and Loosduinen", "yes"),
        ("districts Laak and Escamp; jeugdregio Haaglanden", "yes"),
        ("parts of Den Haag Laak; jeugdregio Haaglanden", "yes"),
        ("part of jeugdregio Haaglanden", ""),
        ("City region Haaglanden: all 8 boroughs", ""),
        ("22 area teams, whole city; jeugdregio Haaglanden", ""),
        ("pilot in four neighbourhoods, city-wide from 2020", ""),
        ("nine neighbourhood teams; jeugdregio Haaglanden", ""),
        ("City region Haaglanden: Den Haag", ""),
        ("", ""),
    ],
)
def test_part_of_a_municipality(division, words, part):
    found = offer(division, municipality_names="Den Haag", service_area_note=words)
    assert found["partial_area"] == part
    assert offer(division, service_area_note=words)["partial_area"] == ""


def test_a_quarter_that_is_only_named_needs_a_judgement(division):
    given = {"municipality_names": "Den Haag", "service_area_note": "Laak"}
    judged = [("T-001", "partial_area", "yes", "Laak is a quarter")]
    assert offer(division, **given)["partial_area"] == ""
    found = offer(division, judged, **given)
    assert found["partial_area"] == "yes"
    assert "partial_area yes: Laak is a quarter." in found["note"]


@pytest.mark.parametrize(
    "words", ["Province Zuid-Holland: all 3 municipalities", "Province Atlantis: whole province"]
)
def test_a_region_that_is_not_as_said(division, words):
    with pytest.raises(make_register.SourceError):
        offer(division, service_area_note=words)


def test_functions_only_where_the_words_show_them(division):
    bare = offer(division, offer_name="Jeugdteam", assertive_outreach="yes")
    assert list(bare[["support", "acceptance", "coordination", "mobilisation"]]) == ["unknown"] * 4
    told = offer(
        division,
        offer_name="Drang",
        target_group="families that avoid care",
        assertive_outreach="yes",
        coordination="present",
        coordination_evidence="Coach supports the family and brings in specialist care.",
    )
    assert list(told[["support", "acceptance", "coordination", "mobilisation"]]) == ["present"] * 4


def test_inferred_outreach_shows_no_acceptance(division):
    found = offer(
        division,
        target_group="families that avoid care",
        assertive_outreach="yes",
        note="assertive_outreach inferred from the name.",
    )
    assert found["acceptance"] == "unknown"


def test_location_by_postcode_and_by_place(division):
    tables = converted(
        division,
        row(address="Proefstraat 2a", postcode="2511 AB", place="Den Haag"),
        row(offer_id="T-002", address="Proefstraat 3", place="Brielle"),
        row(offer_id="T-003", address="Proefstraat", place="Tweestad"),
        row(offer_id="T-004"),
        row(offer_id="T-005", place="Tweestad", municipality_names="Groningen"),
    )
    columns = ["gm_code", "edition", "x", "y", "precision"]
    assert tables["locations"][columns].to_numpy().tolist() == [
        ["GM0518", "2025", "81000", "455000", "postcode4"],
        ["GM1992", "2025", "", "", "address"],
        ["", "", "", "", "place"],
        ["GM0014", "2025", "", "", "place"],
    ]
    assert tables["offers"]["location_id"].tolist() == ["L001", "L002", "L003", "", "L004"]


def test_providers_are_numbered_by_first_occurrence(division):
    tables = converted(
        division,
        row(provider_name="Gemeente Proefdam (wijkteam)"),
        row(offer_id="T-002", provider_name="Andere"),
        row(offer_id="T-003", provider_name="Gemeente Proefdam", provider_kvk="01234567"),
    )
    assert tables["providers"][["provider_id", "name", "kvk"]].to_numpy().tolist() == [
        ["P001", "Gemeente Proefdam", "01234567"],
        ["P002", "Andere", ""],
    ]
    note = tables["offers"]["note"].iloc[0]
    assert "Provider in the source: Gemeente Proefdam (wijkteam)." in note


def test_judgements_change_a_row_and_stand_in_its_note(division):
    judged = [
        ("T-001", "offer_type", "coordination_only", "a table"),
        ("T-001", "year_from", "", "the year of a bylaw"),
        ("T-001", "same_offer", "T-009", "the same page"),
    ]
    found = offer(division, judged, year_from="2020", source_date="2020")
    assert found["offer_type"] == "coordination_only"
    assert (found["year_from"], found["first_seen"]) == ("", "2020")
    assert found["support"] == "unknown"
    assert "offer_type coordination_only: a table." in found["note"]
    assert "year_from left empty: the year of a bylaw." in found["note"]
    assert "Same offer as T-009: the same page." in found["note"]


def test_a_repeated_id_is_refused(division):
    with pytest.raises(make_register.SourceError, match="twice"):
        converted(division, row(), row())


@pytest.fixture
def folders(tmp_path, division):
    """Folders of sources and municipalities, as the command line takes them."""
    sources, municipalities = tmp_path / "sources", tmp_path / "municipalities"
    (sources / "register").mkdir(parents=True)
    (sources / "changes").mkdir()
    division.mergers.to_csv(sources / "changes" / "mergers_2003_2025.csv", index=False)
    evidence = 'One plan; who "directs" it; not told'
    first = row(municipality_names="Brielle;Groningen", coordination_evidence=evidence)
    for name, rows in (
        ("offers_2003_2014.csv", [first]),
        ("offers_2015_2026.csv", [first | {"offer_id": "T-002"}]),
    ):
        pd.DataFrame(rows).to_csv(sources / "register" / name, index=False, quoting=1)
    for year in (2010, 2025):
        own = municipalities / str(year)
        own.mkdir(parents=True)
        towns = division.municipalities
        if year == 2010:
            towns = pd.concat([towns, text([("GM0501", "Brielle")], towns.columns)])
        towns.to_csv(own / "municipalities.csv", index=False)
        division.regions.to_csv(own / "regions.csv", index=False)
        division.postcodes.to_csv(own / "postcodes.csv", index=False)
    division.names.to_csv(municipalities / "names.csv", index=False)
    return sources, municipalities, tmp_path / "out"


def run(folders):
    sources, municipalities, out = folders
    return make_register.main(
        [str(sources), "--municipalities", str(municipalities), "--out", str(out)]
    )


def test_from_files_to_files(folders):
    out = folders[2]
    assert run(folders) == 0
    offers = make_register.read_text(out / "offers.csv")
    assert offers["service_area"].tolist() == ["GM0014;GM0501", "GM0014;GM1992"]
    assert offers["evidence"].tolist() == ['One plan; who "directs" it; not told'] * 2
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run(folders) == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert all(b"\r" not in content for content in before.values())


def test_counts_are_written_into_the_readme(folders):
    out = folders[2]
    out.mkdir()
    readme = out / "README.md"
    readme.write_text("# Register\n<!-- counts -->\nold\n<!-- end of counts -->\nrest\n", "utf-8")
    assert run(folders) == 0
    written = readme.read_text("utf-8")
    assert "old" not in written
    assert re.search(r"^\| offers \| 1 \| 1 \|$", written, re.MULTILINE)
    assert written.endswith("<!-- end of counts -->\nrest\n")


def test_a_readme_without_marks_is_refused(folders, capsys):
    out = folders[2]
    out.mkdir()
    (out / "README.md").write_text("# Register\n", "utf-8")
    assert run(folders) == 1
    assert "marks" in capsys.readouterr().err


def test_a_missing_source_is_told_without_traceback(tmp_path, capsys):
    assert make_register.main([str(tmp_path)]) == 1
    assert "mergers_2003_2025.csv" in capsys.readouterr().err
