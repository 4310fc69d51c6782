"""Addresses to points and municipalities, offline, with the shipped tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import i18n
from coverage.editions import EDITIONS, load_edition, names
from coverage.geocode import COLUMNS, GeocodeMethod, GeocodeProblem, geocode, offline, words
from coverage.geocode.gazetteer import gazetteer
from coverage.vocabulary import Precision, Ternary

NOW, THEN = load_edition(2025), load_edition(2010)

COUNTRY = "Nederland"
"""Name of a hamlet too; whoever writes it as a place means the country, which is no place."""


def with_place(edition):
    """Postcodes that can be found by their place."""
    table = edition.postcodes
    return table[~table["place"].isin(["", COUNTRY])]


@pytest.fixture(params=EDITIONS)
def edition(request):
    return load_edition(request.param)


def found(edition=NOW, **parts):
    return geocode(pd.DataFrame([parts]), edition).iloc[0]


def problems(row):
    return set(filter(None, row["problems"].split(";")))


# --- the whole of the shipped tables --------------------------------------------------------


def test_every_postcode_of_the_edition(edition):
    table = edition.postcodes
    result = geocode(pd.DataFrame({"postcode": table.index}), edition)
    assert (result["gm_code"].to_numpy() == table["gm_code"].to_numpy()).all()
    assert (result["x"].to_numpy() == table["x"].to_numpy()).all()
    assert result["precision"].eq(Precision.POSTCODE4).all()
    assert result["method"].eq(GeocodeMethod.POSTCODE4).all()
    border = result["also"].ne("")
    assert (border == result["problems"].eq(GeocodeProblem.NEAR_BORDER)).all()
    assert 0.1 < border.mean() < 0.3


def test_postcode_place_and_municipality_agree_for_every_postcode(edition):
    table = edition.postcodes
    named = edition.municipalities["name"].reindex(table["gm_code"]).to_numpy()
    rows = pd.DataFrame({"postcode": table.index, "place": table["place"].to_numpy()})
    result = geocode(rows.assign(municipality=named), edition)
    assert result["agrees"].eq(Ternary.YES).all()
    assert result["problems"].eq("").all()


def test_place_and_municipality_give_the_municipality_of_every_postcode(edition):
    table = with_place(edition)
    named = edition.municipalities["name"].reindex(table["gm_code"]).to_numpy()
    rows = pd.DataFrame({"place": table["place"].to_numpy(), "municipality": named})
    result = geocode(rows, edition)
    assert (result["gm_code"].to_numpy() == table["gm_code"].to_numpy()).all()
    assert result["method"].eq(GeocodeMethod.PLACE).all()
    assert result["agrees"].eq(Ternary.YES).all()


def test_a_place_alone_is_never_silently_wrong(edition):
    table = with_place(edition)
    result = geocode(pd.DataFrame({"place": table["place"].to_numpy()}), edition)
    own = table["gm_code"].to_numpy()
    right = result["gm_code"].to_numpy() == own
    open_ = result["gm_code"].eq("").to_numpy()
    also = [code in text.split(";") for code, text in zip(own, result["also"], strict=True)]
    silent = ~right & ~open_ & ~np.array(also)
    # Amsterdam 1099 lies in Ouder-Amstel, and is a few hundredths of a per cent of Amsterdam.
    assert set(table.index[silent]) <= {"1099"}
    assert right.mean() > 0.95
    assert result.loc[open_, "problems"].str.contains("ambiguous").all()
    named = [code in candidates for code, candidates in zip(own, result["candidates"], strict=True)]
    assert np.array(named)[open_].all()


def test_every_place_that_occurs_twice_is_reported(edition):
    groups = with_place(edition).groupby("place")
    spread = groups[["x", "y"]].agg(np.ptp).max(axis=1)
    codes = groups["gm_code"].unique()[spread >= 20_000]
    codes = codes[codes.map(len) > 1]
    result = geocode(pd.DataFrame({"place": codes.index}), edition)
    assert len(result) > 5
    assert result["gm_code"].eq("").all()
    assert result["x"].isna().all()
    assert result["problems"].eq("ambiguous").all()
    named = zip(codes, result["candidates"], strict=True)
    assert all(code in text for own, text in named for code in own)


def test_every_municipality_by_name_and_by_code(edition):
    table = edition.municipalities
    for column in (table["name"], table.index.to_series(), table.index.str.removeprefix("GM"),
                   table.index.str.removeprefix("GM").astype(int).astype(str)):  # fmt: skip
        result = geocode(pd.DataFrame({"municipality": column.to_numpy()}), edition)
        assert (result["gm_code"].to_numpy() == table.index).all()
        assert result["method"].eq(GeocodeMethod.MUNICIPALITY).all()
        assert result["precision"].eq(Precision.MUNICIPALITY).all()
        assert result["agrees"].eq(Ternary.UNKNOWN).all()


def test_every_former_name_is_found_or_left_open(edition):
    table = names()
    result = geocode(pd.DataFrame({"municipality": table["name"]}), edition)
    heirs = table[f"successor_{edition.year}"]
    # Hengelo in Gelderland ended in 2005; in later years the name is that of the other one.
    assert result.loc[table["gm_code"] == "GM0248", "gm_code"].tolist() == ["GM0164"]
    placed = result["gm_code"].ne("") & table["gm_code"].ne("GM0248")
    assert all(
        code in text.split(";")
        for code, text in zip(result["gm_code"][placed], heirs[placed], strict=True)
    )
    open_ = result["gm_code"].eq("")
    assert heirs[open_].str.contains(";").all()
    assert result.loc[open_, "problems"].str.contains("ambiguous").all()
    assert not result["problems"].str.contains("municipality_unknown").any()


# --- names that occur twice -----------------------------------------------------------------

TWICE = {
    "Bergen": {"GM0373", "GM0893"},
    "Hengelo": {"GM0164", "GM1876"},
    "Laren": {"GM0417", "GM0262"},
    "Rijswijk": {"GM0603", "GM0214", "GM1959"},
    "Beek": {"GM0888", "GM1955", "GM1945"},
    "Noordwijk": {"GM0575", "GM1969"},
    "Valkenburg": {"GM0537", "GM0994"},
}


@pytest.mark.parametrize(("place", "codes"), TWICE.items(), ids=TWICE)
def test_a_name_of_two_places_is_never_guessed(place, codes):
    row = found(place=place)
    assert row["gm_code"] == ""
    assert row["precision"] == Precision.UNKNOWN
    assert problems(row) == {"ambiguous"}
    assert {text.split()[0] for text in row["candidates"].split("; ")} == codes
    for code in codes:
        decided = found(place=place, municipality=code)
        assert (decided["gm_code"], decided["agrees"]) == (code, "yes")
        assert decided["method"] == GeocodeMethod.PLACE


@pytest.mark.parametrize(
    ("place", "code"),
    [("Laren NH", "GM0417"), ("Laren (Gld.)", "GM0262"), ("Laren (Lochem)", "GM0262"),
     ("Bergen L", "GM0893"), ("Bergen (N.H.)", "GM0373"), ("Hengelo Gld", "GM1876"),
     ("Hengelo (O)", "GM0164"), ("Hengelo, Overijssel", "GM0164"), ("Rijswijk Z-H", "GM0603"),
     ("Rijswijk (NB)", "GM1959"), ("Beek (Montferland)", "GM1955"),
     ("Beek gem. Berg en Dal", "GM1945"),
     ("Bergen Noord-Holland", "GM0373")],
)  # fmt: skip
def test_province_or_municipality_behind_the_name_decides(place, code):
    for parts in ({"place": place}, {"address": f"Dorpsstraat 1, {place}"}):
        assert found(**parts)["gm_code"] == code


def test_a_postcode_decides_between_places():
    row = found(address="Brink 3, 7245 AB Laren")
    assert (row["gm_code"], row["method"]) == ("GM0262", "postcode4")
    box = found(address="Postbus 3, 7245 AB Laren")
    assert (box["gm_code"], box["precision"]) == ("GM0262", "place")
    assert problems(box) == {"po_box"}


def test_a_municipality_name_of_two_is_left_open():
    row = found(municipality="Bergen")
    assert problems(row) == {"ambiguous"}
    assert row["candidates"] == "GM0373 Bergen (NH.); GM0893 Bergen (L.)"
    assert found(municipality="Bergen (L)")["gm_code"] == "GM0893"


def test_a_municipality_that_was_split_is_left_open():
    row = found(municipality="Littenseradiel")
    assert row["gm_code"] == ""
    assert problems(row) == {"ambiguous", "former_name"}
    assert found(municipality="Littenseradiel", place="Wommels")["gm_code"] == "GM1900"


# --- agreement ------------------------------------------------------------------------------


def test_a_former_municipality_agrees_with_what_it_became():
    row = found(postcode="9901 AB", municipality="Appingedam")
    assert (row["gm_code"], row["agrees"]) == ("GM1979", "yes")
    assert problems(row) == {"former_name"}
    assert found(THEN, postcode="9901", municipality="Eemsdelta")["gm_code"] == "GM0003"
    assert found(THEN, postcode="9901", municipality="Eemsdelta")["agrees"] == "yes"


def test_a_contradiction_is_told():
    row = found(postcode="1011 AB", municipality="Utrecht")
    assert (row["gm_code"], row["agrees"]) == ("GM0363", "no")
    assert problems(row) == {"disagrees"}
    assert row["candidates"] == "GM0344 Utrecht"
    place = found(postcode="1011 AB", place="Maastricht")
    assert problems(place) == {"disagrees"}
    assert "Maastricht" in place["candidates"]


def test_the_border_leaves_it_open(edition):
    table = gazetteer(edition)
    pc4, spot = next((pc4, s) for pc4 in edition.postcodes.index if (s := table.postcode(pc4)).also)
    row = found(edition, postcode=pc4, municipality=spot.also[0])
    assert row["agrees"] == Ternary.UNKNOWN
    assert problems(row) == {"near_border"}
    assert row["also"].split(";") == list(spot.also)
    assert problems(found(edition, postcode=pc4, municipality=spot.gm_code)) == set()


def test_a_place_over_the_border_follows_the_stated_municipality():
    assert found(place="Hoenderloo")["gm_code"] == "GM0200"
    assert found(place="Hoenderloo")["also"] == "GM0228"
    assert found(place="Hoenderloo", municipality="Ede")["gm_code"] == "GM0228"
    assert problems(found(place="Klarenbeek")) == {"ambiguous"}


def test_a_place_in_quite_another_municipality():
    row = found(place="Beek en Donk", municipality="Utrecht")
    assert (row["gm_code"], row["agrees"]) == ("GM1659", "no")
    both = found(place="Laren", municipality="Utrecht")
    assert (both["gm_code"], both["agrees"]) == ("", "no")
    assert problems(both) == {"ambiguous", "disagrees"}


# --- what is not there ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "expected"),
    [({"address": ""}, {"no_address"}), ({"address": "?!"}, {"not_found", "place_unknown"}),
     ({"place": "Nergenshuizen"}, {"not_found", "place_unknown"}),
     ({"postcode": "9999 AB", "place": "?"}, set()), ({"postcode": "0001"}, {"no_address"}),
     ({"postcode": "1000 AB"}, {"not_found", "postcode_unknown"}),
     ({"municipality": "Blaat"}, {"not_found", "municipality_unknown"}),
     ({"municipality": "9999"}, {"not_found", "municipality_unknown"}),
     ({"street": "Dorpsstraat 3"}, {"not_found"}),
     ({"street": "Postbus 3"}, {"not_found", "po_box"})],
)  # fmt: skip
def test_problems(parts, expected):
    assert problems(found(**parts)) == expected


def test_a_postcode_and_a_place_that_changed_columns():
    row = found(postcode="Amsterdam", place="1012 AB")
    assert (row["gm_code"], problems(row)) == ("GM0363", {"swapped"})
    assert "andersom gelezen" in words(row.to_frame().T).iloc[0]
    # What stood in the wrong column counts: it is held against the postcode.
    assert problems(found(postcode="Utrecht", place="1012 AB")) == {"swapped", "disagrees"}


def test_what_is_no_postcode_gives_way_to_the_place_and_is_told():
    row = found(postcode="1234567", place="Leeuwarden")
    assert (row["gm_code"], problems(row)) == ("GM0080", {"postcode_unknown"})


def test_a_strange_place_is_told_where_the_municipality_is_strange_too():
    row = found(postcode="9999 ZZ", place="Niethier", municipality="GM9998")
    assert problems(row) == {"place_unknown", "municipality_unknown"}


def test_an_unknown_place_falls_back_on_the_municipality():
    row = found(place="Nergenshuizen", municipality="Lochem")
    assert (row["gm_code"], row["method"]) == ("GM0262", "municipality")
    assert problems(row) == {"place_unknown"}


def test_an_unknown_place_names_what_is_like_it():
    row = found(place="Amsterdm")
    assert row["gm_code"] == ""
    assert row["candidates"] == "GM0363 Amsterdam"


def test_a_place_in_the_column_of_the_municipality():
    row = found(municipality="Nuenen")
    assert (row["gm_code"], row["method"]) == ("GM0820", "place")


def test_a_municipality_in_the_column_of_the_place():
    assert found(place="Haarlemmermeer")["method"] == GeocodeMethod.MUNICIPALITY
    row = found(place="Wymbritseradiel")
    assert (row["gm_code"], row["method"]) == ("GM1900", "former_municipality")
    assert problems(row) == {"former_name"}


# --- shape and order ------------------------------------------------------------------------


def test_the_index_the_order_and_the_types_are_kept():
    table = pd.DataFrame(
        {"place": ["Ede", "Laren", "Ede"], "more": [1, 2, 3]}, index=["b", "a", "b"]
    )
    result = geocode(table, NOW)
    assert result.index.tolist() == ["b", "a", "b"]
    assert list(result.columns) == list(COLUMNS)
    assert result["gm_code"].tolist() == ["GM0228", "", "GM0228"]
    assert (result.drop(columns=["x", "y"]).dtypes == "str").all()
    for nothing in (table[:0], pd.DataFrame(), pd.DataFrame({"place": []})):
        empty = geocode(nothing, NOW)
        assert empty.empty
        assert list(empty.columns) == list(COLUMNS)


def test_chunks_make_no_difference(monkeypatch):
    table = NOW.postcodes[["place"]].reset_index(drop=True)
    whole = geocode(table, NOW)
    monkeypatch.setattr("coverage.geocode.CHUNK", 777)
    told = []
    parts = geocode(table, NOW, progress=lambda done, total: told.append((done, total)))
    pd.testing.assert_frame_equal(whole, parts)
    assert told[-1] == (len(table), len(table))


cells = st.sampled_from(["", "Laren", "Lochem", "1251 AB", "7245", "GM0417", "Utrecht", "Bergen",
                         "Postbus 1", "Brink 3", "Nergens", "0000", "Eemsdelta"])  # fmt: skip
rows = st.fixed_dictionaries({
    name: cells | st.text(max_size=8)
    for name in ("address", "street", "postcode", "place", "municipality")
})  # fmt: skip


@settings(max_examples=10)
@given(st.lists(rows, min_size=1, max_size=8), st.sampled_from(EDITIONS))
def test_laws_of_every_result(some, year):
    division = load_edition(year)
    result = geocode(pd.DataFrame(some), division)
    codes = set(division.municipalities.index)
    for row in result.itertuples():
        placed = row.gm_code != ""
        assert placed == (row.gm_code in codes)
        assert (
            placed
            == (row.precision != Precision.UNKNOWN)
            == np.isfinite(row.x)
            == np.isfinite(row.y)
        )
        assert placed == (row.method != GeocodeMethod.NONE)
        assert set(filter(None, row.also.split(";"))) <= codes - {row.gm_code}
        there = {GeocodeProblem(problem) for problem in row.problems.split(";") if problem}
        assert placed or there
        assert (GeocodeProblem.AMBIGUOUS in there) <= (not placed and row.candidates != "")
        assert GeocodeProblem.DISAGREES in there or row.agrees != Ternary.NO
    # The result of a row depends on that row alone.
    again = geocode(pd.DataFrame(some[::-1]), division)[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(result, again)


# --- words ----------------------------------------------------------------------------------


@pytest.fixture(params=i18n.LANGUAGES)
def _language(request):
    i18n.use(request.param)
    yield
    i18n.use(i18n.DEFAULT)


@pytest.mark.usefixtures("_language")
def test_words_for_every_kind_of_row():
    addresses = ["", "Laren", "Brink 3, 1251 AB Laren", "Ede", "Postbus 3, Ede", "Nergenshuizen",
                 "gemeente Bergen", "gemeente Appingedam", "1011 AB Utrecht"]  # fmt: skip
    results = geocode(pd.DataFrame({"address": addresses}, index=range(5, 14)), NOW)
    told = words(results)
    assert told.index.tolist() == list(range(5, 14))
    assert told.str.fullmatch(r"\S.*\.").all()
    assert told.nunique() == len(told)
    assert not told.str.contains("{", regex=False).any()
    assert not told.str.contains("GM[0-9]{4}\\b(?! )").any()


@pytest.mark.usefixtures("_language")
def test_words_for_every_problem():
    answer = offline.Answer(candidates=("a",), also=("GM0363",))
    for problem in GeocodeProblem:
        for method in GeocodeMethod:
            answer.problems, answer.method = {problem}, method
            table = pd.DataFrame([answer.row()], columns=list(COLUMNS))
            assert len(words(table).iloc[0]) > 10
