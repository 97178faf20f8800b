import unittest

from metrics.summary import percentile, summarise


class Percentiles(unittest.TestCase):
    def test_nearest_rank(self):
        self.assertEqual(percentile([15, 20, 35, 40, 50], 30), 20)
        self.assertEqual(percentile([15, 20, 35, 40, 50], 100), 50)

    def test_one_sample(self):
        self.assertEqual(percentile([7], 95), 7)


class Summaries(unittest.TestCase):
    def test_rate_and_percentiles(self):
        window = {"name": "calls", "seconds": 10, "samples": [3, 1, 2, 4]}
        self.assertEqual(summarise(window), {"name": "calls", "count": 4, "rate": 0.4, "p50": 2, "p95": 4})


if __name__ == "__main__":
    unittest.main()
