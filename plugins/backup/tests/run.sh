#!/bin/sh
# Runs the backup on scratch folders. Prints one line a check; exits with the number of failed ones.
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

check() {
    if [ "$2" = "$3" ]; then echo "ok - $1"; else echo "not ok - $1: expected '$3', got '$2'"; failed=$((failed + 1)); fi
}

mkdir "$scratch/data"
echo one > "$scratch/data/a file"
for stamp in 20260101-000000 20260102-000000 20260103-000000; do
    BACKUP_STAMP=$stamp "$here/bin/backup" "$scratch/data" "$scratch/archives" 2 2>> "$scratch/log"
done
check "the newest are kept" "$(ls "$scratch/archives" | tr '\n' ' ')" "20260102-000000.tar 20260103-000000.tar "
check "names with spaces come back" "$(tar -xOf "$scratch/archives/20260103-000000.tar" './a file')" "one"
"$here/bin/backup" "$scratch/nothing" "$scratch/archives" 2> /dev/null
check "a missing folder is refused" "$?" "2"
"$here/bin/backup" "$scratch/data" "$scratch/archives" none 2> /dev/null
check "keep must be a number" "$?" "2"
exit "$failed"
