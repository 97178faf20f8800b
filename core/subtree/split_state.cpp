// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/split_state.h"

#include "base/paths.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QDir>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace coppice::subtree {

namespace {

constexpr qsizetype mostFiles = 8;
constexpr size_t mostGroups = 3; ///< of one answer; more are walked anew as one

/// A prefix as one part of a reference name.
QString refPart(const QByteArray &prefix)
{
    QByteArray part = prefix.toPercentEncoding(QByteArray(), QByteArray(".~"));
    if (part.size() > 180)
        part = "long-" + QCryptographicHash::hash(prefix, QCryptographicHash::Sha1).toHex();
    return QString::fromLatin1(part);
}

/// Held while references and a file are written: of two splits at once the second one waits.
class SaveLock
{
public:
    explicit SaveLock(const QString &folder)
        : m_file(::open(QFile::encodeName(folder + QStringLiteral("/lock")).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0666))
    {
        while (m_file >= 0 && flock(m_file, LOCK_EX) != 0 && errno == EINTR) { }
    }
    ~SaveLock()
    {
        if (m_file >= 0)
            ::close(m_file);
    }
    Q_DISABLE_COPY_MOVE(SaveLock)

private:
    int m_file;
};

/// Moves a reference that only splits move. A lock on it that stays while setRef() waits is what a killed split left
/// behind: whoever else may lock it (git packing references) is done in an instant.
Result<> moveRef(git::Repository &repository, const QString &name, const git::Oid &to)
{
    const auto move = [&] { return repository.setRef(name, to, std::nullopt, QStringLiteral("coppice split")); };
    const QString lock = repository.commonDir() + u'/' + name + QStringLiteral(".lock");
    auto done = move();
    return done || !QFile::remove(lock) ? done : move();
}

QByteArray keyOf(const SplitOptions &options)
{
    QByteArray key;
    QDataStream out(&key, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_4);
    out << options.keepDots << options.annotate << options.onto.hex() << options.ignoreJoins << options.resolveLinks;
    if (options.resolveLinks) {
        for (auto since = options.linksSince.cbegin(); since != options.linksSince.cend(); ++since)
            out << since.key() << since->hex();
    }
    return key;
}

} // namespace

SplitState::SplitState(git::Repository &repository, const SplitOptions &options)
    : m_repository(repository), m_options(options),
      m_folder(QString(repository.commonDir() + QStringLiteral("/coppice/split"))), m_key(keyOf(options))
{
}

void SplitState::noteRebuilt()
{
    m_note = QStringLiteral("What was kept of earlier splits could not be used any more and has been made anew.");
}

QString SplitState::pathFor(const std::vector<QByteArray> &prefixes) const
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(m_key);
    for (const auto &prefix : prefixes) {
        hash.addData(prefix);
        hash.addData(QByteArrayView("\0", 1));
    }
    return m_folder + u'/' + QString::fromLatin1(hash.result().toHex().left(16)) + QStringLiteral(".state");
}

std::vector<SplitState::Group> SplitState::groupsFor(const std::vector<QByteArray> &wanted)
{
    std::vector<StateFile> files;
    const QDir folder(m_folder);
    for (const QString &name : folder.entryList({QStringLiteral("*.state")}, QDir::Files, QDir::Name)) {
        auto file = StateFile::open(folder.filePath(name), m_key);
        if (file)
            files.push_back(std::move(*file));
        else if (file.error() == StateFile::Fault::Damaged && QFile::remove(folder.filePath(name)))
            noteRebuilt();
    }

    std::vector<QByteArray> open = wanted;
    std::ranges::sort(open);
    std::vector<Group> groups;
    while (!open.empty() && !files.empty()) {
        size_t best = 0;
        std::vector<QByteArray> bestRest = open;
        for (size_t i = 0; i < files.size(); ++i) {
            std::vector<QByteArray> known;
            for (const auto &one : files[i].prefixes())
                known.push_back(one.prefix);
            std::ranges::sort(known);
            std::vector<QByteArray> rest;
            std::ranges::set_difference(open, known, std::back_inserter(rest));
            // of equal ones the smaller
            if (rest.size() < bestRest.size()
                || (rest.size() == bestRest.size() && rest.size() < open.size() && known.size() < files[best].prefixes().size())) {
                best = i;
                bestRest = std::move(rest);
            }
        }
        if (bestRest.size() == open.size())
            break;
        Group group;
        for (const auto &one : files[best].prefixes())
            group.prefixes.push_back(one.prefix);
        group.file = std::move(files[best]);
        files.erase(files.begin() + qptrdiff(best));
        groups.push_back(std::move(group));
        open = std::move(bestRest);
    }
    if (!open.empty())
        groups.push_back({std::nullopt, std::move(open)});
    if (groups.size() > mostGroups) {
        groups.clear();
        open = wanted;
        std::ranges::sort(open);
        groups.push_back({std::nullopt, std::move(open)});
    }
    return groups;
}

void SplitState::dropOldest()
{
    const QDir folder(m_folder);
    const QStringList newest = folder.entryList({QStringLiteral("*.state")}, QDir::Files, QDir::Time);
    for (qsizetype i = mostFiles; i < newest.size(); ++i)
        QFile::remove(folder.filePath(newest[i]));
}

Result<> SplitState::save(WalkRecord &record, const Group &group)
{
    COPPICE_CHECK(makeFolder(m_folder));
    const SaveLock lock(m_folder);
    // references first: what the file promises must not be collected
    std::vector<git::Oid> before(record.prefixes.size());
    if (group.file) {
        for (size_t i = 0; i < before.size(); ++i)
            before[i] = group.file->prefixes()[i].result.commit;
    }
    for (size_t i = 0; i < record.prefixes.size(); ++i) {
        const auto &result = record.prefixes[i].result;
        if (result.commit.isNull() || result.commit == before[i])
            continue;
        const QString name = QStringLiteral("refs/coppice/split/") + refPart(result.prefix)
            + (m_options.resolveLinks ? QStringLiteral("+links") : QString());
        COPPICE_TRY(const auto now, m_repository.refTarget(name));
        if (now != result.commit)
            COPPICE_CHECK(moveRef(m_repository, name, result.commit));
    }
    std::vector<QByteArray> sorted = group.prefixes;
    std::ranges::sort(sorted);
    const QString path = pathFor(sorted);
    const bool isNew = !QFile::exists(path);
    COPPICE_CHECK(StateFile::save(path, m_key, record));
    if (isNew)
        dropOldest();
    return {};
}

} // namespace coppice::subtree
