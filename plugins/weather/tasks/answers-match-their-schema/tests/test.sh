#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# In the plugin's folder, after the agent.
if node --test-reporter=tap /tests/hidden.mjs; then reward=1; else reward=0; fi
echo "$reward" > /logs/verifier/reward.txt
