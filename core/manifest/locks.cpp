// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/locks.h"

#include "manifest/builder.h"
#include "manifest/lock_reader.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostPackages = 50'000;
constexpr size_t mostFindings = 100;
constexpr size_t mostLines = 2'000'000;

} // namespace

QString LockedPackage::id() const
{
    return purlWithVersion(purl, version);
}

QString Locks::versionFor(const QString &purl, const QString &range) const
{
    const auto exact = chosen.constFind(QString(purl + u'\n' + range));
    return exact != chosen.constEnd() ? *exact : chosen.value(purl);
}

LockReader::LockReader(const FileSource &files) : m_files(files), m_names(files.list({})) { }

std::optional<QByteArray> LockReader::read(const QString &name)
{
    if (!m_names.contains(name))
        return std::nullopt;
    auto bytes = m_files.readLock(name);
    if (!bytes) {
        unreadable(u"The lock file is no ordinary file, or larger than 16 MiB; it was not read"_s, name);
        return std::nullopt;
    }
    if (bytes->startsWith("\xEF\xBB\xBF"))
        bytes->remove(0, 3);
    if (bytes->startsWith("<<<<<<< ") || bytes->contains("\n<<<<<<< "))
        broken(u"The lock file holds the marks of a merge that was not finished"_s, name);
    m_locks.files << name;
    return bytes;
}

void LockReader::broken(const QString &text, const QString &where)
{
    if (m_locks.findings.size() < mostFindings)
        m_locks.findings.push_back({Finding::Severity::Error, u"manifest.broken"_s, cleanLine(text, 500), cleanLine(where, 300)});
}

void LockReader::unreadable(const QString &text, const QString &where)
{
    if (m_locks.findings.size() < mostFindings)
        m_locks.findings.push_back({Finding::Severity::Warning, u"manifest.unreadable"_s, text, where});
}

std::optional<size_t> LockReader::add(const QString &purl, const QString &version, const QString &file)
{
    const QString number = cleanLine(version, 100);
    if (purl.isEmpty() || purl.size() > 300 || number.isEmpty())
        return std::nullopt;
    const QString id = purlWithVersion(purl, number);
    if (const auto there = m_places.constFind(id); there != m_places.constEnd())
        return *there;
    if (m_locks.packages.size() >= mostPackages) {
        m_locks.cut = true;
        return std::nullopt;
    }
    auto &package = m_locks.packages.emplace_back();
    package.purl = purl;
    package.version = number;
    package.file = file;
    m_places.insert(id, m_locks.packages.size() - 1);
    return m_locks.packages.size() - 1;
}

std::optional<size_t> LockReader::find(const QString &id) const
{
    const auto there = m_places.constFind(id);
    return there == m_places.constEnd() ? std::nullopt : std::optional(*there);
}

void LockReader::scope(size_t place, Dependency::Scope scope)
{
    // Of several copies, what any is needed for at runtime counts.
    if (!m_said.contains(place) || scope == Dependency::Scope::Runtime)
        m_locks.packages[place].scope = scope;
    m_said.insert(place);
}

void LockReader::direct(const QString &id, Dependency::Scope scope)
{
    const auto there = m_direct.find(id);
    if (there == m_direct.end())
        m_direct.insert(id, scope);
    else if (scope == Dependency::Scope::Runtime)
        *there = scope;
}

std::optional<QByteArray> LockReader::peek(const QString &name) const
{
    return m_names.contains(name) ? m_files.read(name) : std::nullopt;
}

/// From what the plugin asks for to all that this needs: runtime first, so that it wins.
void LockReader::spreadScopes()
{
    using Scope = Dependency::Scope;
    QSet<size_t> reached;
    for (const auto scope : {Scope::Runtime, Scope::Peer, Scope::Optional, Scope::Development}) {
        std::vector<size_t> open;
        for (auto it = m_direct.cbegin(); it != m_direct.cend(); ++it) {
            const auto place = find(it.key());
            if (it.value() == scope && place && !reached.contains(*place))
                open.push_back(*place);
        }
        while (!open.empty()) {
            const size_t place = open.back();
            open.pop_back();
            if (reached.contains(place))
                continue;
            reached.insert(place);
            if (!m_said.contains(place))
                m_locks.packages[place].scope = scope;
            for (const auto &need : m_locks.packages[place].needs) {
                if (const auto next = find(need); next && !reached.contains(*next))
                    open.push_back(*next);
            }
        }
    }
}

void LockReader::choose(const QString &key, const QString &version)
{
    if (!key.isEmpty() && !version.isEmpty() && size_t(m_locks.chosen.size()) < mostPackages && !m_locks.chosen.contains(key))
        m_locks.chosen.insert(key, cleanLine(version, 100));
}

