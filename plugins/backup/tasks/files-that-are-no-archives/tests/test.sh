#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# In the plugin's folder, after the agent.
if sh /tests/hidden.sh; then reward=1; else reward=0; fi
echo "$reward" > /logs/verifier/reward.txt
