// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/syscall_filter.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

namespace coppice::sandbox {

namespace {

#if defined(__x86_64__)
constexpr quint32 architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr quint32 architecture = AUDIT_ARCH_AARCH64;
#else
constexpr quint32 architecture = 0; // no filter is made
#endif

/// No program of a plugin or agent needs them.
constexpr std::array refused{
    SYS_add_key,      SYS_request_key,  SYS_keyctl,        SYS_bpf,           SYS_perf_event_open, SYS_userfaultfd,
    SYS_kexec_load,   SYS_init_module,  SYS_finit_module,  SYS_delete_module, SYS_acct,            SYS_swapon,
    SYS_swapoff,      SYS_reboot,       SYS_clock_settime, SYS_settimeofday,  SYS_quotactl,        SYS_open_by_handle_at,
    SYS_fanotify_init, SYS_mount,       SYS_umount2,       SYS_pivot_root,    SYS_setns,           SYS_fsopen,
    SYS_fsmount,      SYS_move_mount,   SYS_open_tree,     SYS_sethostname,   SYS_setdomainname,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl,         SYS_ioperm,
#endif
};
constexpr std::array<quint32, 4> families{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
constexpr std::array<quint32, 2> requests{TIOCSTI, TIOCLINUX};

/// Instructions of classic BPF. Jumps count the instructions that are skipped.
class Program
{
public:
    void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, quint32(offset)); }
    void answer(quint32 action) { add(BPF_RET | BPF_K, action); }
    void refuse(int error) { answer(SECCOMP_RET_ERRNO | quint32(error)); }
    void skipIf(quint32 value, quint8 then, quint8 otherwise) { add(BPF_JMP | BPF_JEQ | BPF_K, value, then, otherwise); }
    void skipIfAtLeast(quint32 value, quint8 then, quint8 otherwise) { add(BPF_JMP | BPF_JGE | BPF_K, value, then, otherwise); }
    [[nodiscard]] QByteArray bytes() const
    {
        return {reinterpret_cast<const char *>(m_code.data()), qsizetype(m_code.size() * sizeof(sock_filter))};
    }

private:
    void add(quint16 code, quint32 value, quint8 then = 0, quint8 otherwise = 0) { m_code.push_back({code, then, otherwise, value}); }
    std::vector<sock_filter> m_code;
};

constexpr size_t argument(int number)
{
    return offsetof(seccomp_data, args) + size_t(number) * sizeof(quint64); // the lower half: these machines are little-endian
}

} // namespace

QByteArray syscallFilter()
{
    if (architecture == 0)
        return {};
    Program program;
    program.load(offsetof(seccomp_data, arch));
    program.skipIf(architecture, 1, 0);
    program.refuse(ENOSYS);
    program.load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    program.skipIfAtLeast(0x40000000, 0, 1); // the x32 calls
    program.refuse(ENOSYS);
#endif
    for (const auto call : refused) {
        program.skipIf(quint32(call), 0, 1);
        program.refuse(EPERM);
    }
    // socket(): the family is one of these, or it is refused.
    program.skipIf(quint32(SYS_socket), 0, quint8(families.size() + 3));
    program.load(argument(0));
    for (size_t i = 0; i < families.size(); ++i)
        program.skipIf(families[i], quint8(families.size() - i), 0);
    program.refuse(EAFNOSUPPORT);
    program.answer(SECCOMP_RET_ALLOW);
    // ioctl(): not these requests.
    program.skipIf(quint32(SYS_ioctl), 1, 0);
    program.answer(SECCOMP_RET_ALLOW);
    program.load(argument(1));
    for (const quint32 request : requests) {
        program.skipIf(request, 0, 1);
        program.refuse(EPERM);
    }
    program.answer(SECCOMP_RET_ALLOW);
    return program.bytes();
}

} // namespace coppice::sandbox
