#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The start of the window on a synthetic library of N plugins (1000), as ratios to an empty Fusion ApplicationWindow:
#   tests/bench/start.sh BUILD [N] [RUNS]
# BUILD is a release build configured with -DCOPPICE_BENCH=ON. One JSON line each for: the first picture; the library as it
# was last seen, in the catalog; the library read again, unchanged. CPU and wall of the whole process, peak memory.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$1/bin" && pwd)
plugins=${2:-1000}
runs=${3:-11}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen} QT_QUICK_BACKEND=software
python3 "$here/../support/make_synthetic.py" "$plugins" "$work/made" --no-upstreams >/dev/null
library=$work/made/mono.git
"$bin/coppicectl" --library "$library" status >/dev/null
measure() {
    local name=$1
    shift
    "$bin/bench_pair" "$name" "$runs" "$bin/coppice" --library "$library" --screen catalog --theme light "$@" -- "$bin/bench_empty_window"
}
measure "start-frame-$plugins" --until frame
measure "start-library-$plugins" --until library
measure "start-scan-$plugins" --until scan
