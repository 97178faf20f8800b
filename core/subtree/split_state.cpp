// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/split_state.h"

#include "base/json.h"
#include "base/paths.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QJsonArray>

namespace coppice::subtree {

namespace {

/// Raised whenever the answer for a head could become another one.
constexpr int semantics = 1;

/// A prefix as one part of a reference name.
QString refPart(const QByteArray &prefix)
{
    QByteArray part = prefix.toPercentEncoding(QByteArray(), QByteArray(".~"));
    if (part.size() > 180)
        part = "long-" + QCryptographicHash::hash(prefix, QCryptographicHash::Sha1).toHex();
    return QString::fromLatin1(part);
}

QJsonArray toJson(const std::vector<git::Oid> &ids)
{
    QJsonArray array;
    for (const auto &id : ids)
        array.append(id.toString());
    return array;
}

git::Oid toOid(const QJsonValue &value)
{
    return git::Oid::fromHex(value.toString().toLatin1());
}

std::vector<git::Oid> toOids(const QJsonValue &value)
{
    std::vector<git::Oid> ids;
    for (const auto &one : value.toArray())
        ids.push_back(toOid(one));
    return ids;
}

} // namespace

SplitState::SplitState(git::Repository &repository, const SplitOptions &options)
    : m_repository(repository), m_options(options),
      m_file(QString(repository.commonDir() + QStringLiteral("/coppice/split/heads.json")))
{
    if (!QFileInfo::exists(m_file))
        return;
    const auto bytes = readFile(m_file);
    if (!bytes)
        return;
    const auto document = parseJsonObject(*bytes, m_file);
    if (document && document->value(QStringLiteral("semantics")).toInt() == semantics)
        m_entries = document->value(QStringLiteral("entries")).toObject();
}

QString SplitState::keyOf(const QByteArray &prefix) const
{
    QString key = m_options.keepDots ? QStringLiteral("dots:") : QStringLiteral("crud:");
    if (m_options.resolveLinks) {
        const auto since = m_options.linksSince.value(prefix, m_options.linksSince.value(QByteArray()));
        key += u"links-" + (since.isNull() ? QStringLiteral("always") : since.toString()) + u':';
    }
    return key + QString::fromLatin1(prefix.toPercentEncoding());
}

std::optional<SplitResult> SplitState::find(const git::Oid &head, const QByteArray &prefix) const
{
    const QJsonObject entry = m_entries.value(keyOf(prefix)).toObject();
    if (entry.isEmpty() || toOid(entry.value(QStringLiteral("head"))) != head)
        return std::nullopt;
    SplitResult result;
    result.prefix = prefix;
    result.commit = toOid(entry.value(QStringLiteral("commit")));
    result.commits = size_t(entry.value(QStringLiteral("commits")).toInteger());
    for (const auto &path : entry.value(QStringLiteral("blocked")).toArray())
        result.blocked.push_back(QByteArray::fromPercentEncoding(path.toString().toLatin1()));
    result.originals = toOids(entry.value(QStringLiteral("originals")));
    for (const auto &one : entry.value(QStringLiteral("joins")).toArray()) {
        const QString text = one.toString(); // "w" before one whose history is here whole
        const bool whole = text.startsWith(u'w');
        result.joins.push_back({git::Oid::fromHex(text.mid(whole ? 1 : 0).toLatin1()), whole});
    }
    const QJsonArray squash = entry.value(QStringLiteral("squash")).toArray();
    if (squash.size() == 2)
        result.latestSquash = SplitResult::Squash{toOid(squash[0]), toOid(squash[1])};
    result.note = entry.value(QStringLiteral("note")).toString();
    if (result.commit.isNull() || !m_repository.has(result.commit))
        return std::nullopt;
    return result;
}

void SplitState::put(const git::Oid &head, const SplitResult &result)
{
    if (result.commit.isNull())
        return;
    QJsonArray blocked;
    for (const auto &path : result.blocked)
        blocked.append(QString::fromLatin1(path.toPercentEncoding()));
    QJsonArray joins;
    for (const auto &join : result.joins)
        joins.append(join.whole ? QString(u'w' + join.split.toString()) : join.split.toString());
    QJsonObject entry{{QStringLiteral("head"), head.toString()},
                      {QStringLiteral("commit"), result.commit.toString()},
                      {QStringLiteral("commits"), qint64(result.commits)},
                      {QStringLiteral("blocked"), blocked},
                      {QStringLiteral("originals"), toJson(result.originals)},
                      {QStringLiteral("joins"), joins},
                      {QStringLiteral("note"), result.note}};
    if (result.latestSquash)
        entry[QStringLiteral("squash")] = QJsonArray{result.latestSquash->commit.toString(), result.latestSquash->split.toString()};
    m_entries[keyOf(result.prefix)] = entry;
    m_changed = true;
    m_refs.emplace_back(QStringLiteral("refs/coppice/split/") + refPart(result.prefix)
                            + (m_options.resolveLinks ? QStringLiteral("+links") : QString()),
                        result.commit);
}

Result<> SplitState::save()
{
    if (!m_changed)
        return {};
    // references first: what the file promises must not be collected
    COPPICE_TRY(const auto there, m_repository.refs(QStringLiteral("refs/coppice/split/")));
    const std::map<QString, git::Oid> now(there.begin(), there.end());
    for (const auto &[name, commit] : m_refs) {
        const auto found = now.find(name);
        if (found == now.end() || found->second != commit)
            COPPICE_CHECK(m_repository.setRef(name, commit, std::nullopt, QStringLiteral("coppice split")));
    }
    COPPICE_CHECK(makeFolder(QFileInfo(m_file).path()));
    const QJsonObject document{{QStringLiteral("semantics"), semantics}, {QStringLiteral("entries"), m_entries}};
    COPPICE_CHECK(writeFileAtomically(m_file, toJsonLine(document)));
    m_changed = false;
    return {};
}

} // namespace coppice::subtree
