# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
import json
import subprocess
import sys

from metrics.summary import summarise


class Windows(unittest.TestCase):
    def test_an_ordinary_window(self):
        told = summarise({"name": "a", "seconds": 4, "samples": [5, 1, 3, 2]})
        self.assertEqual(told, {"name": "a", "count": 4, "rate": 1.0, "p50": 2, "p95": 5})

    def test_a_line_that_is_no_window(self):
        ran = subprocess.run([sys.executable, "-m", "metrics.cli"], input="what\n", capture_output=True, text=True)
        self.assertEqual(ran.stdout, "")
        self.assertEqual([json.loads(line)["level"] for line in ran.stderr.splitlines()], ["info", "warning"])
