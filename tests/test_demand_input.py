"""Counts of users: several files, regions, and what is known only between bounds."""

import numpy as np
import pandas as pd
import pytest

from coverage import i18n, schema
from coverage.demand import count_intervals
from coverage.demand_input import (
    bound_extended,
    read_demand,
    read_given,
    without_bounds_of_extended,
)
from coverage.disclosure import Rule, protect
from coverage.editions import load_edition
from coverage.faults import BadInputError
from coverage.register import check
from coverage.settings import Settings
from tests.register_files import frame, write

EDITION = load_edition(2025)


@pytest.fixture(autouse=True)
def _english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def region(**changes):
    return {"region_set": "province", "region_code": "PV24", **changes}


def faults(*paths, year=2025):
    with pytest.raises(BadInputError) as caught:
        read_demand(paths, year)
    return "\n".join(fault.text() for fault in caught.value.faults)


def told(table):
    return "\n".join(fault.text() for fault in table.attrs["warnings"])


DUTCH = "Gemeentecode;Gemeente;Opgelegd;Verlengd;Lopend;Beëindigd;Eenheid;Jaar;Bron"


def test_headings_may_be_the_words_that_people_use(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{DUTCH}\nGM0363;Amsterdam;120;260;300;110;measures;2023;eigen\n", "utf-8")
    row = read_demand(path, 2025).loc["GM0363"]
    assert row[["imposed", "extended", "running", "ended"]].tolist() == [120, 260, 300, 110]
    assert row[["unit", "period", "source"]].tolist() == ["measures", "2023", "eigen"]
    assert not [fault for fault in check(path).faults if fault.severity == "error"]
    path.write_text("Regio-indeling;Regiocode;Opgelegd;Verlengd\nprovince;PV24;9;20\n", "utf-8")
    assert set(read_given(path, 2025).regions[0][1]["key"]) == {"province:PV24"}


def test_codes_of_another_edition_are_told_first(tmp_path):
    codes = sorted(set(load_edition(2010).demand.index) - set(EDITION.demand.index))[:40]
    path = tmp_path / "a.csv"
    rows = "".join(f"{code};3;4\n" for code in codes)
    path.write_text(f"gm_code;imposed;extended\n{rows}", "utf-8")
    assert "municipalities of 2010: 40 of 40 codes" in faults(path).splitlines()[0]


def test_unknown_headings_are_told_those_of_counts(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("een;twee;drie\n1;2;3\n", "utf-8")
    assert "gm_code, name, imposed" in faults(path)
    assert "covariate" not in faults(path)


@pytest.mark.parametrize("more", ["", ";gm_code", ";verlengd_op"])
def test_a_file_of_cases_is_told_apart(tmp_path, more):
    path = tmp_path / "zaken.csv"
    headings = f"kindnummer;begindatum;einddatum;gemeente{more}"
    path.write_text(f"{headings}\n123456782;2023-01-01;;Zeist{';' if more else ''}\n", "utf-8")
    said = faults(path)
    assert "dekkend cases" in said
    assert "123456782" not in said
    assert "dekkend cases" in "\n".join(fault.text() for fault in check(path).faults)


def test_extended_is_bounded_by_running_and_ended(tmp_path):
    rows = frame(
        "demand",
        {"extended": "", "running": "30", "ended": "12", "period": "2023"},
        {"gm_code": "GM0034", "extended": "20", "running": "30", "ended": "12"},
        {"gm_code": "GM0184", "extended": "", "running": "30"},
        {"gm_code": "GM0193", "extended": "", "running": "7", "ended": "0"},
    )
    found = read_demand(write(tmp_path / "a.csv", rows), 2025)
    row = found.loc["GM0363"]
    assert np.isnan(row["extended"])
    assert (row["extended_low"], row["extended_high"]) == (18, 30)
    assert (row["count_status"], row["spread"]) == ("estimated", "included")
    assert found.loc["GM0034", ["extended", "count_status", "spread"]].tolist() == [
        20, "entered", "",
    ]  # fmt: skip
    assert np.isnan(found.loc["GM0184", "extended_high"])
    assert found.loc["GM0193", "extended"] == 7
    assert "Rows in which extended is unknown: 2" in told(found)
    assert "For GM0184 the figures that come with" in told(found)


def test_columns_of_extended_may_be_left_out(tmp_path):
    rows = frame("demand", {"running": "30", "ended": "12"})
    rows = rows[["gm_code", "imposed", "running", "ended"]]
    found = read_demand(write(tmp_path / "a.csv", rows), 2025)
    assert found[["extended_low", "extended_high"]].to_numpy().tolist() == [[18, 30]]
    assert "“extended” is missing" in faults(write(tmp_path / "b.csv", rows.drop(columns="ended")))


def test_what_was_bounded_is_made_anew_after_protection():
    counts = pd.DataFrame(
        {
            "imposed": [5.0, 5.0],
            "extended": [np.nan, np.nan],
            "extended_low": [np.nan, 3.0],
            "extended_high": [np.nan, 90.0],
            "running": [30.0, 30.0],
            "ended": [12.0, 12.0],
            "count_status": ["entered", "entered"],
        },
        index=["GM0363", "GM0034"],
    )
    found = bound_extended(counts)
    assert found["extended_low"].tolist() == [18, 3]
    undone = without_bounds_of_extended(found)
    assert np.isnan(undone.loc["GM0363", "extended_low"])
    assert undone.loc["GM0363", ["count_status", "spread"]].tolist() == ["entered", ""]
    assert undone.loc["GM0034", "extended_high"] == 90
    hidden = undone.assign(ended=[np.nan, 12.0], ended_low=[1.0, 12.0], ended_high=[14.0, 12.0])
    hidden = hidden.assign(count_status=["suppressed", "entered"])
    again = bound_extended(hidden)
    assert again.loc["GM0363", ["extended_low", "extended_high"]].tolist() == [16, 30]
    assert again.loc["GM0363", "count_status"] == "suppressed"


def test_a_suppressed_count_keeps_its_bounds(tmp_path):
    rows = frame(
        "demand",
        {"imposed": "", "imposed_low": "1", "imposed_high": "14", "count_status": "afgeschermd"},
    )
    found = read_demand(write(tmp_path / "a.csv", rows), 2025)
    row = found.loc["GM0363"]
    assert np.isnan(row["imposed"])
    assert (row["imposed_low"], row["imposed_high"]) == (1, 14)
    assert row["count_status"] == "suppressed"
    assert "No counts are used" not in told(found)


def test_a_later_file_goes_before(tmp_path):
    first = write(tmp_path / "a.csv", frame("demand", {}, {"gm_code": "GM0034"}))
    second = write(tmp_path / "b.csv", frame("demand", {"imposed": "99", "running": "4"}))
    found = read_demand([first, second], 2025)
    assert found["imposed"].tolist() == [12, 99]
    assert found["source"].tolist() == ["a.csv", "b.csv"]
    assert found["running"].tolist()[1:] == [4]
    assert "b.csv: Municipalities that are in an earlier file too: 1" in told(found)
    assert read_demand([second, first], 2025)["imposed"].tolist() == [12, 12]


def test_faults_of_all_files_are_told(tmp_path):
    first = write(tmp_path / "a.csv", frame("demand", {"imposed": "-1"}))
    second = write(tmp_path / "b.csv", frame("demand", {"gm_code": "GM9999"}))
    said = faults(first, second)
    assert "a.csv, row 2" in said
    assert "b.csv, row 2" in said


def test_counts_of_a_region_are_shared_out(tmp_path):
    path = write(tmp_path / "a.csv", frame("region_demand", region(source="BJZ", period="2023")))
    found = read_demand(path, 2025)
    flevoland = EDITION.regions.query("region_code == 'PV24'")["gm_code"]
    assert set(found.index) == set(flevoland)
    assert found["imposed"].sum() == pytest.approx(120)
    assert (found["imposed_low"] <= found["imposed"]).all()
    assert set(found["count_status"]) == {"estimated"}
    assert set(found["spread"]) == {"included"}
    assert set(found["source"]) == {"BJZ"}
    assert set(found["period"]) == {"2023"}
    assert "Counts of regions: 1. They are shared out over their municipalities (6)" in told(found)


def test_extended_of_a_region_is_bounded_too(tmp_path):
    rows = frame("region_demand", region(extended="", running="900", ended="300"))
    found = read_demand(write(tmp_path / "a.csv", rows), 2025)
    assert found["extended"].sum() == pytest.approx(750)
    assert found["extended_low"].sum() < 600
    assert found["extended_high"].sum() > 900


@pytest.mark.parametrize("name", ["Flevoland", "pv24", "FLEVOLAND "])
def test_a_region_by_its_name(tmp_path, name):
    rows = frame("region_demand", region(region_set="provincie", region_code=name))
    assert len(read_demand(write(tmp_path / "a.csv", rows), 2025)) == 6


def test_a_region_beside_counts_of_its_municipalities_is_refused(tmp_path):
    """Its count less those of eleven municipalities is the count of the twelfth."""
    own = write(tmp_path / "a.csv", frame("demand", {"gm_code": "GM0034", "imposed": "70"}))
    of_region = write(tmp_path / "b.csv", frame("region_demand", region()))
    for paths in ((own, of_region), (of_region, own)):
        said = faults(*paths)
        assert "b.csv, row 2, column region_code" in said
        assert "“PV24” has municipalities with counts of their own (GM0034)" in said
    empty = frame("demand", {"gm_code": "GM0034", "imposed": "", "extended": ""})
    found = read_demand([of_region, write(tmp_path / "c.csv", empty)], 2025)
    assert found["imposed"].sum() == pytest.approx(120)
    others = write(tmp_path / "d.csv", frame("demand", {"imposed": "70"}))
    assert len(read_demand([of_region, others], 2025)) == 7


def test_regions_that_share_municipalities_are_refused(tmp_path):
    """One less the other is the count of GM1696."""
    rows = frame(
        "region_demand",
        {"region_set": "corop", "region_code": "CR24", "imposed": "105", "extended": "205"},
        {"region_set": "jeugdregio", "region_code": "JZ16", "imposed": "100", "extended": "200"},
        region(),
    )
    said = faults(write(tmp_path / "a.csv", rows))
    assert "a.csv, row 3, column region_code: “JZ16” shares municipalities with CR24" in said
    assert "PV24" not in said
    first, second = (write(tmp_path / f"{n}.csv", rows.iloc[n : n + 1]) for n in range(2))
    assert "1.csv, row 2" in faults(first, second)
    country = frame("region_demand", region(), region(region_set="country", region_code="NL"))
    assert "“NL” shares municipalities with PV24" in faults(write(tmp_path / "c.csv", country))
    again = write(tmp_path / "d.csv", frame("region_demand", region()))
    assert "“PV24” shares" in faults(
        write(tmp_path / "e.csv", frame("region_demand", region())), again
    )


ONE = {"region_set": "corop", "region_code": "CR02"}
"""A region of one municipality."""


def test_a_region_of_one_municipality_is_a_count_of_its_own(tmp_path):
    rows = frame("region_demand", {**ONE, "imposed": "15", "extended": "17", "source": "court"})
    found = read_demand(write(tmp_path / "a.csv", rows), 2025)
    (code,) = found.index
    assert found.loc[code, ["imposed", "count_status", "source"]].tolist() == [
        15,
        "entered",
        "court",
    ]
    assert "spread" not in found
    assert "Regions of one municipality: 1" in told(found)
    made = protect(found, EDITION, Rule(threshold=20, width=20)).counts
    assert made.loc[code, ["imposed", "extended"]].isna().all()
    own = write(tmp_path / "b.csv", frame("demand", {"gm_code": code}))
    assert "“CR02” has municipalities" in faults(tmp_path / "a.csv", own)


def seen(path, rule):
    """What the estimates of a region add up to, after protection: what anybody can calculate."""
    made = protect(read_demand(path, 2025, rule), EDITION, rule).counts
    return {name: made[name].sum() for name in schema.COUNTS if name in made}


@pytest.mark.parametrize(
    "rule", [Rule(), Rule(threshold=20, width=20), Rule(rounding=5, suppress=False)]
)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"imposed": "3"}, {"imposed": "4"}),
        ({"imposed": "3", "imposed_low": "3", "imposed_high": "4"}, {"imposed": "4"}),
        ({"imposed": "3", "imposed_low": "1", "imposed_high": "30"}, {"imposed": "4"}),
        ({"imposed": "3", "count_status": "estimated"}, {"imposed": "4"}),
        # Of running less ended the estimates of extended are made.
        ({"running": "30", "ended": "3", "extended": ""}, {"ended": "4"}),
    ],
)
def test_small_counts_of_regions_cannot_be_told_apart(tmp_path, rule, one, other):
    """By the rule that is asked, of any count, before anything is derived of it."""
    sums = [
        seen(write(tmp_path / "a.csv", frame("region_demand", region(**row))), rule)
        for row in (one, {**one, **other})
    ]
    assert sums[0] == pytest.approx(sums[1])


