# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
from metrics.summary import percentile


class Ranks(unittest.TestCase):
    def test_nearest_rank_is_the_rule_here(self):
        self.assertEqual(percentile([1, 2, 3, 4], 50), 2)
        self.assertEqual(percentile([10, 20], 50), 10)
