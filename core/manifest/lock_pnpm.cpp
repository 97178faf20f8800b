// SPDX-License-Identifier: GPL-3.0-or-later
// pnpm-lock.yaml, lockfileVersion 5 to 9. Source: github.com/pnpm/spec/tree/master/lockfile.
#include "manifest/lock_reader.h"

#include <QRegularExpression>

#include <functional>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

using Scope = Dependency::Scope;

/// Reads the file line by line, with the keys above each.
class PnpmLock
{
public:
    PnpmLock(LockReader &reader, const QByteArray &bytes) : m_reader(reader), m_lines(indentedLines(bytes)) { }

    bool read()
    {
        for (const auto &line : m_lines) {
            if (line.depth == 0 && line.key == "lockfileVersion"_L1)
                m_version = line.value.section(u'.', 0, 0).toInt();
        }
        if (m_version == 0)
            return false;
        walk([this](const IndentedLine &line) { put(line); });
        walk([this](const IndentedLine &line) { join(line); });
        return true;
    }

private:
    void walk(const std::function<void(const IndentedLine &)> &visit)
    {
        m_path.clear();
        m_depths.clear();
        for (const auto &line : m_lines) {
            while (!m_depths.empty() && m_depths.back() >= line.depth) {
                m_depths.pop_back();
                m_path.removeLast();
            }
            m_depths.push_back(line.depth);
            m_path << line.key;
            if (m_path.size() <= 8)
                visit(line);
        }
    }
    [[nodiscard]] QString at(qsizetype n) const { return m_path.value(n); }

    /// "/name/1.0.0_peers", "/name@1.0.0(peers)" or "name@1.0.0(peers)".
    struct Name {
        QString purl, version;
    };
    [[nodiscard]] Name nameOf(QString key) const
    {
        if (key.startsWith(u'/'))
            key.remove(0, 1);
        key = key.section(u'(', 0, 0);
        const qsizetype part = m_version < 6 ? key.lastIndexOf(u'/') : key.indexOf(u'@', 1);
        if (part <= 0)
            return {};
        QString version = key.mid(part + 1);
        if (m_version < 6)
            version = version.section(u'_', 0, 0);
        if (version.contains(u':') || version.contains(u'/'))
            return m_addressed.value(key); // an address: the version stands in the package's own lines
        return {purl(u"npm"_s, key.left(part)), version};
    }
    static bool isLocal(const QString &value)
    {
        return value.startsWith("link:"_L1) || value.startsWith("workspace:"_L1) || (value.startsWith("file:"_L1) && !value.section(u'(', 0, 0).contains(".tgz"_L1) && !value.section(u'(', 0, 0).contains(".tar"_L1));
    }
    /// "name@address" of a key that is one.
    [[nodiscard]] static std::pair<QString, QString> addressOf(QString key)
    {
        if (key.startsWith(u'/'))
            key.remove(0, 1);
        key = key.section(u'(', 0, 0);
        const qsizetype part = key.indexOf(u'@', 1);
        const QString where = part > 0 ? key.mid(part + 1) : QString();
        return where.contains(u':') || where.contains(u'/') ? std::pair(key, where) : std::pair<QString, QString>();
    }
    /// The id of what `name: value` asks for.
    [[nodiscard]] Name target(const QString &name, const QString &value) const
    {
        if (isLocal(value))
            return {};
        const QString plain = value.section(u'(', 0, 0);
        if (const auto known = m_addressed.constFind(QString(name + u'@' + plain)); known != m_addressed.constEnd())
            return *known;
        if (plain.startsWith(u'/') || plain.indexOf(u'@', 1) > 0)
            return m_version < 6 && !plain.startsWith(u'/') ? Name{purl(u"npm"_s, name), plain.section(u'_', 0, 0)} : nameOf(value);
        return {purl(u"npm"_s, name), m_version < 6 ? plain.section(u'_', 0, 0) : plain};
    }

