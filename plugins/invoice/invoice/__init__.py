"""Invoices with due dates."""

__version__ = "0.9.1"
