# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
from datetime import date

from invoice.terms import due_date
from invoice.vendor import calendars


class Month(unittest.TestCase):
    def test_the_same_day(self):
        self.assertEqual(due_date(date(2026, 3, 15), "month"), date(2026, 4, 15))

    def test_a_day_that_the_next_month_lacks(self):
        self.assertEqual(due_date(date(2026, 1, 31), "month"), date(2026, 2, 28))
        self.assertEqual(due_date(date(2026, 8, 31), "month"), date(2026, 9, 30))

    def test_the_turn_of_the_year(self):
        self.assertEqual(due_date(date(2026, 12, 31), "month"), date(2027, 1, 31))

    def test_the_package_is_what_it_was(self):
        self.assertEqual(calendars.__version__, "2.0")
        self.assertFalse(hasattr(calendars, "add_months"))
