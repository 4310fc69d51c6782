"""Charts and the page that lays regions beside each other, without a browser."""

import json
import re
import zipfile
from html import unescape
from io import BytesIO

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import coverage
from coverage import comparison, i18n, maps
from coverage.i18n import number
from coverage.palette import COLOURS, UNKNOWN_COLOUR
from coverage.ui import bars, charts, compare_page, compare_parts, download, grid
from coverage.vocabulary import CoverageStatus

NASTY = "<script>alert('x')</script>"
STUDY = ["study:ST-20", "study:ST-23", "study:ST-31", "study:ST-SA", "study:ST-SR"]


@pytest.fixture(autouse=True)
def dutch():
    i18n.use("nl")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(scope="module")
def real():
    made_up = coverage.read_register(coverage.EXAMPLE_REGISTER)
    return {
        year: coverage.assess(coverage.load_edition(year), made_up) for year in coverage.EDITIONS
    }


def intervals(*rows):
    return pd.DataFrame(rows, columns=["label", "low", "high", "words", "note"])


def chart(*rows):
    return charts.interval_bars(
        intervals(*rows), caption="Tekort", headings=("Regio", "Van", "Plaats"), tick=number
    )


def plain(html):
    return unescape(re.sub(r"<[^>]+>", " ", html))


def places(html):
    """Filled part and open part of each bar, in percent of the axis."""
    found = re.findall(
        r"class='sure' style='width:([\d.]+)%'></span>"
        r"<span class='maybe[^']*' style='width:([\d.]+)%'",
        html,
    )
    return [(float(sure), float(width)) for sure, width in found]


# Bars


def test_bars_lie_on_one_axis():
    html = chart(("A", 0.0, 50.0, "0 tot 50", "1"), ("B", 25.0, 100.0, "25 tot 100", "1"))
    assert places(html) == [(0, 50), (25, 75)]
    assert html.count("<th scope='row'>") == 2
    assert "<caption>Tekort</caption>" in html


def test_a_bar_without_upper_bound_runs_to_the_end_and_has_an_arrow():
    html = chart(("A", 20.0, np.nan, "ten minste 20", "1"), ("B", 1.0, 100.0, "", "1"))
    assert places(html)[0] == (20, 80)
    assert "class='maybe endless'" in html
    assert "ten minste 20" in plain(html)


@pytest.mark.parametrize(("low", "high"), [(np.nan, np.nan), (0.0, np.nan), (np.nan, 3.0)])
def test_what_is_not_known_has_no_bar(low, high):
    html = chart(("A", low, high, "niet bekend", "1"))
    assert not places(html)
    assert "class='nothing'" in html
    assert "nan" not in html


def test_texts_in_charts_are_escaped():
    html = charts.interval_bars(
        intervals((NASTY, 1.0, 2.0, NASTY, NASTY)),
        caption=NASTY,
        headings=(NASTY, NASTY, NASTY),
        tick=lambda _value: NASTY,
    )
    assert "<script" not in html


@given(st.floats(1e-3, 1e7))
def test_law_an_axis_holds_its_largest_value_in_a_few_round_steps(largest):
    marks = charts.ticks(largest)
    assert marks[0] == 0
    assert marks[-1] >= largest * (1 - 1e-6)
    assert 2 <= len(marks) <= 6
    np.testing.assert_allclose(np.diff(marks), marks[1], rtol=1e-6)
    digits = f"{marks[1]:.6e}"
    assert float(digits.split("e", maxsplit=1)[0]) in {1, 2, 5}


def test_an_axis_of_nothing_still_has_an_end():
    assert charts.ticks(0.0) == [0.0, 1.0]


