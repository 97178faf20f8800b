// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "net/tunnel.h"
#include "sandbox/toolchains.h"
#include "text/hidden.h"
#include "workspace/files.h"
#include "workspace/ignore_rules.h"
#include "workspace/package_defaults.h"
#include "workspace/prepared_store.h"
#include "workspace/run_folder.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>

#include <chrono>

namespace coppice::workspace {

namespace {

constexpr auto longest = std::chrono::minutes(20);
const QString storeInside = QStringLiteral("/opt/prepared");
const QString proxyInside = QStringLiteral("http://127.0.0.1:8377");

/// Files that decide what a set-up command makes, wherever they lie in the plugin.
bool decides(const QByteArray &name)
{
    static const QSet<QByteArray> names{
        "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml",
        "bun.lock", "bun.lockb", ".npmrc", ".yarnrc.yml", "pyproject.toml", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile",
        "Pipfile.lock", "setup.py", "setup.cfg", ".python-version", ".node-version", ".nvmrc", "go.mod", "go.sum", "go.work",
        "go.work.sum", "Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml", "pom.xml", "build.gradle",
        "build.gradle.kts", "gradle.lockfile", "Gemfile", "Gemfile.lock", "composer.json", "composer.lock", "mix.exs", "mix.lock",
        "deno.json", "deno.lock", "requirements.txt"};
    return names.contains(name) || (name.endsWith(".txt") && name.contains("requirements"));
}

/// The key of what a set-up makes: its line, the files that decide, the files that the line itself names, the tools.
Result<QString> keyOf(const RunFolder &folder, const QString &line, const PackageSources &sources)
{
    QSet<QByteArray> named;
    for (const auto &word : line.split(QRegularExpression(QStringLiteral("[\\s;&|()<>\"']+")), Qt::SkipEmptyParts))
        named << QDir::cleanPath(word).toUtf8();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData("coppice prepare 1\n");
    const auto add = [&hash](const QByteArray &bytes) { // with its length, so that parts cannot run into each other
        hash.addData(QByteArray(QByteArray::number(bytes.size()) + ' '));
        hash.addData(bytes);
    };
    add(line.toUtf8());
    add(folder.inside().toUtf8()); // shebangs of a .venv hold the path
    add(sandbox::toolchainIdentity());
    for (auto it = sources.env.cbegin(); it != sources.env.cend(); ++it)
        add(QString(it.key() + u'=' + *it).toUtf8());
    COPPICE_CHECK(walkFolder(folder.work(), [&](const FoundFile &file) -> Result<Descend> {
        if (file.name == "node_modules" || file.name == ".venv" || file.name == ".git")
            return Descend::No;
        if (S_ISREG(file.info.st_mode) && (decides(file.name) || named.contains(file.path))) {
            COPPICE_TRY(const QByteArray bytes, readFound(file, 64 << 20));
            add(file.path);
            add(bytes);
        }
        return Descend::Yes;
    }));
    return QString::fromLatin1(hash.result().toHex().left(40));
}

/// Where package managers keep what is not in the work folder.
QMap<QString, QString> storeEnvironment()
{
    const auto at = [](const char *name) { return QString(storeInside + u'/' + QLatin1String(name)); };
    return {{QStringLiteral("GOMODCACHE"), at("go")},
            {QStringLiteral("CARGO_HOME"), at("cargo")},
            {QStringLiteral("PYTHONUSERBASE"), at("python")},
            {QStringLiteral("GEM_HOME"), at("gems")},
            {QStringLiteral("PLAYWRIGHT_BROWSERS_PATH"), at("browsers")}};
}

/// For everything after the set-up: from what it made, never from the network.
QMap<QString, QString> laterEnvironment()
{
    auto env = storeEnvironment();
    env[QStringLiteral("GOPROXY")] = QStringLiteral("off");
    env[QStringLiteral("GOFLAGS")] = QStringLiteral("-buildvcs=false");
    env[QStringLiteral("CARGO_NET_OFFLINE")] = QStringLiteral("true");
    env[QStringLiteral("npm_config_offline")] = QStringLiteral("true");
    return env;
}

/// One run of a set-up command, in a copy of the work folder.
class SetUp
{
public:
    SetUp(const RunFolder &folder, QString line, const PackageSources &sources, const QStringList &hosts)
        : m_folder(folder), m_line(std::move(line)), m_sources(sources), m_hosts(hosts), m_scratch(folder.path() + QStringLiteral("/setup"))
    {
    }

    Result<> carryOut(const PreparedStore &store, std::stop_token stop, QString &log)
    {
        COPPICE_CHECK(removeFolder(m_scratch));
        COPPICE_CHECK(makeFolder(m_scratch));
        auto done = run(store, std::move(stop), log);
        auto cleaned = removeFolder(m_scratch);
        return done ? cleaned : done;
    }

private:
    QString copy() const { return m_scratch + QStringLiteral("/work"); }
    QString logFile() const { return m_folder.logs() + QStringLiteral("/prepare.log"); }

