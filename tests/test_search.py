"""Finding a municipality by any name that it has, had, or that its area had."""

import pytest

import coverage
from coverage import editions, i18n, search
from coverage._known import plain

YEARS = coverage.EDITIONS


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(scope="module")
def found():
    return {year: search.places(coverage.load_edition(year)) for year in YEARS}


def labels(found, year):
    return {place.label for place in found[year]}


def one(found, year, key):
    return search.resolve(key, found[year])


@pytest.mark.parametrize("year", YEARS)
def test_every_code_leads_to_a_municipality_of_the_edition(found, year):
    there = set(coverage.load_edition(year).municipalities.index)
    for code in editions.names()["gm_code"].unique():
        place = one(found, year, code)
        assert place is not None, code
        assert place.code in there
        assert set(place.heirs) <= there
        assert place.old == (code not in there)
        assert one(found, year, place.key) == place


@pytest.mark.parametrize("year", YEARS)
def test_every_name_stands_in_a_label(found, year):
    shown = [plain(place.label.replace("(", " ").replace(")", " ")) for place in found[year]]
    everything = "|".join(shown)
    for name in editions.names()["name"]:
        assert plain(name) in everything, name


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("year", YEARS)
def test_labels_and_keys_are_all_different(year, language):
    # A select box tells its options apart by their labels.
    i18n.use(language)
    places = search.places(coverage.load_edition(year))
    assert len({place.label for place in places}) == len(places)
    assert len({place.key for place in places}) == len(places)


def test_keys_do_not_depend_on_the_language(found):
    i18n.use("en")
    english = search.places(coverage.load_edition(2025))
    assert [place.code for place in english if not place.old] == [
        place.code for place in found[2025] if not place.old
    ]
    assert {place.key for place in english} == {place.key for place in found[2025]}


def test_old_name_leads_to_where_its_area_is_now():
    i18n.use("en")
    english = search.places(coverage.load_edition(2025))
    place = search.resolve("old:GM0265", english)
    assert place.label == "Millingen aan de Rijn, now Berg en Dal"
    assert (place.code, place.name, place.old) == ("GM1945", "Millingen aan de Rijn", True)


def test_young_name_leads_back(found):
    place = one(found, 2010, "GM1945")
    assert place.name == "Berg en Dal"
    assert set(place.heirs) == {"GM0265", "GM0241", "GM0282"}
    assert place.code == "GM0241"


def test_of_a_split_the_part_with_most_young_residents_comes_first(found):
    assert one(found, 2025, "GM0055").code == "GM0080"
    assert len(one(found, 2025, "GM0055").heirs) == 4


def test_province_where_a_name_occurs_twice(found):
    for year in YEARS:
        assert {"Bergen (Limburg)", "Bergen (Noord-Holland)"} <= labels(found, year)


def test_other_names_and_letters_without_accents(found):
    assert "'s-Gravenhage (Den Haag)" in labels(found, 2025)
    assert "'s-Hertogenbosch (Den Bosch)" in labels(found, 2025)
    assert "Súdwest-Fryslân (Sudwest-Fryslan)" in labels(found, 2025)


def test_alphabet_skips_the_apostrophe(found):
    now = [place.label for place in found[2025] if not place.old]
    assert now[0].startswith("Aa en Hunze")
    place = now.index("'s-Gravenhage (Den Haag)")
    assert now[place - 1][0] in "RS"
    assert now[place + 1].lstrip("'")[0] == "s"


def test_a_region_keeps_what_leads_into_it(found):
    inside = search.within(found[2025], {"GM1900"})
    assert [place.key for place in inside if not place.old] == ["GM1900"]
    split = search.resolve("GM0055", inside)
    assert split.code == "GM1900"
    assert split.heirs[0] == "GM0080"
    assert not search.within(found[2025], set())


def test_no_place_for_what_never_was(found):
    assert one(found, 2025, "GM9999") is None
    assert one(found, 2025, "") is None
    assert one(found, 2025, "old:GM0363") is None


def test_what_is_told_of_an_old_name(found):
    names = {year: coverage.load_edition(year).municipalities["name"] for year in YEARS}
    gone = search.told(one(found, 2025, "GM0265"), names[2025], 2025)
    assert gone == "Millingen aan de Rijn hoort nu bij Berg en Dal."
    to_come = search.told(one(found, 2010, "GM1945"), names[2010], 2010)
    assert to_come.startswith("In 2010 was er geen gemeente Berg en Dal.")
    assert to_come.endswith("De pagina toont Groesbeek.")
    assert search.told(one(found, 2025, "GM0363"), names[2025], 2025) == ""
