// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/upstreams.h"

#include "base/clock.h"
#include "journal/command.h"
#include "text/scrub.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

namespace coppice::sync {

namespace {

constexpr size_t atOnce = 4;
const QString headsPrefix = QStringLiteral("refs/heads/");
const QString upstreamPrefix = QStringLiteral("refs/coppice/upstream/");

const QString rewrittenPrefix = QStringLiteral("refs/coppice/rewritten/");

QString encoded(const QString &plugin)
{
    return QString::fromLatin1(plugin.toUtf8().toPercentEncoding(QByteArray(), QByteArray("~")));
}
QString refOf(const QString &plugin)
{
    return upstreamPrefix + encoded(plugin) + u'/';
}

QStringList headsOf(const git::RemoteRefs &remote)
{
    QStringList heads;
    for (auto it = remote.refs.cbegin(); it != remote.refs.cend(); ++it) {
        if (it.key().startsWith(headsPrefix))
            heads << it.key().mid(headsPrefix.size());
    }
    return heads;
}

/// Keeps what a branch had when somebody pushed to it by force, until the branch has it again.
Result<> noteRewritten(git::Repository &repository, const QString &plugin, const git::Oid &before, const git::Oid &now)
{
    COPPICE_TRY(auto dropped, repository.refTarget(rewrittenRef(plugin)));
    const bool earlier = !dropped.isNull();
    if (!earlier)
        dropped = before;
    if (dropped.isNull() || !repository.has(dropped))
        return {};
    COPPICE_TRY(const bool there, repository.isAncestor(dropped, now));
    if (there && earlier)
        return repository.deleteRef(rewrittenRef(plugin));
    if (!there && !earlier)
        return repository.setRef(rewrittenRef(plugin), dropped, std::nullopt, QStringLiteral("coppice fetch"));
    return {};
}

struct Stored {
    QString url;
    QString branch;
    qint64 fetchedAt = 0;
    QString error;
};
Result<QMap<QString, Stored>> stored(store::Database &state)
{
    return state.read<QMap<QString, Stored>>([](store::Connection &connection) -> Result<QMap<QString, Stored>> {
        QMap<QString, Stored> all;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT plugin, url, branch, fetched_at, error FROM sync_upstream"), {},
                                       [&](const store::Row &row) {
                                           all.insert(row.text(0), {row.text(1), row.text(2), row.number(3), row.text(4)});
                                       }));
        return all;
    });
}

/// The branch to follow: the one that is set, else what the remote's HEAD names, else the only one.
Result<QString> branchOf(const git::RemoteRefs &remote, const QString &wanted, const library::Library &library, const QString &url)
{
    if (!wanted.isEmpty())
        return wanted;
    if (remote.headBranch.startsWith(headsPrefix))
        return remote.headBranch.mid(headsPrefix.size());
    const auto heads = headsOf(remote);
    if (heads.size() == 1)
        return heads.front();
    if (heads.isEmpty()) // an empty repository: begun with the library's own name for a main branch
        return library.branch().startsWith(headsPrefix) ? library.branch().mid(headsPrefix.size()) : QStringLiteral("main");
    return fail(QStringLiteral("sync.no-branch"), QStringLiteral("The upstream does not say which of its branches is the main one"), url,
                QStringLiteral("Set upstream.branch in the plugin's settings."));
}

} // namespace

QString upstreamRef(const QString &plugin, const QString &branch)
{
    return refOf(plugin) + branch;
}

QString rewrittenRef(const QString &plugin)
{
    return rewrittenPrefix + encoded(plugin);
}

QString locatedUrl(const library::Library &library, const QString &url)
{
    const bool relative = url.startsWith(QStringLiteral("./")) || url.startsWith(QStringLiteral("../"))
        || (!url.contains(u':') && QDir::isRelativePath(url));
    return relative ? QDir::cleanPath(library.path() + u'/' + url) : url;
}

bool hasUpstream(const library::CatalogEntry &entry)
{
    return entry.plugin.settings.upstream && !entry.plugin.settings.upstream->url.isEmpty();
}

Result<std::vector<const library::CatalogEntry *>> selected(const library::Catalog &catalog, const QStringList &plugins)
{
    std::vector<const library::CatalogEntry *> entries;
    if (plugins.isEmpty()) {
        for (const auto &entry : catalog.entries)
            entries.push_back(&entry);
    }
    for (const auto &id : plugins) {
        const auto *entry = catalog.find(id);
        if (!entry)
            return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), id,
                                QStringLiteral("coppicectl plugins list names them."));
        if (std::ranges::find(entries, entry) == entries.end())
            entries.push_back(entry);
    }
    return entries;
}

Result<std::vector<KnownUpstream>> knownUpstreams(const Host &host, git::Repository &repository,
                                                  const std::vector<const library::CatalogEntry *> &plugins)
{
    COPPICE_TRY(const auto rows, stored(host.state));
    COPPICE_TRY(const auto refs, repository.refs(upstreamPrefix));
    COPPICE_TRY(const auto rewritten, repository.refs(rewrittenPrefix));
    const QMap<QString, git::Oid> dropped(std::map<QString, git::Oid>(rewritten.begin(), rewritten.end()));
    std::vector<KnownUpstream> all;
    for (const auto *entry : plugins) {
        if (!hasUpstream(*entry))
            continue;
        const auto &settings = *entry->plugin.settings.upstream;
        KnownUpstream known;
        known.plugin = entry->plugin.id;
        known.url = locatedUrl(host.library, settings.url);
        known.branch = settings.branch;
        const auto row = rows.constFind(known.plugin);
        const bool sameUrl = row == rows.cend() || row->url == known.url;
        if (row != rows.cend() && sameUrl) {
            known.error = row->error;
            if (known.branch.isEmpty())
                known.branch = row->branch;
            if (known.branch == row->branch) {
                known.fetchedAt = row->fetchedAt;
                known.there = row->fetchedAt > 0;
            }
        }
        known.rewritten = dropped.value(rewrittenRef(known.plugin));
        const QString prefix = refOf(known.plugin);
        for (const auto &[name, commit] : refs) {
            if (!sameUrl || !name.startsWith(prefix))
                continue;
            const QString branch = name.mid(prefix.size());
            if (known.branch.isEmpty())
                known.branch = branch;
            if (branch == known.branch) {
                known.commit = commit;
                known.there = true;
            }
        }
        if (!sameUrl && known.error.isEmpty())
            known.error = QStringLiteral("The upstream's address has changed since it was fetched.");
        all.push_back(std::move(known));
    }
    return all;
}

