"""The scenario page without a browser: naming, comparing, saving, links that are broken."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import coverage
from coverage import i18n, scenarios
from coverage.settings import Settings
from coverage.ui import editor
from coverage.wording import interval
from coverage.workspace import Workspace

APP = str(Path(__file__).parents[1] / "app.py")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path}/w.db")
    monkeypatch.setattr(editor, "editor", lambda: editor.Editor("A tester", may_edit=True))
    i18n.use("en")
    with Workspace.open() as opened:
        yield opened
    i18n.use(i18n.DEFAULT)


def visit(**address):
    app = AppTest.from_file(APP, default_timeout=120)
    for name, value in {"taal": "en", **address}.items():
        app.query_params[name] = value
    app._page_hash = calc_hash("scenarios")
    app.run()
    assert not app.exception
    return app


def drawn(app):
    parts = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]
    return "".join(part["html"] for part in parts if "html" in part)


def press(app, label):
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception


def test_settings_get_a_name_and_stand_beside_the_method_and_in_the_link():
    app = visit(opgelegd="0.06")
    app.text_input(key="scenario_name").set_value("Double, 6%").run()
    press(app, "Set beside the method")
    assert app.query_params["scenarios"] == "Double 6%~share_imposed=0.06"
    country = coverage.assess(
        coverage.load_edition(2025),
        coverage.read_register(coverage.PUBLIC_REGISTER),
        settings=Settings(share_imposed=0.06),
    ).regions("country")
    demand = interval(country["demand_low"].iloc[0], country["demand_high"].iloc[0])
    assert f"<th scope='row'>Double 6%</th><td>{demand}</td>" in drawn(app)
    assert "<th scope='row'>Method</th>" in drawn(app)


def test_a_name_is_asked_for_and_is_given_once():
    app = visit()
    press(app, "Set beside the method")
    assert "name first" in app.warning[0].value
    app = visit(scenarios="One~share_imposed=0.05", opgelegd="0.06")
    app.text_input(key="scenario_name").set_value("One").run()
    press(app, "Set beside the method")
    assert "another name" in app.warning[0].value
    assert app.query_params["scenarios"] == "One~share_imposed=0.05"


def test_a_scenario_is_used_on_every_page_saved_and_removed_again(workspace):
    app = visit(scenarios="Low~share_extended_low=0.05")
    press(app, "Use these settings on every page")
    assert app.query_params["verlengd_laag"] == "0.05"
    press(app, "Save for everybody")
    assert [one.name for one in scenarios.saved(workspace)] == ["Low"]
    other = visit()
    assert other.multiselect(key="scenarios").options == ["Low"]
    press(app, "Remove for everybody")
    assert scenarios.saved(workspace) == []


@pytest.mark.parametrize(
    "text", ["X~share_imposed=9", "nonsense~", "X~children_per_family=1e-9", "<b>~share_imposed"]
)
def test_a_broken_scenario_in_a_link_is_told(text):
    app = visit(scenarios=text)
    assert "does not exist here" in app.warning[0].value
    assert "<b>~" not in drawn(app)


def test_a_broken_scenario_beside_it_does_not_stand_in_the_way():
    app = visit(scenarios="X~share_imposed=9", opgelegd="0.06")
    app.session_state["scenarios"] = ["X~share_imposed=9"]
    app.text_input(key="scenario_name").set_value("Fine")
    press(app, "Set beside the method")
    assert "Fine~share_imposed=0.06" in app.query_params["scenarios"]
