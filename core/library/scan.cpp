// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/library.h"
#include "library/prefixes.h"
#include "library/snapshot.h"

#include <base/clock.h>

#include <QDir>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

/// Counts the blobs that a reader gets.
class CountingSource final : public manifest::FileSource
{
public:
    CountingSource(std::unique_ptr<manifest::FileSource> source, std::atomic<int> &count) : m_source(std::move(source)), m_count(count) { }
    QStringList list(const QString &folder) const override { return m_source->list(folder); }
    std::optional<QByteArray> read(const QString &path) const override
    {
        auto bytes = m_source->read(path);
        if (bytes)
            ++m_count;
        return bytes;
    }
    std::optional<QByteArray> readLock(const QString &path) const override
    {
        auto bytes = m_source->readLock(path);
        if (bytes)
            ++m_count;
        return bytes;
    }

private:
    std::unique_ptr<manifest::FileSource> m_source;
    std::atomic<int> &m_count;
};

/// A plugin on its way into the catalog.
struct Work {
    StoredPlugin stored;
    PluginSettings settings;
    manifest::Manifest manifest;
    const StoredPlugin *old = nullptr; ///< what is known of it
    bool readSettings = false;
    bool readManifest = false;
    QString problem; ///< why the settings could not be read
};

/// Does `work(repository, item)` for the items on a few threads, each with a git handle of its own.
template <class T>
Result<> inParallel(const Library &library, std::vector<T *> &items, std::stop_token stop, Progress &progress, const QString &what,
                    const std::function<void(git::Repository &, T &)> &work)
{
    if (items.empty())
        return {};
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 2u, 8u);
    std::atomic<size_t> next = 0;
    std::mutex mutex;
    std::optional<Error> failed;
    size_t done = 0;
    const auto loop = [&] {
        auto repository = library.repository();
        if (!repository) {
            const std::scoped_lock lock(mutex);
            failed = repository.error();
            return;
        }
        for (size_t i = next++; i < items.size() && !stop.stop_requested(); i = next++) {
            work(*repository, *items[i]);
            const std::scoped_lock lock(mutex);
            if (++done % 32 == 0 || done == items.size())
                progress.report(qint64(done), qint64(items.size()), what);
        }
    };
    {
        std::vector<std::jthread> pool;
        for (unsigned t = 1; t < qMin<size_t>(threads, items.size()); ++t)
            pool.emplace_back(loop);
        loop();
    }
    if (stop.stop_requested())
        return failCancelled();
    if (failed)
        return std::unexpected(*failed);
    return {};
}

QMap<QString, Plugin::Command> commandsOf(const PluginSettings &settings, const manifest::Manifest &manifest)
{
    QMap<QString, Plugin::Command> commands;
    for (auto it = manifest.commands.cbegin(); it != manifest.commands.cend(); ++it)
        commands.insert(commands.cend(), it.key(), {it.value().value, true});
    for (auto it = settings.commands.cbegin(); it != settings.commands.cend(); ++it)
        commands.insert(it.key(), {it.value(), false});
    return commands;
}

CatalogEntry makeEntry(const Library &library, const StoredPlugin &stored, PluginSettings settings, manifest::Manifest manifest)
{
    CatalogEntry entry;
    settings.id = stored.id;
    settings.prefix = stored.prefix;
    const auto located = [&](const QString &path) { return QDir::cleanPath(QDir(library.path()).absoluteFilePath(path)); };
    for (auto &folder : settings.deployBinds)
        folder = located(folder);
    if (settings.upstream && (settings.upstream->url.startsWith("./"_L1) || settings.upstream->url.startsWith("../"_L1)))
        settings.upstream->url = located(settings.upstream->url);
    entry.plugin.id = stored.id;
    entry.plugin.prefix = stored.prefix;
    entry.plugin.commands = commandsOf(settings, manifest);
    entry.plugin.settings = std::move(settings);
    entry.tree = stored.tree;
    entry.manifest = std::move(manifest);
    return entry;
}

Catalog makeCatalog(const StoredCatalog &stored)
{
    Catalog catalog;
    catalog.head = stored.head;
    catalog.scannedAt = stored.scannedAt;
    catalog.problems = stored.problems;
    if (!stored.settingsBlob.isNull())
        catalog.settings = parseLibrarySettings(stored.settings, QString::fromUtf8(settingsFile));
    catalog.problems.insert(catalog.problems.begin(), catalog.settings.problems.begin(), catalog.settings.problems.end());
    return catalog;
}

void addEntry(Catalog &catalog, CatalogEntry entry)
{
    const auto &problems = entry.plugin.settings.problems;
    catalog.problems.insert(catalog.problems.end(), problems.begin(), problems.end());
    catalog.entries.push_back(std::move(entry));
}

