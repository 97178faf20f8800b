// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/store.h"
#include "health/health.h"
#include "journal/operation.h"
#include "library/health_settings.h"
#include "library/library.h"
#include "sync/sync.h"

#include <QHash>

#include <memory>
#include <optional>
#include <stop_token>

namespace coppice::health {

/// The files of one plugin's tree, each read once. Folders of packages and builds (node_modules, dist, …) are left out.
class PluginFiles
{
public:
    struct File {
        QByteArray path; ///< in the plugin
        git::Mode mode = git::Mode::File;
        git::Oid id;
    };
    PluginFiles(const git::Repository &repository, const git::Oid &tree);
    [[nodiscard]] const std::vector<File> &all() const { return m_files; }
    [[nodiscard]] const File *find(QByteArrayView path) const;
    /// Of an ordinary file of at most 1 MiB; none otherwise.
    [[nodiscard]] std::optional<QByteArray> read(const File &file);
    [[nodiscard]] std::optional<QByteArray> read(QByteArrayView path);
    [[nodiscard]] bool complete() const { return m_complete; } ///< false: there were more files than are looked at

private:
    void walk(const git::Oid &tree, const QByteArray &folder, int depth);
    const git::Repository &m_repository;
    std::vector<File> m_files;
    QHash<git::Oid, QByteArray> m_read;
    qint64 m_bytes = 0;
    bool m_complete = true;
};

/// What the engine lends for one round.
struct House {
    const library::Library &library;
    store::Database &state;
    store::Database &events;
    journal::Journal &journal;
};

/// One round over the library: what several probes need is read once. For one thread.
class Round
{
public:
    Round(const House &house, git::Repository repository, library::Catalog catalog, qint64 now);
    const House &house;
    git::Repository repository;
    const library::Catalog catalog;
    const qint64 now;
    std::stop_token stop;
    Progress *progress = &Progress::none();

    [[nodiscard]] PluginFiles &files(const library::CatalogEntry &entry);
    /// The library's root tree.
    [[nodiscard]] Result<git::Oid> root();
    /// Of an entry of the library's root ("templates", "CODEOWNERS"); null where there is none.
    [[nodiscard]] git::Oid idAt(const QByteArray &path);

    /// Where a plugin's own history stands: its split and what is known of its upstream.
    struct Line {
        sync::SyncState sync;
        git::Oid split;
    };
    [[nodiscard]] Result<const QHash<QString, Line> *> lines();
    /// Changes when the library's head or anything known of upstreams does.
    [[nodiscard]] Result<QByteArray> linesKey();

    /// What a plugin's history holds since its version was set last.
    struct Release {
        QString version;  ///< of the plugin's files, else the newest tag; empty: nothing names one
        git::Oid commit;  ///< that set it; null: not found among those looked at
        bool first = false; ///< it has been so since the first commit: when it was released, nothing here says
        qint64 at = 0;    ///< ms; when
        bool tagged = false; ///< a tag says so
        std::vector<git::Commit> since; ///< the newest first, merges among them; at most 200
    };
    [[nodiscard]] Result<const Release *> release(const library::CatalogEntry &entry);
    /// A commit, kept for the next probe that looks at the same history.
    [[nodiscard]] Result<git::Commit> commitOf(const git::Oid &id);
    /// Names and commits of a plugin's tags that are known here.
    [[nodiscard]] Result<const std::vector<std::pair<QString, git::Oid>> *> tags(const QString &plugin);
    [[nodiscard]] Result<QByteArray> tagsKey(const QString &plugin = {}); ///< changes when they do; empty: when any plugin's do

private:
    std::unique_ptr<PluginFiles> m_files;
    git::Oid m_filesOf;
    QString m_releaseOf;
    Release m_release;
    QHash<git::Oid, git::Commit> m_commits;
    std::optional<QHash<QString, std::vector<std::pair<QString, git::Oid>>>> m_tags;
    std::optional<git::Oid> m_root;
    std::optional<QHash<QString, Line>> m_lines;
    QByteArray m_linesKey;
};

/// What a probe found on one plugin.
struct Measured {
    QJsonObject value;
    QString problem; ///< not empty: it could not be measured, and this is why
};

/// Collects one kind of facts, and never judges. Each is a file probe_<name>.cpp with a function probes::<name>() that makes it;
/// the build lists them.
class Probe
{
public:
    virtual ~Probe() = default;
    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual QString title() const = 0;
    [[nodiscard]] virtual QString source() const = 0; ///< what it reads, for people
    /// Raised whenever what is measured changes: facts of older versions are measured anew.
    [[nodiscard]] virtual int version() const { return 1; }
    /// Once in a round, before anything else. An error: the probe is not well, all its facts say so.
    [[nodiscard]] virtual Result<> begin(Round &) { return {}; }
    /// Not empty, and the same as in the last round: nothing has changed for any plugin.
    [[nodiscard]] virtual Result<QByteArray> roundKey(Round &) { return QByteArray(); }
    /// What the fact of a plugin follows from; empty: it is measured in each round.
    [[nodiscard]] virtual QByteArray key(Round &, const library::CatalogEntry &) { return {}; }
    [[nodiscard]] virtual Measured measure(Round &, const library::CatalogEntry &) = 0;
};
[[nodiscard]] std::vector<std::unique_ptr<Probe>> makeProbes();

/// A text from outside as it goes into a fact: one plain line.
[[nodiscard]] QString factText(const QString &text, qsizetype cap = 200);
/// At most so many entries of a list go into a fact; its count is told beside it.
constexpr qsizetype mostListed = 50;

} // namespace coppice::health
