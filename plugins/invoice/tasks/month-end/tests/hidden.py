# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
from datetime import date

from invoice.terms import due_date


class Month(unittest.TestCase):
    def test_december_is_due_in_january(self):
        self.assertEqual(due_date(date(2026, 12, 5), "month"), date(2027, 1, 5))

    def test_the_last_of_december(self):
        self.assertEqual(due_date(date(2027, 12, 31), "month"), date(2028, 1, 31))

    def test_a_day_that_the_next_month_lacks(self):
        self.assertEqual(due_date(date(2026, 1, 31), "month"), date(2026, 2, 28))
        self.assertEqual(due_date(date(2026, 5, 31), "month"), date(2026, 6, 30))

    def test_leap_years(self):
        self.assertEqual(due_date(date(2028, 1, 30), "month"), date(2028, 2, 29))

    def test_other_terms(self):
        self.assertEqual(due_date(date(2026, 12, 5), "net30"), date(2027, 1, 4))
        self.assertEqual(due_date(date(2026, 12, 31), "now"), date(2026, 12, 31))
        with self.assertRaises(LookupError):
            due_date(date(2026, 12, 5), "later")