Result<> remember(const Host &host, const KnownUpstream &upstream)
{
    COPPICE_CHECK(host.state.write<qint64>([&](store::Connection &connection) {
        return connection.exec(QStringLiteral("INSERT INTO sync_upstream (plugin, url, branch, fetched_at, error) VALUES (?,?,?,?,?) "
                                              "ON CONFLICT (plugin) DO UPDATE SET url = excluded.url, branch = excluded.branch, "
                                              "fetched_at = excluded.fetched_at, error = excluded.error"),
                               {upstream.plugin, upstream.url, upstream.branch, upstream.fetchedAt, upstream.error});
    }));
    return {};
}

Result<KnownUpstream> fetchUpstream(const Host &host, const QString &plugin, const QString &url, const QString &branch,
                                    std::stop_token stop)
{
    KnownUpstream upstream;
    upstream.plugin = plugin;
    upstream.url = locatedUrl(host.library, url);
    COPPICE_TRY(const auto remote, git::lsRemote(host.library.commonDir(), upstream.url, stop));
    COPPICE_TRY(upstream.branch, branchOf(remote, branch, host.library, upstream.url));
    const git::Oid tip = remote.refs.value(headsPrefix + upstream.branch);
    const QString ref = upstreamRef(plugin, upstream.branch);

    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto before, repository.refTarget(ref));
    // A branch that was never seen is made by the first push; one that was there is not made again unasked.
    const auto heads = headsOf(remote);
    if (tip.isNull() && !before.isNull() && !heads.isEmpty())
        return fail(QStringLiteral("sync.branch-gone"),
                    QStringLiteral("The upstream has no branch %1 any more; it has %2")
                        .arg(upstream.branch, heads.mid(0, 5).join(QStringLiteral(", ")) + (heads.size() > 5 ? QStringLiteral(", …") : QString())),
                    upstream.url, QStringLiteral("Set upstream.branch in .coppice/plugins/%1.yaml.").arg(plugin));
    COPPICE_TRY(const auto others, repository.refs(refOf(plugin)));
    for (const auto &[name, commit] : others) {
        if (name != ref) // another branch, or address, of earlier
            COPPICE_CHECK(repository.deleteRef(name));
    }
    if (tip.isNull()) {
        if (!before.isNull())
            COPPICE_CHECK(repository.deleteRef(ref));
    } else if (before != tip || !repository.has(tip)) {
        const QString spec = u'+' + headsPrefix + upstream.branch + u':' + ref;
        COPPICE_CHECK(git::fetch(host.library.commonDir(), upstream.url, {spec}, stop, Progress::none()));
        COPPICE_TRY(auto fresh, host.library.repository());
        COPPICE_TRY(upstream.commit, fresh.refTarget(ref));
        COPPICE_CHECK(noteRewritten(fresh, plugin, before, upstream.commit));
    } else {
        upstream.commit = tip;
        COPPICE_CHECK(noteRewritten(repository, plugin, {}, tip));
    }
    COPPICE_TRY(upstream.rewritten, repository.refTarget(rewrittenRef(plugin)));
    upstream.there = true;
    upstream.fetchedAt = nowMs();
    return upstream;
}

void inParallel(size_t count, std::stop_token stop, const std::function<void(size_t)> &work)
{
    std::atomic<size_t> next = 0;
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < std::min(count, atOnce); ++i) {
        threads.emplace_back([&] {
            for (size_t at = next++; at < count && !stop.stop_requested(); at = next++)
                work(at);
        });
    }
}

Result<std::vector<KnownUpstream>> fetchAll(const Host &host, const std::vector<const library::CatalogEntry *> &plugins,
                                            std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(auto all, knownUpstreams(host, repository, plugins));
    const text::Scrubber scrubber;
    std::mutex mutex;
    qint64 done = 0;
    inParallel(all.size(), stop, [&](size_t i) {
        auto &upstream = all[i];
        const auto *const entry = *std::ranges::find(plugins, upstream.plugin, [](const auto *one) { return one->plugin.id; });
        auto fetched = fetchUpstream(host, upstream.plugin, upstream.url, entry->plugin.settings.upstream->branch, stop);
        if (!fetched && fetched.error().kind == ErrorKind::Cancelled)
            return;
        if (fetched) {
            upstream = std::move(*fetched);
        } else {
            upstream.error = scrubber.scrub(fetched.error().message()).text;
        }
        const std::lock_guard lock(mutex);
        progress.report(++done, qint64(all.size()), QStringLiteral("upstreams fetched: ") + upstream.plugin);
    });
    if (stop.stop_requested())
        return failCancelled();
    for (const auto &upstream : all)
        COPPICE_CHECK(remember(host, upstream));
    return all;
}

} // namespace coppice::sync
