// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/risks.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::review {

namespace {

QByteArray jsonOf(const std::vector<Flag> &flags)
{
    QJsonArray all;
    for (const auto &flag : flags) {
        QJsonObject one{{QStringLiteral("kind"), flag.kind}, {QStringLiteral("line"), flag.line}, {QStringLiteral("detail"), flag.detail}};
        const QString path = QString::fromUtf8(flag.path);
        if (path.toUtf8() == flag.path)
            one[QStringLiteral("path")] = path;
        else
            one[QStringLiteral("path_base64")] = QString::fromLatin1(flag.path.toBase64());
        if (!flag.hiddenClass.isEmpty())
            one[QStringLiteral("class")] = flag.hiddenClass;
        all << one;
    }
    return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

/// Nothing where the text is not what jsonOf() writes: then it is found again.
std::optional<std::vector<Flag>> flagsFrom(const QString &json)
{
    const auto document = QJsonDocument::fromJson(json.toUtf8());
    if (!document.isArray())
        return std::nullopt;
    std::vector<Flag> flags;
    for (const auto &value : document.array()) {
        const auto one = value.toObject();
        const auto encoded = one[u"path_base64"];
        flags.push_back({one[u"kind"].toString(),
                         encoded.isString() ? QByteArray::fromBase64(encoded.toString().toLatin1()) : one[u"path"].toString().toUtf8(),
                         one[u"line"].toInt(), one[u"detail"].toString(), one[u"class"].toString()});
    }
    return flags;
}

std::optional<FlagKinds> kindsFrom(const QString &json)
{
    const auto document = QJsonDocument::fromJson(json.toUtf8());
    if (!document.isObject())
        return std::nullopt;
    FlagKinds kinds;
    const auto object = document.object();
    for (auto it = object.begin(); it != object.end(); ++it)
        kinds[it.key()] = it->toInt();
    return kinds;
}

/// What the row of a patch is found by; in the order of the columns.
QVariantList inputsOf(const Patch &patch, const QByteArray &prefix)
{
    const auto &revision = patch.last();
    return {patch.id.toString(), revision.number, detectorName(), revision.base.toString(), revision.result.toString(), prefix,
            revision.tainted ? 1 : 0};
}

} // namespace

Result<std::optional<QString>> Risks::stored(const Patch &patch, const QByteArray &prefix, const char *column)
{
    return m_state.read<std::optional<QString>>([&](store::Connection &connection) -> Result<std::optional<QString>> {
        std::optional<QString> found;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM review_risks WHERE patch = ? AND revision = ? AND detector = ? AND base = ? "
                                                      "AND result = ? AND prefix = ? AND tainted = ?").arg(QLatin1String(column)),
                                       inputsOf(patch, prefix), [&](const store::Row &row) { found = row.text(0); }));
        return found;
    });
}

Result<std::vector<Flag>> Risks::find(const git::Repository &repository, const Patch &patch, const QByteArray &prefix,
                                      const std::vector<FilePatch> *files)
{
    ++m_looked;
    std::vector<FilePatch> own;
    if (!files) {
        COPPICE_TRY(own, filesOf(repository, patch.last()));
    }
    COPPICE_TRY(auto flags, flagsOf(repository, patch, prefix, files ? *files : own));
    QJsonObject kinds;
    const auto counted = countKinds(flags);
    for (auto it = counted.begin(); it != counted.end(); ++it)
        kinds[it.key()] = *it;
    auto values = inputsOf(patch, prefix);
    values << QString::fromUtf8(QJsonDocument(kinds).toJson(QJsonDocument::Compact)) << QString::fromUtf8(jsonOf(flags));
    (void)m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT OR REPLACE INTO review_risks (patch, revision, detector, base, result, prefix, tainted, "
                                                     "kinds, flags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"), values));
        return {};
    });
    return flags;
}

Result<std::vector<Flag>> Risks::of(const git::Repository &repository, const Patch &patch, const QByteArray &prefix,
                                    const std::vector<FilePatch> *files)
{
    COPPICE_TRY(const auto row, stored(patch, prefix, "flags"));
    if (row) {
        if (auto flags = flagsFrom(*row))
            return std::move(*flags);
    }
    return find(repository, patch, prefix, files);
}

Result<FlagKinds> Risks::kindsOf(const git::Repository &repository, const Patch &patch, const QByteArray &prefix)
{
    COPPICE_TRY(const auto row, stored(patch, prefix, "kinds"));
    if (row) {
        if (auto kinds = kindsFrom(*row))
            return std::move(*kinds);
    }
    COPPICE_TRY(const auto flags, find(repository, patch, prefix, nullptr));
    return countKinds(flags);
}

Result<QHash<QString, FlagKinds>> Risks::kept(std::span<const Placed> patches)
{
    QHash<QString, QVariantList> wanted;
    for (const auto &one : patches) {
        if (!one.patch->revisions.empty())
            wanted.insert(one.patch->id.toString(), inputsOf(*one.patch, one.prefix));
    }
    using Kept = QHash<QString, FlagKinds>;
    return m_state.read<Kept>([&](store::Connection &connection) -> Result<Kept> {
        Kept found;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT r.patch, r.revision, r.detector, r.base, r.result, r.prefix, r.tainted, r.kinds FROM review_risks r "
                                                      "JOIN review_patches p ON p.id = r.patch WHERE p.state = 'open'"),
                                       {}, [&](const store::Row &row) {
                                           const auto want = wanted.constFind(row.text(0));
                                           if (want == wanted.cend() || row.number(1) != want->at(1).toLongLong() || row.text(2) != want->at(2).toString()
                                               || row.text(3) != want->at(3).toString() || row.text(4) != want->at(4).toString()
                                               || row.bytes(5) != want->at(5).toByteArray() || row.number(6) != want->at(6).toLongLong())
                                               return;
                                           if (auto kinds = kindsFrom(row.text(7)))
                                               found.insert(row.text(0), std::move(*kinds));
                                       }));
        return found;
    });
}

} // namespace coppice::review