def test_stacks_are_as_long_as_their_municipalities_and_say_so(real):
    counted = comparison.statuses(real[2025], STUDY)
    html = charts.stacked_statuses(STUDY, counted, caption="Aantal", name="Regio")
    stacks = re.findall(r"<span class='stack'.*?<span class='aside'>(.*?)</span>", html)
    assert len(stacks) == len(STUDY)
    for said, (_region, row) in zip(stacks, counted.iterrows(), strict=True):
        assert sum(map(int, re.findall(r"(\d+) gemeenten?:", said))) == row.sum()
    grown = [int(one) for one in re.findall(r"flex-grow:(\d+)", html)]
    assert sum(grown) == counted.to_numpy().sum()


def test_hatched_and_grey_as_on_the_map():
    assert maps.background("#123456", hatched=False) == "#123456"
    assert maps.background("#123456", hatched=True) in maps.swatch_of("#123456", hatched=True)
    columns = pd.MultiIndex.from_tuples([("covered", True), ("covered", False), ("unknown", False)])
    counts = pd.DataFrame([[1, 2, 3]], index=["A"], columns=columns)
    html = charts.stacked_statuses(["A"], counts, caption="", name="")
    assert html.count("repeating-linear-gradient") == 1
    assert maps.background(COLOURS[CoverageStatus.COVERED], hatched=True) in html
    assert f"background:{UNKNOWN_COLOUR}" in html


# Words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 1.0, "niet bekend"),
        (np.nan, 0.5, "niet bekend"),
        (0.771, 0.829, "77% tot 83%"),
        (0.8, 0.8, "80%"),
        (0.0, 0.0, "0%"),
        (0.001, 0.004, "minder dan 1%"),
        (0.5, 0.999, "50% tot meer dan 99%"),
    ],
)
def test_share_in_words(low, high, words):
    assert compare_parts.share_words(low, high) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, np.nan, "niet bekend"),
        (0.25, np.nan, "ten minste 0,25"),
        (0.2088, 0.5325, "0,21 tot 0,53"),
        (1.0, 1.0, "1"),
    ],
)
def test_rate_in_words(low, high, words):
    assert compare_parts.rate_words(low, high) == words


def series(*values):
    return pd.Series(values, index=["a", "b", "c"][: len(values)])


def test_no_order_is_given_where_intervals_overlap():
    i18n.use("en")
    names = series("North", "South", "West")
    said = compare_parts.order_sentences(series(1.0, 2.0, 9.0), series(3.0, 4.0, 10.0), names)
    assert said == [
        "The intervals overlap: no order can be given between North and South.",
        "The place of West is certain, given these figures.",
    ]
    ranks = comparison.ranking(series(1.0, 2.0, 9.0), series(3.0, 4.0, 10.0))
    assert compare_parts.rank_words(ranks) == ["2 to 3", "2 to 3", "1"]


def test_a_certain_order_is_said_to_be_so():
    i18n.use("en")
    said = compare_parts.order_sentences(series(1.0, 5.0), series(2.0, 6.0), series("A", "B"))
    assert said == ["The intervals do not overlap: the order is certain, given these figures."]


EQUAL = "{} are equal, given these figures."
PERHAPS = "{} may be equal."


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ((0.0, 0.0), (0.0, 0.0), [EQUAL.format("A and B")]),
        ((1.0, 3.0), (3.0, 5.0), [PERHAPS.format("A and B")]),
        ((3.0, 3.0), (3.0, 5.0), [PERHAPS.format("A and B")]),
        (
            (0.0, 9.0, 0.0),
            (0.0, 9.5, 0.0),
            [EQUAL.format("A and C"), "The place of B is certain, given these figures."],
        ),
        (
            (0.0, 0.0, 0.0),
            (0.0, 0.0, 2.0),
            [EQUAL.format("A and B"), PERHAPS.format("A, B, and C")],
        ),
        (
            (0.0, 1.0, 4.0),
            (2.0, 4.0, 5.0),
            [
                "The intervals overlap: no order can be given between A and B.",
                PERHAPS.format("B and C"),
            ],
        ),
    ],
)
def test_regions_that_are_or_may_be_equal_have_no_certain_order(low, high, said):
    i18n.use("en")
    names = series("A", "B", "C")[: len(low)]
    assert compare_parts.order_sentences(series(*low), series(*high), names) == said