void LockReader::setHash(LockedPackage &package, const QString &written)
{
    static const QHash<QString, QPair<QString, int>> names{{u"sha1"_s, {u"SHA-1"_s, 40}},
                                                           {u"sha256"_s, {u"SHA-256"_s, 64}},
                                                           {u"sha384"_s, {u"SHA-384"_s, 96}},
                                                           {u"sha512"_s, {u"SHA-512"_s, 128}},
                                                           {u"md5"_s, {u"MD5"_s, 32}}};
    const QString text = written.trimmed().section(u' ', 0, 0).left(400); // several: the first is the strongest
    QString name, hex;
    if (const qsizetype dash = text.indexOf(u'-'); dash > 0 && names.contains(text.left(dash))) {
        name = text.left(dash);
        hex = QString::fromLatin1(QByteArray::fromBase64(text.mid(dash + 1).section(u'?', 0, 0).toLatin1()).toHex());
    } else if (const qsizetype colon = text.indexOf(u':'); colon > 0) {
        name = text.left(colon);
        hex = text.mid(colon + 1).toLower();
    } else {
        hex = text.toLower();
        name = hex.size() == 40 ? u"sha1"_s : u"sha256"_s;
    }
    static const QRegularExpression digits(u"^[0-9a-f]+\\z"_s);
    const auto known = names.constFind(name);
    if (known == names.constEnd() || hex.size() != known->second || !digits.match(hex).hasMatch())
        return;
    package.hashName = known->first;
    package.hash = hex;
}

Locks LockReader::take()
{
    spreadScopes();
    for (auto it = m_direct.cbegin(); it != m_direct.cend(); ++it) {
        if (m_places.contains(it.key()))
            m_locks.direct << it.key();
    }
    m_locks.direct.sort();
    for (auto &package : m_locks.packages) {
        auto &needs = package.needs;
        std::sort(needs.begin(), needs.end());
        needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
        const QString own = package.id();
        needs.removeIf([&](const QString &id) { return id == own || !m_places.contains(id); });
    }
    std::vector<std::pair<QString, size_t>> order;
    order.reserve(m_locks.packages.size());
    for (size_t i = 0; i < m_locks.packages.size(); ++i)
        order.emplace_back(m_locks.packages[i].id(), i);
    std::sort(order.begin(), order.end());
    std::vector<LockedPackage> sorted;
    sorted.reserve(order.size());
    for (const auto &[id, place] : order)
        sorted.push_back(std::move(m_locks.packages[place]));
    m_locks.packages = std::move(sorted);
    return std::move(m_locks);
}

std::vector<IndentedLine> indentedLines(const QByteArray &bytes)
{
    const auto unquoted = [](QString text) {
        text = text.trimmed();
        if (text.size() >= 2 && (text.front() == u'"' || text.front() == u'\'') && text.back() == text.front())
            text = text.mid(1, text.size() - 2);
        return text;
    };
    std::vector<IndentedLine> lines;
    qsizetype at = 0;
    for (int number = 1; at < bytes.size() && lines.size() < mostLines; ++number) {
        qsizetype end = bytes.indexOf('\n', at);
        if (end < 0)
            end = bytes.size();
        QByteArrayView raw(bytes.constData() + at, end - at);
        at = end + 1;
        qsizetype depth = 0;
        while (depth < raw.size() && raw[depth] == ' ')
            ++depth;
        const QString text = QString::fromUtf8(raw.sliced(depth).first(qMin(raw.size() - depth, qsizetype(4000)))).trimmed();
        if (text.isEmpty() || text.startsWith(u'#') || text == "---"_L1)
            continue;
        IndentedLine line;
        line.depth = int(depth);
        line.line = number;
        QString rest = text;
        if (rest.startsWith("- "_L1)) {
            line.item = true;
            rest = rest.mid(2).trimmed();
        }
        // The key may be quoted, and hold ':' and spaces then.
        qsizetype keyEnd = -1;
        qsizetype from = 0;
        if (rest.startsWith(u'"') || rest.startsWith(u'\'')) {
            const qsizetype closing = rest.indexOf(rest.front(), 1);
            from = closing < 0 ? 0 : closing + 1;
        }
        const qsizetype colon = rest.indexOf(": "_L1, from);
        if (colon >= 0)
            keyEnd = colon;
        else if (rest.endsWith(u':'))
            keyEnd = rest.size() - 1;
        if (keyEnd >= 0) {
            line.key = rest.left(keyEnd);
            line.value = unquoted(rest.mid(keyEnd + 1));
        } else if (const qsizetype space = rest.indexOf(u' ', from); space > 0 && !line.item) { // classic yarn
            line.key = rest.left(space);
            line.value = unquoted(rest.mid(space + 1));
        } else {
            line.key = rest;
        }
        if (!line.key.contains("\", \""_L1) && !line.key.contains(","_L1))
            line.key = unquoted(line.key);
        lines.push_back(std::move(line));
    }
    return lines;
}

Locks readLocks(const FileSource &files)
{
    LockReader reader(files);
    readNpmLock(reader);
    readYarnLock(reader);
    readPnpmLock(reader);
    readBunLock(reader);
    readPythonLocks(reader);
    readCargoLock(reader);
    readGoList(reader);
    readGradleLocks(reader);
    return reader.take();
}

} // namespace coppice::manifest
