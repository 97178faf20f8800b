// SPDX-License-Identifier: GPL-3.0-or-later
// The lock file: whether there is one where packages are used, and whether it is that of the manifest.
#include "health/probe.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

#include <cstring>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

struct Ecosystem {
    const char *purl; ///< type of its packages
    const char *word;
    std::initializer_list<const char *> files; ///< that lock; the first that is there counts
    std::initializer_list<const char *> manifests;
};
const Ecosystem ecosystems[] = {
    {"npm", "npm", {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"}, {"package.json"}},
    {"pypi", "Python", {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"}, {"pyproject.toml", "requirements.txt", "setup.py", "Pipfile"}},
    {"cargo", "Cargo", {"Cargo.lock"}, {"Cargo.toml"}},
    {"golang", "Go", {"go.sum"}, {"go.mod"}},
};

QString packageOf(const QString &purl)
{
    return QUrl::fromPercentEncoding(purl.section(u'/', 1).toUtf8());
}

/// Where npm's own lock repeats what package.json asks for, and says otherwise: what `npm ci` refuses.
QStringList npmDiffers(const QByteArray &manifest, const QByteArray &lock)
{
    const auto asked = QJsonDocument::fromJson(manifest).object();
    const auto root = QJsonDocument::fromJson(lock).object()[u"packages"].toObject()[u""].toObject();
    QStringList differs;
    if (root.isEmpty())
        return differs;
    for (const QString &list : {u"dependencies"_s, u"devDependencies"_s, u"optionalDependencies"_s}) {
        const auto wanted = asked[list].toObject();
        const auto kept = root[list].toObject();
        for (auto it = wanted.begin(); it != wanted.end(); ++it) {
            if (kept[it.key()].toString() != it->toString())
                differs << it.key();
        }
        for (auto it = kept.begin(); it != kept.end(); ++it) {
            if (!wanted.contains(it.key()))
                differs << it.key();
        }
    }
    differs.removeDuplicates();
    return differs;
}

/// Whether a lock's text names a package: the word as it stands, between characters that no package's name holds.
bool names(const QByteArray &lock, const QByteArray &package)
{
    const auto inName = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; };
    for (auto at = lock.indexOf(package); at >= 0; at = lock.indexOf(package, at + 1)) {
        const char before = at > 0 ? lock[at - 1] : '\n';
        const char after = at + package.size() < lock.size() ? lock[at + package.size()] : '\n';
        if (!inName(before) && before != '/' && (!inName(after) || after == '@'))
            return true;
    }
    return false;
}

class Lock final : public Probe
{
public:
    QString name() const override { return u"lock"_s; }
    QString title() const override { return u"Lock file"_s; }
    QString source() const override { return u"the plugin's manifests and lock files"_s; }
    int version() const override { return 2; }
    QByteArray key(Round &, const library::CatalogEntry &entry) override { return entry.tree.hex(); }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        auto &files = round.files(entry);
        QJsonArray missing, found;
        QStringList unlocked;
        int dependencies = 0;
        for (const auto &system : ecosystems) {
            const QString beginning = u"pkg:"_s + QLatin1String(system.purl) + u'/';
            QStringList packages, open;
            QString from;
            for (const auto &dependency : entry.manifest.dependencies) {
                const QString file = dependency.source.section(u':', 0, 0);
                if (!dependency.purl.startsWith(beginning) || file.contains(u'/'))
                    continue;
                // what is of the same repository is locked by being there
                if (dependency.range.startsWith("file:"_L1) || dependency.range.startsWith("link:"_L1) || dependency.range.startsWith("workspace:"_L1)
                    || dependency.range.startsWith("portal:"_L1))
                    continue;
                packages << packageOf(dependency.purl);
                from = from.isEmpty() ? file : from;
                // go.mod names exact versions, and says nothing of what they hold: go.sum does.
                const bool sums = std::strcmp(system.purl, "golang") == 0;
                if (sums)
                    packages.last() += u' ' + dependency.range;
                if (dependency.locked.isEmpty() || sums)
                    open << packages.last();
            }
            dependencies += int(packages.size());
            const PluginFiles::File *lock = nullptr;
            for (const char *name : system.files)
                lock = lock ? lock : files.find(name);
            if (!lock) {
                if (packages.isEmpty() || open.isEmpty()) // nothing to lock, or all pinned in the manifest
                    continue;
                missing.append(QJsonObject{{u"ecosystem"_s, QLatin1String(system.word)}, {u"manifest"_s, factText(from)}, {u"packages"_s, packages.size()},
                                           {u"wanted"_s, QLatin1String(*system.files.begin())}, {u"refused"_s, refusedBy(files, system)}});
                continue;
            }
            found.append(QString::fromUtf8(lock->path));
            unlocked << notIn(files, *lock, packages, open);
        }
        unlocked.removeDuplicates();
        QJsonArray listed;
        for (const auto &package : unlocked.mid(0, mostListed))
            listed.append(factText(package, 120));
        return {{{u"files"_s, found}, {u"dependencies"_s, dependencies}, {u"missing"_s, missing}, {u"differs"_s, listed}, {u"differs_count"_s, unlocked.size()},
                 {u"java"_s, entry.manifest.language.value == "java"_L1}},
                {}};
    }

private:
    /// The file that keeps a lock file out of the repository on purpose; empty: none does.
    static QString refusedBy(PluginFiles &files, const Ecosystem &system)
    {
        if (const auto ignored = files.read(QByteArrayView(".gitignore"))) {
            for (const auto &raw : ignored->split('\n')) {
                QByteArray line = raw.trimmed();
                if (line.startsWith('/'))
                    line.remove(0, 1);
                for (const char *name : system.files) {
                    if (line == name)
                        return u".gitignore"_s;
                }
            }
        }
        if (std::strcmp(system.purl, "npm") == 0) {
            if (const auto settings = files.read(QByteArrayView(".npmrc"))) {
                for (const auto &raw : settings->split('\n')) {
                    if (raw.simplified().replace(' ', "") == "package-lock=false")
                        return u".npmrc"_s;
                }
            }
        }
        return {};
    }
    static QStringList notIn(PluginFiles &files, const PluginFiles::File &lock, const QStringList &packages, const QStringList &open)
    {
        const auto text = files.read(lock);
        if (!text || lock.path == "bun.lockb") // too large, or not for reading
            return {};
        if (lock.path == "package-lock.json" || lock.path == "npm-shrinkwrap.json") {
            const auto manifest = files.read(QByteArrayView("package.json"));
            auto differs = manifest ? npmDiffers(*manifest, *text) : QStringList();
            return differs.isEmpty() && !text->contains("\"packages\"") ? open : differs;
        }
        QStringList absent;
        if (lock.path == "go.sum") {
            for (const auto &package : packages) {
                if (!text->contains(package.toUtf8()))
                    absent << package;
            }
            return absent;
        }
        const bool folded = lock.path == "uv.lock" || lock.path == "poetry.lock" || lock.path == "pdm.lock" || lock.path == "Pipfile.lock" || lock.path == "pylock.toml";
        for (const auto &package : packages) {
            QByteArray name = package.toUtf8();
            // Python's names are the same with -, _ and . between words; lock files have the one with -
            const bool there = names(*text, name) || (folded && (names(*text, QByteArray(name).replace('-', '_')) || names(*text, QByteArray(name).replace('-', '.'))));
            if (!there)
                absent << package;
        }
        return absent;
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> lock()
{
    return std::make_unique<Lock>();
}
}

} // namespace coppice::health