def test_regions_of_one_name_say_their_kind(real):
    figures = comparison.indicators(real[2025], ["province:PV20", "study:ST-20", "study:ST-31"])
    names = list(compare_parts.labels(figures))
    assert names == ["Groningen (provincie)", "Groningen (onderzoeksregio)", "Limburg"]


def test_two_years_that_count_different_things_carry_a_warning(real):
    said = compare_parts.units_warning(real[2025], real[2010])
    assert "maatregelen" in said
    assert "kinderen" in said
    assert compare_parts.units_warning(real[2025], real[2025]) == ""


@pytest.mark.parametrize(
    ("statuses", "unit"),
    [
        (
            ["observed", "entered"],
            (
                "families a year (calculated from entered numbers and calculated from counts, "
                "figures of 2025)"
            ),
        ),
        (["estimated", "estimated"], "families a year (estimated, figures of 2025)"),
        (["example", "example"], "families a year (example, figures of 2025)"),
        (["estimated", "example"], "families a year (estimated and example, figures of 2025)"),
        (["mixed", "mixed"], "families a year (mixed, figures of 2025)"),
    ],
)
def test_unit_says_what_the_counts_are(statuses, unit):
    i18n.use("en")
    figures = pd.DataFrame({"count_period": "2025", "count_status": statuses})
    assert compare_parts.demand_unit(figures) == unit


@pytest.mark.parametrize(
    ("status", "note"),
    [
        ("observed", "of 2024"),
        ("estimated", "estimated, of 2024"),
        ("estimated;observed", "estimated and observed, of 2024"),
    ],
)
def test_residents_are_not_called_estimated_when_they_were_counted(real, status, note):
    i18n.use("en")
    figures = comparison.indicators(real[2025], STUDY)
    figures = figures.assign(residents_0_17_status=status, residents_0_17_year="2024")
    counted = comparison.statuses(real[2025], STUDY)
    html = compare_parts.figures_table(figures, counted, compare_parts.labels(figures))
    assert f"Residents aged 0-17<small>{note}</small>" in html


# Tables, maps, files


def test_table_of_figures_has_a_column_a_region_and_never_a_nan(real):
    figures = comparison.indicators(real[2025], [*STUDY, "province:PV26"])
    names = compare_parts.labels(figures)
    counted = comparison.statuses(real[2025], list(figures.index))
    html = compare_parts.figures_table(figures.assign(region_name=NASTY), counted, names)
    assert html.count("<th scope='col'>") == 7
    for row in re.findall(r"<tr(?: class='part')?><th scope='row'>.*?</tr>", html):
        assert row.count("<td>") == 6
    assert "nan" not in html.lower()
    assert html.count("<span class='mark'>") == 5  # the province is no example selection
    assert "niet bekend" in plain(html)


def test_names_from_files_are_escaped(real):
    figures = comparison.indicators(real[2025], STUDY).assign(region_name=NASTY)
    names = pd.Series(NASTY, index=figures.index)
    paint = pd.DataFrame(
        {"colour": "#123456", "hatched": False, "known": True, "words": NASTY},
        index=real[2025].municipalities.index,
    )
    made = [
        compare_parts.figures_table(figures, comparison.statuses(real[2025], STUDY), names),
        compare_parts.small_maps(real[2025], paint, names, "status"),
    ]
    assert not [html for html in made if "<script" in html]


