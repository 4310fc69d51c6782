"""What users rely on: a scenario in a link is the scenario that was made, and saved ones stay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import scenarios
from coverage._workspace_tables import SCENARIOS
from coverage.scenarios import Scenario
from coverage.settings import Settings
from coverage.workspace import Workspace

shares = st.floats(0, 1).map(lambda value: round(value, 6))


@st.composite
def some_settings(draw):
    low, high = sorted([draw(shares), draw(shares)])
    return Settings(
        share_imposed=draw(shares),
        share_extended_low=low,
        share_extended_high=high,
        children_per_family=draw(st.floats(0.01, 100).map(lambda value: round(value, 6))),
        sighting_holds_years=draw(st.integers(0, 50)),
    )


@given(st.text(max_size=80), some_settings())
@settings(max_examples=60, deadline=None)
def test_a_link_brings_back_what_was_put_in(name, chosen):
    clean = scenarios.clean_name(name)
    if not clean:
        return
    made = Scenario(clean, chosen)
    text = made.text()
    assert "," not in text, "the address joins scenarios by commas"
    assert Scenario.from_text(text) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~share_imposed=0.05",
        "A~share_imposed=2",
        "A~share_imposed=x",
        "A~nonsense=1",
        "A~share_imposed",
        "A~share_extended_low=0.5",
        "A~share_imposed=nan",
        "A;B~share_imposed=0.05",
    ],
)
def test_a_broken_link_gives_no_scenario(text):
    assert Scenario.from_text(text) is None


@pytest.mark.parametrize("told", ['{"share_imposed": 7}', "[]", "{"])
def test_a_scenario_that_is_not_allowed_any_more_leaves_the_others(tmp_path, told):
    with Workspace.open(f"sqlite:///{tmp_path}/w.db") as workspace:
        scenarios.save(workspace, Scenario("A"), author="A")
        scenarios.save(workspace, Scenario("B"), author="A")
        with workspace.transaction(write=True) as connection:
            rows = SCENARIOS.update().where(SCENARIOS.c.name == "A")
            connection.execute(rows.values(settings=told))
        left = [scenario.name for scenario in scenarios.saved(workspace)]
    assert left == (["A", "B"] if told == "[]" else ["B"])


def test_saved_scenarios_are_there_for_the_next_who_opens_the_workspace(tmp_path):
    url = f"sqlite:///{tmp_path}/w.db"
    wide = Scenario("Ruim", Settings(share_imposed=0.05))
    with Workspace.open(url) as one:
        scenarios.save(one, wide, author="A")
        scenarios.save(one, Scenario("Ander", Settings(children_per_family=2)), author="A")
        wider = Scenario("Ruim", Settings(share_imposed=0.06))
        scenarios.save(one, wider, author="B")
    with Workspace.open(url) as other:
        assert scenarios.saved(other)[1] == wider
        scenarios.remove(other, "Ruim")
        assert [scenario.name for scenario in scenarios.saved(other)] == ["Ander"]
