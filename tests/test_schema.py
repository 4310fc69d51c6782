"""The schemas are the one definition: complete, consistent with the vocabulary, explained."""

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaErrors

from coverage import schema, tables, vocabulary
from coverage.i18n import N_
from tests.register_files import ROWS, SCHEMAS, frame

COLUMNS = [(name, column) for name in SCHEMAS for column in SCHEMAS[name].columns]


def test_columns_of_the_register_in_order():
    assert schema.columns(schema.PROVIDERS) == (
        "provider_id",
        "name",
        "kvk",
        "website",
        "source",
        "source_date",
        "certainty",
        "status",
        "note",
    )
    assert schema.columns(schema.INVENTORY)[:3] == ("gm_code", "edition", "date")
    assert len(schema.columns(schema.LOCATIONS)) == 16
    offers = schema.columns(schema.OFFERS)
    assert offers[offers.index("service_area") + 1] == "partial_area"
    assert len(schema.columns(schema.OFFERS)) == 43


def test_required_columns():
    assert schema.required(schema.LOCATIONS) == (
        "location_id",
        "provider_id",
        "precision",
        "source",
        "status",
    )
    assert schema.required(schema.DEMAND) == ("gm_code",)
    assert schema.required(schema.REGION_DEMAND) == ("region_set", "region_code")
    for name, row in ROWS.items():
        assert set(schema.required(SCHEMAS[name])) <= set(row)


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_every_column_is_explained(name, column):
    found = SCHEMAS[name].columns[column]
    assert found.description
    words = schema.words(SCHEMAS[name], column)
    example = found.metadata["example"]
    if words:
        assert example in words
        assert all(word in schema.WORDS_NL for word in words)
    assert found.required >= schema.filled(SCHEMAS[name], column)
    if found.required:
        assert example


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_every_check_has_a_message_that_can_be_filled_in(name, column):
    for check in [*SCHEMAS[name].columns[column].checks, *SCHEMAS[name].checks]:
        assert check.error.format(value="x", **schema.fill_in(check))
        assert check.error == N_(check.error)


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_the_examples_of_the_columns_are_valid(name):
    found = {
        column: checked.metadata["example"] for column, checked in SCHEMAS[name].columns.items()
    }
    if name == "offers":
        found |= {"year_from": "2009", "first_seen": "2009"}
    read = tables.examine(tables.cells_of(pd.DataFrame([found]), name), SCHEMAS[name])
    assert read.faults == ()


def test_words_are_those_of_the_vocabulary():
    assert schema.words(schema.OFFERS, "framework") == tuple(vocabulary.Framework)
    assert schema.words(schema.OFFERS, "coordination") == tuple(vocabulary.FunctionStatus)
    assert schema.words(schema.LOCATIONS, "precision") == tuple(vocabulary.Precision)
    for name, column in COLUMNS:
        if column == "count_status":
            assert schema.words(SCHEMAS[name], column) == tuple(vocabulary.FigureStatus)
        if column == "status":
            assert {*schema.words(SCHEMAS[name], column), "suppressed"} == {
                *vocabulary.FigureStatus
            }


def test_no_dutch_word_stands_for_two_words_of_one_column():
    for name, column in COLUMNS:
        words = [schema.WORDS_NL[word] for word in schema.words(SCHEMAS[name], column)]
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_pandera_itself_refuses_another_shape(name):
    good = tables.examine(tables.cells_of(frame(name, {}), name), SCHEMAS[name]).table
    assert isinstance(SCHEMAS[name], pa.DataFrameSchema)
    SCHEMAS[name].validate(good, lazy=True)
    for bad in (good.assign(extra=1), good.iloc[:, ::-1], good.iloc[:, 1:]):
        with pytest.raises(SchemaErrors):
            SCHEMAS[name].validate(bad, lazy=True)
