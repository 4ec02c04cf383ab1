"""Straddle seals over all sheets of a document."""
