import unittest
from datetime import date

from invoice.amounts import total
from invoice.terms import due_date


class DueDates(unittest.TestCase):
    def test_net_days_cross_months(self):
        self.assertEqual(due_date(date(2026, 1, 20), "net30"), date(2026, 2, 19))

    def test_the_same_day_of_the_next_month(self):
        self.assertEqual(due_date(date(2026, 3, 15), "month"), date(2026, 4, 15))

    def test_unknown_terms_are_refused(self):
        with self.assertRaises(LookupError):
            due_date(date(2026, 3, 15), "whenever")


class Totals(unittest.TestCase):
    def test_prices_are_decimal(self):
        self.assertEqual(
            total([{"quantity": 3, "unit_price": "0.10"}], "20"), {"net": "0.30", "tax": "0.06", "gross": "0.36"}
        )

    def test_no_lines(self):
        self.assertEqual(total([])["gross"], "0.00")


if __name__ == "__main__":
    unittest.main()
