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

mkdir "$scratch/notes"
echo keep > "$scratch/notes/README"
echo sums > "$scratch/notes/00-checksums.txt"
made "$scratch/notes" 2 20260101-000000 20260102-000000 20260103-000000
check "notes beside the archives stay" "$(ls "$scratch/notes" | tr '\n' ' ')" "00-checksums.txt 20260102-000000.tar 20260103-000000.tar README "
mkdir -p "$scratch/others/0-older"
: > "$scratch/others/home.tar"
: > "$scratch/others/20250101-000000.tar.gz"
made "$scratch/others" 1 20260101-000000 20260102-000000
check "what other programs made stays" "$(ls "$scratch/others" | tr '\n' ' ')" "0-older 20250101-000000.tar.gz 20260102-000000.tar home.tar "
made "$scratch/plain" 2 20260101-000000 20260102-000000 20260103-000000
check "old archives still go" "$(ls "$scratch/plain" | tr '\n' ' ')" "20260102-000000.tar 20260103-000000.tar "
exit "$failed"
