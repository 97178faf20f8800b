#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
git apply "$(dirname "$0")/fix.patch"
