// SPDX-License-Identifier: GPL-3.0-or-later
// bun.lock, the text form (lockfileVersion 0 to 2): bun.sh/docs/install/lockfile. The older bun.lockb is binary.
#include "manifest/lock_reader.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <utility>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

using Scope = Dependency::Scope;

/// JSON with comments and commas after the last member, as JSON.
QByteArray plainJson(const QByteArray &text)
{
    QByteArray plain;
    plain.reserve(text.size());
    qsizetype comma = -1; // of `plain`: nothing but white space has come since
    for (qsizetype at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '/' && at + 1 < text.size() && (text[at + 1] == '/' || text[at + 1] == '*')) {
            const bool line = text[at + 1] == '/';
            const qsizetype end = line ? text.indexOf('\n', at) : text.indexOf("*/", at + 2);
            at = end < 0 ? text.size() : line ? end : end + 1;
            continue;
        }
        if ((c == '}' || c == ']') && comma >= 0)
            plain[comma] = ' ';
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
            comma = c == ',' ? plain.size() : -1;
        plain += c;
        if (c != '"')
            continue;
        for (++at; at < text.size() && text[at] != '"'; ++at) { // a string goes over as it is
            plain += text[at];
            if (text[at] == '\\' && at + 1 < text.size())
                plain += text[++at];
        }
        if (at < text.size())
            plain += '"';
    }
    return plain;
}

/// "a/@s/b" is b of @s in a: the places above it, from the nearest.
QString parentOf(const QString &key)
{
    const qsizetype slash = key.lastIndexOf(u'/');
    if (slash < 0)
        return {};
    const qsizetype before = key.lastIndexOf(u'/', slash - 1);
    const bool scoped = QStringView(key).mid(before + 1).startsWith(u'@');
    return scoped ? key.left(qMax(before, qsizetype(0))) : key.left(slash);
}

class BunLock
{
public:
    BunLock(LockReader &reader, const QJsonObject &root) : m_reader(reader), m_workspaces(root[u"workspaces"_s].toObject()), m_packages(root[u"packages"_s].toObject()) { }

    void readAll()
    {
        for (auto it = m_packages.constBegin(); it != m_packages.constEnd(); ++it)
            put(it.key(), it.value().toArray());
        for (auto it = m_packages.constBegin(); it != m_packages.constEnd(); ++it)
            join(it.key(), it.value().toArray());
        for (auto it = m_workspaces.constBegin(); it != m_workspaces.constEnd(); ++it) {
            const auto member = it.value().toObject();
            const QString above = it.key().isEmpty() ? QString() : member[u"name"_s].toString();
            for (const auto &[list, scope] : {std::pair("dependencies", Scope::Runtime), std::pair("optionalDependencies", Scope::Optional),
                                              std::pair("peerDependencies", Scope::Peer), std::pair("devDependencies", Scope::Development)}) {
                const auto names = member[QLatin1String(list)].toObject();
                for (auto name = names.constBegin(); name != names.constEnd(); ++name) {
                    if (const QString id = resolve(above, name.key()); !id.isEmpty())
                        m_reader.direct(id, scope);
                }
            }
        }
    }

private:
    static bool isLocal(const QString &where)
    {
        for (const char *beginning : {"workspace:", "file:", "link:", "portal:", "root:", "./", "../", "/"}) {
            if (where.startsWith(QLatin1String(beginning)))
                return true;
        }
        return false;
    }
    /// [name@where, …, {what it needs}, hash]: the hash only for what comes from a registry.
    static QJsonObject aboutOf(const QJsonArray &package)
    {
        for (const auto &part : package) {
            if (part.isObject())
                return part.toObject();
        }
        return {};
    }

    void put(const QString &key, const QJsonArray &package)
    {
        const QString ident = package.at(0).toString();
        const qsizetype at = ident.indexOf(u'@', 1);
        const QString where = at > 0 ? ident.mid(at + 1) : QString();
        if (where.isEmpty() || isLocal(where))
            return;
        const bool address = where.contains(u':');
        const QString version = address ? where.section(u'#', 1) : where; // of a repository, the commit
        const auto place = m_reader.add(purl(u"npm"_s, ident.left(at)), version, u"bun.lock"_s);
        if (!place)
            return;
        auto &to = m_reader.at(*place);
        if (address)
            to.origin = npmReference(where, {});
        else if (const QString hash = package.last().toString(); package.size() > 3)
            LockReader::setHash(to, hash);
        m_ids.insert(key, to.id());
        if (parentOf(key).isEmpty())
            m_reader.choose(to.purl, to.version);
    }

    [[nodiscard]] QString resolve(QString above, const QString &name) const
    {
        for (int step = 0; step < 200 && !above.isEmpty(); ++step) {
            const QString key = above + u'/' + name;
            if (m_packages.contains(key))
                return m_ids.value(key);
            above = parentOf(above);
        }
        return m_ids.value(name);
    }

    void join(const QString &key, const QJsonArray &package)
    {
        const QString own = m_ids.value(key);
        const auto place = own.isEmpty() ? std::nullopt : m_reader.find(own);
        const auto about = aboutOf(package);
        for (const char *list : {"dependencies", "optionalDependencies", "peerDependencies"}) {
            const auto names = about[QLatin1String(list)].toObject();
            for (auto it = names.constBegin(); it != names.constEnd(); ++it) {
                const QString id = resolve(key, it.key());
                if (id.isEmpty())
                    continue;
                if (place)
                    m_reader.needs(*place, id);
                else
                    m_reader.direct(id); // what a folder beside it needs
            }
        }
    }

    LockReader &m_reader;
    QJsonObject m_workspaces, m_packages;
    QHash<QString, QString> m_ids; ///< by place
};

} // namespace

void readBunLock(LockReader &reader)
{
    const QString file = u"bun.lock"_s;
    const auto bytes = reader.read(file);
    if (!bytes) {
        if (reader.has(u"bun.lockb"_s) && !reader.has(file))
            reader.unreadable(u"bun.lockb is binary, and was not read: `bun install --save-text-lockfile` writes bun.lock"_s, u"bun.lockb"_s);
        return;
    }
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(plainJson(*bytes), &error);
    if (!document.isObject())
        return reader.broken(error.error ? QString(u"The lock file is not JSON: " + error.errorString()) : u"The lock file holds no JSON object"_s, file);
    if (!document.object().contains(u"lockfileVersion"_s))
        return reader.broken(u"The file is no lock file of bun: it says no lockfileVersion"_s, file);
    BunLock(reader, document.object()).readAll();
}

} // namespace coppice::manifest
