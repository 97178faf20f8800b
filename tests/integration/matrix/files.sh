# SPDX-License-Identifier: GPL-3.0-or-later
# Attempts to reach files of the machine. A section is one attempt: "##### name | control", where the control says whether it
# is tried outside first, where it has to work: yes, root (only when the test runs as root) or no and why.
##### another plugin's files | yes
attempt grep canary "$T_LIBRARY/plugins/other/other.py"
##### another plugin by a relative path | yes
attempt grep canary ../other/other.py
##### another plugin through /proc | yes
attempt grep canary "/proc/self/cwd/../other/other.py"
##### the library's commits | yes
attempt git -C "$T_LIBRARY" -c safe.directory='*' log -1 --format=%s
##### the library's git settings | yes
attempt bash -c "echo '[core] fsmonitor = touch owned' >> '$T_LIBRARY/.git/config'"
##### a hook of the library | yes
attempt bash -c "echo 'touch owned' > '$T_LIBRARY/.git/hooks/post-checkout'"
##### tickets, runs and reviews in state.db | yes
attempt head -c 15 "$T_LIBRARY/.git/coppice/state.db"
##### writing to events.db | yes
attempt bash -c ": >> '$T_LIBRARY/.git/coppice/events.db'"
##### the engine's lock | yes
attempt wc -c "$T_LIBRARY/.git/coppice/engine.lock"
##### coppicectl on the library | yes
attempt "$T_COPPICECTL" --library "$T_LIBRARY" tickets list
##### folders of other runs | yes
runs=$(sed -n 's|^.* \(/[^ ]*\)/work /src/.*|\1|p' /proc/self/mountinfo | head -1)
attempt bash -c 'ls -d "$T_RUNS"/*/ || ls -d "$0"/../*/context.md' "${runs:-/nowhere}"
##### logs and prompt of this run | yes
attempt grep -rl . "$T_RUNS" --include=context.md --include='*.log'
##### the prepared packages of all runs | yes
attempt ls "$T_CACHE/coppice/prepare"
##### Coppice's settings | yes
attempt grep -r canary "$T_CONFIG/coppice"
##### the home folder | yes
attempt ls "$T_HOME/notes"
##### ssh keys | yes
attempt cat "$T_HOME/.ssh/id_ed25519"
##### credentials for git, npm and clouds | yes
attempt grep -h canary "$T_HOME/.netrc" "$T_HOME/.git-credentials" "$T_HOME/.npmrc" "$T_HOME/.aws/credentials"
##### a helper for credentials | yes
out=$(printf 'protocol=https\nhost=git.example.org\n\n' | GIT_TERMINAL_PROMPT=0 timeout 10 git credential fill 2>&1)
case $out in *canary*) reached "$out" ;; *) denied "$(echo "$out" | tail -n 1)" ;; esac
##### a hard link to a key | yes
attempt ln "$T_HOME/.ssh/id_ed25519" stolen-key
##### a symbolic link followed to a key | yes
ln -sf "$T_HOME/.ssh/id_ed25519" followed
attempt cat followed
##### users of the machine | yes
lines=$(wc -l < /etc/passwd)
[ "$lines" -gt 3 ] && reached "$lines users" || denied "$lines made-up users"
##### passwords of the machine | root
attempt head -c 5 /etc/shadow
##### the first process' root folder | no: it may be another one's
attempt ls "/proc/1/root$T_LIBRARY"
##### temporary files of others | yes
attempt grep canary "$T_TMP"
##### shared memory files of others | yes
attempt grep canary "$T_SHM"
##### sockets of the login session | yes
attempt ls "$T_RUNTIME/bus"
##### a program of the system | no: it would change this machine
attempt bash -c 'echo echo owned > /usr/local/bin/ls'
##### the C library's settings | no: it would change this machine
attempt bash -c 'echo /tmp/evil.so > /etc/ld.so.preload'
##### times at which something runs | no: it would change this machine
attempt bash -c 'mkdir -p /var/spool/cron/crontabs /etc/cron.d && echo "* * * * * root touch /tmp/owned" > /etc/cron.d/owned'
##### a hook of the run's own repository | yes
attempt bash -c 'echo "touch owned" > .git/hooks/post-index-change'
##### settings of the run's own repository | yes
attempt git config core.fsmonitor 'touch owned'
##### a commit of its own | yes
attempt git -c user.name=x -c user.email=x@example.org commit -q --allow-empty -m owned
##### another git directory in its place | yes
attempt bash -c 'mv .git moved && mv moved .git'
##### files below the git directory by another mount | yes
attempt bash -c ': >> .git/objects/owned && : >> .git/refs/heads/owned'
##### a file of three gigabytes | yes
attempt truncate -s 3G huge
