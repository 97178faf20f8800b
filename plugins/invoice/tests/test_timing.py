import unittest

from invoice.timing import timed


class Timing(unittest.TestCase):
    def test_messages_pass_with_and_without_a_summary(self):
        self.assertEqual(list(timed(["a", "b"], summary=None)), ["a", "b"])
        self.assertEqual(list(timed([], summary=self.fail)), [])

    def test_what_is_summed_up(self):
        windows = []

        def summary(window):
            windows.append(window)
            return {"count": len(window["samples"]), "p50": 1, "p95": 3}

        ticks = iter([0, 10, 11, 20, 23, 30])
        with self.assertLogs("invoice", "INFO") as logged:
            self.assertEqual(list(timed(["a", "b"], summary, lambda: next(ticks))), ["a", "b"])
        self.assertEqual(windows, [{"name": "messages", "seconds": 30, "samples": [1, 3]}])
        self.assertIn("2 messages", logged.output[0])


if __name__ == "__main__":
    unittest.main()
