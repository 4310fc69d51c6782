"""The Streamlit app, one file a page."""
