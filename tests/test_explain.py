"""Where each figure comes from: the tree gives the figure again, and says it in words."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import coverage
from coverage import i18n
from coverage.assessment import COLUMNS, UnknownMunicipalityError
from coverage.demand_input import read_demand
from coverage.explain import Municipality, UnknownColumnError
from coverage.explain_region import Region, UnknownRegionCodeError
from coverage.figure import Figure, Step, recalculate
from tests import made

OTHERS = ["coordinators_low", "coordinators_high", "inventory_complete", "offers_weighed"]


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def same(one, other):
    if isinstance(one, float | np.floating) or isinstance(other, float | np.floating):
        if one is None or other is None:
            return (one is None or np.isnan(one)) and (other is None or np.isnan(other))
        return one == pytest.approx(other, rel=1e-9, abs=1e-5)
    return one == other


def check(tree, value):
    """Each figure of the tree follows from its parts, and the first one is `value`."""
    assert same(tree.value, value), tree.text()
    for figure in tree.walk():
        assert same(recalculate(figure), figure.value), figure.text()
        assert figure.label
        assert figure.shown()


def check_all(assessment, codes):
    table = assessment.table().set_index("gm_code", drop=False)
    for code in codes:
        place = Municipality(assessment, code)
        for column in COLUMNS:
            check(place.figure(column), table.loc[code, column])
        for column in OTHERS:
            check(place.figure(column), assessment.municipalities.loc[code, column])


def check_regions(assessment, region_set, codes=None):
    totals = assessment.regions(region_set)
    for code in codes or totals.index:
        region = Region(assessment, region_set, code)
        for column in totals.columns:
            if column == "count_unit":
                continue
            check(region.figure(column), totals.loc[code, column])


def shipped(year, register=coverage.EXAMPLE_REGISTER, demand=None, **more):
    edition = coverage.load_edition(year)
    return coverage.assess(edition, coverage.read_register(register), demand, **more)


@pytest.mark.parametrize("year", [2010, 2025])
def test_the_tree_of_a_municipality_gives_its_figures(year):
    assessment = shipped(year)
    rows = assessment.municipalities
    # Of each combination of status and completeness one, and those with some capacity.
    some = rows[~rows.duplicated(["status_at_least", "status_at_most", "inventory_complete"])]
    with_capacity = rows[(rows["capacity_low"] > 0) | rows["capacity_high"].notna()].head(4)
    check_all(assessment, {*some.index, *with_capacity.index})


@pytest.mark.parametrize(("year", "region_set"), [(2010, "province"), (2025, "study")])
def test_the_tree_of_a_region_gives_its_totals(year, region_set):
    check_regions(shipped(year), region_set)


def test_the_tree_of_the_country_gives_its_totals():
    check_regions(shipped(2010, coverage.PUBLIC_REGISTER), "country")


@settings(max_examples=8, deadline=None)
@given(made.countries())
def test_any_figure_follows_from_its_parts(country):
    edition, rows, complete = country
    offers = made.offers(*rows)
    assessment = coverage.assess(edition, made.register(offers, dict.fromkeys(complete, "yes")))
    check_all(assessment, assessment.municipalities.index)
    check_regions(assessment, "province")


def protected(*rows, **columns):
    """Counts of a user: imposed and extended as low, high; known where they are equal."""
    table = pd.DataFrame(rows, columns=["gm_code", "imposed", "extended"]).set_index("gm_code")
    made_of = {"count_status": "entered", "unit": "children", "period": "2023", "source": "own"}
    for name in ("imposed", "extended"):
        made_of[f"{name}_low"] = [float(low) for low, _high in table[name]]
        made_of[f"{name}_high"] = [float(high) for _low, high in table[name]]
        made_of[name] = [float(low) if low == high else np.nan for low, high in table[name]]
    table = pd.DataFrame({**made_of, **columns}, index=table.index)
    hidden = table[["imposed", "extended"]].isna().any(axis=1)
    return table.assign(count_status=table["count_status"].mask(hidden, "suppressed"))


def test_a_protected_count_is_shown_as_protected():
    demand = protected(("GM0363", (20, 20), (1, 9)), ("GM0034", (1, 9), (30, 30)))
    assessment = shipped(2025, demand=demand)
    check_all(assessment, demand.index)
    hidden = assessment.explain("GM0363", "extended")
    assert hidden.step is Step.PROTECTED
    assert hidden.value is None
    assert hidden.shown() == "protected: 1 to 9"
    shown = assessment.explain("GM0363", "imposed")
    assert shown.value == 20
    assert shown.source == "own"
    tree = assessment.explain("GM0363", "demand_high")
    assert "Orders extended, high end: 9 children a year [protected" in tree.text()


def test_the_published_sum_of_a_region_is_a_step():
    demand = protected(("GM0363", (20, 20), (1, 9)), ("GM0394", (40, 40), (1, 9)), unit="measures")
    totals = pd.DataFrame(
        {"region_set": ["country"], "region_code": ["NL"], "imposed": [60.0], "extended": [12.0]}
    )
    assessment = shipped(2025, demand=demand, totals=totals, protection={"rule": {}})
    check_regions(assessment, "country")
    check_regions(assessment, "province", ["PV27"])
    text = assessment.explain_region("country", "NL", "demand_low").text()
    assert "Published sum: 12 measures a year" in text
    less = shipped(2025, demand=demand, totals=totals.assign(extended=np.nan), protection={})
    check_regions(less, "province", ["PV27"])
    hidden = less.explain_region("province", "PV27", "extended")
    assert hidden.step is Step.PROTECTED
    assert hidden.shown().startswith("protected: ")


def test_counts_in_different_units_are_not_added_up():
    demand = protected(("GM0363", (20, 20), (50, 50)), ("GM0394", (9, 9), (10, 10)))
    demand["unit"] = ["children", "families"]
    assessment = shipped(2025, demand=demand)
    check_all(assessment, demand.index)
    check_regions(assessment, "province", ["PV27"])
    whole = assessment.explain_region("country", "NL", "imposed")
    assert whole.value is None
    assert whole.rule == "Children, families and measures are never added up together"
    assert {part.unit for part in whole.parts} == {"children", "families", "measures"}


def test_each_figure_says_where_it_is_from():
    assessment = shipped(2010)
    for column in ("gap_high", "imposed", "residents_0_17"):
        leaves = [one for one in assessment.explain("GM0363", column).walk() if not one.parts]
        for leaf in leaves:
            assert leaf.source or leaf.rule or leaf.status, leaf
            assert leaf.name != leaf.label
        assert any("CBS" in leaf.source or "70809NED" in leaf.source for leaf in leaves)


def test_the_shipped_estimates_tell_of_what_total_they_are_a_part():
    for year, name in ((2010, "The Netherlands"), (2025, "Flevoland")):
        code = "GM0034"  # Almere
        tree = shipped(year).explain(code, "extended")
        assert tree.step is Step.PORTION
        assert name in tree.parts[0].label


def test_text_and_dictionary_say_the_same():
    tree = shipped(2025).explain("GM0363", "gap_high")
    text, told = tree.text(), json.loads(json.dumps(tree.as_dict(), allow_nan=False))
    assert text.splitlines()[0].startswith("Gap, high: ")
    assert told["name"] == "gap_high"
    assert told["value"] == tree.value
    assert [part["name"] for part in told["parts"]] == ["demand_high", "capacity_low"]
    assert "Explained by itself" not in text


def test_what_is_not_there_is_told():
    assessment = shipped(2025)
    with pytest.raises(UnknownMunicipalityError):
        assessment.explain("GM9999", "gap_high")
    with pytest.raises(UnknownColumnError, match="gap_low"):
        assessment.explain("GM0363", "gaps")
    with pytest.raises(UnknownRegionCodeError):
        assessment.explain_region("province", "PV99", "gap_low")
    with pytest.raises(UnknownColumnError):
        assessment.explain_region("province", "PV20", "gaps")


def test_unknown_is_not_nothing():
    assert Figure("a", "A", None).shown() == "not known"
    assert Figure("a", "A", 0.0, unit="children").shown() == "0 children"
    assert Figure("a", "A", None, low=2.0, high=6.0, unit="children").shown() == "2 to 6 children"
    assert Figure("a", "A", None, step=Step.OPEN).shown() == "no known upper bound"


def from_file(tmp_path, text, **more):
    path = tmp_path / "own.csv"
    path.write_text(text)
    return shipped(2025, demand=read_demand(path, 2025), **more)


def test_what_was_shared_out_tells_of_its_region(tmp_path):
    text = "region_set;region_code;imposed;extended\nprovince;PV24;100;300\n"
    for confidence in (0.9, 0.5):
        assessment = from_file(tmp_path, text, settings=coverage.Settings(confidence=confidence))
        tree = assessment.explain("GM0034", "imposed")
        assert tree.step is Step.PORTION
        assert tree.parts[0].shown() == "100 children a year"
        assert "Flevoland" in tree.parts[0].label
        assert tree.parts[0].source == "own.csv"
        check_all(assessment, ["GM0034", "GM0995"])
        check_regions(assessment, "province", ["PV24"])
        check_regions(assessment, "country")
        told = assessment.explain("GM0034", "demand_high").text()
        assert f"meant to hold it with {confidence:.0%}" in told


def test_running_less_ended_is_a_step(tmp_path):
    text = "gm_code;imposed;running;ended\nGM0034;20;60;15\n"
    assessment = from_file(tmp_path, text)
    check_all(assessment, ["GM0034"])
    tree = assessment.explain("GM0034", "demand_low")
    low = next(one for one in tree.walk() if one.name == "extended_low")
    assert (low.step, [part.value for part in low.parts]) == (Step.SHORT, [60, 15])
    assert {part.name for part in assessment.explain("GM0034", "extended").parts} >= {"running_low"}
