"""From addresses to points and municipalities, offline unless asked otherwise."""
