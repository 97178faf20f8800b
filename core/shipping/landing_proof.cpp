// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/landing_proof.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostPaths = 500;

QString textOf(const std::optional<git::TreeEntry> &entry)
{
    return entry ? QString(QString::number(quint32(entry->mode), 8) + u' ' + entry->id.toString()) : QString();
}

} // namespace

bool LandingProof::holds() const
{
    return broken.isEmpty() && std::ranges::all_of(paths, [](const Path &path) { return path.merged || path.landed == path.approved; });
}

QStringList LandingProof::mergedPaths() const
{
    QStringList merged;
    for (const auto &path : paths) {
        if (path.merged)
            merged << QString::fromUtf8(path.path);
    }
    return merged;
}

Result<LandingProof> proveLanding(const git::Repository &repository, const git::Oid &base, const git::Oid &approved, const git::Oid &parentTree,
                                  const git::Oid &landedTree, const std::vector<QByteArray> &merged)
{
    LandingProof proof{approved, parentTree, landedTree, {}, {}};
    COPPICE_TRY(const auto wanted, repository.changes(base, approved));
    QSet<QByteArray> touched;
    for (const auto &change : wanted) {
        COPPICE_TRY(const auto entry, repository.entryAt(landedTree, change.path));
        // A folder in the place of what was approved to be gone: the file is gone.
        const bool folder = entry && entry->mode == git::Mode::Tree;
        touched.insert(change.path);
        LandingProof::Path path{change.path, textOf(change.after), folder ? QString() : textOf(entry), std::ranges::find(merged, change.path) != merged.end()};
        if (!path.merged && path.landed != path.approved && proof.broken.isEmpty())
            proof.broken = QString::fromUtf8(change.path);
        proof.paths.push_back(std::move(path));
    }
    COPPICE_TRY(const auto made, repository.changes(parentTree, landedTree));
    for (const auto &change : made) {
        if (!touched.contains(change.path) && proof.broken.isEmpty())
            proof.broken = QString::fromUtf8(change.path);
    }
    return proof;
}

QJsonObject toJson(const LandingProof &proof)
{
    QJsonArray paths;
    const auto add = [&](bool merged) {
        for (const auto &path : proof.paths) {
            if (path.merged != merged || size_t(paths.size()) >= mostPaths)
                continue;
            paths << QJsonObject{{u"path"_s, QString::fromUtf8(path.path)}, {u"approved"_s, path.approved}, {u"landed"_s, path.landed}, {u"merged"_s, path.merged}};
        }
    };
    add(true);
    add(false);
    return {{u"approved_tree"_s, proof.approvedTree.toString()},
            {u"parent_tree"_s, proof.parentTree.toString()},
            {u"landed_tree"_s, proof.landedTree.toString()},
            {u"holds"_s, proof.holds()},
            {u"exact"_s, proof.mergedPaths().isEmpty()},
            {u"merged_paths"_s, QJsonArray::fromStringList(proof.mergedPaths())},
            {u"paths_total"_s, qint64(proof.paths.size())},
            {u"paths"_s, paths}};
}

LandingProof proofFrom(const QJsonObject &object)
{
    const auto id = [&](const char *key) { return git::Oid::fromHex(object[QLatin1String(key)].toString().toLatin1()); };
    LandingProof proof{id("approved_tree"), id("parent_tree"), id("landed_tree"), {}, {}};
    for (const auto &each : object[u"paths"].toArray())
        proof.paths.push_back({each[u"path"].toString().toUtf8(), each[u"approved"].toString(), each[u"landed"].toString(), each[u"merged"].toBool()});
    if (!object[u"holds"].toBool())
        proof.broken = u"?"_s;
    return proof;
}

} // namespace coppice::shipping