def test_what_the_law_says_of_a_small_count_of_a_region_is_reckoned_with(tmp_path):
    """Who is under an order is extended or leaves: 30 less 21 is 9 at least."""
    row = region(running="30", ended="9", extended="21")
    found = seen(write(tmp_path / "a.csv", frame("region_demand", row)), Rule())
    assert found["ended"] >= (9 + 19) / 2


def test_the_rule_is_that_of_the_region_too(tmp_path):
    path = write(tmp_path / "a.csv", frame("region_demand", region(imposed="17", extended="43")))
    assert seen(path, Rule())["imposed"] == pytest.approx(17)
    assert seen(path, Rule(threshold=20, width=20))["imposed"] == pytest.approx(20.5)
    rounded = seen(path, Rule(rounding=5))
    assert (rounded["imposed"], rounded["extended"]) == pytest.approx((15, 45))
    given = read_given(path, 2025)
    assert given.counts()["imposed"].sum() == pytest.approx(17)
    assert given.counts(Rule(rounding=5))["imposed"].sum() == pytest.approx(15)
    small = write(tmp_path / "b.csv", frame("region_demand", region(imposed="3")))
    assert "Small counts of regions are protected" in told(read_demand(small, 2025))


def test_regions_alone_and_nothing_known_are_read_and_protected(tmp_path):
    unknown = {"imposed": "", "extended": ""}
    for name, row, size in (
        ("region_demand", region(), 6),
        ("region_demand", region(**unknown), 0),
        ("region_demand", {**ONE, **unknown}, 0),
        ("demand", unknown, 1),
    ):
        found = read_demand(write(tmp_path / "a.csv", frame(name, row)), 2025)
        assert len(found) == size
        assert len(protect(found, EDITION).counts) == size


