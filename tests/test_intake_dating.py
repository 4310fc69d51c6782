"""What is said of a list of another time, or of no time at all."""

import pandas as pd
import pytest

from coverage import i18n
from coverage.intake.dating import OTHER_YEAR, UNDATED, list_faults
from tests.test_hostile_files import judged


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def told(year, **columns):
    return [fault.message for fault in list_faults("a.csv", pd.DataFrame(columns), year)]


def test_offers_without_any_date_are_counted():
    offers = pd.DataFrame({"source_date": ["", "2025-01", ""], "last_seen": ["", "", "2024"]})
    (fault,) = list_faults("a.csv", offers, 2025)
    assert fault.text() == (
        "a.csv: Rows without a date: 1. Their offers are taken to run in 2025, and count as "
        "proven. Fill in the date of the list, or a column with dates."
    )
    assert fault.severity == "warning"


@pytest.mark.parametrize(
    ("year", "dates", "expected"),
    [
        (2025, ["2010", "2011-05", "2009-01-01"], [OTHER_YEAR]),
        (2010, ["2010", "2011-05", "2009-01-01"], []),
        (2010, ["2024", "2025", "2010"], [OTHER_YEAR]),
        (2025, ["2024", "2010"], []),  # as many of the one as of the other
        (2025, ["2024", "", "2026"], [UNDATED]),
        (2025, [], []),
    ],
)
def test_a_list_of_another_time_is_told(year, dates, expected):
    assert told(year, source_date=pd.Series(dates, dtype=str)) == expected


def test_an_offer_that_ran_from_one_edition_to_the_other_speaks_for_neither():
    assert told(2025, year_from=["2010"], year_to=["2025"]) == []


def test_what_is_said_of_a_list_stands_with_its_verdicts(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Organisatie;Naam aanbod;Gemeente\nDe Brug;Gezinscoach;Utrecht\n")
    undated = judged(path)
    assert UNDATED in [fault.message for fault in undated.faults if fault.row is None]
    dated = judged(path, source_date="2025-03")
    assert UNDATED not in [fault.message for fault in dated.faults]
