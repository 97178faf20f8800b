#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# In the plugin's folder, after the agent.
# By python's own modules: nothing in the plugin's folder stands in for them.
run='import os, sys, unittest; sys.path.insert(0, "/tests"); sys.path.append(os.getcwd()); unittest.main("hidden", verbosity=2)'
if python3 -I -B -c "$run"; then reward=1; else reward=0; fi
echo "$reward" > /logs/verifier/reward.txt
