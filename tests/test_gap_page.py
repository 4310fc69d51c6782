"""The gap table: filter, order, totals, files, and the page without a browser."""

import io
import json
import zipfile
from dataclasses import replace
from functools import cache

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import coverage
from coverage import gap_table, i18n, labels, search
from coverage.gap_table import FIELDS, STATUSES, View
from coverage.ui import download, gap_page, grid

FIELD_KEYS = [key for key in FIELDS if key != "name"]


@cache
def assessment(year=2010, register="example"):
    folder = {"example": coverage.EXAMPLE_REGISTER, "public": coverage.PUBLIC_REGISTER}[register]
    return coverage.assess(coverage.load_edition(year), coverage.read_register(folder))


@cache
def whole(year=2010, register="example"):
    made = assessment(year, register)
    return gap_table.frame(made, tuple(made.municipalities.index))


def codes(year=2010):
    return tuple(assessment(year).municipalities.index)


@pytest.fixture(autouse=True)
def dutch():
    i18n.use("nl")


some_rows = st.lists(st.sampled_from(range(431)), unique=True, max_size=60)
sorts = st.sampled_from(gap_table.SORTS)


@given(some_rows, sorts, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_before(places, sort, chance):
    rows = whole().iloc[places]
    shuffled = list(places)
    chance.shuffle(shuffled)
    ordered = gap_table.ordered(rows, sort)
    pd.testing.assert_frame_equal(ordered, gap_table.ordered(whole().iloc[shuffled], sort))
    assert sorted(ordered.index) == sorted(rows.index)


@given(some_rows, st.sampled_from(list(FIELDS)))
def test_the_other_way_round_turns_all_but_ties_and_the_unknown(places, key):
    rows = whole().iloc[places]
    up, down = gap_table.ordered(rows, key), gap_table.ordered(rows, f"-{key}")
    first, second = gap_table._sort_keys(up, FIELDS[key])
    back_first, back_second = gap_table._sort_keys(down, FIELDS[key])
    known = int((~np.isnan(first)).sum())
    assert np.isnan(first[known:]).all()
    assert np.isnan(back_first[known:]).all()
    pairs = list(zip(first[:known], second[:known], strict=True))
    assert pairs == sorted(pairs)
    back = list(zip(back_first[:known], back_second[:known], strict=True))
    assert back == sorted(back, reverse=True)


def made_rows(**columns):
    count = len(next(iter(columns.values())))
    index = pd.Index([f"GM{number:04d}" for number in range(count)], name="gm_code")
    names = [f"Plaats {chr(ord('z') - number)}" for number in range(count)]
    return pd.DataFrame({"name": names, "known": True, **columns}, index=index)


def test_an_interval_is_sorted_by_its_high_end_then_its_low_end_then_by_name():
    rows = made_rows(gap_low=[0, 1, 1, 2, np.nan, 0], gap_high=[5.0, 5, 5, 3, np.nan, np.nan])
    assert list(gap_table.ordered(rows, "gap").index.str[-1]) == ["3", "0", "2", "1", "5", "4"]
    assert list(gap_table.ordered(rows, "-gap").index.str[-1]) == ["2", "1", "0", "3", "5", "4"]


def test_capacity_of_at_least_so_many_is_above_any_known_and_unknown_is_last():
    rows = made_rows(capacity_low=[0, 4.0, 3], capacity_high=[np.nan, np.nan, 100.0])
    assert list(gap_table.ordered(rows, "-capacity").index.str[-1]) == ["1", "2", "0"]


def test_names_are_sorted_as_a_dutch_reader_looks_for_them():
    names = [
        "'s-Hertogenbosch",
        "Sudwest",
        "Súdwest-Fryslân",
        "Rucphen",
        "Écht",
        "Eindhoven",
        "Ede",
    ]
    rows = made_rows(value=range(len(names))).assign(name=names)
    assert list(gap_table.ordered(rows, "name")["name"]) == [
        "Écht",
        "Ede",
        "Eindhoven",
        "Rucphen",
        "'s-Hertogenbosch",
        "Sudwest",
        "Súdwest-Fryslân",
    ]


def test_a_status_is_sorted_by_the_ladder_and_unknown_is_last():
    up = gap_table.ordered(whole(), "status")["shown"].drop_duplicates()
    down = gap_table.ordered(whole(), "-status")["shown"].drop_duplicates()
    assert up.iloc[-1] == down.iloc[-1] == "unknown"
    rungs = [STATUSES.index(one) // 2 for one in up.iloc[:-1]]
    assert rungs == sorted(rungs)


@pytest.mark.parametrize(
    "find", ["hertogen", "'S-HERT", "s hertogenbosch", "\u2019s-hertog", "gm0796"]
)
def test_a_part_of_the_name_is_enough(find):
    found = gap_table.filtered(whole(), find=find, statuses=[])
    assert list(found["name"]) == ["'s-Hertogenbosch"]


def test_accents_do_not_matter():
    rows = whole(2025)
    for find in ("sudwest", "SÚDWEST-FRYSLÂN"):
        assert list(gap_table.filtered(rows, find=find, statuses=[])["name"]) == ["Súdwest-Fryslân"]


def test_other_names_find_a_municipality_too():
    names = search.current_labels(coverage.load_edition(2025))
    found = gap_table.filtered(whole(2025), find="den haag", statuses=[], names=names)
    assert list(found["name"]) == ["'s-Gravenhage"]


@given(st.text(max_size=6), st.lists(st.sampled_from(STATUSES), unique=True))
def test_a_filter_changes_no_figure(find, statuses):
    found = gap_table.filtered(whole(), find=find, statuses=statuses)
    pd.testing.assert_frame_equal(found, whole().loc[found.index])
    if statuses:
        assert set(found["shown"]) <= set(statuses)


def test_each_municipality_has_one_of_the_statuses():
    for register in ("public", "example"):
        rows = whole(2025, register)
        assert set(rows["shown"]) <= set(STATUSES)
        parts = [gap_table.filtered(rows, find="", statuses=[one]) for one in STATUSES]
        assert sum(map(len, parts)) == len(rows)


@pytest.mark.parametrize("year", [2010, 2025])
@pytest.mark.parametrize("region_set", ["province", "study"])
def test_subtotals_of_whole_regions_are_the_totals_of_those_regions(year, region_set):
    made = assessment(year)
    shown = gap_table.show(made, View(codes(year), region_set=region_set))
    regions = made.regions(region_set)
    groups = shown.groups.drop(gap_table.REST, errors="ignore")
    pd.testing.assert_frame_equal(
        groups[regions.columns].sort_index(), regions, check_dtype=False, check_names=False
    )
    assert (groups["municipalities"] == groups["of_all"]).all()


@pytest.mark.parametrize("year", [2010, 2025])
def test_the_total_of_all_is_that_of_the_country(year):
    made = assessment(year)
    total = gap_table.show(made, View(codes(year))).total.iloc[0]
    country = made.regions("country").iloc[0]
    figures = country.drop(["region_name", "region_status"])
    assert total[figures.index].to_dict() == pytest.approx(figures.to_dict(), nan_ok=True)


@given(st.text("abcdefgh -'", max_size=3), sorts, st.sampled_from(["", "province", "study"]))
def test_every_row_that_fits_is_in_one_group_and_subtotals_follow_the_filter(find, sort, kind):
    shown = gap_table.show(assessment(), View(codes(), find=find, sort=sort, region_set=kind))
    fitting = gap_table.filtered(whole(), find=find, statuses=[])
    assert sorted(shown.rows.index) == sorted(fitting.index)
    if not kind or fitting.empty:
        assert shown.groups.empty
        return
    assert shown.groups["municipalities"].sum() == len(fitting)
    assert list(dict.fromkeys(shown.rows["region_code"])) == list(shown.groups.index)
    counted = shown.rows["region_code"].value_counts()
    assert (counted.sort_index() == shown.groups["municipalities"].sort_index()).all()
    # Chance evens out: the group is never less sure than its members together.
    sums = shown.rows.groupby("region_code")[["gap_low", "gap_high"]].sum()
    sums = sums.reindex(shown.groups.index)
    assert (shown.groups["gap_low"] >= sums["gap_low"] - 1e-5).all()
    assert (shown.groups["gap_high"] <= sums["gap_high"] + 1e-5).all()


def test_a_count_that_is_unknown_of_one_is_unknown_of_the_group():
    made = assessment()
    figures = made.municipalities.copy()
    figures["residents_0_17"] = figures["residents_0_17"].astype(float)
    figures.loc["GM0003", "residents_0_17"] = np.nan
    holed = replace(made, municipalities=figures)
    shown = gap_table.show(holed, View(codes(), region_set="province"))
    groningen = shown.groups.set_index("name").loc["Groningen"]
    assert np.isnan(groningen["residents_0_17"])
    assert np.isnan(groningen["gap_per_1000_high"])
    assert shown.groups["residents_0_17"].notna().sum() == len(shown.groups) - 1
    row = shown.rows.loc[["GM0003"]].itertuples()
    assert gap_table.words(next(row), "gap_per_1000") == "niet bekend"


def test_gap_per_1000():
    row = whole().loc["GM0363"]
    assert row["gap_per_1000_high"] == pytest.approx(1000 * row["gap_high"] / row["residents_0_17"])


@pytest.mark.parametrize("year", [2010, 2025])
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("register", ["public", "example"])
def test_no_cell_says_none_or_nan(year, language, register):
    i18n.use(language)
    made = assessment(year, register)
    view = View(codes(year), keys=tuple(FIELD_KEYS), region_set="province")
    shown = gap_table.show(made, view)
    for row in gap_table.show(made, view).rows.itertuples():
        for key in FIELDS:
            assert gap_table.words(row, key).casefold() not in {"nan", "none", "?"}
    table = gap_table.seen(shown, view.keys)
    texts = table.select_dtypes(exclude="number").astype(str)
    assert not texts.isin(["nan", "None", "?", ""]).any(axis=None)


def test_unknown_capacity_is_an_empty_cell_in_a_file_and_not_nothing():
    shown = gap_table.show(assessment(2025, "public"), View(codes(2025), keys=("capacity",)))
    table = gap_table.seen(shown, ["capacity"])
    assert table.filter(like="Capa").isna().all(axis=None)


def test_the_column_of_offers_says_what_it_counts():
    i18n.use("en")
    heading = "Family support: voluntary, long-term, with care coordination"
    shown = gap_table.show(assessment(), View(codes(), keys=("offers",)))
    note = gap_table.note(shown.all, "offers")
    assert (FIELDS["offers"].heading, note) == (heading, "proven, of all offers weighed")
    assert f"{heading} ({note})" in gap_table.seen(shown, ["offers"])


def test_a_file_of_what_is_seen_has_its_rows_and_columns_in_order():
    view = View(codes(), find="be", keys=("gap", "province"), sort="-gap")
    shown = gap_table.show(assessment(), view)
    table = gap_table.seen(shown, view.keys)
    assert list(table.iloc[:, 0]) == list(shown.rows.index)
    assert table.columns[0] == "Code"
    assert list(table.iloc[:, 1]) == list(shown.rows["name"])
    assert table.iloc[:, 2].to_list() == pytest.approx(shown.rows["gap_low"].round(6).to_list())
    assert "2010" in table.columns[2]
    assert "geschat" in table.columns[2]
    # What the counts are comes along, asked for or not.
    assert "Status van de aantallen" in table
    assert set(table["Status van de aantallen"]) == {"geschat"}


def test_totals_stand_apart_in_a_file():
    view = View(codes(), region_set="province", find="a")
    shown = gap_table.show(assessment(), view)
    totals = gap_table.seen_totals(shown, view.keys)
    assert len(totals) == len(shown.groups) + 1
    assert totals.iloc[-1, 1] == len(shown.rows)
    assert len(gap_table.seen(shown, view.keys)) == len(shown.rows)


def test_everything_begins_with_the_table_of_the_assessment():
    table = gap_table.everything(assessment())
    base = assessment().table()
    pd.testing.assert_frame_equal(table[list(base)], base)
    assert {"count_source", "count_unit", "count_period", "residents_source"} <= set(table)


def test_downloads_open_and_carry_their_marks():
    made = assessment()
    view = View(codes(), find="ber", region_set="province")
    contents = gap_page.seen(made, view)
    book = openpyxl.load_workbook(
        io.BytesIO(download.excel(lambda: contents, "nl", example=made.is_example))
    )
    assert len(book.sheetnames) == 4
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 1 + len(contents.table)
    assert rows[0][-1] == "Voorbeeld"
    assert {row[-1] for row in rows[1:]} == {"voorbeeld"}
    about = {row[0]: row[1] for row in book.worksheets[2].iter_rows(values_only=True)}
    assert about["view / find"] == "ber"

    packed = download.csv(lambda: contents, "nl", "dekkend", example=made.is_example)
    with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
        names = bundle.namelist()
        assert "dekkend.csv" in names
        assert len(names) == 3
        record = json.loads(bundle.read("dekkend.csv-metadata.json"))
        file = io.BytesIO(bundle.read("dekkend.csv"))
    table = pd.read_csv(file, sep=";", decimal=",", dtype={"Periode van de aantallen": str})
    assert record["view"]["municipalities"] == 431
    assert record["sources"]
    pd.testing.assert_frame_equal(
        table.drop(columns="Voorbeeld"), contents.table, check_dtype=False, check_column_type=False
    )


def test_file_names_say_what_is_in_them():
    assert download.file_name(assessment()) == "dekkend-2010-voorbeeld.xlsx"
    public = assessment(2025, "public")
    name = download.file_name(public, "tekorttabel", "Súd-'West / x", "", suffix=".zip")
    assert name == "dekkend-2025-tekorttabel-sud-west-x.zip"


def test_rows_on_the_screen_have_a_cell_a_column():
    view = View(codes(), keys=tuple(FIELD_KEYS), region_set="study")
    shown = gap_table.show(assessment(), view)
    rows = gap_page.rows(shown, view)
    columns = gap_page.columns(shown, view.keys)
    grid.described(columns, rows, caption="")
    kinds = [row.kind for row in rows]
    assert kinds.count("row") == 431
    assert kinds.count("group") == len(shown.groups)
    assert kinds[-1] == "total"
    assert kinds[0] == "group"


def test_a_status_that_differs_is_marked_in_each_cell():
    rows = whole().head(4).assign(count_status=["estimated", "entered", "observed", "estimated"])
    assert "geschat" not in gap_table.note(rows, "gap")
    marked = gap_page._marked(rows)
    cells = [gap_page._cell(row, "gap", 1.0, marked) for row in rows.itertuples()]
    # A gap is calculated, and observed nor entered by anybody.
    said = [labels.RESTS_ON[status] for status in rows["count_status"]]
    assert [cell.mark for cell in cells] == [i18n._(text) for text in said]
    assert not {"waargenomen", "ingevoerd"} & {cell.mark for cell in cells}
    cells = [gap_page._cell(row, "imposed", 1.0, marked) for row in rows.itertuples()]
    assert [cell.mark for cell in cells] == ["geschat", "ingevoerd", "waargenomen", "geschat"]
    assert gap_page._marked(whole()) == frozenset()


# The page itself


def script():
    from coverage import i18n  # noqa: PLC0415
    from coverage.ui import choices, gap_page, state  # noqa: PLC0415

    state.read()
    i18n.use(choices.language())
    chosen = choices.ask()
    gap_page.show(chosen)
    state.tell_broken()
    state.write()


@pytest.fixture
def app():
    return AppTest.from_function(script, default_timeout=60)


def opened(app, **address):
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown_grid(app):
    return json.loads(app.get("bidi_component")[-1].proto.json)


def widget(widgets, key):
    return next(one for one in widgets if one.key == key)


def test_page_opens_with_every_municipality(app):
    said = shown_grid(opened(app))
    assert len(said["rows"]) == 342 + 1
    assert [one["key"] for one in said["columns"]] == ["name", *gap_table.USUAL]
    assert "342" in said["summary"]
    assert not app.warning
    assert not app.query_params


def test_page_keeps_its_state_in_the_address(app):
    opened(
        app,
        register="example",
        zoek="ber",
        status="covered,unknown",
        kolommen="gap,province",
        sorteer="name",
        subtotalen="regio",
        taal="en",
    )
    said = shown_grid(app)
    assert said["summary"].endswith("sorted by “Municipality”: from a to z.")
    assert [one["key"] for one in said["columns"]] == ["name", "gap", "province"]
    assert said["rows"][0]["kind"] == "group"
    assert app.query_params["zoek"] == "ber"
    i18n.use("en")  # as the script has it, for the labels of the options
    widget(app.text_input, "find").set_value("").run()
    assert "zoek" not in app.query_params
    assert len(shown_grid(app)["rows"]) > len(said["rows"])


def test_nothing_fits_and_what_to_do(app):
    opened(app, zoek="qqqq")
    assert not shown_grid(app)["rows"]
    assert app.info
    widget_button = app.button[0]
    widget_button.click().run()
    assert not app.info
    assert len(shown_grid(app)["rows"]) == 343


def test_a_broken_link_is_told_and_shows_the_usual(app):
    opened(app, sorteer="qqq", kolommen="gap,zzz", zoek="x" * 80)
    assert len(app.warning) >= 2
    said = shown_grid(app)
    assert next(one for one in said["columns"] if one["sorted"])["key"] == "gap"


def test_only_a_region(app):
    said = shown_grid(opened(app, indeling="province", regio="PV26"))
    assert len(said["rows"]) == 26 + 1
    assert "Utrecht" in said["summary"]
    assert not [one for one in app.radio if one.key == "subtotals"]