    void put(const IndentedLine &line)
    {
        if (at(0) != "packages"_L1 || m_path.size() < 2)
            return;
        if (m_path.size() == 2) {
            const auto name = nameOf(line.key);
            m_place = m_reader.add(name.purl, name.version, u"pnpm-lock.yaml"_s);
            m_address = m_version < 6 ? std::pair<QString, QString>() : addressOf(line.key);
            if (isLocal(m_address.second))
                m_address = {};
            return;
        }
        if (!m_place && m_path.size() == 3 && line.key == "version"_L1 && !m_address.first.isEmpty()) {
            const Name name{purl(u"npm"_s, m_address.first.left(m_address.first.indexOf(u'@', 1))), line.value};
            m_place = m_reader.add(name.purl, name.version, u"pnpm-lock.yaml"_s);
            if (m_place)
                m_reader.at(*m_place).origin = originOf(m_address.second);
            m_addressed.insert(m_address.first, name);
        }
        if (!m_place)
            return;
        static const QRegularExpression integrity(u"integrity:\\s*([^,}\\s]+)"_s);
        if (m_path.size() == 3 && line.key == "resolution"_L1) {
            if (const auto match = integrity.match(line.value); match.hasMatch())
                LockReader::setHash(m_reader.at(*m_place), match.captured(1));
        } else if (m_path.size() == 4 && at(2) == "resolution"_L1 && line.key == "integrity"_L1) {
            LockReader::setHash(m_reader.at(*m_place), line.value);
        } else if (m_path.size() == 3 && line.key == "dev"_L1) {
            m_reader.scope(*m_place, line.value == "true"_L1 ? Scope::Development : Scope::Runtime);
        } else if (m_path.size() == 3 && line.key == "optional"_L1 && line.value == "true"_L1) {
            m_reader.scope(*m_place, Scope::Optional);
        }
    }

    static std::optional<Scope> scopeOf(const QString &list)
    {
        if (list == "dependencies"_L1)
            return Scope::Runtime;
        if (list == "devDependencies"_L1)
            return Scope::Development;
        return list == "optionalDependencies"_L1 ? std::optional(Scope::Optional) : std::nullopt;
    }

    void join(const IndentedLine &line)
    {
        if (at(0) == "packages"_L1 || at(0) == "snapshots"_L1) {
            if (m_path.size() == 2) {
                const auto name = nameOf(line.key);
                m_place = m_reader.find(purlWithVersion(name.purl, name.version));
                m_local = m_version >= 6 && isLocal(addressOf(line.key).second);
            } else if (m_path.size() == 4 && (m_place || m_local) && (at(2) == "dependencies"_L1 || at(2) == "optionalDependencies"_L1)) {
                const auto name = target(line.key, line.value);
                const QString id = purlWithVersion(name.purl, name.version);
                if (m_place && !name.purl.isEmpty())
                    m_reader.needs(*m_place, id);
                else if (!name.purl.isEmpty())
                    m_reader.direct(id); // what a folder beside it needs
            }
            return;
        }
        // importers / <folder> / dependencies / <name> [/ version], or without the first two
        const qsizetype list = at(0) == "importers"_L1 ? 2 : 0;
        const auto scope = scopeOf(at(list));
        if (!scope)
            return;
        const bool plain = m_path.size() == list + 2 && !line.value.isEmpty();
        const bool detailed = m_path.size() == list + 3 && line.key == "version"_L1;
        if (!plain && !detailed)
            return;
        const auto name = target(at(list + 1), line.value);
        if (name.purl.isEmpty())
            return;
        m_reader.direct(purlWithVersion(name.purl, name.version), *scope);
        m_reader.choose(name.purl, name.version); // the root's importer stands first
    }

    /// Of a repository, also where its host packs it: "https://codeload.github.com/owner/name/tar.gz/commit".
    static QString originOf(const QString &where)
    {
        static const QRegularExpression packed(u"^https://codeload\\.github\\.com/([^/]+/[^/]+)/tar\\.gz/"_s);
        const auto match = packed.match(where);
        return match.hasMatch() ? QString(u"git:https://github.com/" + match.captured(1)) : where.startsWith("http"_L1) ? QString() : npmReference(where, {});
    }

    LockReader &m_reader;
    std::pair<QString, QString> m_address; ///< key and address of the package on view, where it has one
    QHash<QString, Name> m_addressed;      ///< by key
    bool m_local = false;                  ///< the package on view is a folder
    std::vector<IndentedLine> m_lines;
    QStringList m_path;
    std::vector<int> m_depths;
    std::optional<size_t> m_place;
    int m_version = 0;
};

} // namespace

void readPnpmLock(LockReader &reader)
{
    const QString file = u"pnpm-lock.yaml"_s;
    if (const auto bytes = reader.read(file); bytes && !PnpmLock(reader, *bytes).read())
        reader.broken(u"The file is no lock file of pnpm: it says no lockfileVersion"_s, file);
}

} // namespace coppice::manifest
