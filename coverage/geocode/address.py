"""The parts of a Dutch address, out of text as people write it.

All rules are regular expressions of RE2, which Arrow works through a whole column at a time.
They take time in proportion to the length of the text, whatever that text is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

INPUT = ("address", "street", "house_number", "postcode", "place", "municipality")
"""Columns that `parse` knows; each may be left out."""

PARTS = (
    "street",
    "house_number",
    "letter",
    "addition",
    "postcode",
    "pc4",
    "place",
    "municipality",
    "po_box",
    "swapped",
    "unread",
)
"""Columns that `parse` gives."""

_COUNTRY = r"(?i)(?:^|[\s,;]+)(?:nederland|the netherlands|netherlands|nl)\s*\.?$"
_PO_BOX = (
    r"(?i)\b(?:postbus|post\s?box|p\.?\s?o\.?\s?box|pb\.?|antwoordnummer|antw\.?\s?nr\.?)"
    r"\s*(?:nr\.?\s*|nummer\s*)?[0-9]{1,6}(?:[ .][0-9]{3})?\b"
)
_MUNICIPALITY = r"(?i)(?:^|[,;(\s]\s*)gem(?:eente|\.|)\s+(?P<name>\pL[^,;()0-9]*)\)?"
_POSTCODE = r"(?i)\b(?:NL\s?-?\s?)?([1-9][0-9]{3})(\s?-?\s?)([A-Z]{2})\b"
_MARK = "\x1f"
"""Put around what was found; control characters in the text itself are gone by then."""
_FOUR_DIGITS = (
    r"(?i)^(?P<before>.*[,;]\s*|)(?:NL\s?-?\s?)?(?P<digits>[1-9][0-9]{3})(?P<after>\s+[\pL'].*)$"
)
_OWN_POSTCODE = (
    r"(?i)^(?:NL\s?-?\s?)?(?P<digits>[1-9][0-9]{3})(?:\.0)?"
    r"(?:\s?-?\s?(?P<letters>[A-Z]{2}))?(?P<after>(?:[\s,;]+.*)?)$"
)
_ONLY_POSTCODE = r"(?i)^[1-9][0-9]{3}(?:\s?[A-Z]{2})?$"
_NO_LETTERS = pa.array(["in", "te", "op", "nr", "no", "hs", "en", "of", "st"])
"""Words after four figures that are no letters of a postcode: ``Plein 1944 te Nijmegen``."""

_PROVINCE = (
    # Not Utrecht and Groningen: behind a comma these are towns.
    r"(?i),\s*(drenthe|flevoland|friesland|frysl[aâ]n|gelderland|limburg|noord[ -]?brabant"
    r"|noord[ -]?holland|overijssel|zeeland|zuid[ -]?holland)$"
)
_LAST_COMMA = r"^(?P<before>.*)[,;]\s*(?:te\s+)?(?P<after>['\pL][^,;]*)$"

_SUFFIX = (
    r"(?:\s*[-/]?\s*(?P<letter>[A-Za-z])(?:\b))?"
    r"(?:\s*[-/+]?\s*(?P<addition>(?:(?i:bis|hs|huis|boven|beneden|bg|zwart|zw|rood|rd|ong|links"
    r"|rechts|iii|ii|iv)(?:\s?[A-Za-z]\b)?|(?i:unit|kamer|flat|app\.?)\s?[0-9]+[A-Za-z]?|[0-9]{1,4}\s?[A-Za-z]?|[A-Za-z]{1,2}[0-9]{1,3}|[A-Z]{1,2}"
    r"))\b\.?)?"
)
_STREET_NAME = r"(?:[0-9]{1,3}\s?(?i:e|de|ste)\b[\s-]*)?[^0-9,;]*?\pL[^0-9,;]*?"
_YEAR = r"(?:19[0-9]{2}(?:\s?-\s?(?:19)?[0-9]{2})?)"
_NUMBER = r"[\s,;]*(?:(?i:huisnummer|huisnr|nummer|nr|no|n°)[.:]?\s*)?(?P<number>[0-9]{1,5})"
_TAIL = r"\s*(?P<tail>(?:[,;]|\s['\pL(]).*)?$"
_WITH_NUMBER = (
    # A year in the name of a street, and a number behind it: Plein 1944 12.
    (
        rf"^(?:.*[,;]\s*)?(?P<street>[^0-9,;]*\pL[^0-9,;]*{_YEAR})[\s,;]+"
        rf"(?:(?i:nr|no)[.:]?\s*)?(?P<number>[0-9]{{1,5}}){_SUFFIX}{_TAIL}"
    ),
    rf"^(?:.*[,;]\s*)?(?P<street>{_STREET_NAME})[.\s]*{_NUMBER}{_SUFFIX}{_TAIL}",
    # What stands behind the number is no suffix that is known: the number alone is sure.
    (
        rf"^(?:.*[,;]\s*)?(?P<street>{_STREET_NAME})[.\s]*{_NUMBER}"
        r"(?P<letter>)(?P<addition>)(?P<tail>)(?:[^0-9].*)?$"
    ),
)
_OWN_NUMBER = (
    rf"^(?:(?i:huisnummer|huisnr|nummer|nr|no|n°)[.:]?\s*)?(?P<number>[0-9]{{1,5}})(?:\.0)?{_SUFFIX}$",
    r"^\D*(?P<number>[0-9]{1,5})(?:\.0)?(?P<letter>)(?P<addition>)(?:[^0-9].*)?$",
)
_BEHIND = (rf"^(?P<number>[0-9]{{1,5}}){_SUFFIX}{_TAIL}",)
_RANGE = r"(?i)([0-9][a-z]?)\s*(?:t\s?/\s?m\.?|tot en met|en|&)\s*[0-9]+[a-z]?\b"
_FLOOR = (
    r"(?i)[,\s]+(?:[0-9]+\s?e|begane|eerste|tweede|derde)\s+"
    r"(?:verdieping|etage|verd\.|grond)(?:\s|,|$)"
)

_STREET_WORDS = (
    (r"(?i)(\pL)str\.?$", r"\1straat"),
    (r"(?i)\bstr\.?$", "straat"),
    (r"(?i)(\pL)ln\.?$", r"\1laan"),
    (r"(?i)(\pL)s(?:n)?gl\.?$", r"\1singel"),
    (r"(?i)(\pL)wg\.?$", r"\1weg"),
    (r"(?i)(\pL)pln\.?$", r"\1plein"),
    (r"(?i)(\pL)dk\.?$", r"\1dijk"),
    (r"(?i)(\pL{3})w\.$", r"\1weg"),
    (r"(?i)(\pL{3})pl\.$", r"\1plein"),
    (r"(?i)(\pL{3})gr\.$", r"\1gracht"),
    (r"(?i)(\pL{3})kd\.?$", r"\1kade"),
    (r"(?i)\b(?:burg|burgem|bgm|burgm)(?:\.\s*|\s+)(\pL)", r"Burgemeester \1"),
    (r"(?i)\bpast\.\s*(\pL)", r"Pastoor \1"),
    (r"(?i)\b(?:st|sint)(?:\.\s*|\s+)(\pL)", r"Sint \1"),
)
_TITLES = {
    "doctor": "dr",
    "professor": "prof",
    "meester": "mr",
    "dominee": "ds",
    "ingenieur": "ir",
    "jonkheer": "jhr",
    "generaal": "gen",
    "burgemeester": "burg",
    "pastoor": "past",
    "president": "pres",
    "sint": "st",
    "admiraal": "adm",
}
"""Titles in names of streets and what they are shortened to."""


# --- columns of text ----------------------------------------------------------


def parse(addresses: pd.DataFrame) -> pd.DataFrame:
    """Parts of addresses, written in one way.

    Parameters
    ----------
    addresses
        One row an address, with any of the columns in `INPUT`: ``address`` is free text with
        any part of an address, the others hold the part that they are named after. What a
        column of its own states goes before what the free text says.

    Returns
    -------
    pandas.DataFrame
        By the same index, text that is empty where not stated: street (abbreviations such as
        ``str.`` and ``Burg.`` written out), house_number (figures), letter and addition
        (capitals), postcode (``1234 AB``), pc4 (``1234``; also without letters), place and
        municipality (as written); and three of bool: po_box, whether the address names a PO box,
        which is no place that can be visited; swapped, whether the columns of the postcode and
        the place hold what the other should hold; unread, whether that of the postcode holds
        something that is none.

    Notes
    -----
    Of a range of house numbers (``12 t/m 16``) the first is taken. ``12-14`` may be such a
    range or an addition; it is read as number 12, addition 14.

    Examples
    --------
    >>> rows = pd.DataFrame({"address": ["Dorpsstr. 12-A bis, 1251ab Laren", "Postbus 3, Ede"]})
    >>> parts = parse(rows)
    >>> parts.loc[0, ["street", "house_number", "letter", "addition", "postcode"]].tolist()
    ['Dorpsstraat', '12', 'A', 'BIS', '1251 AB']
    >>> parts["place"].tolist(), parts["po_box"].tolist()
    (['Laren', 'Ede'], [False, True])
    """
    given = {name: _column(addresses, name) for name in INPUT}
    free = _free_text(given)
    own = _own_columns(given)
    street = _or(own["street"], free["street"])
    # A number belongs to the street beside which it stands.
    numbered = pc.or_(_filled(own["house_number"]), pc.invert(_filled(own["street"])))
    parts = {"street": _street(street)}
    for name in ("house_number", "letter", "addition"):
        from_free = pc.if_else(_filled(own["house_number"]), "", free[name])
        parts[name] = pc.if_else(numbered, _or(own[name], from_free), from_free)
    parts["addition"] = pc.replace_substring(parts["addition"], " ", "")
    four = _or(own["pc4"], free["pc4"])
    letters = pc.if_else(_filled(own["pc4"]), own["letters"], free["letters"])
    parts["postcode"] = pc.if_else(
        _filled(letters), pc.binary_join_element_wise(four, pc.utf8_upper(letters), " "), ""
    )
    parts["pc4"] = four
    parts["place"] = _or(own["place"], free["place"])
    parts["municipality"] = _or(own["municipality"], free["municipality"])
    table = pd.DataFrame(
        {name: pd.Series(parts[name].to_pandas(), dtype="str") for name in parts}
    ).set_axis(addresses.index)
    for name in ("letter", "addition"):
        table[name] = table[name].str.upper()
    flags = {name: own[name] for name in ("swapped", "unread")}
    flags["po_box"] = pc.or_(own["po_box"], free["po_box"])
    for name, flag in flags.items():
        table[name] = flag.to_numpy(zero_copy_only=False)
    return table[list(PARTS)]


def _column(table: pd.DataFrame, name: str) -> pa.Array:
    """Column as tidy text; empty where it is missing."""
    if name not in table:
        return pa.array([""] * len(table), pa.string())
    values = table[name]
    if pd.api.types.is_float_dtype(values):
        # A column of numbers with a gap in it: 12.0 was 12.
        values = values.astype("string").str.replace(r"\.0$", "", regex=True)
    # Each different text once: places and postcodes repeat.
    text = pa.array(values.astype("string").fillna(""), pa.string())
    if isinstance(text, pa.ChunkedArray):  # of tables put together, and of empty ones
        text = text.combine_chunks()
    coded = text.dictionary_encode()
    return pc.take(_tidy(coded.dictionary), coded.indices)


def _tidy(text: pa.Array) -> pa.Array:
    """Text with one kind of apostrophe, dash and space, without signs that do not show."""
    text = pc.utf8_normalize(text, form="NFKC")
    text = _replace(text, "[\u2018\u2019\u02bc`\u00b4]", "'")
    text = _replace(text, "[\u2010-\u2015\u2212]", "-")
    text = _replace(text, r"[\r\n\t|]+", ", ")
    text = _replace(text, r"\p{Cf}+", "")
    text = _replace(text, r"[\s\p{Z}\p{Cc}]+", " ")
    return _bare(text)


def _free_text(given: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Parts of the column ``address``."""
    text = _replace(given["address"], _COUNTRY, "")
    po_box = pc.match_substring_regex(text, _PO_BOX)
    text = _bare(_replace(text, _PO_BOX, ","))
    municipality = _part(text, _MUNICIPALITY, "name")
    text = _bare(_replace(text, _MUNICIPALITY, " "))
    text = _replace(_replace(text, _FLOOR, ", "), _RANGE, r"\1")
    text = _replace(text, _PROVINCE, r" (\1)")

    full = _split_postcode(text)
    word = pc.and_(_filled(full["gap"]), pc.is_in(full["letters"], value_set=_NO_LETTERS))
    full = {name: pc.if_else(word, "", part) for name, part in full.items()}
    has_full = _filled(full["digits"])
    four = _only(
        pc.invert(has_full),
        text,
        lambda some: _parts(some, _FOUR_DIGITS, ("before", "digits", "after")),
    )
    has_postcode = pc.or_(has_full, _filled(four["digits"]))
    comma = _parts(text, _LAST_COMMA, ("before", "after"))
    has_comma = pc.and_(_filled(comma["after"]), pc.invert(has_postcode))

    before = _choose(
        (has_full, full["before"]),
        (has_postcode, four["before"]),
        (has_comma, comma["before"]),
        otherwise=text,
    )
    after = _choose(
        (has_full, full["after"]), (has_postcode, four["after"]), (has_comma, comma["after"])
    )
    before, after = _bare(_replace(before, r"(?i)(?:^|[\s,])NL[\s-]*$", "")), _bare(after)
    numbered = _numbered(before, _WITH_NUMBER, ("street", "number", "letter", "addition", "tail"))
    tail = _place(numbered["tail"])
    has_number = _filled(numbered["number"])
    # A text without a comma, postcode or number is a place, unless the place stands elsewhere.
    alone = pc.and_(
        pc.invert(pc.or_(has_number, pc.or_(has_postcode, has_comma))),
        pc.invert(_filled(given["place"])),
    )
    # 1234 AB 12: a postcode and a house number are an address too.
    behind = _numbered(after, _BEHIND, ("number", "letter", "addition", "tail"))
    is_behind = pc.and_(_filled(behind["number"]), pc.invert(has_number))
    after = pc.if_else(_filled(behind["number"]), behind["tail"], after)
    names = {"house_number": "number", "letter": "letter", "addition": "addition"}
    return {
        "street": _choose((has_number, numbered["street"]), (alone, ""), otherwise=_last(before)),
        **{
            name: pc.if_else(is_behind, behind[part], numbered[part])
            for name, part in names.items()
        },
        "pc4": _or(full["digits"], four["digits"]),
        "letters": full["letters"],
        "place": _choose((_filled(after), _place(after)), (alone, _place(before)), otherwise=tail),
        "municipality": municipality,
        "po_box": po_box,
    }


