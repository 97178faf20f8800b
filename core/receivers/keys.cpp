// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/keys.h"

#include "base/json.h"
#include "base/paths.h"
#include "secrets/secret_ref.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLockFile>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>

#include <algorithm>
#include <chrono>
#include <mutex>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

using Clock = std::chrono::steady_clock;
constexpr qsizetype longestKey = 256;
constexpr size_t mostRecent = 16;

QByteArray randomHex(int bytes)
{
    QByteArray made(bytes, Qt::Uninitialized);
    auto *system = QRandomGenerator::system();
    for (auto &byte : made)
        byte = char(system->bounded(256));
    return made.toHex();
}

/// Changes when the file is another one.
QByteArray stampOf(const QString &path)
{
    struct stat info {};
    if (::stat(QFile::encodeName(path).constData(), &info) != 0)
        return {};
    return QByteArray::number(qint64(info.st_ino)) + ':' + QByteArray::number(qint64(info.st_mtim.tv_sec)) + '.'
        + QByteArray::number(qint64(info.st_mtim.tv_nsec)) + ':' + QByteArray::number(qint64(info.st_size));
}

} // namespace

bool equalInConstantTime(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size())
        return false;
    unsigned char differs = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        differs = static_cast<unsigned char>(differs | static_cast<unsigned char>(a[i] ^ b[i]));
    return differs == 0;
}

struct KeyRing::Private {
    QString folder;
    QByteArray pepper = randomHex(32);
    std::mutex mutex;
    QByteArray stamp;
    Clock::time_point looked;
    std::vector<ReceiverKey> keys;
    QHash<QByteArray, size_t> byDigest;
    std::vector<size_t> recent; ///< keys that were shown of late, at most `mostRecent`

    [[nodiscard]] QString file() const { return folder + u"/keys.json"_s; }
    [[nodiscard]] QByteArray digest(QByteArrayView key) const
    {
        return QMessageAuthenticationCode::hash(key.toByteArray(), pepper, QCryptographicHash::Sha256);
    }
    /// Reads the list again if it has changed. A key that cannot be had is left out.
    Result<> refresh();
    [[nodiscard]] const ReceiverKey *find(const QString &plugin) const
    {
        for (const auto &key : keys) {
            if (key.plugin == plugin)
                return &key;
        }
        return nullptr;
    }
    Result<QJsonArray> entries() const;
};

Result<QJsonArray> KeyRing::Private::entries() const
{
    if (!QFile::exists(file()))
        return QJsonArray();
    COPPICE_TRY(const QByteArray bytes, readFile(file(), 16 << 20));
    COPPICE_TRY(const QJsonObject root, parseJsonObject(bytes, file()));
    return root[u"plugins"].toArray();
}

Result<> KeyRing::Private::refresh()
{
    looked = Clock::now();
    const QByteArray now = stampOf(file());
    if (now == stamp)
        return {};
    COPPICE_TRY(const QJsonArray list, entries());
    std::vector<ReceiverKey> read;
    QHash<QByteArray, size_t> digests;
    for (const auto &each : list) {
        ReceiverKey key{each[u"plugin"].toString(), each[u"project"].toString(), {}};
        COPPICE_TRY(const auto reference, secrets::SecretRef::parse(each[u"key"].toString(), file()));
        auto secret = secrets::readSecret(reference);
        if (!secret || key.plugin.isEmpty())
            continue;
        key.key = *secret;
        digests[digest(key.key)] = read.size();
        read.push_back(std::move(key));
    }
    keys = std::move(read);
    recent.clear();
    byDigest = std::move(digests);
    stamp = now;
    return {};
}

KeyRing::KeyRing() : d(std::make_unique<Private>()) { }
KeyRing::~KeyRing() = default;

