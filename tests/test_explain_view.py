"""Folds that say how the figures of a municipality come about."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

import coverage
from coverage import i18n
from coverage.ui import explain_view

HOSTILE = "<img src=x onerror=alert(1)>"


class Tree(HTMLParser):
    """Tags that are open, and texts of the summaries of the outermost folds."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.summaries = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, _attributes):
        self.open.append(tag)
        self.tags.add(tag)
        if self.open[-3:] == ["section", "details", "summary"]:
            self.summaries.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-3:] == ["section", "details", "summary"]:
            self.summaries[-1] += data


@pytest.fixture
def assessment():
    register = coverage.read_register(coverage.EXAMPLE_REGISTER)
    return coverage.assess(coverage.load_edition(2010), register)


@pytest.mark.usefixtures("english")
def test_each_main_figure_has_a_fold(assessment):
    html = explain_view.figures(assessment, "GM0363")
    tree = Tree(html)
    assert not tree.open
    assert tree.tags <= {
        "section",
        "h2",
        "p",
        "details",
        "summary",
        "ul",
        "li",
        "span",
        "strong",
        "small",
    }
    names = [summary.partition(": ")[0] for summary in tree.summaries]
    assert names == [name for name, _columns in explain_view.SHOWN]
    assert "families a year" in tree.summaries[0]
    assert not [summary for summary in tree.summaries if "nan" in summary.lower()]
    # What is printed holds all the rest: a figure is on paper once.
    assert html.count("class='off-paper'") == len(names) - 2


def test_texts_from_files_are_escaped(assessment):
    offers = assessment.register.offers.assign(name=HOSTILE, source=HOSTILE)
    counts = assessment.counts.assign(source=HOSTILE, period=HOSTILE, count_status="entered")
    register = replace(assessment.register, offers=offers)
    hostile = replace(assessment, register=register, counts=counts)
    for language in i18n.LANGUAGES:
        i18n.use(language)
        html = explain_view.figures(hostile, "GM0363")
        assert "<img" not in html
        assert "&lt;img" in html
    i18n.use(i18n.DEFAULT)
