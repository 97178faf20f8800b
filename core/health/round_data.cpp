// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/probe.h"

#include "subtree/split.h"
#include "sync/options.h"
#include "sync/upstreams.h"

#include <QCryptographicHash>

namespace coppice::health {

Round::Round(const House &lent, git::Repository opened, library::Catalog read, qint64 at)
    : house(lent), repository(std::move(opened)), catalog(std::move(read)), now(at)
{
}

PluginFiles &Round::files(const library::CatalogEntry &entry)
{
    if (!m_files || m_filesOf != entry.tree) {
        m_files = std::make_unique<PluginFiles>(repository, entry.tree);
        m_filesOf = entry.tree;
    }
    return *m_files;
}

Result<git::Oid> Round::root()
{
    if (!m_root) {
        if (catalog.head.isNull())
            return git::Oid();
        COPPICE_TRY(m_root, repository.treeOf(catalog.head));
    }
    return *m_root;
}

git::Oid Round::idAt(const QByteArray &path)
{
    const auto tree = root();
    if (!tree || tree->isNull())
        return {};
    const auto entry = repository.entryAt(*tree, path);
    return entry && *entry ? (*entry)->id : git::Oid();
}

Result<QByteArray> Round::linesKey()
{
    if (!m_linesKey.isEmpty())
        return m_linesKey;
    std::vector<const library::CatalogEntry *> all;
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(catalog.head.hex());
    for (const auto &entry : catalog.entries) {
        all.push_back(&entry);
        hash.addData(QByteArray(entry.plugin.id.toUtf8() + '\0' + entry.plugin.prefix + '\0'));
    }
    COPPICE_TRY(const auto known, sync::knownUpstreams({house.library, house.state}, repository, all));
    for (const auto &one : known)
        hash.addData(QByteArray(QString(one.plugin + u'\n' + one.url + u'\n' + one.branch + u'\n' + one.error + u'\n' + QString::number(one.fetchedAt)).toUtf8() + one.commit.hex()
                                + one.rewritten.hex() + (one.there ? '1' : '0')));
    m_linesKey = hash.result().toHex();
    return m_linesKey;
}

Result<const QHash<QString, Round::Line> *> Round::lines()
{
    if (m_lines)
        return &*m_lines;
    std::vector<const library::CatalogEntry *> all, alone;
    for (const auto &entry : catalog.entries) {
        all.push_back(&entry);
        if (!sync::hasUpstream(entry))
            alone.push_back(&entry);
    }
    QHash<QString, Line> lines;
    COPPICE_TRY(const auto standings, sync::standings({house.library, house.state}, catalog, all, stop, *progress));
    for (const auto &standing : standings)
        lines.insert(standing.state.plugin, {standing.state, standing.state.split});
    if (!alone.empty() && !catalog.head.isNull()) {
        COPPICE_TRY(const auto options, sync::splitOptions(repository, catalog));
        std::vector<QByteArray> prefixes;
        QHash<QByteArray, QString> ids;
        for (const auto *entry : alone) {
            prefixes.push_back(entry->plugin.prefix);
            ids.insert(entry->plugin.prefix, entry->plugin.id);
        }
        subtree::SubtreeSplitter splitter(repository, options);
        COPPICE_TRY(const auto results, splitter.split(catalog.head, prefixes, stop, *progress));
        for (const auto &result : results)
            lines[ids.value(result.prefix)].split = result.commit;
    }
    m_lines = std::move(lines);
    return &*m_lines;
}

} // namespace coppice::health