def test_a_covariate_alone_is_refused(tmp_path):
    alone = write(tmp_path / "a.csv", frame("covariate", {}))
    own = write(tmp_path / "b.csv", frame("demand", {}))
    for paths in ((alone,), (alone, own)):
        assert "a.csv: A covariate says nothing by itself" in faults(*paths)


def test_a_bound_of_extended_leaves_the_chance_of_an_estimate(tmp_path):
    """The interval of imposed is as wide as it is without running and ended."""
    row = {"imposed": "10", "running": "30", "ended": "12", "count_status": "estimated"}
    with_bound = read_demand(
        write(tmp_path / "a.csv", frame("demand", {**row, "extended": ""})), 2025
    )
    without = read_demand(write(tmp_path / "b.csv", frame("demand", row)), 2025)
    ends = ["imposed_low", "imposed_high"]
    found = [
        count_intervals(table, Settings())[ends].to_numpy().tolist()
        for table in (with_bound, without)
    ]
    assert found == [[[5, 15]], [[5, 15]]]


def test_the_whole_country(tmp_path):
    rows = frame("region_demand", region(region_set="land", region_code="NL", imposed="7000"))
    found = read_demand(write(tmp_path / "a.csv", rows), 2025)
    assert len(found) == 342
    assert found["imposed"].sum() == pytest.approx(7000)


