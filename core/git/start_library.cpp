// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/handles.h"

#include <QtGlobal>

#include <iterator>

// Where libgit2 is built with mbedTLS, as Debian does, it parses all the certificates that the system trusts whenever
// it starts: a third of what a short command costs. Coppice fetches and pushes by the user's git and never by libgit2,
// which finds this one before the library's and is told that there is no such file. It would trust nobody then.
extern "C" int mbedtls_x509_crt_parse_file(void *, const char *);
int mbedtls_x509_crt_parse_file(void *, const char *)
{
    return -0x2900; // MBEDTLS_ERR_X509_FILE_IO_ERROR
}

namespace coppice::git {

void startLibrary()
{
    static const bool started = [] {
        git_libgit2_init();
        // Objects are checked when git receives them; hashing each again on every read costs a third of a walk.
        git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
        // Harmless for what Coppice does: it deletes no objects and fetches none on the way, reads worktree configuration itself, and takes
        // relative paths of linked work trees as they are.
        const char *extensions[] = {"worktreeconfig", "preciousobjects", "relativeworktrees", "partialclone"};
        git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, std::size(extensions));
        // The variables by which a person tells git where its configuration is count for Coppice, too.
        if (qEnvironmentVariableIsSet("GIT_CONFIG_GLOBAL")) {
            git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
            git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
        }
        if (qEnvironmentVariableIsSet("GIT_CONFIG_NOSYSTEM"))
            git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
        return true;
    }();
    Q_UNUSED(started)
}

} // namespace coppice::git
