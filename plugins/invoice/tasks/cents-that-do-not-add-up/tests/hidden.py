# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
from invoice.amounts import total


class Amounts(unittest.TestCase):
    def test_three_times_ten_cents(self):
        self.assertEqual(total([{"quantity": 3, "unit_price": "0.10"}], "20"), {"net": "0.30", "tax": "0.06", "gross": "0.36"})

    def test_large_amounts_keep_their_cents(self):
        self.assertEqual(total([{"quantity": 1, "unit_price": "90071992547409.93"}])["net"], "90071992547409.93")

    def test_half_a_cent_goes_to_the_even_one(self):
        self.assertEqual(total([{"quantity": 1, "unit_price": "0.50"}], "5")["tax"], "0.02")
        self.assertEqual(total([{"quantity": 1, "unit_price": "0.70"}], "5")["tax"], "0.04")

    def test_decimal_quantities(self):
        self.assertEqual(total([{"quantity": "1.5", "unit_price": "1.10"}])["gross"], "1.65")

    def test_nothing_to_pay(self):
        self.assertEqual(total([]), {"net": "0.00", "tax": "0.00", "gross": "0.00"})