def test_a_covariate_changes_how_counts_are_shared_out(tmp_path):
    codes = EDITION.regions.query("region_set == 'province'").drop_duplicates("region_code")
    counts = [str(100 + 40 * number) for number in range(len(codes))]
    rows = frame(
        "region_demand",
        *(
            region(region_code=code, imposed=count, extended=count)
            for code, count in zip(codes["region_code"], counts, strict=True)
        ),
    )
    of_regions = write(tmp_path / "a.csv", rows)
    shares = [
        {"gm_code": code, "covariate": str(number % 17)}
        for number, code in enumerate(EDITION.demand.index)
    ]
    along = write(tmp_path / "b.csv", frame("covariate", *shares))
    plain, found = read_demand(of_regions, 2025), read_demand([along, of_regions], 2025)
    assert found["imposed"].sum() == pytest.approx(plain["imposed"].sum())
    assert not np.allclose(found["imposed"], plain["imposed"])
    few = write(tmp_path / "c.csv", frame("region_demand", region()))
    assert "at least 8 regions" in faults(along, few)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"region_code": "PV99"}, "There is no region “PV99” in edition 2025. Choose"),
        ({"region_set": "study", "region_code": "x"}, "There is no region “x” in edition 2025"),
        ({"region_set": "bureau_jeugdzorg"}, "has no region set “bureau_jeugdzorg”"),
        ({"region_set": "country"}, "Write NL for the whole country"),
        ({"region_set": "wijk"}, "not one of the words allowed"),
        ({"imposed": "200000"}, "orders cannot be: PV24 has"),
        ({"extended": "-3"}, "below zero"),
    ],
)
def test_regions_that_cannot_be(tmp_path, changes, said):
    rows = frame("region_demand", region(**changes))
    assert said in faults(write(tmp_path / "a.csv", rows))


