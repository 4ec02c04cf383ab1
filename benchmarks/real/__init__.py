"""Files that nobody here made."""
