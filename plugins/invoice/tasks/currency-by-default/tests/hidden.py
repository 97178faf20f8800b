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


class Currency(unittest.TestCase):
    def test_without_the_variable(self):
        self.assertEqual(json.loads(ask({"issued": "2026-11-05", "lines": LINES})["result"]["content"][0]["text"])["currency"], "EUR")

    def test_with_other_terms_and_tax(self):
        answer = ask({"issued": "2026-03-01", "lines": LINES, "terms": "now", "tax_percent": "19"})
        told = json.loads(answer["result"]["content"][0]["text"])
        self.assertEqual((told["currency"], told["gross"], told["due"]), ("EUR", "11.90", "2026-03-01"))

    def test_the_variable_counts(self):
        answer = ask({"issued": "2026-11-05", "lines": LINES}, INVOICE_CURRENCY="CHF")
        self.assertEqual(json.loads(answer["result"]["content"][0]["text"])["currency"], "CHF")
