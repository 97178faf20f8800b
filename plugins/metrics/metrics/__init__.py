"""Summaries of measured times by window."""

__version__ = "1.2.0"