Result<std::unique_ptr<KeyRing>> KeyRing::open(const QString &folder)
{
    COPPICE_CHECK(makeFolder(folder));
    if (::chmod(QFile::encodeName(folder).constData(), 0700) != 0)
        return fail(u"keys.folder"_s, u"The folder of the receivers' keys cannot be closed to others"_s, folder, u"Check whose folder it is."_s);
    std::unique_ptr<KeyRing> ring(new KeyRing);
    ring->d->folder = folder;
    COPPICE_CHECK(ring->d->refresh());
    return ring;
}

Result<ReceiverKey> KeyRing::keyOf(const QString &plugin)
{
    auto &p = *d;
    const std::lock_guard lock(p.mutex);
    COPPICE_CHECK(p.refresh());
    if (const auto *known = p.find(plugin))
        return *known;
    QLockFile file(p.folder + u"/.lock"_s);
    if (!file.tryLock(10'000))
        return fail(u"keys.locked"_s, u"Another process keeps the list of receivers' keys locked"_s, p.file(), u"Try again."_s);
    COPPICE_CHECK(p.refresh());
    if (const auto *known = p.find(plugin))
        return *known;
    COPPICE_TRY(QJsonArray list, p.entries());
    int project = 0;
    for (const auto &each : std::as_const(list)) {
        project = qMax(project, each[u"project"].toString().toInt());
        if (each[u"plugin"].toString() == plugin) { // it has one, which cannot be had
            COPPICE_TRY(const auto reference, secrets::SecretRef::parse(each[u"key"].toString(), p.file()));
            COPPICE_TRY(const QByteArray key, secrets::readSecret(reference));
            return ReceiverKey{plugin, each[u"project"].toString(), key};
        }
    }
    ReceiverKey made{plugin, QString::number(project + 1), randomHex(16)};
    const QString path = p.folder + u'/' + made.project + u".key"_s;
    QFile out(path);
    if (!out.open(QIODevice::WriteOnly | QIODevice::Truncate, QFileDevice::Permissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner))
        || out.write(made.key + '\n') != made.key.size() + 1 || !out.flush())
        return fail(u"keys.write"_s, u"The key cannot be written: %1"_s.arg(out.errorString()), path, u"Check the folder's permissions."_s);
    out.close();
    list.append(QJsonObject{{u"plugin"_s, plugin}, {u"project"_s, made.project}, {u"key"_s, QString(u"file:"_s + path)}});
    COPPICE_CHECK(writeFileAtomically(p.file(), QJsonDocument(QJsonObject{{u"v"_s, 1}, {u"plugins"_s, list}}).toJson()));
    COPPICE_CHECK(p.refresh());
    return made;
}

Result<std::vector<ReceiverKey>> KeyRing::all()
{
    const std::lock_guard lock(d->mutex);
    COPPICE_CHECK(d->refresh());
    return d->keys;
}

std::optional<QString> KeyRing::pluginOf(QByteArrayView key)
{
    if (key.isEmpty() || key.size() > longestKey)
        return {};
    auto &p = *d;
    const std::lock_guard lock(p.mutex);
    const bool isFresh = Clock::now() - p.looked <= std::chrono::seconds(1);
    if (isFresh) { // a digest takes longer than comparing the few that come all the time
        for (const size_t each : p.recent) {
            if (equalInConstantTime(p.keys[each].key, key))
                return p.keys[each].plugin;
        }
    }
    const QByteArray digest = p.digest(key);
    auto found = p.byDigest.constFind(digest);
    // A key that was made, or taken away, meanwhile. A list that cannot be read leaves the known keys as they are.
    if (found == p.byDigest.constEnd() || !isFresh) {
        static_cast<void>(p.refresh());
        found = p.byDigest.constFind(digest);
    }
    if (found == p.byDigest.constEnd() || !equalInConstantTime(p.keys[*found].key, key))
        return {};
    if (std::find(p.recent.begin(), p.recent.end(), *found) == p.recent.end()) {
        if (p.recent.size() >= mostRecent)
            p.recent.erase(p.recent.begin());
        p.recent.push_back(*found);
    }
    return p.keys[*found].plugin;
}

} // namespace coppice::receivers