void sortEntries(Catalog &catalog)
{
    const auto byId = [](const CatalogEntry &a, const CatalogEntry &b) { return a.plugin.id < b.plugin.id; };
    if (!std::is_sorted(catalog.entries.begin(), catalog.entries.end(), byId)) // the database has its own idea of order
        std::sort(catalog.entries.begin(), catalog.entries.end(), byId);
}

/// None when a row cannot be read any more.
std::optional<Catalog> fromStored(const Library &library, const StoredCatalog &stored)
{
    Catalog catalog = makeCatalog(stored);
    catalog.entries.reserve(stored.plugins.size());
    for (const auto &plugin : stored.plugins) {
        PluginSettings settings;
        manifest::Manifest manifest;
        if (!unpackFacts(plugin.facts, settings, manifest))
            return std::nullopt;
        addEntry(catalog, makeEntry(library, plugin, std::move(settings), std::move(manifest)));
    }
    sortEntries(catalog);
    return catalog;
}

/// One scan of one commit.
class Scan
{
public:
    Scan(const Library &library, const git::Repository &repository, std::stop_token stop, Progress &progress)
        : m_library(library), m_repository(repository), m_stop(stop), m_progress(progress)
    {
    }

    Result<Catalog> run(store::Database &state, const git::Oid &head, std::optional<StoredCatalog> known)
    {
        if (known)
            m_known = std::move(*known);
        for (const auto &plugin : m_known.plugins)
            m_knownById.insert(plugin.id, &plugin);
        COPPICE_TRY(const git::Oid root, m_repository.treeOf(head));
        TreeIndex tree(m_repository, root);
        m_next.head = head;
        COPPICE_CHECK(readLibrarySettings(tree));
        COPPICE_CHECK(readPluginSettings(tree));
        COPPICE_CHECK(findPlugins(tree, head));
        COPPICE_CHECK(readManifests());
        return finish(state);
    }

private:
    Result<> readLibrarySettings(TreeIndex &tree)
    {
        for (const auto &entry : tree.files({})) {
            if (entry.name != settingsFile)
                continue;
            m_next.settingsBlob = entry.id;
            if (entry.id == m_known.settingsBlob) {
                m_next.settings = m_known.settings;
            } else {
                COPPICE_TRY(m_next.settings, m_repository.blob(entry.id, 1 << 20));
                ++m_blobs;
            }
            m_settings = parseLibrarySettings(m_next.settings, QString::fromUtf8(settingsFile));
        }
        return {};
    }

    Result<> readPluginSettings(TreeIndex &tree)
    {
        std::vector<Work *> changed;
        for (const auto &entry : tree.files(pluginSettingsFolder)) {
            if (!entry.name.endsWith(".yaml"))
                continue;
            const QString id = QString::fromUtf8(entry.name.chopped(5));
            if (!isPluginId(id)) {
                m_next.problems.push_back({QString::fromUtf8(pluginSettingsFolder + '/' + entry.name), 0,
                                           u"The name of this file is no id of a plugin: letters, digits, '.', '_' and '-' are allowed"_s});
                continue;
            }
            auto work = std::make_unique<Work>();
            work->stored.id = id;
            work->stored.settingsBlob = entry.id;
            work->old = m_knownById.value(id);
            if (!work->old || work->old->settingsBlob != entry.id || !unpackSettings(work->old->facts, work->settings)) {
                work->readSettings = true;
                changed.push_back(work.get());
            }
            m_work.push_back(std::move(work));
        }
        return inParallel<Work>(m_library, changed, m_stop, m_progress, u"settings"_s, [this](git::Repository &repository, Work &work) {
            const QString file = QString::fromUtf8(pluginSettingsFile(work.stored.id));
            const auto bytes = repository.blob(work.stored.settingsBlob, 1 << 20);
            if (bytes) {
                ++m_blobs;
                work.settings = parsePluginSettings(*bytes, file, work.stored.id);
            } else {
                work.settings = parsePluginSettings({}, file, work.stored.id);
                work.settings.problems.push_back({file, 0, u"The file could not be read: %1"_s.arg(bytes.error().message())});
            }
        });
    }

