#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin is right as it is: it is left alone.
exit 0
