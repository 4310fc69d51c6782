"""Start the Dekkend app: ``streamlit run app.py``."""

from coverage.ui.navigation import run

run()
