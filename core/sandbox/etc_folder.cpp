// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/etc_folder.h"

#include "base/id.h"
#include "base/paths.h"
#include "sandbox/guard.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

namespace coppice::sandbox {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto lookEvery = std::chrono::minutes(1);
constexpr size_t mostEntries = 20'000;
constexpr qint64 mostBytes = 64 << 20;
constexpr int deepest = 12;
constexpr qint64 unusedDays = 30;

struct MadeFile {
    const char *name;
    const char *text;
};
/// Nothing of the machine's users, names or addresses is shown.
constexpr std::array<MadeFile, 5> madeFiles{
    {{"passwd", "root:x:0:0:root:/root:/usr/sbin/nologin\n"
                "agent:x:1000:1000:agent:/home/agent:/bin/bash\n"
                "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
     {"group", "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n"},
     {"hosts", "127.0.0.1 localhost coppice\n::1 localhost\n"},
     {"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"},
     {"hostname", "coppice\n"}}};

/// Files and folders of /etc that programs read and that tell nothing about the user.
const QStringList &namesShown()
{
    static const QStringList names = QStringLiteral("alternatives ca-certificates ca-certificates.conf crypto-policies "
                                                    "fonts java-11-openjdk java-17-openjdk java-21-openjdk ld.so.cache "
                                                    "ld.so.conf ld.so.conf.d localtime magic mime.types perl php pki "
                                                    "protocols python3 services ssl terminfo timezone xml")
                                         .split(u' ');
    return names;
}

struct Entry {
    QString from;
    QString name; ///< below the folder
    QString link; ///< where it leads; empty for a file or folder
    bool folder = false;
};

/// What is to be shown, and a hash of it that changes with any file.
class Listing
{
public:
    void add(const QString &from, const QString &name, bool follow, int depth = 0)
    {
        struct stat info {};
        const QByteArray path = QFile::encodeName(from);
        if ((follow ? ::stat(path.constData(), &info) : ::lstat(path.constData(), &info)) != 0 || m_entries.size() >= mostEntries)
            return;
        if (S_ISLNK(info.st_mode))
            note({from, name, QString::fromLocal8Bit(QFile::encodeName(QFile(from).symLinkTarget())), false}, info);
        else if (S_ISREG(info.st_mode) && (info.st_mode & S_IROTH) && m_bytes + info.st_size <= mostBytes)
            note({from, name, {}, false}, info);
        else if (S_ISDIR(info.st_mode) && (info.st_mode & S_IROTH) && (info.st_mode & S_IXOTH) && depth < deepest)
            addFolder({from, name, {}, true}, info, depth);
    }
    [[nodiscard]] const std::vector<Entry> &entries() const { return m_entries; }
    [[nodiscard]] QString hash() const { return QString::fromLatin1(m_hash.result().toHex().left(16)); }
    void addText(const char *text) { m_hash.addData(text); }

private:
    void addFolder(Entry entry, const struct stat &info, int depth)
    {
        const QString from = entry.from;
        const QString name = entry.name;
        note(std::move(entry), info);
        const auto names = QDir(from).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
        for (const auto &each : names)
            add(from + u'/' + each, name + u'/' + each, false, depth + 1);
    }
    void note(Entry entry, const struct stat &info)
    {
        if (S_ISREG(info.st_mode))
            m_bytes += info.st_size;
        m_hash.addData(QStringLiteral("%1\n%2\n%3 %4 %5 %6\n")
                           .arg(entry.name, entry.link)
                           .arg(info.st_mode)
                           .arg(S_ISDIR(info.st_mode) ? 0 : info.st_size)
                           .arg(info.st_mtim.tv_sec)
                           .arg(info.st_mtim.tv_nsec)
                           .toUtf8());
        m_entries.push_back(std::move(entry));
    }
    std::vector<Entry> m_entries;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
    qint64 m_bytes = 0;
};

void list(Listing &listing, const QString &machines)
{
    for (const auto &file : madeFiles)
        listing.addText(file.text);
    for (const auto &name : namesShown()) {
        const QString path = machines + u'/' + name;
        // A link into what is shown stays one (the name of the time zone is read from it); any other is followed.
        const QString real = canonical(path);
        const bool stays = isWithin(real, QStringLiteral("/usr"));
        if (!real.isEmpty())
            listing.add(path, name, !stays);
    }
}

Result<> build(const Listing &listing, const QString &folder)
{
    const auto failed = [](const QString &path) {
        return fail(QStringLiteral("sandbox.etc"), QStringLiteral("The sandbox's /etc cannot be written"), path,
                    QStringLiteral("Check the permissions and the free space of the cache folder."));
    };
    COPPICE_CHECK(makeFolder(folder));
    for (const auto &entry : listing.entries()) {
        const QString to = folder + u'/' + entry.name;
        const bool done = !entry.link.isEmpty() ? QFile::link(entry.link, to)
            : entry.folder                      ? QDir().mkdir(to)
                                                : QFile::copy(entry.from, to);
        if (!done && QFileInfo::exists(entry.from)) // what has gone meanwhile need not be there
            return failed(to);
    }
    for (const auto &file : madeFiles) {
        QFile made(folder + u'/' + QLatin1String(file.name));
        if (!made.open(QIODevice::WriteOnly) || made.write(file.text) < 0)
            return failed(made.fileName());
    }
    return {};
}

void removeUnused(const QString &parent, const QString &used)
{
    const auto all = QDir(parent).entryInfoList({QStringLiteral("etc-*")}, QDir::Dirs | QDir::NoDotAndDotDot);
    for (const auto &info : all) {
        if (info.filePath() != used && info.lastModified().daysTo(QDateTime::currentDateTimeUtc()) > unusedDays)
            QDir(info.filePath()).removeRecursively();
    }
}

Result<QString> lookFor(const QString &machines)
{
    Listing listing;
    list(listing, machines);
    const QString parent = cacheHome() + QStringLiteral("/sandbox");
    const QString folder = parent + QStringLiteral("/etc-") + listing.hash();
    if (!QFileInfo(folder).isDir()) {
        const QString fresh = parent + QStringLiteral("/etc-new-") + Id::make().toString();
        if (auto built = build(listing, fresh); !built) {
            QDir(fresh).removeRecursively();
            return std::unexpected(built.error());
        }
        if (!QDir().rename(fresh, folder)) { // another process was as quick
            QDir(fresh).removeRecursively();
            if (!QFileInfo(folder).isDir())
                return fail(QStringLiteral("sandbox.etc"), QStringLiteral("The sandbox's /etc cannot be put in place"), folder);
        }
        removeUnused(parent, folder);
    }
    ::utimensat(AT_FDCWD, QFile::encodeName(folder).constData(), nullptr, 0); // in use
    return folder;
}

} // namespace

Result<QString> etcFolder(const QString &machines)
{
    struct Known {
        QString folder;
        Clock::time_point at;
    };
    static std::mutex mutex;
    static std::map<QString, Known> all;
    const std::lock_guard lock(mutex);
    Known &known = all[cacheHome() + u'\n' + machines];
    if (known.folder.isEmpty() || Clock::now() - known.at > lookEvery || !QFileInfo(known.folder).isDir()) {
        COPPICE_TRY(known.folder, lookFor(machines));
        known.at = Clock::now();
    }
    return known.folder;
}

} // namespace coppice::sandbox