def _own_columns(given: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Parts of the columns that hold one part each; they may hold a little more."""
    number = _replace(given["house_number"], r"\.0$", "")
    # The number of a PO box may stand in a column of its own.
    both = pc.binary_join_element_wise(given["street"], number, " ")
    po_box = pc.match_substring_regex(both, _PO_BOX)
    apart = pc.and_(po_box, pc.invert(pc.match_substring_regex(given["street"], _PO_BOX)))
    number = pc.if_else(apart, "", number)
    street = _bare(_replace(pc.if_else(apart, both, given["street"]), _PO_BOX, ","))
    street = _replace(street, _RANGE, r"\1")
    # A column for the number says that the street has none.
    has_number = _filled(number)
    numbered = _numbered(
        pc.if_else(has_number, "", street), _WITH_NUMBER, ("street", "number", "letter", "addition")
    )
    own = _numbered(_replace(number, _RANGE, r"\1"), _OWN_NUMBER, ("number", "letter", "addition"))
    postcode, place = given["postcode"], given["place"]
    words = pc.and_(_filled(postcode), pc.invert(pc.match_substring_regex(postcode, "[0-9]")))
    swapped = pc.and_(words, pc.match_substring_regex(place, _ONLY_POSTCODE))
    postcode, place = pc.if_else(swapped, place, postcode), pc.if_else(swapped, postcode, place)
    code = _parts(postcode, _OWN_POSTCODE, ("digits", "letters", "after"))
    place = _replace(place, _COUNTRY, "")
    in_place = _parts(place, _OWN_POSTCODE, ("digits", "letters", "after"))
    place = pc.if_else(_filled(in_place["digits"]), in_place["after"], place)
    municipality = _part(place, _MUNICIPALITY, "name")
    place = _bare(_replace(place, _MUNICIPALITY, " "))
    named = _replace(given["municipality"], r"(?i)^gem(?:eente|\.)\s+", "")
    coded = _filled(code["digits"])
    return {
        "street": _or(numbered["street"], street),
        "house_number": _or(own["number"], numbered["number"]),
        "letter": pc.if_else(_filled(own["number"]), own["letter"], numbered["letter"]),
        "addition": pc.if_else(_filled(own["number"]), own["addition"], numbered["addition"]),
        "pc4": _or(code["digits"], in_place["digits"]),
        "letters": pc.if_else(coded, code["letters"], in_place["letters"]),
        "place": _or(_place(place), _place(code["after"])),
        "municipality": _or(named, municipality),
        "po_box": po_box,
        "swapped": swapped,
        "unread": pc.and_(_filled(postcode), pc.invert(coded)),
    }


def _numbered(
    text: pa.Array, patterns: tuple[str, ...], names: tuple[str, ...]
) -> dict[str, pa.Array]:
    """Groups of the first of some patterns that fits."""
    left = pc.match_substring_regex(text, "[0-9]")
    found = dict.fromkeys(names, pa.array([""] * len(text), pa.string()))
    for pattern in patterns:
        again = _only(left, text, partial(_parts, pattern=pattern, names=names))
        fits = _filled(again["number"])
        found = {name: pc.if_else(fits, again[name], found[name]) for name in names}
        left = pc.and_(left, pc.invert(fits))
    return {name: _bare(part) for name, part in found.items()}


def _split_postcode(text: pa.Array) -> dict[str, pa.Array]:
    """What stands before the last postcode, its parts, and what stands behind it."""
    marked = _replace(text, _POSTCODE, rf"{_MARK}\1{_MARK}\2{_MARK}\3{_MARK}")
    names = ("before", "digits", "gap", "letters", "after")

    def split(some: pa.Array) -> dict[str, pa.Array]:
        lists = pc.split_pattern(some, _MARK, max_splits=len(names) - 1, reverse=True)
        return {name: pc.list_element(lists, number) for number, name in enumerate(names)}

    parts = _only(pc.match_substring(marked, _MARK), marked, split)
    # Marks of an earlier one.
    return parts | {"before": pc.replace_substring(parts["before"], _MARK, "")}


def _only(
    where: pa.Array, text: pa.Array, work: Callable[[pa.Array], dict[str, pa.Array]]
) -> dict[str, pa.Array]:
    """Parts of some of the texts; empty for the others."""
    empty = pa.array([""] * len(text), pa.string())
    return {
        name: pc.replace_with_mask(empty, where, part)
        for name, part in work(text.filter(where)).items()
    }


def _street(text: pa.Array) -> pa.Array:
    for pattern, full in _STREET_WORDS:
        text = _replace(text, pattern, full)
    return _bare(text)


def _place(text: pa.Array) -> pa.Array:
    return _bare(_replace(_bare(text), r"(?i)^(?:te|in)\s+", ""))


def _last(text: pa.Array) -> pa.Array:
    """What stands behind the last comma: before it often stands the name of an organisation."""
    return _bare(_replace(text, r"^.*[,;]", ""))


def _bare(text: pa.Array) -> pa.Array:
    return pc.utf8_trim(text, characters=" ,;-/")


def _replace(text: pa.Array, pattern: str, new: str) -> pa.Array:
    return pc.replace_substring_regex(text, pattern=pattern, replacement=new)


def _part(text: pa.Array, pattern: str, name: str) -> pa.Array:
    return _bare(_parts(text, pattern, (name,))[name])


def _parts(text: pa.Array, pattern: str, names: tuple[str, ...]) -> dict[str, pa.Array]:
    """Named groups of a pattern; empty where it does not fit."""
    found = pc.extract_regex(text, pattern=pattern)
    return {name: pc.fill_null(pc.struct_field(found, name), "") for name in names}


def _filled(text: pa.Array) -> pa.Array:
    return pc.not_equal(text, "")


def _or(first: pa.Array, second: pa.Array) -> pa.Array:
    return pc.if_else(_filled(first), first, second)


def _choose(*cases: tuple[pa.Array, pa.Array | str], otherwise: pa.Array | str = "") -> pa.Array:
    result = otherwise
    for condition, value in reversed(cases):
        result = pc.if_else(condition, value, result)
    return result


# --- names that are compared --------------------------------------------------

_ALIASES = {
    "sgravenhage": "denhaag",
    "gravenhage": "denhaag",
    "thehague": "denhaag",
    "shertogenbosch": "denbosch",
    "hertogenbosch": "denbosch",
    "boz": "bergenopzoom",
    "bergenopz": "bergenopzoom",
}
"""Other names of towns, as `place_key` writes them, and the ones that stand for them."""

_WORDS = (
    (re.compile(r"\baan (?:den|de|het|'?t)\b|\ba\s?[/.]\s?d\b\.?|\bad\b"), " ad "),
    (re.compile(r"\b(?:st\.|st\b|sint\b)"), " sint "),
    (re.compile(r"\bv\.|\bv/"), " van "),
    (re.compile(r"\b1e\b"), " eerste "),
    (re.compile(r"\b2e\b"), " tweede "),
)


def place_key(name: str) -> str:
    """Name of a place or municipality as it is compared.

    Case, accents, spaces, dashes and apostrophes do not matter, nor do some usual ways to write
    the same: ``'s-Gravenhage`` and ``Den Haag``, ``a/d`` and ``aan den``, ``St.`` and ``Sint``,
    ``IJ`` and ``Y``. What stands between brackets is left out.

    Parameters
    ----------
    name
        The name.

    Returns
    -------
    str

    Examples
    --------
    >>> place_key("Capelle a/d IJssel") == place_key("Capelle aan den IJssel")
    True
    """
    text = _letters(re.sub(r"\([^()]*\)?", " ", name))
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    key = "".join(letter for letter in text if letter.isalnum()).replace("ij", "y")
    return _ALIASES.get(key, key)


def street_key(name: str) -> str:
    """Name of a street as it is compared: as `place_key`, and titles may be shortened.

    Parameters
    ----------
    name
        The name, with its abbreviations written out as `parse` does, or not.

    Returns
    -------
    str

    Examples
    --------
    >>> street_key("Dr. Schaepmanlaan") == street_key("Doctor Schaepmanlaan")
    True
    """
    words = re.findall(r"[^\W_]+", _letters(name))
    short = [_TITLES.get(word, word) for word in words]
    key = "".join(short).replace("ij", "y")
    for ending, full in (("str", "straat"), ("ln", "laan"), ("wg", "weg"), ("pln", "plein")):
        if key.endswith(ending):
            return key.removesuffix(ending) + full
    return key


def _letters(text: str) -> str:
    """Small letters without accents."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))
