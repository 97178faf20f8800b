#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# In the plugin's folder, after the agent.
if PYTHONPATH=/tests python3 -B -m unittest -v hidden; then reward=1; else reward=0; fi
echo "$reward" > /logs/verifier/reward.txt
