# SPDX-License-Identifier: GPL-3.0-or-later
import unittest
import json
import os
import subprocess
import sys


def ask(arguments, **environment):
    """The server's answer to one call of issue."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("INVOICE_")}
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "issue", "arguments": arguments}})
    ran = subprocess.run([sys.executable, "-m", "invoice"], input=line + "\n", capture_output=True, text=True, env={**env, **environment})
    return json.loads(ran.stdout.splitlines()[0])


LINES = [{"quantity": 1, "unit_price": "10.00"}]


class Dates(unittest.TestCase):
    def test_a_date_that_is_none_is_refused(self):
        self.assertEqual(ask({"issued": "tomorrow", "lines": LINES})["error"]["code"], -32602)

    def test_a_day_that_does_not_exist(self):
        self.assertEqual(ask({"issued": "2026-02-30", "lines": LINES})["error"]["code"], -32602)

    def test_an_empty_date(self):
        self.assertEqual(ask({"issued": "", "lines": LINES})["error"]["code"], -32602)

    def test_a_good_date(self):
        self.assertIn("result", ask({"issued": "2026-11-30", "lines": LINES}))

    def test_failures_of_ours_stay_failures(self):
        self.assertEqual(ask({"issued": "2026-11-30", "lines": [{"quantity": 1, "unit_price": "ten"}]})["error"]["code"], -32603)

    def test_the_tests_are_there(self):
        self.assertTrue(os.path.exists("tests/test_invoice.py"))
