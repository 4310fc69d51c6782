"""One page that edits the own register, in the frame of the app, for a test of that page.

The page is named by the variable DEKKEND_PAGE; who tests may edit.
"""

from __future__ import annotations

import importlib
import os

import streamlit as st

from coverage import i18n
from coverage.ui import choices, state

state.read()
i18n.use(choices.language())
st.set_page_config(layout="wide")
page = importlib.import_module(f"coverage.ui.{os.environ['DEKKEND_PAGE']}")
page.show(choices.ask_for_own())
state.write()
