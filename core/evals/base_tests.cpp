// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/base_tests.h"

#include "git/tree_edit.h"
#include "runs/path_kinds.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 manifestCap = 1 << 20;

/// Files that a test runner obeys and that hold nothing else.
bool isRunnerSetting(const QByteArray &path)
{
    static const QRegularExpression names(
        u"(^|/)(pytest\\.ini|\\.pytest\\.ini|tox\\.ini|\\.coveragerc|\\.mocharc[^/]*|\\.nycrc[^/]*|\\.c8rc[^/]*|\\.taprc|\\.rspec|\\.npmrc|nextest\\.toml"
        "|(jest|vitest|karma|ava|playwright|cypress|wdio)[^/]*\\.(config|conf|setup)[^/]*|phpunit[^/]*\\.xml[^/]*)$"_s);
    return names.match(QString::fromUtf8(path)).hasMatch();
}

Result<QJsonObject> manifest(const git::Repository &repository, const git::Oid &blob)
{
    COPPICE_TRY(const qint64 size, repository.blobSize(blob));
    if (size > manifestCap)
        return QJsonObject();
    COPPICE_TRY(const QByteArray bytes, repository.blob(blob, manifestCap));
    return QJsonDocument::fromJson(bytes).object();
}

/// The result's package.json with the base's scripts and settings of runners; nothing where these are as they were.
Result<std::optional<git::TreeEntry>> withBaseScripts(git::Repository &repository, const git::TreeEntry &before, git::TreeEntry after)
{
    COPPICE_TRY(const QJsonObject was, manifest(repository, before.id));
    COPPICE_TRY(const QJsonObject is, manifest(repository, after.id));
    QJsonObject with = is;
    for (const auto &key : {u"scripts"_s, u"jest"_s, u"mocha"_s, u"ava"_s, u"vitest"_s, u"tap"_s, u"c8"_s, u"nyc"_s}) {
        if (was.contains(key))
            with[key] = was[key];
        else
            with.remove(key);
    }
    if (with == is)
        return std::optional<git::TreeEntry>();
    COPPICE_TRY(after.id, repository.writeBlob(QJsonDocument(with).toJson()));
    return std::optional(after);
}

bool isFile(const std::optional<git::TreeEntry> &entry)
{
    return entry && (entry->mode == git::Mode::File || entry->mode == git::Mode::Executable);
}

} // namespace

bool standsInForRunner(const QByteArray &path)
{
    static const QRegularExpression modules(u"^((src|lib)/)?(sitecustomize|usercustomize|unittest|doctest|pytest|_pytest)(\\.py$|\\.so$|/)|\\.pth$"_s);
    return modules.match(QString::fromUtf8(path)).hasMatch();
}

Result<git::Oid> withBaseTests(git::Repository &repository, const git::Oid &base, const git::Oid &result)
{
    COPPICE_TRY(const auto changed, repository.changes(base, result));
    std::vector<git::TreeChange> back;
    for (const auto &change : changed) {
        const QByteArray name = change.path.mid(change.path.lastIndexOf('/') + 1);
        if (runs::isTestPath(change.path) || isRunnerSetting(change.path) || standsInForRunner(change.path)) {
            back.push_back({change.path, change.before});
        } else if (name == "package.json" && isFile(change.before) && isFile(change.after)) {
            COPPICE_TRY(const auto with, withBaseScripts(repository, *change.before, *change.after));
            if (with)
                back.push_back({change.path, *with});
        }
    }
    return back.empty() ? Result<git::Oid>(result) : git::editTree(repository, result, back);
}

} // namespace coppice::evals