def test_small_maps_have_one_scale(real):
    names = pd.Series(STUDY, index=STUDY)
    paint = pd.DataFrame(
        {"colour": "#123456", "hatched": True, "known": True, "words": "x"},
        index=real[2025].municipalities.index,
    )
    html = compare_parts.small_maps(real[2025], paint, names, "gap")
    assert len(set(re.findall(r"<svg[^>]*viewBox='?\"?([\d ]+)", html))) == 1
    assert len(set(re.findall(r"[\d.,]+ km", html))) == 1
    assert html.count("<figure>") == len(STUDY)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_file_holds_figures_ranks_the_other_year_and_what_made_them(real):
    regions = ["province:PV20", "study:ST-SA"]
    made = compare_page.contents(real[2025], real[2010], regions)
    book = openpyxl.load_workbook(
        BytesIO(download.excel(lambda: made, "nl", example=True)), read_only=True
    )
    assert len(book.sheetnames) == 7
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[rows[0].index("Code")] for row in rows[1:]] == ["PV20", "ST-SA"]
    packed = zipfile.ZipFile(BytesIO(download.csv(lambda: made, "nl", "naam", example=True)))
    record = json.loads(packed.read("naam.csv-metadata.json"))
    assert record["view"]["regions"] == regions
    assert record["other_year"]["edition"] == 2010


def test_headings_and_values_of_the_file_are_words(real):
    made = compare_page.contents(real[2025], real[2010], ["province:PV20", "study:ST-SA"])
    for table in (made.table, *made.more.values()):
        assert not [name for name in table if re.fullmatch("[a-z0-9_]+", str(name))]
        texts = table.select_dtypes(["object", "string"]).to_numpy().ravel()
        assert not [text for text in texts if re.search("[a-z]_[a-z]|;[^ ]", text)]
    assert "Tekort, hoog (gezinnen per jaar)" in made.table
    share = "Deel van de inwoners van 0-17 jaar zonder zorgcoördinatie, hoog (%)"
    figures = comparison.indicators(real[2025], ["province:PV20", "study:ST-SA"])
    np.testing.assert_allclose(made.table[share], 100 * figures["share_without_high"], atol=1e-4)


def public(year=2025):
    return coverage.assess(
        coverage.load_edition(year), coverage.read_register(coverage.PUBLIC_REGISTER)
    )


def test_what_is_proven_at_least_is_not_counted_as_certain(real):
    i18n.use("en")
    for assessed in (real[2025], public()):
        figures = comparison.indicators(assessed, ["country:NL", "province:PV20"])
        counted = comparison.statuses(assessed, list(figures.index))
        found = {name: list(counts) for name, counts in compare_parts.status_rows(counted)}
        rows = assessed.municipalities[assessed.municipalities["known"]]
        at_least = rows["status_at_least"] == "short_term_only"
        certain = rows["certain"]
        only, more = "Only short-term offer", "At least: voluntary offer"
        assert found.get(only, [0])[0] == (at_least & certain).sum()
        assert found.get(more, [0])[0] == (at_least & ~certain).sum()
        assert all(any(counts) for counts in found.values())
        html = plain(compare_parts.figures_table(figures, counted, compare_parts.labels(figures)))
        assert (only in html) == bool((at_least & certain).any())
        assert (more in html) == bool((at_least & ~certain).any())
        written = compare_page.contents(assessed, None, list(figures.index)).table
        for name, counts in found.items():
            assert list(written[f"Municipalities: {name}"]) == counts


def test_what_is_made_up_is_marked_in_its_row(real):
    figures = comparison.indicators(real[2025], STUDY)
    counted = comparison.statuses(real[2025], STUDY)
    names = compare_parts.labels(figures)
    made_up = compare_parts.figures_table(figures, counted, names, example=True)
    marked = re.findall(r"<th scope='row'>([^<]*) <span class='mark'>voorbeeld</span>", made_up)
    assert {"Tekort", "Capaciteit met zorgcoördinatie"} <= set(marked)
    assert "Vraag" not in marked
    assert "Status van de aantallen" not in marked
    assert "voorbeeld</span>" not in compare_parts.figures_table(figures, counted, names)


