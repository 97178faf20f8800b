// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/files.h"

#include "base/paths.h"

#include <QFile>
#include <QFileInfo>
#include <QSet>

#include <filesystem>
#include <system_error>

namespace fs = std::filesystem;

namespace coppice::runs {

namespace {

constexpr int filesCap = 20'000;
constexpr qint64 fileCap = 64 << 20;

fs::path native(const QString &path)
{
    return {QFile::encodeName(path).toStdString()};
}

Fail failedAt(const QString &what, const fs::path &where, const std::error_code &error)
{
    return fail(QStringLiteral("run.files"), QStringLiteral("%1 (%2)").arg(what, QString::fromStdString(error.message())),
                QFile::decodeName(where.string().c_str()));
}

Result<> extractInto(const git::Repository &repository, const git::Oid &tree, const QString &folder, int &count, int depth)
{
    if (depth > 100)
        return fail(QStringLiteral("run.files"), QStringLiteral("The folders are nested more than 100 deep"), folder);
    COPPICE_CHECK(makeFolder(folder));
    COPPICE_TRY(const auto entries, repository.tree(tree));
    for (const auto &entry : entries) {
        if (!isSafeRelative(entry.name) || entry.name.contains('/'))
            return fail(QStringLiteral("run.files"), QStringLiteral("A file has a name that no folder can hold"), folder);
        const QString path = folder + u'/' + QFile::decodeName(entry.name);
        if (entry.mode == git::Mode::Tree) {
            COPPICE_CHECK(extractInto(repository, entry.id, path, count, depth + 1));
            continue;
        }
        if (entry.mode == git::Mode::Submodule)
            continue;
        if (++count > filesCap)
            return fail(QStringLiteral("run.files"), QStringLiteral("There are more than %1 files").arg(filesCap), folder);
        COPPICE_TRY(const QByteArray bytes, repository.blob(entry.id, fileCap));
        if (entry.mode == git::Mode::Link) {
            std::error_code error;
            fs::create_symlink(fs::path(bytes.toStdString()), native(path), error);
            if (error)
                return failedAt(QStringLiteral("A link cannot be made"), native(path), error);
            continue;
        }
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(bytes) != bytes.size())
            return fail(QStringLiteral("run.files"), QStringLiteral("A file cannot be written (%1)").arg(file.errorString()), path);
        if (entry.mode == git::Mode::Executable)
            file.setPermissions(file.permissions() | QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther);
    }
    return {};
}

/// Names that a person's copy is made without, at any depth.
bool staysOut(const fs::path &name)
{
    static const QSet<QString> names{
        QStringLiteral(".git"),       QStringLiteral(".githooks"),      QStringLiteral(".husky"),       QStringLiteral(".vscode"),
        QStringLiteral(".idea"),      QStringLiteral(".vs"),            QStringLiteral(".fleet"),       QStringLiteral(".zed"),
        QStringLiteral(".cursor"),    QStringLiteral(".devcontainer"),  QStringLiteral(".devcontainer.json"),
        QStringLiteral(".envrc"),     QStringLiteral(".exrc"),          QStringLiteral(".vimrc"),       QStringLiteral(".nvimrc"),
        QStringLiteral(".nvim.lua"),  QStringLiteral(".dir-locals.el"), QStringLiteral(".vim"),         QStringLiteral(".kateproject"),
        QStringLiteral(".project"),   QStringLiteral(".settings"),      QStringLiteral(".editorconfig")};
    const QString text = QFile::decodeName(name.string().c_str());
    return names.contains(text.toLower()) || text.endsWith(QLatin1String(".code-workspace"))
        || text.endsWith(QLatin1String(".sublime-project"));
}

Result<> copyInto(const fs::path &from, const fs::path &to)
{
    std::error_code error;
    fs::create_directories(to, error);
    if (error)
        return failedAt(QStringLiteral("A folder cannot be made"), to, error);
    for (const auto &entry : fs::directory_iterator(from, error)) {
        const fs::path name = entry.path().filename();
        if (staysOut(name))
            continue;
        const auto kind = entry.symlink_status(error).type();
        if (kind == fs::file_type::directory) {
            COPPICE_CHECK(copyInto(entry.path(), to / name));
        } else if (kind == fs::file_type::symlink) {
            fs::copy_symlink(entry.path(), to / name, error);
        } else if (kind == fs::file_type::regular) {
            fs::copy_file(entry.path(), to / name, fs::copy_options::overwrite_existing, error);
        } // sockets, pipes and devices are no part of a plugin
        if (error)
            return failedAt(QStringLiteral("A file cannot be copied"), entry.path(), error);
    }
    if (error)
        return failedAt(QStringLiteral("A folder cannot be read"), from, error);
    return {};
}

/// Removes everything that a copy would bring; folders that still hold something else stay.
Result<> clear(const fs::path &folder)
{
    std::error_code error;
    std::vector<fs::path> found;
    for (const auto &entry : fs::directory_iterator(folder, error))
        found.push_back(entry.path());
    for (const fs::path &path : found) {
        if (staysOut(path.filename()))
            continue;
        if (fs::symlink_status(path, error).type() == fs::file_type::directory) {
            COPPICE_CHECK(clear(path));
            if (fs::is_empty(path, error))
                fs::remove(path, error);
        } else {
            fs::remove(path, error);
        }
    }
    if (error)
        return failedAt(QStringLiteral("The work folder cannot be cleared"), folder, error);
    return {};
}

} // namespace

Result<> extractTree(const git::Repository &repository, const git::Oid &tree, const QString &folder)
{
    int count = 0;
    return extractInto(repository, tree, folder, count, 0);
}

Result<> makeHandCopy(const QString &work, const QString &hand)
try {
    if (QFileInfo::exists(hand))
        return {};
    const fs::path part = native(hand + QStringLiteral(".part"));
    std::error_code error;
    fs::remove_all(part, error);
    COPPICE_CHECK(copyInto(native(work), part));
    fs::rename(part, native(hand), error);
    if (error)
        return failedAt(QStringLiteral("The folder for a person's work cannot be made"), part, error);
    return {};
} catch (const fs::filesystem_error &error) { // stepping to the next entry of a folder throws
    return failedAt(QStringLiteral("The work folder cannot be read"), error.path1(), error.code());
}

Result<> takeHandCopy(const QString &hand, const QString &work)
try {
    if (!QFileInfo(hand).isDir())
        return failNotFound(QStringLiteral("run.hand-folder"), QStringLiteral("The folder of the person's work is gone"), hand);
    COPPICE_CHECK(clear(native(work)));
    return copyInto(native(hand), native(work));
} catch (const fs::filesystem_error &error) {
    return failedAt(QStringLiteral("The folder of the person's work cannot be read"), error.path1(), error.code());
}

} // namespace coppice::runs
