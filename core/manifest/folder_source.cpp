// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/manifest.h"

#include <base/paths.h>

#include <QDir>
#include <QFileInfo>

namespace coppice::manifest {

namespace {

constexpr qint64 largestFile = 1 << 20;
constexpr qint64 largestLock = 16 << 20;
constexpr size_t mostNames = 20'000;

class FolderSource final : public FileSource
{
public:
    explicit FolderSource(const QString &folder) : m_folder(folder) { }

    QStringList list(const QString &folder) const override
    {
        if (!folder.isEmpty() && !isPlain(folder, true))
            return {};
        QStringList names;
        const auto infos = QDir(m_folder + u'/' + folder)
                               .entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
        for (const auto &info : infos) {
            if (info.fileName() == QLatin1String(".git"))
                continue;
            if (size_t(names.size()) >= mostNames)
                break;
            names << (info.isDir() && !info.isSymLink() ? QString(info.fileName() + u'/') : info.fileName());
        }
        return names;
    }

    std::optional<QByteArray> read(const QString &path) const override { return upTo(path, largestFile); }
    std::optional<QByteArray> readLock(const QString &path) const override { return upTo(path, largestLock); }

private:
    std::optional<QByteArray> upTo(const QString &path, qint64 most) const
    {
        if (!isPlain(path, false))
            return std::nullopt;
        auto bytes = readFile(m_folder + u'/' + path, most);
        return bytes ? std::optional(*bytes) : std::nullopt;
    }

    /// No part of the path is a link: what is read lies in the folder.
    bool isPlain(const QString &path, bool wantsFolder) const
    {
        if (!isSafeRelative(path.toUtf8()))
            return false;
        QString at = m_folder;
        const auto parts = path.split(u'/');
        for (qsizetype i = 0; i < parts.size(); ++i) {
            at += u'/' + parts[i];
            const QFileInfo info(at);
            const bool folder = i + 1 < parts.size() || wantsFolder;
            if (info.isSymLink() || (folder ? !info.isDir() : !info.isFile()))
                return false;
        }
        return true;
    }

    QString m_folder;
};

} // namespace

std::unique_ptr<FileSource> folderSource(const QString &folder)
{
    return std::make_unique<FolderSource>(folder);
}

} // namespace coppice::manifest
