// SPDX-License-Identifier: GPL-3.0-or-later

// The part of checkout.h that sets a work tree right whose update was cut short.

#include "git/checkout.h"
#include "git/run_git.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace coppice::git {

namespace {

enum class Kind { Nothing, File, Link, Folder };

Kind kindOf(const QByteArray &path)
{
    struct stat info {};
    if (lstat(path.constData(), &info) != 0)
        return Kind::Nothing;
    return S_ISLNK(info.st_mode) ? Kind::Link : S_ISDIR(info.st_mode) ? Kind::Folder : Kind::File;
}

QByteArray linkTarget(const QByteArray &path)
{
    std::array<char, 4096> buffer{};
    const ssize_t size = readlink(path.constData(), buffer.data(), buffer.size());
    return QByteArray(buffer.data(), qsizetype(std::max<ssize_t>(size, 0)));
}

/// As `git hash-object --stdin-paths` reads a path that holds a quote or a control character.
QByteArray quoted(const QByteArray &path)
{
    const bool plain = std::none_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"'; });
    if (plain)
        return path;
    QByteArray text = "\"";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            text += QByteArray("\\") + c;
        else if (byte < 0x20)
            text += '\\' + QByteArray::number(byte, 8).rightJustified(3, '0');
        else
            text += c;
    }
    return text + '"';
}

/// Whether some git command runs in one of these folders right now.
bool gitRunsIn(const QStringList &folders)
{
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList({QStringLiteral("[1-9]*")}, QDir::Dirs);
    for (const auto &entry : entries) {
        QFile name(QStringLiteral("/proc/%1/comm").arg(entry));
        if (!name.open(QIODevice::ReadOnly) || !name.readAll().startsWith("git"))
            continue;
        const QString cwd = QFile::symLinkTarget(QStringLiteral("/proc/%1/cwd").arg(entry));
        for (const auto &folder : folders) {
            if (cwd == folder || cwd.startsWith(QString(folder + u'/')))
                return true;
        }
    }
    return false;
}

} // namespace