    Result<> run(const PreparedStore &store, std::stop_token stop, QString &log)
    {
        COPPICE_CHECK(copyFolder(m_folder.work(), copy()));
        COPPICE_CHECK(makeFolder(m_scratch + QStringLiteral("/home")));
        for (auto it = m_sources.homeFiles.cbegin(); it != m_sources.homeFiles.cend(); ++it)
            COPPICE_CHECK(writeFileAtomically(m_scratch + QStringLiteral("/home/") + it.key(), *it));
        COPPICE_TRY(const QString made, store.begin());
        auto outcome = inSandbox(made, std::move(stop));
        if (outcome) {
            log = QString::fromUtf8(outcome->out + outcome->err);
            COPPICE_CHECK(writeFileAtomically(logFile(), log.toUtf8()));
        }
        auto kept = outcome ? judge(*outcome) : Result<>(std::unexpected(outcome.error()));
        if (!kept) {
            (void)removeFolder(made); // pruned later where it cannot be removed now
            return kept;
        }
        COPPICE_CHECK(writeFileAtomically(made + QStringLiteral("/log"), log.toUtf8()));
        COPPICE_CHECK(takeMade(made));
        return store.commit(made);
    }

    Result<process::Outcome> inSandbox(const QString &made, std::stop_token stop)
    {
        const QString socket = m_scratch + QStringLiteral("/tunnel.sock");
        COPPICE_TRY(m_tunnel, net::AllowTunnel::start(m_hosts, socket, m_sources.proxy));
        sandbox::SandboxProfile profile;
        profile.profile = sandbox::Profile::Prepare;
        profile.workFolder = copy();
        profile.workInside = m_folder.inside();
        profile.gitDir = m_folder.gitDir();
        profile.home = m_scratch + QStringLiteral("/home");
        profile.gatewaySocket = socket;
        profile.binds = {{made + QStringLiteral("/store"), storeInside, true}};
        profile.env = storeEnvironment();
        profile.env.insert(m_sources.env);
        for (const char *name : {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"})
            profile.env[QLatin1String(name)] = proxyInside;
        profile.limits.time = longest;
        process::Request streams;
        streams.outputCap = 1 << 20;
        return sandbox::run(profile, {QStringLiteral("bash"), QStringLiteral("-c"), m_line}, streams, std::move(stop));
    }

    Result<> judge(const process::Outcome &outcome)
    {
        if (outcome.cancelled)
            return failCancelled();
        if (outcome.ok())
            return {};
        QString fix = QStringLiteral("Read its log, %1.").arg(logFile());
        const QStringList refused = m_tunnel->refused();
        if (!refused.isEmpty())
            fix = QStringLiteral("It asked for hosts that it may not reach (%1): add them to package_hosts in coppice.yaml, if they are right.")
                      .arg(refused.mid(0, 5).join(QStringLiteral(", ")));
        const QString why = outcome.timedOut ? QStringLiteral("it took longer than %1 minutes").arg(longest.count())
                                             : QStringLiteral("exit status %1").arg(outcome.exitCode);
        const QString last = QString::fromUtf8(outcome.err.trimmed().isEmpty() ? outcome.out : outcome.err).trimmed().section(u'\n', -1);
        return fail(QStringLiteral("prepare.failed"),
                    QStringLiteral("The set-up command failed: %1%2").arg(why, last.isEmpty() ? last : QString(u" (" + text::plain(last, 300) + u')')),
                    m_line, fix);
    }

    /// Moves what the set-up made, and the plugin's files did not hold, into the store: whole folders where they are new.
    Result<> takeMade(const QString &made)
    {
        QByteArray excludes;
        COPPICE_CHECK(walkFolder(copy(), [&](const FoundFile &file) -> Result<Descend> {
            if (file.name == ".git")
                return Descend::No;
            const QString path = QFile::decodeName(file.path);
            const QFileInfo before(m_folder.work() + u'/' + path);
            if (before.exists() || before.isSymLink())
                return before.isDir() && !before.isSymLink() && S_ISDIR(file.info.st_mode) ? Descend::Yes : Descend::No;
            const QString target = made + QStringLiteral("/files/") + path;
            COPPICE_CHECK(makeFolder(QFileInfo(target).path()));
            COPPICE_CHECK(moveEntry(copy() + u'/' + path, target));
            excludes += literalPattern(file.path);
            return Descend::No;
        }));
        return writeFileAtomically(made + QStringLiteral("/excludes"), excludes);
    }

    const RunFolder &m_folder;
    QString m_line;
    const PackageSources &m_sources;
    QStringList m_hosts;
    QString m_scratch;
    std::unique_ptr<net::AllowTunnel> m_tunnel;
};

} // namespace

Result<Prepared> prepare(const RunFolder &folder, const library::Plugin &plugin, const QStringList &packageHosts,
                         std::stop_token stop, Progress &progress)
{
    Prepared prepared;
    const QString line = plugin.commands.value(QStringLiteral("setup")).line.trimmed();
    if (line.isEmpty())
        return prepared;
    prepared.needed = true;
    const PackageSources sources = hostPackageSources(QDir::homePath());
    COPPICE_TRY(const QString key, keyOf(folder, line, sources));
    const PreparedStore store(key);
    process::Descriptor made; // held while it is made, so that runs which begin together do it once
    if (!store.exists()) {
        COPPICE_TRY(made, store.lock(stop));
    }
    prepared.fromCache = store.exists();
    if (prepared.fromCache) {
        if (const auto log = readFile(store.log(), 4 << 20))
            prepared.log = QString::fromUtf8(*log);
    } else {
        progress.report(0, 0, QStringLiteral("Setting up %1").arg(plugin.id));
        QStringList hosts = packageHosts + sources.hosts + askedPackageHosts(sources, stop);
        hosts.removeDuplicates();
        COPPICE_CHECK(SetUp(folder, line, sources, hosts).carryOut(store, stop, prepared.log));
        PreparedStore::prune();
    }
    COPPICE_CHECK(store.use(folder.path(), folder.work()));
    prepared.binds = {{store.store(), storeInside, false}};
    prepared.env = laterEnvironment();
    return prepared;
}

} // namespace coppice::workspace
