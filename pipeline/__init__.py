"""Countersign: document automation for stamped contracts and purchase orders."""

__version__ = "0.1.0"
