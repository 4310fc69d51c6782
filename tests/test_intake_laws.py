"""Whatever stands in the cells of a list: judged, and what is accepted is a valid register."""

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from coverage import _cells
from coverage.editions import load_edition
from coverage.intake import FIELDS, Defaults, Verdict, preflight
from coverage.register import Register, empty_register

TEXTS = {
    "provider": ["Stichting A", "stichting a", "A", "A B.V.", "B.V.", "Stichting", "Æ"],
    "offer": ["Gezinscoach", "gezinscoach!", "Coach 1", "Coach 2", "="],
    "offer_id": ["1", "1", "O1", "o-1"],
    "service_area": [
        "Almere",
        "363",
        "Bergen",
        "15 km",
        "landelijk",
        "Brielle; 34",
        "GM9999",
        "Twente",
    ],
    "served_municipality": ["Almere", "Haaren", "0"],
    "municipality": ["Almere", "Bergen", "GM0003", "999"],
    "gm_code": ["GM0034", "34", "GM0003", "x"],
    "address": ["Dam 1", "Postbus 12, 1012 JS Amsterdam", "?"],
    "street": ["Dam", "Postbus", "12"],
    "house_number": ["1", "12-A bis", "1,0", "ja"],
    "postcode": ["1012JS", "1012 js", "99999", "Amsterdam", "0000 AA"],
    "place": ["Amsterdam", "1012 JS", "Hengelo", "Nergenshuizen"],
    "x": ["121687", "121.687,5", "487315", "a", "nan", "1e400"],
    "y": ["487315", "487.315,0", "121687", "inf"],
    "framework": ["vrijwillig", "gedwongen", "drang"],
    "voluntary": ["ja", "nee", "soms", "vrijwillig"],
    "duration": ["6-12 maanden", "1 jaar", "12-6 maanden", "9999 jaar", "max", "> "],
    "duration_months_min": ["6", "12", "-1", "6 maanden", "1.200"],
    "duration_months_max": ["6", "12", "veel"],
    "capacity_families": ["40", "ca. 40", "1.200", "-3", "40 kinderen", "ca. 1.250,5"],
    "coordination": ["ja", "nee", "de coach", "?"],
    "source_date": ["2025", "13-7-2010", "31-2-2010", "45123", "juli 2010", "0 juli 2010"],
    "year_from": ["2010", "sinds 2010", "10", "2010 en 2012"],
    "year_to": ["2009", "heden"],
    "kvk": ["1234567", "01234567", "87654321", "x"],
    "website": ["example.org", "geen", "http://"],
    "status": ["ingevoerd", "voorbeeld", "actief"],
    "edition": ["2010", "2025", "2016", "2025,0"],
    "partial_area": ["ja", "nee", "?"],
    "note": ["'=1", "-", "x" * 200],
}


def test_every_field_that_is_read_has_texts_here_or_is_plain():
    assert set(TEXTS) <= set(FIELDS)


def test_a_list_of_headings_alone():
    result = judge([], empty_register())
    assert result.rows.empty
    assert result.rows[["x", "y"]].dtypes.eq("float64").all()
    assert result.register().offers.empty
    assert result.rejected().empty


def cell(name):
    own = st.sampled_from(["", *TEXTS[name]])
    return own | st.text(max_size=12) if name in {"provider", "offer", "service_area"} else own


ROWS = st.lists(st.tuples(*(cell(name) for name in TEXTS)), min_size=1, max_size=4)


def judge(rows, register):
    cleaned = [[_cells.clean(text) for text in row] for row in rows]
    body = [(number, row) for number, row in enumerate(cleaned, start=2) if any(row)]
    cells = _cells.Cells("list.csv", [(1, list(TEXTS)), *body], ";")
    return preflight(
        cells,
        {name: name for name in TEXTS},
        edition=load_edition(2025),
        register=register,
        defaults=Defaults(source="list", source_date="2025-01"),
    )


@settings(max_examples=6, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(ROWS, ROWS)
def test_what_is_accepted_is_valid_and_is_not_imported_again(first, second):
    result = judge(first, empty_register())
    register = result.register()
    assert isinstance(register, Register)
    assert len(register.offers) == len(result.accepted)
    told = {fault.row for fault in result.faults if fault.severity == "error"}
    wrong = result.rows.index[result.rows["verdict"].eq(Verdict.ERROR)]
    assert set(wrong) == told - {None}
    assert (result.rows.loc[wrong, "reasons"] != "").all()
    again = judge(first, register)
    same = again.rows.loc[result.accepted, "verdict"]
    assert same.eq(Verdict.DUPLICATE).all(), again.rows[["verdict", "action", "reasons"]].to_dict()
    more = judge(second, register)
    more.register()
    rest = [row for row, verdict in more.judged["verdict"].items() if verdict != Verdict.ERROR]
    assert more.register(rest).offers["offer_id"].is_unique