    Result<> findPlugins(TreeIndex &tree, const git::Oid &head)
    {
        std::vector<QByteArray> named;
        QSet<QString> taken;
        QHash<QByteArray, QString> owner;
        std::vector<std::unique_ptr<Work>> good;
        for (auto &work : m_work) {
            const QByteArray prefix = work->settings.prefix;
            const QString file = QString::fromUtf8(pluginSettingsFile(work->stored.id));
            taken.insert(work->stored.id);
            work->stored.prefix = prefix;
            work->stored.tree = tree.treeAt(prefix);
            if (work->stored.tree.isNull()) {
                m_next.problems.push_back({file, 0, u"There is no folder at this plugin's prefix: %1"_s.arg(QString::fromUtf8(prefix))});
                continue;
            }
            if (owner.contains(prefix)) {
                m_next.problems.push_back({file, 0, u"The prefix %1 is that of %2 already"_s.arg(QString::fromUtf8(prefix), owner.value(prefix))});
                continue;
            }
            owner.insert(prefix, work->stored.id);
            named.push_back(prefix);
            good.push_back(std::move(work));
        }
        m_work = std::move(good);
        m_next.joins = m_known.joins;
        m_next.joinsHead = m_known.joinsHead;
        if (!m_settings.present) {
            COPPICE_TRY(m_next.joins, readJoins(m_repository, head, std::move(m_next.joins), m_known.joinsHead, m_stop));
            m_next.joinsHead = head;
        }
        for (const auto &[id, prefix] : idsFor(freePrefixes(tree, m_settings, m_next.joins, named), taken)) {
            auto work = std::make_unique<Work>();
            work->stored.id = id;
            work->stored.prefix = prefix;
            work->stored.tree = tree.treeAt(prefix);
            work->old = m_knownById.value(id);
            m_work.push_back(std::move(work));
        }
        return {};
    }

    Result<> readManifests()
    {
        std::vector<Work *> changed;
        for (auto &work : m_work) {
            PluginSettings ignored;
            if (work->old && work->old->tree == work->stored.tree && unpackFacts(work->old->facts, ignored, work->manifest))
                continue;
            work->manifest = {};
            work->readManifest = true;
            changed.push_back(work.get());
        }
        return inParallel<Work>(m_library, changed, m_stop, m_progress, u"plugins"_s, [this](git::Repository &repository, Work &work) {
            const CountingSource source(manifest::treeSource(repository, work.stored.tree), m_blobs);
            work.manifest = manifest::readManifest(source);
        });
    }

    Result<Catalog> finish(store::Database &state)
    {
        m_next.scannedAt = nowMs();
        std::sort(m_work.begin(), m_work.end(), [](const auto &a, const auto &b) { return a->stored.id < b->stored.id; });
        std::vector<size_t> changed;
        for (auto &work : m_work) {
            const bool same = work->old && !work->readSettings && !work->readManifest && work->old->prefix == work->stored.prefix
                && work->old->settingsBlob == work->stored.settingsBlob;
            if (same) {
                work->stored.facts = work->old->facts;
            } else {
                work->stored.facts = packFacts(work->settings, work->manifest);
                changed.push_back(m_next.plugins.size());
            }
            m_next.plugins.push_back(work->stored);
        }
        COPPICE_CHECK(saveCatalog(state, m_next, changed));
        Catalog catalog = makeCatalog(m_next);
        catalog.entries.reserve(m_work.size());
        for (auto &work : m_work)
            addEntry(catalog, makeEntry(m_library, work->stored, std::move(work->settings), std::move(work->manifest)));
        catalog.blobsRead = m_blobs;
        return catalog;
    }

    const Library &m_library;
    const git::Repository &m_repository;
    std::stop_token m_stop;
    Progress &m_progress;
    StoredCatalog m_known;
    StoredCatalog m_next;
    LibrarySettings m_settings;
    QHash<QString, const StoredPlugin *> m_knownById;
    std::vector<std::unique_ptr<Work>> m_work;
    std::atomic<int> m_blobs = 0;
};

} // namespace

Result<std::optional<Catalog>> Library::snapshot(store::Database &state) const
{
    COPPICE_TRY(const auto stored, loadCatalog(state));
    return stored ? fromStored(*this, *stored) : std::nullopt;
}

Result<Catalog> Library::scan(store::Database &state, std::stop_token stop, Progress &progress) const
{
    COPPICE_TRY(const auto opened, repository());
    COPPICE_TRY(const git::Oid at, head());
    if (at.isNull()) { // no commit yet
        Catalog empty;
        empty.scannedAt = nowMs();
        return empty;
    }
    COPPICE_TRY(auto stored, loadCatalog(state));
    if (stored && stored->head == at) {
        stored->scannedAt = nowMs();
        if (auto catalog = fromStored(*this, *stored)) {
            COPPICE_CHECK(saveCatalog(state, *stored, {}));
            return std::move(*catalog);
        }
    }
    return Scan(*this, opened, stop, progress).run(state, at, std::move(stored));
}

} // namespace coppice::library
