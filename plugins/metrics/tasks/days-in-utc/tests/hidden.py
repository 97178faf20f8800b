# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
import os
import time

from metrics.days import by_day

NOON = 1767268800  # 2026-01-01T12:00:00Z


def sums(zone, *begins):
    os.environ["TZ"] = zone
    time.tzset()
    return by_day([{"begin": begin, "count": 1} for begin in begins])


class Days(unittest.TestCase):
    def test_half_past_midnight_in_new_york(self):
        self.assertEqual(sums("EST5EDT", NOON - 41400), {"2026-01-01": 1})

    def test_late_in_the_evening_in_tokyo(self):
        self.assertEqual(sums("JST-9", NOON + 41400), {"2026-01-01": 1})

    def test_zones_of_three_quarters(self):
        self.assertEqual(sums("NPT-5:45", NOON + 43199, NOON + 43200), {"2026-01-01": 1, "2026-01-02": 1})

    def test_the_last_second_of_the_day(self):
        self.assertEqual(sums("UTC0", NOON + 43199, NOON - 43200), {"2026-01-01": 2})

    def test_fractions_of_seconds(self):
        self.assertEqual(sums("UTC0", NOON + 0.5), {"2026-01-01": 1})
