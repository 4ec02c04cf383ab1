"""Seals found, named and measured, and things that only resemble seals."""