def test_a_region_twice(tmp_path):
    rows = frame("region_demand", region(), region(region_code="Flevoland"))
    assert "“Flevoland” is in an earlier row too" in faults(write(tmp_path / "a.csv", rows))


def test_different_units_and_periods_are_told(tmp_path):
    rows = frame(
        "demand",
        {"unit": "maatregelen", "period": "2023"},
        {"gm_code": "GM0034", "unit": "gezinnen", "period": "2023HJ01"},
        {"gm_code": "GM0184"},
    )
    said = told(read_demand(write(tmp_path / "a.csv", rows), 2025))
    assert "count measures. By the settings they are converted" in said
    assert "count families. They are used as they are" in said
    assert "count different things (children, families, measures); these are never added" in said
    assert "2023HJ01 is a part of a year" in said
    assert "different periods: 2023, 2023HJ01" in said


@pytest.mark.parametrize("count", schema.COUNTS)
def test_every_count_lies_between_its_bounds(tmp_path, count):
    rows = frame("demand", {count: "9", f"{count}_low": "10"})
    assert f"{count} is below {count}_low" in faults(write(tmp_path / "a.csv", rows))


def test_no_files_are_no_counts():
    found = read_demand([], 2025)
    assert found.empty
    assert {"imposed", "extended", "count_status"} <= set(found.columns)
