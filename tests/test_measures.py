"""What the map shows: colour, hatch and words, for every measure."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage import assess, i18n, maps
from coverage.functions import STEPS
from coverage.measures import (
    MEASURES,
    UNKNOWN_STEP,
    Ladder,
    Quantity,
    legend_rows,
    paint,
)
from coverage.palette import FAMILIES, ROOM, UNKNOWN_COLOUR
from coverage.vocabulary import LADDER, Function
from tests import made

QUANTITIES = [name for name, measure in MEASURES.items() if isinstance(measure, Quantity)]
LADDERS = [name for name, measure in MEASURES.items() if isinstance(measure, Ladder)]
NEEDED = ["gap", "gap_per_1000", "demand"]
NAN, INF = float("nan"), float("inf")


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def figures(measure, *intervals, residents=1000, status="observed", example=False):
    """Assessment of which a quantity has these intervals."""
    shown = MEASURES[measure]
    rows = pd.DataFrame(intervals, columns=["low", "high"], dtype=float)
    table = pd.DataFrame(
        {
            f"{shown.column}_low": rows["low"],
            f"{shown.column}_high": rows["high"],
            "residents_0_17": residents,
            "residents_0_17_status": "observed",
            "count_status": status,
        }
    )
    table = table.set_axis(made.codes(len(rows)))
    return SimpleNamespace(municipalities=table, is_example=example)


def steps(*rows, example=False):
    """Assessment of which the statuses are these: (at_least, certain, known)."""
    table = pd.DataFrame(rows, columns=["status_at_least", "certain", "known"])
    table = table.assign(gap_low=0.0, gap_high=3.0, count_status="observed")
    table = table.set_axis(made.codes(len(rows)))
    return SimpleNamespace(municipalities=table, is_example=example)


def functions(*ranges):
    """Assessment of which the functions are these: (at_least, at_most, known)."""
    table = pd.DataFrame(ranges, columns=["at_least", "at_most", "known"])
    table["certain"] = table["known"] & (table["at_least"] == table["at_most"])
    table = table.set_axis(made.codes(len(ranges)))
    return SimpleNamespace(function=lambda _function, only: table)  # noqa: ARG005


def only(painted):
    (row,) = painted.itertuples()
    return row


def class_of(measure, low, high, **more):
    row = only(paint(figures(measure, (low, high), **more), measure))
    return row.step, row.hatched


# Quantities


@pytest.mark.parametrize("measure", ["gap", "demand"])
@pytest.mark.parametrize(
    ("low", "high", "step", "hatched"),
    [
        (0, 0, 0, False),
        (0, 1e-6, 1, True),
        (0.5, 2, 1, False),
        (2, 2, 1, False),
        (2, 2.000001, 2, True),
        (3, 5, 2, False),
        (0, 10, 3, True),
        (10.1, 25, 4, False),
        (25, 25.1, 5, True),
        (26, 1e9, 5, False),
    ],
)
def test_class_of_what_is_needed_is_that_of_the_upper_bound(measure, low, high, step, hatched):
    assert class_of(measure, low, high) == (step, hatched)
    assert only(paint(figures(measure, (low, high)), measure)).colour == FAMILIES[step]


@pytest.mark.parametrize(
    ("low", "high", "step", "hatched"),
    [
        (0, 0, 0, False),
        (0, 3, 0, True),
        (2, 2, 1, False),
        (0.1, NAN, 1, True),
        (5, 5.1, 2, True),
        (25, NAN, 4, True),
        (26, NAN, 5, False),
        (26, INF, 5, False),
    ],
)
def test_class_of_what_is_there_is_that_of_the_lower_bound(low, high, step, hatched):
    assert class_of("capacity", low, high) == (step, hatched)
    assert only(paint(figures("capacity", (low, high)), "capacity")).colour == ROOM[step]


@pytest.mark.parametrize(
    ("low", "high", "residents", "step", "hatched"),
    [
        (0, 0, 4000, 0, False),
        (2, 2, 4000, 1, False),
        (2, 2.1, 4000, 2, True),
        (4, 8, 4000, 4, True),
        (7, 8, 4000, 4, False),
        (9, 10, 4000, 5, False),
    ],
)
def test_rates_are_of_the_residents(low, high, residents, step, hatched):
    assert class_of("gap_per_1000", low, high, residents=residents) == (step, hatched)


@pytest.mark.parametrize(("low", "high"), [(0, 0), (1, 3), (0, 3)])
@pytest.mark.parametrize("residents", [0, 0.0, NAN])
def test_rate_without_residents_is_not_known(low, high, residents):
    row = only(paint(figures("gap_per_1000", (low, high), residents=residents), "gap_per_1000"))
    assert (row.step, row.hatched, row.known) == (UNKNOWN_STEP, False, False)
    assert row.colour == UNKNOWN_COLOUR
    assert row.words == "Not known"


@pytest.mark.parametrize("measure", NEEDED)
@pytest.mark.parametrize(("low", "high"), [(NAN, NAN), (NAN, 3), (0, NAN), (0, INF)])
def test_need_of_which_nothing_is_known_is_grey(measure, low, high):
    row = only(paint(figures(measure, (low, high)), measure))
    assert (row.step, row.hatched, row.known) == (UNKNOWN_STEP, False, False)
    assert row.words == "Not known"


@pytest.mark.parametrize("measure", NEEDED)
@pytest.mark.parametrize("open_end", [NAN, INF])
def test_need_without_an_upper_bound_may_be_the_worst(measure, open_end):
    row = only(paint(figures(measure, (0.25, open_end)), measure))
    assert (row.step, row.hatched, row.known) == (5, True, True)
    assert row.words.startswith("At least 0.2")


@pytest.mark.parametrize(("low", "high"), [(NAN, NAN), (0, NAN), (0, INF)])
def test_capacity_of_which_nothing_is_known_is_grey(low, high):
    row = only(paint(figures("capacity", (low, high)), "capacity"))
    assert (row.step, row.hatched, row.colour) == (UNKNOWN_STEP, False, UNKNOWN_COLOUR)
    assert row.words == "Not known"


@pytest.mark.parametrize(
    ("language", "measure", "interval", "status", "words"),
    [
        ("en", "gap", (1, 4.5), "observed", "1 to 4.5 families a year (calculated from counts)"),
        ("en", "gap", (1, 4.5), "estimated", "1 to 4.5 families a year (estimated)"),
        ("nl", "gap", (1, 4.5), "estimated", "1 tot 4,5 gezinnen per jaar (geschat)"),
        ("en", "demand", (9, 9), "entered", "9 families a year (calculated from entered numbers)"),
        ("en", "demand", (1, 1), "observed", "1 family a year (calculated from counts)"),
        ("en", "capacity", (4, NAN), "estimated", "At least 4 families a year"),
        ("nl", "capacity", (4, NAN), "estimated", "Ten minste 4 gezinnen per jaar"),
        ("en", "capacity", (0, NAN), "estimated", "Not known"),
        ("nl", "capacity", (0, NAN), "estimated", "Niet bekend"),
        ("en", "gap_per_1000", (0.25, 1.5), "observed", "0.25 to 1.5 (calculated from counts)"),
        ("nl", "gap_per_1000", (0.25, 1.5), "estimated", "0,25 tot 1,5 (geschat)"),
    ],
)
def test_words_of_quantities(language, measure, interval, status, words):
    i18n.use(language)
    assert only(paint(figures(measure, interval, status=status), measure)).words == words


def test_rate_of_estimated_residents_is_an_estimate():
    found = figures("gap_per_1000", (1, 1.5))
    found.municipalities["residents_0_17_status"] = "estimated"
    assert only(paint(found, "gap_per_1000")).words == "1 to 1.5 (estimated)"


@pytest.mark.parametrize(
    ("count_status", "words"),
    [
        ("example", "1 to 1.5 (example)"),  # made up is less than estimated
        ("entered", "1 to 1.5 (estimated)"),
        ("observed", "1 to 1.5 (estimated)"),
    ],
)
def test_rate_of_estimated_residents_is_no_better_than_its_counts(count_status, words):
    found = figures("gap_per_1000", (1, 1.5), status=count_status)
    found.municipalities["residents_0_17_status"] = "estimated"
    assert only(paint(found, "gap_per_1000")).words == words


@pytest.mark.parametrize(
    ("measure", "count_status", "said"),
    [
        ("capacity", "estimated", " (example)"),
        ("capacity", "observed", " (example)"),
        ("gap", "observed", " (example)"),
        ("gap", "estimated", " (estimated, example)"),
        ("gap", "example", " (example)"),
        ("gap_per_1000", "entered", " (calculated from entered numbers, example)"),
        ("demand", "observed", " (calculated from counts)"),  # not from the offers
        ("demand", "estimated", " (estimated)"),
    ],
)
def test_what_comes_from_made_up_offers_says_so(measure, count_status, said):
    found = figures(measure, (1, 1.5), status=count_status, example=True)
    assert (
        only(paint(found, measure))
        .words.removeprefix("1 to 1.5 families a year")
        .removeprefix("1 to 1.5")
        == said
    )


def test_what_is_not_known_is_no_example():
    found = figures("capacity", (0, NAN), example=True)
    assert only(paint(found, "capacity")).words == "Not known"


def test_gap_beside_the_status_says_that_offers_are_made_up():
    painted = paint(steps(("covered", True, True), example=True), "status")
    assert only(painted).words == "Covered. Gap: 0 to 3 families a year (example)"


# Steps


@pytest.mark.parametrize("rung", LADDER)
def test_status_is_that_of_the_proven_rung(rung):
    certain, hatched, unknown = paint(
        steps((rung, True, True), (rung, False, True), (rung, False, False)), "status"
    ).itertuples()
    assert (certain.step, certain.hatched, certain.known) == (rung.rung, False, True)
    assert (hatched.step, hatched.hatched, hatched.known) == (rung.rung, True, True)
    assert certain.colour == hatched.colour == MEASURES["status"].colours[rung.rung]
    assert (unknown.step, unknown.hatched, unknown.known) == (UNKNOWN_STEP, False, False)
    assert unknown.colour == UNKNOWN_COLOUR


@pytest.mark.parametrize(
    ("language", "row", "words"),
    [
        ("en", ("covered", True, True), "Covered. Gap: 0 to 3 families a year"),
        ("en", ("none", True, True), "No voluntary offer. Gap: 0 to 3 families a year"),
        (
            "en",
            ("none", False, True),
            "No offer proven, certainly not covered. Gap: 0 to 3 families a year",
        ),
        (
            "en",
            ("short_term_only", False, True),
            "At least: voluntary offer. Gap: 0 to 3 families a year",
        ),
        ("en", ("none", False, False), "Unknown. Gap: 0 to 3 families a year"),
        ("nl", ("covered", True, True), "Dekkend. Tekort: 0 tot 3 gezinnen per jaar"),
    ],
)
def test_words_of_the_status(language, row, words):
    i18n.use(language)
    counted = i18n._("calculated from counts")
    assert only(paint(steps(row), "status")).words == f"{words} ({counted})"


@pytest.mark.parametrize(
    ("found", "step", "hatched", "words"),
    [
        (("present", "present", True), 2, False, "Present"),
        (("not_described", "not_described", True), 1, False, "Not described"),
        (
            ("not_described", "present", True),
            1,
            True,
            "Not described; may be present in another offer",
        ),
        (("absent", "absent", True), 0, False, "Absent"),
        (
            ("absent", "present", True),
            0,
            True,
            "An offer without it; may be present in another offer",
        ),
        # An offer that may not run does not describe it: nothing is proven but the upper end.
        (("absent", "not_described", True), 0, True, "Not present: absent or not described"),
        (("absent", "present", False), UNKNOWN_STEP, False, "Not known"),
    ],
)
def test_functions_say_what_is_proven_and_what_may_be(found, step, hatched, words):
    row = only(paint(functions(found), "coordination"))
    assert (row.step, row.hatched, row.words) == (step, hatched, words)


def test_each_function_is_asked_for_with_the_filter():
    asked = []

    def function(which, only):
        asked.append((which, only))
        return pd.DataFrame(
            {"at_least": ["present"], "at_most": ["present"], "certain": [True], "known": [True]}
        )

    for name in Function:
        paint(SimpleNamespace(function=function), name, only=["voluntary"])
    assert asked == [(name, ["voluntary"]) for name in Function]


# The legend


def legend_texts(measure):
    return {
        (row.step, hatched): row.hatched if hatched else row.plain
        for row in legend_rows(measure)
        for hatched in (False, True)
    }


BREAKS = sorted({0.0, *MEASURES["gap"].breaks, *MEASURES["gap_per_1000"].breaks})
AMOUNTS = st.one_of(st.sampled_from(BREAKS), st.floats(0, 60), st.floats(0, 1e7))


@st.composite
def intervals(draw):
    low = draw(AMOUNTS)
    high = draw(st.one_of(st.just(low), AMOUNTS, st.sampled_from([NAN, INF])))
    return draw(st.sampled_from([(min(low, high), max(low, high)), (low, high), (NAN, NAN)]))


@pytest.mark.parametrize("measure", QUANTITIES)
@given(rows=st.lists(intervals(), min_size=1, max_size=20), residents=st.integers(0, 5000))
def test_legend_has_a_text_for_whatever_is_painted(measure, rows, residents):
    rows = [(low, high) for low, high in rows if not low > high]
    if not rows:
        return
    painted = paint(figures(measure, *rows, residents=residents), measure)
    texts = legend_texts(measure)
    for row in painted.itertuples():
        assert texts[row.step, row.hatched], (rows, row)
        assert row.known == (row.step != UNKNOWN_STEP)
        assert row.known or not row.hatched
        assert "∞" not in row.words
        assert "nan" not in row.words
        assert "?" not in row.words
        assert row.words == "Not known" or row.known
    assert counted(measure, painted) == len(rows)


@given(made.countries(), st.sets(st.sampled_from(["voluntary", "long_term"])))
def test_legend_explains_and_counts_every_municipality(country, filters):
    edition, rows, complete = country
    found = assess(edition, made.register(made.offers(*rows), complete))
    for measure in MEASURES:
        painted = paint(found, measure, only=filters)
        assert list(painted.index) == list(edition.municipalities.index)
        texts = legend_texts(measure)
        for row in painted.itertuples():
            assert texts[row.step, row.hatched], (measure, row)
            assert row.words
            assert "\n" not in row.words
        assert counted(measure, painted) == len(painted)


def counted(measure, painted):
    return sum(map(int, re.findall(r"<b>\((\d+)\)</b>", maps.legend(measure, painted))))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("measure", MEASURES)
def test_legend_tells_its_colours_apart_in_words(measure, language):
    i18n.use(language)
    for hatched in (False, True):
        said = [row.hatched if hatched else row.plain for row in legend_rows(measure)]
        assert len(set(filter(None, said))) == len(list(filter(None, said)))
    assert legend_rows(measure)[-1].step == UNKNOWN_STEP
    assert [row.step for row in legend_rows(measure)[:-1]] == sorted(
        (row.step for row in legend_rows(measure)[:-1]), reverse=True
    )


@pytest.mark.parametrize("measure", [*LADDERS, "capacity"])
def test_best_step_is_never_hatched(measure):
    assert legend_rows(measure)[0].hatched == ""


@pytest.mark.parametrize(
    ("measure", "step", "hatched", "text"),
    [
        ("gap", 0, False, "None"),
        ("gap", 1, False, "Up to 2"),
        ("gap", 3, True, "At most 10, may be less"),
        ("gap", 5, False, "More than 25"),
        ("gap_per_1000", 2, False, "0.5 to 1"),
        ("capacity", 0, True, "Perhaps none"),
        ("capacity", 1, True, "At least a few"),
        ("capacity", 2, True, "At least 2"),
        ("status", 5, False, "Covered"),
        ("coordination", 0, True, "Not present as far as known; may be better"),
    ],
)
def test_texts_of_the_legend(measure, step, hatched, text):
    assert legend_texts(measure)[step, hatched] == text


# Laws


@given(made.countries(), st.data())
def test_more_supply_never_makes_a_colour_worse(country, data):
    edition, rows, complete = country
    extra = data.draw(made.offer_rows(len(edition.municipalities)))
    before = assess(edition, made.register(made.offers(*rows), complete))
    after = assess(edition, made.register(made.offers(*rows, extra), complete))
    for measure in ("gap", "gap_per_1000"):
        assert (paint(after, measure)["step"] <= paint(before, measure)["step"]).all()
    for measure in ("capacity", "status"):
        first, then = paint(before, measure), paint(after, measure)
        both = first["known"] & then["known"]
        assert (then["step"] >= first["step"])[both].all()


@given(made.countries(), st.randoms(use_true_random=False))
def test_the_order_of_offers_does_not_matter(country, random):
    edition, rows, complete = country
    table = made.offers(*rows)
    order = list(range(len(table)))
    random.shuffle(order)
    first = assess(edition, made.register(table, complete))
    second = assess(edition, made.register(table.iloc[order], complete))
    for measure in MEASURES:
        pd.testing.assert_frame_equal(paint(first, measure), paint(second, measure))


@given(st.lists(intervals(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_municipalities_does_not_matter(rows, random):
    rows = [(low, high) for low, high in rows if not low > high] or [(0, 0)]
    for measure in QUANTITIES:
        found = figures(measure, *rows)
        order = list(found.municipalities.index)
        random.shuffle(order)
        moved = found.municipalities.loc[order]
        shuffled = SimpleNamespace(municipalities=moved, is_example=False)
        pd.testing.assert_frame_equal(paint(found, measure).loc[order], paint(shuffled, measure))


def test_every_function_has_a_measure():
    assert set(Function) < set(MEASURES)
    assert all(len(MEASURES[name].colours) == len(STEPS) for name in Function)
    assert all(len(MEASURES[name].breaks) + 2 == len(MEASURES[name].colours) for name in QUANTITIES)
    assert all(np.all(np.diff(MEASURES[name].breaks) > 0) for name in QUANTITIES)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("measure", MEASURES)
def test_legend_has_no_words_for_what_cannot_be(measure, language):
    i18n.use(language)
    for row in legend_rows(measure):
        assert row.plain
        assert "\n" not in row.plain + row.hatched  # the header of a catalogue has lines
    i18n.use(i18n.DEFAULT)
