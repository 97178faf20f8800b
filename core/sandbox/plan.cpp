// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "process/spawn.h"
#include "sandbox/guard.h"
#include "sandbox/sandbox.h"
#include "sandbox/system_files.h"
#include "sandbox/toolchains.h"

#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

namespace coppice::sandbox {

namespace {

const QString homeInside = QStringLiteral("/home/agent");
const QString relayInside = QStringLiteral("/opt/coppice/coppice-relay");
const QString socketInside = QStringLiteral("/opt/coppice/gateway.sock");
const QString gatewayAddress = QStringLiteral("127.0.0.1:8377");

QMap<QString, QString> builtEnvironment(const SandboxProfile &profile, const QStringList &toolFolders)
{
    QStringList path = toolFolders;
    for (const char *folder : {"/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"}) {
        if (!path.contains(QLatin1String(folder)))
            path << QLatin1String(folder);
    }
    QMap<QString, QString> env{
        {QStringLiteral("PATH"), path.join(u':')},
        {QStringLiteral("HOME"), homeInside},
        {QStringLiteral("USER"), QStringLiteral("agent")},
        {QStringLiteral("LOGNAME"), QStringLiteral("agent")},
        {QStringLiteral("SHELL"), QStringLiteral("/bin/bash")},
        {QStringLiteral("LANG"), QStringLiteral("C.UTF-8")},
        {QStringLiteral("TERM"), QStringLiteral("dumb")},
        {QStringLiteral("TMPDIR"), QStringLiteral("/tmp")},
        {QStringLiteral("PWD"), profile.workInside},
        {QStringLiteral("GIT_TERMINAL_PROMPT"), QStringLiteral("0")},
        {QStringLiteral("GIT_OPTIONAL_LOCKS"), QStringLiteral("0")},      // .git is read-only
        {QStringLiteral("PYTHONDONTWRITEBYTECODE"), QStringLiteral("1")}, // would be part of the patch
    };
    if (profile.profile != Profile::Agent)
        env[QStringLiteral("CI")] = QStringLiteral("true"); // test programs do not wait for keys or changes
    if (!profile.gatewaySocket.isEmpty())
        env[QStringLiteral("COPPICE_GATEWAY")] = QStringLiteral("http://") + gatewayAddress;
    for (auto it = profile.env.cbegin(); it != profile.env.cend(); ++it)
        env[it.key()] = *it;
    return env;
}

Result<> addBind(QStringList &arguments, std::vector<Bind> &binds, const Bind &bind)
{
    // The canonical path, so that a link swapped after the check changes nothing.
    arguments << (bind.writable ? QStringLiteral("--bind") : QStringLiteral("--ro-bind")) << canonical(bind.host)
              << bind.inside;
    binds.push_back(bind);
    return {};
}

Result<> addWorkFolder(QStringList &arguments, std::vector<Bind> &binds, const SandboxProfile &profile)
{
    if (profile.workFolder.isEmpty())
        return {};
    SandboxProfile alone = profile;
    alone.workInside.clear();
    COPPICE_CHECK(checkInsidePath(profile.workInside, alone));
    COPPICE_CHECK(checkHostPath(profile.workFolder, true, profile));
    if (!QFileInfo(profile.workFolder).isDir())
        return fail(QStringLiteral("sandbox.work-folder"), QStringLiteral("The work folder is no folder"), profile.workFolder);
    COPPICE_CHECK(addBind(arguments, binds, {profile.workFolder, profile.workInside, true}));
    if (!profile.gitDir.isEmpty()) {
        if (!QFileInfo(profile.gitDir).isDir())
            return fail(QStringLiteral("sandbox.git-dir"), QStringLiteral("The run's git directory is missing"), profile.gitDir);
        COPPICE_CHECK(addBind(arguments, binds, {profile.gitDir, profile.workInside + QStringLiteral("/.git"), false}));
    }
    return {};
}

Result<> addGateway(QStringList &arguments, std::vector<Bind> &binds, const SandboxProfile &profile)
{
    if (profile.gatewaySocket.isEmpty())
        return {};
    struct stat info {};
    if (::stat(QFile::encodeName(profile.gatewaySocket).constData(), &info) != 0 || !S_ISSOCK(info.st_mode))
        return fail(QStringLiteral("sandbox.gateway"), QStringLiteral("Nothing listens at the gateway's socket"),
                    profile.gatewaySocket, QStringLiteral("Start the gateway before the sandbox."));
    COPPICE_TRY(const QString relay, helperProgram(QStringLiteral("coppice-relay")));
    COPPICE_CHECK(addBind(arguments, binds, {relay, relayInside, false}));
    return addBind(arguments, binds, {profile.gatewaySocket, socketInside, false});
}

/// Binds of tools that lie within something that is bound already, or would cover it, are left out.
void addTools(QStringList &arguments, std::vector<Bind> &binds, QStringList &path, const Toolchain &tools)
{
    const auto taken = [&](const QString &inside) {
        return std::any_of(binds.begin(), binds.end(), [&](const Bind &bind) {
            return isWithin(inside, bind.inside) || isWithin(bind.inside, inside);
        });
    };
    const std::vector<Bind> before = binds;
    for (const auto &tool : tools.binds) {
        if (!taken(tool.inside))
            (void)addBind(arguments, binds, tool);
    }
    for (const auto &[link, target] : tools.links) {
        const bool covered = std::any_of(binds.begin(), binds.end(), [&](const Bind &bind) { return isWithin(link, bind.inside); });
        if (!covered)
            arguments << QStringLiteral("--symlink") << target << link;
    }
    path += tools.path;
    path.removeDuplicates();
}

} // namespace

Result<LaunchPlan> plan(const SandboxProfile &profile, const QStringList &argv)
{
    if (argv.isEmpty())
        return failUsage(QStringLiteral("sandbox.empty"), QStringLiteral("No command was given"));
    LaunchPlan plan;
    // User, PID, IPC, UTS and network namespaces; no capability; no controlling terminal (TIOCSTI); dies with us.
    plan.argv = QStringList{QStringLiteral("bwrap"),         QStringLiteral("--unshare-all"),
                            QStringLiteral("--unshare-user"), QStringLiteral("--disable-userns"),
                            QStringLiteral("--die-with-parent"), QStringLiteral("--new-session"),
                            QStringLiteral("--cap-drop"),    QStringLiteral("ALL"),
                            QStringLiteral("--uid"),         QStringLiteral("1000"),
                            QStringLiteral("--gid"),         QStringLiteral("1000"),
                            QStringLiteral("--hostname"),    QStringLiteral("coppice")};
    COPPICE_TRY(const QStringList system, systemArguments());
    plan.argv += system;
    if (profile.home.isEmpty()) {
        plan.argv << QStringLiteral("--size") << QStringLiteral("2147483648") << QStringLiteral("--tmpfs") << homeInside;
    } else {
        COPPICE_CHECK(checkHostPath(profile.home, true, profile));
        COPPICE_CHECK(addBind(plan.argv, plan.binds, {profile.home, homeInside, true}));
    }
    COPPICE_CHECK(addWorkFolder(plan.argv, plan.binds, profile));
    COPPICE_CHECK(addGateway(plan.argv, plan.binds, profile));
    for (const auto &bind : profile.binds) {
        COPPICE_CHECK(checkInsidePath(bind.inside, profile));
        COPPICE_CHECK(checkHostPath(bind.host, bind.writable, profile));
        COPPICE_CHECK(addBind(plan.argv, plan.binds, bind));
    }
    Toolchain tools;
    tools.add(toolsNamedIn(profile.profile == Profile::Agent ? argv : argv.first(1)));
    tools.add(installedToolchains());
    QStringList toolFolders;
    addTools(plan.argv, plan.binds, toolFolders, tools);

    // The root is a tmpfs that nobody needs to write to.
    plan.argv << QStringLiteral("--remount-ro") << QStringLiteral("/") << QStringLiteral("--chdir")
              << (profile.workFolder.isEmpty() ? homeInside : profile.workInside) << QStringLiteral("--");
    if (!profile.gatewaySocket.isEmpty())
        plan.argv << relayInside << QStringLiteral("--listen") << gatewayAddress << QStringLiteral("--socket") << socketInside
                  << QStringLiteral("--");
    plan.argv += argv;
    plan.env = builtEnvironment(profile, toolFolders);
    return plan;
}

} // namespace coppice::sandbox
