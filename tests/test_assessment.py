"""The calculation as a whole, on cases that were worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from coverage import Settings, assess
from coverage.assessment import (
    COLUMNS,
    UnknownMunicipalityError,
    UnknownRegionSetError,
)
from coverage.i18n import _
from coverage.labels import TEST
from tests import made

# 3% of 100 and 10-15% of 200: between 23 and 33 families.
EDITION = made.edition([100, 100, 100], [200, 200, 200], region_codes=["PV01", "PV01", "PV02"])


def run(*rows, complete=("GM9001",), **kwargs):
    return assess(EDITION, made.register(made.offers(*rows), complete), **kwargs)


def first(*rows, **kwargs):
    return run(*rows, **kwargs).municipalities.loc["GM9001"]


def test_the_table_has_the_promised_columns():
    table = run().table()
    assert list(table.columns) == list(COLUMNS)
    assert table["gm_code"].tolist() == ["GM9001", "GM9002", "GM9003"]


def test_nothing_known_is_not_the_same_as_nothing_there():
    nothing_known, nothing_there = first(complete=()), first()
    for row in (nothing_known, nothing_there):
        assert row["status_at_least"] == "none"
        assert row["gap_high"] == pytest.approx(33)
    assert not nothing_known["known"]
    assert nothing_known["status_at_most"] == "covered"
    assert nothing_known["gap_low"] == 0
    assert np.isnan(nothing_known["capacity_high"])
    assert nothing_there["known"]
    assert nothing_there["certain"]
    assert nothing_there["gap_low"] == pytest.approx(23)


def test_enough_capacity_covers():
    row = first({"capacity_families": 33.0})
    assert row["status_at_least"] == row["status_at_most"] == "covered"
    assert (row["gap_low"], row["gap_high"]) == (0, 0)


def test_too_little_capacity_leaves_a_gap():
    row = first({"capacity_families": 20.0})
    assert row["status_at_least"] == row["status_at_most"] == "short_of_capacity"
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((3, 13))


def test_between_the_ends_of_the_demand_it_is_not_certain():
    row = first({"capacity_families": 30.0})
    assert (row["status_at_least"], row["status_at_most"]) == ("short_of_capacity", "covered")
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((0, 3))


def test_unknown_capacity_is_neither_none_nor_enough():
    row = first({"capacity_families": np.nan})
    assert (row["status_at_least"], row["status_at_most"]) == ("short_of_capacity", "covered")
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((0, 33))


def test_an_offer_that_may_qualify_opens_the_interval():
    row = first({"capacity_families": 20.0, "framework": "unknown"})
    assert row["capacity_low"] == 0
    assert row["capacity_high"] == pytest.approx(20)
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((3, 33))


def test_coordination_that_is_not_described_closes_no_gap():
    row = first({"capacity_families": 50.0, "coordination": "not_described"})
    assert row["status_at_least"] == row["status_at_most"] == "coordination_not_described"
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((23, 33))


def test_volunteers_are_counted_apart():
    row = first({"capacity_families": 50.0, "offer_type": "informal"})
    assert row["status_at_least"] == row["status_at_most"] == "none"
    assert row["informal_offers"] == 1


def test_capacity_is_shared_over_the_service_area():
    whole = {"capacity_families": 66.0, "service_area": "GM9001;GM9002"}
    found = run(whole, complete=("GM9001", "GM9002")).municipalities
    assert found["capacity_low"].tolist() == pytest.approx([33, 33, 0])
    assert found["status_at_least"].tolist() == ["covered", "covered", "none"]


def test_demand_decides_how_capacity_is_shared():
    edition = made.edition([100, 300], [200, 600])
    whole = {"capacity_families": 40.0, "service_area": "GM9001;GM9002"}
    found = assess(edition, made.register(made.offers(whole), ("GM9001", "GM9002")))
    assert found.municipalities["capacity_low"].tolist() == pytest.approx([10, 30])


def test_an_offer_of_unknown_area_may_serve_anybody():
    lost = {"service_area_type": "unknown", "service_area": "", "capacity_families": 500.0}
    found = run(lost)
    row = found.municipalities.loc["GM9001"]
    assert (row["status_at_least"], row["status_at_most"]) == ("none", "covered")
    assert not row["known"]
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((0, 33))
    assert len(found.unplaced) == 1


def test_an_offer_for_a_part_proves_nothing_of_the_whole():
    found = run({"partial_area": "yes", "capacity_families": 50.0})
    row = found.municipalities.loc["GM9001"]
    assert (row["status_at_least"], row["status_at_most"]) == ("none", "covered")
    reason = found.reasons("GM9001").iloc[0]
    assert (reason["outcome"], reason["test"]) == ("unknown", "service_area")


def test_a_complete_inventory_may_leave_the_status_open():
    row = first({"framework": "unknown", "long_term": "no"})
    assert (row["status_at_least"], row["status_at_most"]) == ("none", "short_term_only")
    assert row["known"]
    assert not row["certain"]


def test_a_table_never_says_none_for_not_known():
    table = run(complete=("GM9001",)).table()
    assert table["status_at_least"].tolist() == ["none", "unknown", "unknown"]
    assert table["status_at_most"].tolist() == ["none", "covered", "covered"]


@pytest.mark.parametrize(
    ("dates", "words", "complete"),
    [
        (["2010", "2010-03-01"], ["no", "yes"], False),
        (["2009", "2010-03-01"], ["no", "yes"], True),
        (["2010-02", "2010-03"], ["no", "yes"], True),
        (["2010-03", "2010-03-05"], ["yes", "no"], False),
        (["2010", "2011"], ["yes", "yes"], True),
    ],
)
def test_dates_may_be_years_and_months(dates, words, complete):
    table = made.inventory(["GM9001", "GM9001"])
    table["date"], table["complete"] = dates, words
    register = made.Register(made.PROVIDERS, made.LOCATIONS, made.offers(), table)
    found = assess(EDITION, register).municipalities["inventory_complete"]
    assert found["GM9001"] == complete


def test_the_newest_inventory_counts_and_a_draw_proves_nothing():
    table = made.inventory(["GM9001", "GM9001", "GM9002", "GM9002"])
    table["date"] = ["2010-01-01", "2010-06-01", "2010-06-01", "2010-06-01"]
    table["complete"] = ["yes", "no", "yes", "no"]
    register = made.Register(made.PROVIDERS, made.LOCATIONS, made.offers(), table)
    assert not assess(EDITION, register).municipalities["inventory_complete"].any()
    table["complete"] = ["no", "yes", "yes", "yes"]
    register = made.Register(made.PROVIDERS, made.LOCATIONS, made.offers(), table)
    found = assess(EDITION, register).municipalities["inventory_complete"]
    assert found.tolist() == [True, True, False]


def test_an_inventory_of_another_edition_does_not_count():
    table = made.inventory(["GM9001"], year=2025)
    register = made.Register(made.PROVIDERS, made.LOCATIONS, made.offers(), table)
    assert not assess(EDITION, register).municipalities["inventory_complete"].any()


def test_reasons_name_the_test_that_decides():
    reasons = run(
        {},
        {"framework": "unknown"},
        {"long_term": "no", "framework": "unknown"},
        {"capacity_families": 5.0},
        {"service_area": "GM9002"},
    ).reasons("GM9001")
    assert reasons["test"].to_dict() == {
        "O3": "",
        "O0": "capacity",
        "O1": "voluntary",
        "O2": "long_term",
    }
    assert reasons["outcome"].tolist() == ["counts", "unknown", "unknown", "does_not_count"]
    assert reasons.loc["O3", "provider"] == "Aanbieder"
    assert reasons.loc["O3", "capacity_share"] == pytest.approx(5)
    assert np.isnan(reasons.loc["O0", "capacity_share"])


def test_asking_for_what_is_not_there():
    found = run()
    with pytest.raises(UnknownMunicipalityError, match="GM0000"):
        found.reasons("GM0000")
    with pytest.raises(UnknownRegionSetError, match="province"):
        found.regions("parish")
    assert found.reasons("GM9001").empty


def test_regions_add_up():
    regions = run({"capacity_families": 20.0}, complete=("GM9001", "GM9002", "GM9003")).regions(
        "province"
    )
    assert regions["municipalities"].tolist() == [2, 1]
    assert regions["imposed"].tolist() == [200, 100]
    assert regions["demand_low"].tolist() == pytest.approx([46, 23])
    assert regions["gap_low"].tolist() == pytest.approx([26, 23])
    assert regions["gap_high"].tolist() == pytest.approx([46, 33])
    assert regions["n_short_of_capacity"].tolist() == [1, 0]
    assert regions["share_unknown"].tolist() == [0, 0]


def test_chance_evens_out_in_a_region():
    estimated = made.edition([10] * 9, [20] * 9, status="estimated")
    found = assess(estimated, made.register(made.offers()))
    region = found.regions("country").loc["NL"]
    table = found.municipalities
    width = region["demand_high"] - region["demand_low"]
    assert 0 < width < (table["demand_high"] - table["demand_low"]).sum()
    assert region["gap_high"] <= region["demand_high"]


def test_counts_of_a_user_are_marked():
    entered = pd.DataFrame(
        {"imposed": [0.0], "extended": [0.0]}, index=pd.Index(["GM9002"], name="gm_code")
    )
    found = run(demand=entered).municipalities
    assert found["count_status"].tolist() == ["observed", "entered", "observed"]
    assert found.loc["GM9002", "demand_high"] == 0
    assert run(demand=entered).regions("province").loc["PV01", "count_status"] == "mixed"


def test_provenance_says_how_to_make_it_again():
    record = run({}, settings=Settings(share_imposed=0.05)).provenance
    assert json.loads(json.dumps(record)) == record
    assert record["edition"] == made.YEAR
    assert record["settings"]["share_imposed"] == 0.05
    assert record["counts"][0]["municipalities"] == 3
    entered = pd.DataFrame({"imposed": [1.0], "extended": [1.0]}, index=["GM9002"])
    assert run({}, demand=entered).provenance["sha256"]["counts"] != record["sha256"]["counts"]
    other = run({"name": "Ander aanbod"}).provenance
    assert other["sha256"]["register"] != record["sha256"]["register"]
    assert other["sha256"]["counts"] == record["sha256"]["counts"]


def test_an_example_is_marked():
    assert run({"status": "example"}).is_example
    assert not run({}).is_example


@pytest.mark.parametrize(
    ("outreach", "outcome", "rung"),
    [
        ("yes", "counts", "covered"),
        ("no", "does_not_count", "none"),
        ("unknown", "unknown", "none"),
    ],
)
def test_only_assertive_outreach_counts_when_it_is_asked_for(outreach, outcome, rung):
    row = {"assertive_outreach": outreach, "capacity_families": 40.0}
    found = run(row, assertive_outreach=True)
    reason = found.reasons("GM9001").iloc[0]
    assert reason["outcome"] == outcome
    assert reason["test"] == ("" if outcome == "counts" else "assertive_outreach")
    assert _(TEST["assertive_outreach"]) == "Is er drang?"
    assert found.municipalities.loc["GM9001", "status_at_least"] == rung
    assert found.provenance["only_assertive_outreach"] is True
    free = run(row)
    assert free.reasons("GM9001").iloc[0]["outcome"] == "counts"
    assert free.provenance["only_assertive_outreach"] is False


def test_what_an_offer_fails_first_is_told_before_its_outreach():
    row = {"assertive_outreach": "no", "framework": "compulsory"}
    reason = run(row, assertive_outreach=True).reasons("GM9001").iloc[0]
    assert reason["test"] == "voluntary"
