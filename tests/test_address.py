"""Addresses as people write them, and their parts."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.geocode.address import INPUT, PARTS, parse, place_key, street_key


def parts(address="", **columns):
    row = {"address": address, **columns} if address else columns
    return parse(pd.DataFrame([row])).iloc[0]


def written(found):
    """Parts in one line: street number letter addition | postcode | place."""
    house = [found[name] for name in ("street", "house_number", "letter", "addition")]
    return " | ".join([" ".join(filter(None, house)), found["postcode"], found["place"]])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Dorpsstraat 12, 1251 AB Laren", "Dorpsstraat 12 | 1251 AB | Laren"),
        ("dorpsstraat 12-A bis 1251ab Laren", "dorpsstraat 12 A BIS | 1251 AB | Laren"),
        ("Dorpsstr. 12 hs 1251 ab Laren", "Dorpsstraat 12 HS | 1251 AB | Laren"),
        ("Dorpsstraat 12hs, Laren", "Dorpsstraat 12 HS |  | Laren"),
        ("Dorpsstraat 12b, 's-Gravenhage", "Dorpsstraat 12 B |  | 's-Gravenhage"),
        ("Dorpsstraat 12 te 's Gravenhage", "Dorpsstraat 12 |  | 's Gravenhage"),
        ("Dorpsstraat 12-2 Amsterdam", "Dorpsstraat 12 2 |  | Amsterdam"),
        ("Dorpsstraat 12 II, Amsterdam", "Dorpsstraat 12 II |  | Amsterdam"),
        ("Dorpsstraat 12 A-F Utrecht", "Dorpsstraat 12 A F |  | Utrecht"),
        ("Dorpsstraat 1000-HS 1251 AB Laren", "Dorpsstraat 1000 HS | 1251 AB | Laren"),
        ("Dorpsstraat 12 t/m 16, Laren", "Dorpsstraat 12 |  | Laren"),
        ("Dorpsstraat 12 en 14 Laren", "Dorpsstraat 12 |  | Laren"),
        ("Dorpsstraat 12, 1e verdieping, Laren", "Dorpsstraat 12 |  | Laren"),
        ("Dorpsstraat12a Laren", "Dorpsstraat 12 A |  | Laren"),
        ("Dorpsstraat nr. 12, Laren", "Dorpsstraat 12 |  | Laren"),
        ("Dorpsstraat 12 (achterzijde), 1251 AB Laren", "Dorpsstraat 12 | 1251 AB | Laren"),
        ("Wijkteam, Dorpsstraat 12, 1251 AB Laren", "Dorpsstraat 12 | 1251 AB | Laren"),
        ("Dorpsstraat 12\n1251 AB  LAREN\nNederland", "Dorpsstraat 12 | 1251 AB | LAREN"),
        ("Plein 1944 5, Nijmegen", "Plein 1944 5 |  | Nijmegen"),
        ("1e Dwarsstraat 12, Laren", "1e Dwarsstraat 12 |  | Laren"),
        ("Burg. Jansenln. 3, Laren", "Burgemeester Jansenlaan 3 |  | Laren"),
        ("St. Jansstr 3, Laren", "Sint Jansstraat 3 |  | Laren"),
        ("Dorpsstraat, Laren", "Dorpsstraat |  | Laren"),
        ("1251 AB 12", "12 | 1251 AB | "),
        ("1251AB 12a Laren", "12 A | 1251 AB | Laren"),
        ("NL-1251 AB Laren", " | 1251 AB | Laren"),
        ("Laren (NH)", " |  | Laren (NH)"),
        ("2e Exloërmond", " |  | 2e Exloërmond"),
        ("Weg 1251 te Laren", "Weg 1251 |  | Laren"),
    ],
)
def test_free_text(address, expected):
    assert written(parts(address)) == expected


@pytest.mark.parametrize(
    "address",
    ["Postbus 12, 1251 AB Laren", "POSTBUS 12 1251 AB Laren", "P.O. Box 12, 1251 AB Laren",
     "Postbus nr. 12, 1251 AB Laren", "Antwoordnummer 12, 1251 AB Laren"],
)  # fmt: skip
def test_a_po_box_is_no_street(address):
    found = parts(address)
    assert found["po_box"]
    assert written(found) == " | 1251 AB | Laren"


@pytest.mark.parametrize("street", ["Postbus", "postbus nr.", "P.O. Box", "Antwoordnummer"])
def test_the_number_of_a_po_box_may_stand_in_its_own_column(street):
    found = parts(street=street, house_number=12.0, postcode="1251 AB", place="Laren")
    assert found["po_box"]
    assert written(found) == " | 1251 AB | Laren"
    assert not parts(street="Postbusserf", house_number="12")["po_box"]


def test_a_po_box_beside_a_street_is_told_too():
    found = parts("Dorpsstraat 12, Postbus 34, 1251 AB Laren")
    assert found["po_box"]
    assert found["street"] == "Dorpsstraat"


@pytest.mark.parametrize("street", ["Postduivenweg", "Postbusserf", "Boxtelseweg"])
def test_a_street_that_looks_like_a_po_box_is_none(street):
    assert not parts(f"{street} 12, Laren")["po_box"]


def test_a_municipality_behind_the_place():
    for address in ("Dorpsstraat 12, Laren, gemeente Lochem", "Laren (gem. Lochem)"):
        found = parts(address)
        assert (found["place"], found["municipality"]) == ("Laren", "Lochem")


def test_columns_go_before_the_free_text():
    found = parts("Dorpsstraat 12, 1251 AB Laren", postcode="7245 CD", place="Lochem")
    assert written(found) == "Dorpsstraat 12 | 7245 CD | Lochem"


def test_parts_that_stand_in_the_column_beside_theirs():
    found = parts(street="Dorpsstr. 12-A", place="1251 ab Laren gem. Lochem")
    assert written(found) == "Dorpsstraat 12 A | 1251 AB | Laren"
    assert found["municipality"] == "Lochem"


def test_a_street_with_a_year_keeps_it_beside_a_number():
    assert written(parts(street="Plein 1944", house_number="5")) == "Plein 1944 5 |  | "


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [("1251 AB", "1251 AB"), ("1251ab", "1251 AB"), ("1251", ""), ("1251.0", ""), (1251, ""),
     (1251.0, ""), ("NL-1251AB", "1251 AB"), (" 1251  AB ", "1251 AB"),
     ("1251\u00a0AB", "1251 AB")],
)  # fmt: skip
def test_postcodes(postcode, expected):
    found = parts(postcode=postcode)
    assert found["pc4"] == "1251"
    assert found["postcode"] == expected


@pytest.mark.parametrize("postcode", ["0123 AB", "123 AB", "12512 AB", "abc", "?"])
def test_what_is_no_postcode(postcode):
    assert parts(postcode=postcode)["pc4"] == ""


def test_numbers_and_gaps_in_a_column_of_numbers():
    table = pd.DataFrame({"house_number": [12.0, float("nan")], "street": ["Weg", "Pad"]})
    assert parse(table)["house_number"].tolist() == ["12", ""]


def test_columns_of_tables_that_were_put_together():
    some = pd.DataFrame({"place": pd.array(["Laren", None], dtype="string[pyarrow]")})
    both = pd.concat([some, some], ignore_index=True)
    assert parse(both)["place"].tolist() == ["Laren", "", "Laren", ""]


def test_the_shape_of_the_result():
    table = pd.DataFrame({"address": ["a", "b", "c"], "other": 1}, index=[5, 5, 2])
    found = parse(table)
    assert list(found.columns) == list(PARTS)
    assert found.index.tolist() == [5, 5, 2]
    flags = ["po_box", "swapped", "unread"]
    assert (found[flags].dtypes == "bool").all()
    assert (found.drop(columns=flags).dtypes == "str").all()
    assert parse(table[:0]).empty
    assert parse(pd.DataFrame(index=[1, 2])).index.tolist() == [1, 2]


texts = st.text(max_size=60) | st.from_regex(
    r"[A-Z][a-z]{2,9} [0-9]{1,4}[ -]?[a-z]{0,3}", fullmatch=True
)


@settings(max_examples=10)
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(INPUT, texts)), max_size=5))
def test_any_text_gives_parts(rows):
    table = pd.DataFrame(rows, columns=list(INPUT), index=range(len(rows)))
    found = parse(table)
    assert len(found) == len(table)
    assert found["pc4"].str.fullmatch(r"([1-9]\d{3})?").all()
    assert found["postcode"].str.fullmatch(r"([1-9]\d{3} [A-Z]{2})?").all()
    assert found["house_number"].str.fullmatch(r"\d{0,5}").all()
    assert (found["postcode"].str[:4].isin(["", *found["pc4"]])).all()


@settings(max_examples=10)
@given(st.lists(texts, min_size=1, max_size=6))
def test_a_row_does_not_depend_on_the_others(addresses):
    together = parse(pd.DataFrame({"address": addresses}))
    back = parse(pd.DataFrame({"address": addresses[::-1]}))[::-1].reset_index(drop=True)
    alone = parse(pd.DataFrame({"address": addresses[:1]}))
    pd.testing.assert_frame_equal(together, back)
    pd.testing.assert_frame_equal(together[:1], alone)


names = st.sampled_from(["Dorpsstraat", "Lange Voorhout", "'t Hof", "Kerkhofweg"])


ways = st.sampled_from([
    "{s} {n}{l}, {p} {c} {w}", "{s} {n} {l} {p}{c} {w}", "{s} {n}{l}\n{p} {c}  {w}",
])  # fmt: skip
homes = st.fixed_dictionaries({
    "s": names,
    "n": st.integers(1, 9999),
    "l": st.sampled_from(["", "A", "Z"]),
    "p": st.integers(1000, 9999),
    "c": st.sampled_from(["AB", "ZW"]),
    "w": st.sampled_from(["Laren", "Den Haag", "Wijk bij Duurstede"]),
})  # fmt: skip


@settings(max_examples=10)
@given(st.lists(st.tuples(homes, ways), min_size=1, max_size=30))
def test_what_is_put_together_comes_apart(some):
    found = parse(pd.DataFrame({"address": [way.format(**home) for home, way in some]}))
    for (home, _way), row in zip(some, found.to_dict("records"), strict=True):
        house = " ".join(str(home[name]) for name in "snl" if home[name])
        assert written(row) == f"{house} | {home['p']} {home['c']} | {home['w']}"


def test_long_text_takes_no_long_time():
    # These would take for ever with expressions that go back over the text.
    hostile = ["1 " * 5000, "a " * 5000, "," * 10_000, "1234 AB" * 1500, "gem. " * 2000,
               "Postbus " * 1300]  # fmt: skip
    assert len(parse(pd.DataFrame({"address": hostile}))) == len(hostile)


@pytest.mark.parametrize(
    ("one", "other"),
    [("'s-Gravenhage", "Den Haag"), ("DEN HAAG", "den haag"), ("'s Hertogenbosch", "Den Bosch"),
     ("Capelle a/d IJssel", "Capelle aan den IJssel"), ("Alphen a.d. Rijn", "Alphen aan den Rijn"),
     ("St.-Annaparochie", "Sint Annaparochie"), ("Súdwest-Fryslân", "Sudwest Fryslan"),
     ("Geijsteren", "Geysteren"), ("1e Exloërmond", "Eerste Exloermond"),
     ("Bergen (NH)", "Bergen"), ("Hoek v. Holland", "Hoek van Holland")],
)  # fmt: skip
def test_one_place_written_in_two_ways(one, other):
    assert place_key(one) == place_key(other)


def test_different_streets_stay_different():
    assert street_key("Dr. Jansenln") == street_key("doctor Jansenlaan")
    assert street_key("Kerkstraat") != street_key("Kerkweg")
