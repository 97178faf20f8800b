# SPDX-License-Identifier: GPL-3.0-or-later
# Attempts to talk to anybody. The listeners are the test's own and write down what reaches them.
##### TCP to the machine's loopback | yes
attempt python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5).sendall(b"hello\n")' "$T_PORT"
##### TCP to the machine's loopback, version 6 | v6
attempt python3 -c 'import socket, sys; socket.create_connection(("::1", int(sys.argv[1])), 5).sendall(b"hello\n")' "$T_PORT6"
##### TCP by the shell | yes
attempt bash -c "exec 3<> /dev/tcp/127.0.0.1/$T_PORT && echo hello >&3"
##### TCP by curl | yes
attempt curl -sS -m 5 --noproxy '*' "http://127.0.0.1:$T_PORT/hello"
##### TCP to every address of the machine | yes
attempt python3 -c 'import socket, sys
for port in range(int(sys.argv[1]), int(sys.argv[1]) + 1):
    for host in ("127.0.0.2", "0.0.0.0", "127.1.1.1"):
        try:
            socket.create_connection((host, port), 3).sendall(b"hello\n"); sys.exit(0)
        except OSError as error: print(error)
sys.exit(1)' "$T_PORT"
##### UDP, as a name server is asked | yes
attempt python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3)
s.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0\6canary\7example\0\0\1\0\1", ("127.0.0.1", int(sys.argv[1]))); print(s.recv(100))' "$T_UDP"
##### names of other machines | no: there may be no name server here
attempt python3 -c 'import socket; print(socket.getaddrinfo("example.org", 443))'
##### an address on the internet | no: there may be no network here
attempt python3 -c 'import socket; socket.create_connection(("192.0.2.1", 443), 3)'
##### multicast to the neighbours | no: there may be no network here
attempt python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b"x", ("224.0.0.251", 5353))'
##### a unix socket of the machine | yes
attempt python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b"hello\n")' "$T_RUNTIME/bus"
##### an abstract unix socket | yes
attempt python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect("\0" + sys.argv[1]); s.sendall(b"hello\n")' "$T_ABSTRACT"
##### the engine's socket | yes
attempt python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b"wake", sys.argv[1])' "$T_LIBRARY/.git/coppice/engine.sock"
##### descriptors that were left open | fd
attempt python3 -c 'import os
found = []
for fd in range(3, 256):
    try: found.append(os.readlink("/proc/self/fd/%d" % fd))
    except OSError: pass
print(*(found or ["none beside 0, 1 and 2"])); raise SystemExit(0 if found else 1)'
##### network interfaces beside loopback | no: there may be none here
names=$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | grep -v '^lo$')
[ -n "$names" ] && reached "$names" || denied "only lo"
##### a raw packet | root
attempt python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)'
##### a raw ICMP socket | root
attempt python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)'
##### another address by netlink | no: it would change this machine
attempt python3 -c 'import socket, struct
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); s.bind((0, 0))
body = struct.pack("BBBBi", 2, 24, 0, 0, 1) + struct.pack("HH4s", 8, 2, bytes([10, 9, 8, 7]))
s.send(struct.pack("IHHII", 16 + len(body), 20, 5, 1, 0) + body)
answer = s.recv(4096); code = struct.unpack("i", answer[16:20])[0]
print("errno", -code); raise SystemExit(0 if code == 0 else 1)'
##### the machine that hosts this one (vsock) | no: there may be none
attempt python3 -c 'import socket; s = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); s.settimeout(3); s.connect((2, 1024))'
##### Bluetooth and others | no: there may be none
attempt python3 -c 'import socket; s = socket.socket(31, socket.SOCK_RAW, 1); s.bind((0,))'