def test_share_of_residents_is_not_taken_for_one_of_municipalities(real):
    i18n.use("en")
    both = compare_page._both(real[2025], real[2010], ["province:PV20"])
    html = compare_parts.beside_table(both, pd.Series({"province:PV20": "Groningen"}))
    assert "Share of these residents living where nothing is known" in plain(html)
    assert "class='mark'" not in html


def test_what_is_made_up_is_marked_beside_another_year_too(real):
    both = compare_page._both(real[2025], real[2010], ["province:PV20"])
    names = pd.Series({"province:PV20": "Groningen"})
    html = compare_parts.beside_table(both, names, example=True)
    marked = re.findall(r"<th scope='col'>([^<]*) <span class='mark'>", html)
    assert {"Capaciteit", "Tekort"} <= set(marked)
    assert "Vraag" not in marked


@pytest.mark.parametrize(
    ("low", "high", "scale", "drawn"),
    [
        (1.0, 3.0, 4.0, (0.25, 0.75)),
        (1.0, np.nan, 4.0, (0.25, 1.0)),
        (2.0, 9.0, 4.0, (0.5, 1.0)),
        (0.0, 0.0, 4.0, (0.0, 0.0)),
        (0.0, np.nan, 4.0, None),
        (np.nan, np.nan, 4.0, None),
        (0.0, 0.0, 0.0, None),
    ],
)
def test_a_bar_is_filled_up_to_what_is_certain(low, high, scale, drawn):
    assert bars.ends(low, high, scale) == drawn
    assert grid.interval(low, high, scale=scale).bar == drawn


# The page

HERE = """
from coverage import i18n
from coverage.ui import choices, compare_page, state
state.read()
i18n.use(choices.language())
compare_page.show(choices.ask())
state.tell_broken()
state.write()
"""


@pytest.fixture
def page():
    return AppTest.from_string(HERE, default_timeout=60)


def opened(page, **address):
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def shown(page):
    """All HTML of the components in one text."""
    found = [json.loads(one.proto.json)["html"] for one in page.get("bidi_component")]
    return "".join(found)


def chosen_regions(page):
    return next(one for one in page.multiselect if one.key == "regions")


def test_page_opens_with_the_study_regions_and_marks_them(page):
    opened(page)
    assert sorted(chosen_regions(page).value) == STUDY
    assert "voorbeeldkeuze" in page.info[0].value
    assert "regios" not in page.query_params
    assert shown(page).count("<figure>") == 5


def test_own_regions_are_not_marked_and_stand_in_the_address(page):
    opened(page)
    chosen_regions(page).set_value(["province:PV20", "corop:CR01"]).run()
    assert not page.exception
    assert not page.info
    assert page.query_params["regios"] == "province:PV20,corop:CR01"


def test_a_link_shows_the_same_and_a_broken_part_is_left_out(page):
    opened(page, regios="province:PV20,province:PV99,country:NL", rang="demand", naast="2010")
    assert chosen_regions(page).value == ["province:PV20", "country:NL"]
    text = shown(page)
    assert "coverage-beside years" in text
    assert "maatregelen" in text


@pytest.mark.parametrize("regions", ["geen", "province:PV20"])
def test_one_region_is_too_few(page, regions):
    opened(page, regios=regions)
    assert "twee" in page.info[0].value
    assert "<figure>" not in shown(page)


def test_every_choice_of_the_page_works_in_both_editions_and_registers():
    for register in ("public", "example"):
        for year in coverage.EDITIONS:
            fresh = AppTest.from_string(HERE, default_timeout=60)
            other = next(one for one in coverage.EDITIONS if one != year)
            opened(
                fresh,
                register=register,
                peiljaar=str(year),
                naast=str(other),
                rang="share_without",
                toon="gap_per_1000",
                taal="en",
            )
            text = shown(fresh)
            assert "nan" not in plain(text).lower().split()
            assert f"The figures of {other} are carried" in plain(text)
