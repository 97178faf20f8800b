# SPDX-License-Identifier: GPL-3.0-or-later
here=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
mkdir "$scratch/data"
echo one > "$scratch/data/file"

check() {
    if [ "$2" = "$3" ]; then echo "ok - $1"; else echo "not ok - $1"; echo "  expected '$3', got '$2'"; failed=$((failed + 1)); fi
}

# made ARCHIVES KEEP STAMP...: so many backups, one after the other
made() {
    archives=$1
    keep=$2
    shift 2
    for stamp in "$@"; do
        BACKUP_STAMP=$stamp "$here/bin/backup" "$scratch/data" "$archives" "$keep" 2> /dev/null
    done
}

made "$scratch/two" 2 20260101-000000 20260102-000000 20260103-000000
check "two are kept" "$(ls "$scratch/two" | tr '\n' ' ')" "20260102-000000.tar 20260103-000000.tar "
made "$scratch/one" 1 20260101-000000 20260102-000000
check "one is kept" "$(ls "$scratch/one" | tr '\n' ' ')" "20260102-000000.tar "
made "$scratch/four" 4 20260104-000000 20260101-000000 20260103-000000 20260102-000000 20260105-000000
check "four are kept, in whatever order they came" "$(ls "$scratch/four" | wc -l | tr -d ' ')" "4"
check "an archive holds what was backed up" "$(tar -xOf "$scratch/two/20260102-000000.tar" ./file 2> /dev/null || tar -xOf "$scratch/two/20260103-000000.tar" ./file)" "one"
exit "$failed"
