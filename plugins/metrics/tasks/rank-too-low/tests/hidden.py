# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
from metrics.summary import percentile, summarise


class Ranks(unittest.TestCase):
    def test_thirty_of_five(self):
        self.assertEqual(percentile([15, 20, 35, 40, 50], 30), 20)

    def test_ninety_five_of_few(self):
        self.assertEqual(percentile([1, 2, 3], 95), 3)
        self.assertEqual(percentile([7], 5), 7)

    def test_ranks_that_are_whole(self):
        self.assertEqual(percentile(list(range(1, 101)), 95), 95)

    def test_order_does_not_matter(self):
        self.assertEqual(percentile([9, 1, 5, 3, 7], 50), 5)

    def test_the_largest(self):
        self.assertEqual(percentile([3, 1, 2], 100), 3)
