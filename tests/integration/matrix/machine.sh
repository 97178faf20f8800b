# SPDX-License-Identifier: GPL-3.0-or-later
# Attempts on processes, the kernel and its devices.
##### environment secrets | yes
found=$(env | grep -o 'HOST_SECRET=.*')
[ -n "$found" ] && reached "$found" || denied "not in the environment"
##### environment secrets of other processes | yes
found=$(cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -ao '^HOST_SECRET=.*' | head -1)
[ -n "$found" ] && reached "$found" || denied "in no environment that can be read"
##### processes of the machine | yes
found=$(grep -al "${T_MARK%?}[${T_MARK: -1}]" /proc/[0-9]*/cmdline 2>/dev/null | head -1)
[ -n "$found" ] && reached "$found" || denied "not among $(ls /proc | grep -c '^[0-9]') processes"
##### paths of the machine in command lines | yes
found=$(cat /proc/1/cmdline /proc/$PPID/cmdline | tr '\0' ' ' | grep -ao "$T_SCRATCH[^ ]*" | head -1)
[ -n "$found" ] && reached "$found" || denied "no path in them"
##### a signal to a process | yes
attempt kill -0 "$T_PID"
##### the end of a process | yes
attempt kill -9 "$T_VICTIM"
##### ptrace of a process | ptrace
attempt python3 -c 'import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, int(sys.argv[1]), 0, 0) != 0:
    print("errno", ctypes.get_errno()); sys.exit(1)
libc.ptrace(17, int(sys.argv[1]), 0, 0)' "$T_PID"
##### memory of a process | ptrace
attempt python3 -c 'import sys; print(open("/proc/%s/maps" % sys.argv[1]).readline()); open("/proc/%s/mem" % sys.argv[1], "rb")' "$T_PID"
##### shared memory segments | yes
attempt python3 -c 'import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.shmget(int(sys.argv[1]), 0, 0) < 0:
    print("errno", ctypes.get_errno()); sys.exit(1)' "$T_SHM_KEY"
##### the kernel's keyring | keyring
attempt python3 -c 'import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
for ring in (-3, -4, -5):
    if libc.syscall(250, 10, ring, b"user", sys.argv[1].encode(), 0) > 0: sys.exit(0)
print("errno", ctypes.get_errno()); sys.exit(1)' "$T_KEY"
##### namespaces of its own | yes
attempt unshare -Ur true
##### mounting something | root
attempt unshare -m bash -c 'mount -t tmpfs none /mnt'
##### mounting without a namespace of its own | no: it would change this machine
attempt mount -t tmpfs none /tmp
##### making read-only folders writable | no: it would change this machine
attempt mount -o remount,rw,bind /usr
##### another root folder | root
attempt python3 -c 'import os; os.chroot("/tmp")'
##### swapping roots | no: it would change this machine
attempt python3 -c 'import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(155, b"/tmp", b"/tmp") != 0:
    print("errno", ctypes.get_errno()); sys.exit(1)'
##### joining namespaces of the first process | no: it may be another one's
attempt nsenter -t 1 -m -n true
##### becoming root | root
attempt python3 -c 'import os; os.setuid(0)'
##### a setuid program of its own | no: it needs two users
cp "$(command -v id)" own-id && chmod 4755 own-id
uid=$(./own-id -u)
[ "$uid" != 1000 ] && reached "uid $uid" || denied "still uid $uid"
##### setuid programs of the system | no: it needs a password
attempt timeout 5 su -c id root
##### a device node | root
attempt mknod own-zero c 1 5
##### devices of the machine | no: there may be none
found=$(for d in /dev/*; do case ${d##*/} in null|zero|full|random|urandom|tty|console|ptmx|pts|shm|fd|stdin|stdout|stderr|core) ;; *) echo "$d" ;; esac; done)
[ -n "$found" ] && reached "$found" || denied "only the harmless ones"
##### keys typed into a terminal (TIOCSTI) | no: there is no terminal here
attempt python3 -c 'import fcntl, termios; fd = open("/dev/tty", "w"); fcntl.ioctl(fd, termios.TIOCSTI, b"x")'
##### settings of the kernel | root
attempt bash -c ': >> /proc/sys/kernel/core_pattern'
##### the kernel's emergency keys | no: the kernel may have none
attempt bash -c ': >> /proc/sysrq-trigger'
##### /sys | root
attempt bash -c ': >> /sys/kernel/mm/ksm/run || : >> /sys/kernel/mm/transparent_hugepage/enabled || : >> /sys/power/state'
##### control groups | root
attempt bash -c 'shopt -s nullglob; for f in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do : >> $f && exit 0; done; exit 1'
##### programs in the kernel (bpf) | no: the kernel may forbid it to all
attempt python3 -c 'import ctypes, sys, struct
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(321, 0, struct.pack("IIII", 1, 4, 4, 1) + bytes(104), 120) < 0:
    print("errno", ctypes.get_errno()); sys.exit(1)'
##### kernel modules | no: it would change this machine
attempt python3 -c 'import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(313, 0, b"", 0) != 0 and ctypes.get_errno() in (1, 38):
    print("errno", ctypes.get_errno()); sys.exit(1)'
##### the clock | no: it would change this machine
attempt date -s '2001-01-01'
##### the machine's name | no: it would change this machine
attempt hostname owned
##### a better priority | root
attempt nice -n -19 bash -c '[ "$(ps -o ni= -p $$ 2>/dev/null || nice)" -lt 0 ]'
##### limits raised again | no: a user may not either
attempt bash -c 'ulimit -Hu 100000 && ulimit -u 100000 && [ "$(ulimit -u)" -ge 100000 ]'