Result<> Checkout::clearStaleLock() const
{
    const QString lock = m_gitDir + u"/index.lock";
    const QStringList folders{QFileInfo(m_workTree).canonicalFilePath(), QFileInfo(m_gitDir).canonicalFilePath()};
    for (int tries = 0; tries < 20 && QFileInfo::exists(lock); ++tries) {
        // Left by the update that was killed, unless somebody is just committing there.
        if (tries >= 3 && !gitRunsIn(folders)) {
            QFile::remove(lock);
            return {};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (QFileInfo::exists(lock))
        return lockedIndex(m_workTree);
    return {};
}

Result<bool> Checkout::isCutShort(const QByteArray &path, const Oid &blob) const
{
    // Git writes a file from its beginning: one that was cut short is a beginning of what it should have become.
    if (path.contains('\n')) // the answer is asked for by lines; such a file is left to the person
        return false;
    GitCall call;
    call.gitDir = m_gitDir;
    call.workTree = m_workTree;
    call.args = {QStringLiteral("cat-file"), QStringLiteral("--batch"), QStringLiteral("--filters")};
    call.input = blob.hex() + ' ' + path + '\n';
    COPPICE_TRY(const auto outcome, runGit(call));
    if (!outcome.ok() || outcome.droppedOut > 0)
        return false;
    const auto header = outcome.out.indexOf('\n');
    QFile file(QFile::decodeName(fullPath(path)));
    if (header < 0 || !file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray there = file.readAll();
    return outcome.out.size() - header - 2 >= there.size() && QByteArrayView(outcome.out).sliced(header + 1, there.size()) == there;
}

Result<std::vector<bool>> Checkout::isOurs(const Changes &changes) const
{
    std::vector<bool> ours(changes.size(), false);
    std::vector<size_t> files;
    QByteArray input;
    for (size_t i = 0; i < changes.size(); ++i) {
        const auto &[path, before, after] = changes[i];
        const QByteArray full = fullPath(path);
        switch (kindOf(full)) {
        case Kind::Nothing: // not written yet, or removed already
            ours[i] = true;
            break;
        case Kind::Folder: // a folder that becomes a file, or became one; or a submodule's
            ours[i] = true;
            break;
        case Kind::Link: {
            const QByteArray target = linkTarget(full);
            COPPICE_TRY(const auto hash, userGitChecked(m_gitDir, m_workTree, {QStringLiteral("hash-object"), QStringLiteral("--no-filters"), QStringLiteral("--stdin")}, {}, target));
            const Oid id = Oid::fromHex(hash.trimmed());
            ours[i] = (before && before->mode == Mode::Link && before->id == id) || (after && after->mode == Mode::Link && after->id == id);
            break;
        }
        case Kind::File:
            input += quoted(path) + '\n';
            files.push_back(i);
            break;
        }
    }
    if (files.empty())
        return ours;
    COPPICE_TRY(const auto out, userGitChecked(m_gitDir, m_workTree, {QStringLiteral("hash-object"), QStringLiteral("--stdin-paths")}, {}, input));
    const auto lines = out.trimmed().split('\n');
    if (size_t(lines.size()) != files.size())
        return fail(QStringLiteral("git.output"), QStringLiteral("git did not answer for every file"), m_workTree);
    for (size_t n = 0; n < files.size(); ++n) {
        const auto &[path, before, after] = changes[files[n]];
        const Oid id = Oid::fromHex(lines[qsizetype(n)]);
        bool known = (before && before->id == id) || (after && after->id == id);
        for (const auto &side : {after, before}) {
            if (!known && side && side->mode != Mode::Link) {
                COPPICE_TRY(known, isCutShort(path, side->id));
            }
        }
        ours[files[n]] = known;
    }
    return ours;
}

Result<std::vector<QByteArray>> Checkout::bring(const Changes &changes, const Oid &to) const
{
    COPPICE_TRY(std::vector<bool> ours, isOurs(changes));
    std::vector<QByteArray> foreign;

    for (size_t i = 0; i < changes.size(); ++i) { // first what goes, so that folders make room for files
        const QByteArray full = fullPath(changes[i].path);
        if (!ours[i] || changes[i].after || kindOf(full) == Kind::Folder)
            continue;
        unlink(full.constData());
        QByteArray folder = changes[i].path;
        while (folder.contains('/')) {
            folder.truncate(folder.lastIndexOf('/'));
            if (rmdir(fullPath(folder).constData()) != 0)
                break;
        }
    }

    QByteArray wanted;
    QByteArray gone;
    QByteArray put;
    for (size_t i = 0; i < changes.size(); ++i) {
        const auto &[path, before, after] = changes[i];
        if (after && after->mode != Mode::Submodule && kindOf(fullPath(path)) == Kind::Folder)
            ours[i] = false; // what still lies in the folder is not ours
        if (!ours[i])
            foreign.push_back(path);
        else if (after)
            wanted += path + '\0';
        if (after)
            put += QByteArray::number(quint32(after->mode), 8) + ' ' + after->id.hex() + '\t' + path + '\0';
        else
            gone += "0 " + QByteArray(40, '0') + '\t' + path + '\0';
    }

    // Files before the index: as long as the index is at the old state, a killed repair is found and begun again.
    const QString temporary = m_gitDir + u"/coppice-landing.index";
    QFile::remove(temporary);
    QFile::remove(QString(temporary + u".lock"));
    GitCall call;
    call.gitDir = m_gitDir;
    call.workTree = m_workTree;
    call.variables[QStringLiteral("GIT_INDEX_FILE")] = temporary;
    const auto demand = [&call](const QStringList &args, const QByteArray &input) -> Result<> {
        call.args = args;
        call.input = input;
        COPPICE_TRY(const auto outcome, runGit(call));
        if (!outcome.ok())
            return fail(QStringLiteral("git.failed"), QStringLiteral("git %1 failed (%2)").arg(args.value(0), lastWords(outcome)), call.workTree);
        return {};
    };
    COPPICE_CHECK(demand({QStringLiteral("read-tree"), to.toString()}, {}));
    if (!wanted.isEmpty())
        COPPICE_CHECK(demand({QStringLiteral("checkout-index"), QStringLiteral("-f"), QStringLiteral("-q"), QStringLiteral("-z"), QStringLiteral("--stdin")}, wanted));
    QFile::remove(temporary);
    call.variables.clear();
    COPPICE_CHECK(demand({QStringLiteral("update-index"), QStringLiteral("--add"), QStringLiteral("--remove"), QStringLiteral("--replace"), QStringLiteral("-z"),
                          QStringLiteral("--index-info")}, gone + put));
    COPPICE_CHECK(refreshIndex());
    return foreign;
}

} // namespace coppice::git
