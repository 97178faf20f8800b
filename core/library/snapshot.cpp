// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/snapshot.h"

#include <cstring>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

/// Raised whenever what is read from a plugin's files, or how it is packed, changes.
constexpr int format = 5;
constexpr size_t rowsAtOnce = 500; // keeps a transaction short

/// Numbers in seven-bit groups, texts as length and UTF-8.
class Packer
{
public:
    void number(quint64 n)
    {
        while (n >= 0x80) {
            m_out += char(n | 0x80);
            n >>= 7;
        }
        m_out += char(n);
    }
    void bytes(const QByteArray &value)
    {
        number(quint64(value.size()));
        m_out += value;
    }
    void text(const QString &value) { bytes(value.toUtf8()); }
    void texts(const QStringList &values)
    {
        number(quint64(values.size()));
        for (const auto &value : values)
            text(value);
    }
    void map(const QMap<QString, QString> &values)
    {
        number(quint64(values.size()));
        for (auto it = values.cbegin(); it != values.cend(); ++it) {
            text(it.key());
            text(it.value());
        }
    }
    void sourced(const manifest::Sourced<QString> &field)
    {
        text(field.value);
        text(field.source);
    }
    void problems(const std::vector<Problem> &problems)
    {
        number(problems.size());
        for (const auto &problem : problems) {
            text(problem.file);
            number(quint64(problem.line));
            text(problem.text);
            number(problem.warning);
        }
    }
    [[nodiscard]] QByteArray take() { return std::move(m_out); }

private:
    QByteArray m_out;
};

class Unpacker
{
public:
    explicit Unpacker(const QByteArray &bytes) : m_at(bytes.constData()), m_end(m_at + bytes.size()) { }
    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] bool atEnd() const { return m_ok && m_at == m_end; }
    quint64 number()
    {
        quint64 n = 0;
        for (int shift = 0; shift < 64 && m_at < m_end; shift += 7) {
            const auto byte = static_cast<unsigned char>(*m_at++);
            n |= quint64(byte & 0x7f) << shift;
            if (!(byte & 0x80))
                return n;
        }
        m_ok = false;
        return 0;
    }
    /// How many items follow; each takes at least a byte, so that a broken count cannot ask for much.
    size_t count()
    {
        const quint64 n = number();
        if (n > quint64(m_end - m_at))
            m_ok = false;
        return m_ok ? size_t(n) : 0;
    }
    QByteArray bytes()
    {
        const size_t size = count();
        QByteArray value(m_at, qsizetype(size));
        m_at += size;
        return value;
    }
    QString text()
    {
        const size_t size = count();
        const QString value = QString::fromUtf8(m_at, qsizetype(size));
        m_at += size;
        return value;
    }
    QStringList texts()
    {
        QStringList values;
        for (size_t n = count(); n > 0 && m_ok; --n)
            values << text();
        return values;
    }
    QMap<QString, QString> map()
    {
        QMap<QString, QString> values;
        for (size_t n = count(); n > 0 && m_ok; --n) {
            const QString key = text();
            values.insert(values.cend(), key, text());
        }
        return values;
    }
    manifest::Sourced<QString> sourced()
    {
        const QString value = text();
        return {value, text()};
    }
    std::vector<Problem> problems()
    {
        std::vector<Problem> all;
        for (size_t n = count(); n > 0 && m_ok; --n) {
            Problem problem;
            problem.file = text();
            problem.line = int(number());
            problem.text = text();
            problem.warning = number() != 0;
            all.push_back(problem);
        }
        return all;
    }

private:
    const char *m_at;
    const char *m_end;
    bool m_ok = true;
};

void pack(Packer &out, const PluginSettings &s)
{
    out.number(s.present);
    if (!s.present)
        return;
    out.text(s.id);
    out.bytes(s.prefix);
    out.number(s.upstream.has_value());
    if (s.upstream) {
        out.text(s.upstream->url);
        out.text(s.upstream->branch);
        out.number(quint64(s.upstream->mode));
        out.number(quint64(s.upstream->ship));
        out.text(s.upstream->forge);
        out.text(s.upstream->project);
        out.texts(s.upstream->labels);
    }
    out.texts(s.owners);
    out.text(s.agentClient);
    out.text(s.agentModel);
    out.text(QString::number(s.agentBudgetUsdDay, 'g', 17));
    out.map(s.commands);
    out.number(quint64(s.env.size()));
    for (auto it = s.env.cbegin(); it != s.env.cend(); ++it) {
        out.text(it.key());
        out.map(it.value());
    }
    out.texts(s.deployBinds);
    out.text(s.tracker);
    out.text(s.trackerIssueType);
    for (const auto *names : {&s.trackerStates.closed, &s.trackerStates.declined, &s.trackerStates.open})
        out.texts(*names);
    for (const auto *name : {&s.trackerStates.closeAs, &s.trackerStates.declineAs, &s.trackerStates.reopenAs})
        out.text(*name);
    out.texts(s.needs);
    out.number(s.links.size());
    for (const auto &link : s.links) {
        out.bytes(link.path);
        out.bytes(link.name);
        out.number(quint64(link.mode));
    }
    out.text(s.linksSince);
    out.number(s.waivers.size());
    for (const auto &waiver : s.waivers) {
        out.text(waiver.what);
        out.text(waiver.why);
        out.text(waiver.until);
    }
    out.problems(s.problems);
}

void unpack(Unpacker &in, PluginSettings &s)
{
    s.present = in.number() != 0;
    if (!s.present)
        return;
    s.id = in.text();
    s.prefix = in.bytes();
    if (in.number() != 0) {
        Upstream upstream;
        upstream.url = in.text();
        upstream.branch = in.text();
        upstream.mode = in.number() == 1 ? Upstream::Mode::Squash : Upstream::Mode::Full;
        upstream.ship = in.number() == 1 ? Upstream::Ship::PullRequest : Upstream::Ship::Push;
        upstream.forge = in.text();
        upstream.project = in.text();
        upstream.labels = in.texts();
        s.upstream = upstream;
    }
    s.owners = in.texts();
    s.agentClient = in.text();
    s.agentModel = in.text();
    s.agentBudgetUsdDay = in.text().toDouble();
    s.commands = in.map();
    for (size_t n = in.count(); n > 0 && in.ok(); --n) {
        const QString profile = in.text();
        s.env.insert(profile, in.map());
    }
    s.deployBinds = in.texts();
    s.tracker = in.text();
    s.trackerIssueType = in.text();
    for (auto *names : {&s.trackerStates.closed, &s.trackerStates.declined, &s.trackerStates.open})
        *names = in.texts();
    for (auto *name : {&s.trackerStates.closeAs, &s.trackerStates.declineAs, &s.trackerStates.reopenAs})
        *name = in.text();
    s.needs = in.texts();
    for (size_t n = in.count(); n > 0 && in.ok(); --n) {
        TemplateLink link;
        link.path = in.bytes();
        link.name = in.bytes();
        link.mode = TemplateLink::Mode(qMin<quint64>(in.number(), quint64(TemplateLink::Mode::Own)));
        s.links.push_back(link);
    }
    s.linksSince = in.text();
    for (size_t n = in.count(); n > 0 && in.ok(); --n) {
        Waiver waiver;
        waiver.what = in.text();
        waiver.why = in.text();
        waiver.until = in.text();
        s.waivers.push_back(waiver);
    }
    s.problems = in.problems();
}

void pack(Packer &out, const manifest::Manifest &m)
{
    for (const auto *field : {&m.name, &m.version, &m.description, &m.language, &m.license})
        out.sourced(*field);
    out.number(m.environment.size());
    for (const auto &v : m.environment) {
        out.text(v.name);
        out.text(v.description);
        out.number(quint64(v.required) | quint64(v.secret) << 1);
        out.text(v.defaultValue);
        out.text(v.source);
    }
    out.number(m.dependencies.size());
    for (const auto &d : m.dependencies) {
        out.text(d.purl);
        out.text(d.range);
        out.text(d.locked);
        out.number(quint64(d.level) | quint64(d.scope) << 2);
        out.text(d.source);
        out.text(d.reference);
    }
    out.number(m.packages.size());
    for (const auto &p : m.packages) {
        out.text(p.purl);
        out.text(p.version);
        out.text(p.source);
    }
    out.number(quint64(m.commands.size()));
    for (auto it = m.commands.cbegin(); it != m.commands.cend(); ++it) {
        out.text(it.key());
        out.sourced(it.value());
    }
    out.number(m.findings.size());
    for (const auto &f : m.findings) {
        out.number(quint64(f.severity));
        out.text(f.code);
        out.text(f.text);
        out.text(f.where);
    }
}

void unpack(Unpacker &in, manifest::Manifest &m)
{
    for (auto *field : {&m.name, &m.version, &m.description, &m.language, &m.license})
        *field = in.sourced();
    size_t n = in.count();
    m.environment.reserve(n);
    for (; n > 0 && in.ok(); --n) {
        auto &v = m.environment.emplace_back();
        v.name = in.text();
        v.description = in.text();
        const quint64 flags = in.number();
        v.required = flags & 1;
        v.secret = flags & 2;
        v.defaultValue = in.text();
        v.source = in.text();
    }
    n = in.count();
    m.dependencies.reserve(n);
    for (; n > 0 && in.ok(); --n) {
        auto &d = m.dependencies.emplace_back();
        d.purl = in.text();
        d.range = in.text();
        d.locked = in.text();
        const quint64 flags = in.number();
        d.level = manifest::Dependency::Level(qMin<quint64>(flags & 3, 2));
        d.scope = manifest::Dependency::Scope(qMin<quint64>(flags >> 2, quint64(manifest::Dependency::Scope::Indirect)));
        d.source = in.text();
        d.reference = in.text();
    }
    n = in.count();
    m.packages.reserve(n);
    for (; n > 0 && in.ok(); --n) {
        auto &p = m.packages.emplace_back();
        p.purl = in.text();
        p.version = in.text();
        p.source = in.text();
    }
    for (n = in.count(); n > 0 && in.ok(); --n) {
        const QString key = in.text();
        m.commands.insert(key, in.sourced());
    }
    n = in.count();
    m.findings.reserve(n);
    for (; n > 0 && in.ok(); --n) {
        auto &f = m.findings.emplace_back();
        f.severity = manifest::Finding::Severity(qMin<quint64>(in.number(), 2));
        f.code = in.text();
        f.text = in.text();
        f.where = in.text();
    }
}

QByteArray idBytes(const git::Oid &id)
{
    return id.isNull() ? QByteArray() : QByteArray(reinterpret_cast<const char *>(id.raw()), 20);
}
git::Oid idFrom(const QByteArray &bytes)
{
    return bytes.size() == 20 ? git::Oid::fromRaw(reinterpret_cast<const unsigned char *>(bytes.constData())) : git::Oid{};
}

} // namespace

QByteArray packFacts(const PluginSettings &settings, const manifest::Manifest &manifest)
{
    Packer out;
    pack(out, settings);
    pack(out, manifest);
    return out.take();
}

bool unpackFacts(const QByteArray &bytes, PluginSettings &settings, manifest::Manifest &manifest)
{
    Unpacker in(bytes);
    unpack(in, settings);
    unpack(in, manifest);
    return in.atEnd();
}

bool unpackSettings(const QByteArray &bytes, PluginSettings &settings)
{
    Unpacker in(bytes);
    unpack(in, settings);
    return in.ok();
}

Result<std::optional<StoredCatalog>> loadCatalog(store::Database &state)
{
    using Answer = std::optional<StoredCatalog>;
    return state.read<Answer>([](store::Connection &connection) -> Result<Answer> {
        Answer answer;
        COPPICE_CHECK(connection.query(
            u"SELECT head, scanned_at, settings_blob, settings, joins, problems FROM catalog WHERE format = ?"_s, {format},
            [&](const store::Row &row) {
                auto &catalog = answer.emplace();
                catalog.head = idFrom(row.bytes(0));
                catalog.scannedAt = row.number(1);
                catalog.settingsBlob = idFrom(row.bytes(2));
                catalog.settings = row.bytes(3);
                const QByteArray joinBytes = row.bytes(4);
                Unpacker joins(joinBytes);
                catalog.joinsHead = idFrom(joins.bytes());
                for (size_t n = joins.count(); n > 0 && joins.ok(); --n) {
                    Join join;
                    join.dir = joins.bytes();
                    join.squash = joins.number() != 0;
                    join.seconds = qint64(joins.number());
                    catalog.joins.push_back(join);
                }
                const QByteArray problemBytes = row.bytes(5);
                catalog.problems = Unpacker(problemBytes).problems();
            }));
        if (!answer)
            return answer;
        COPPICE_CHECK(connection.query(u"SELECT id, prefix, tree, settings_blob, facts FROM catalog_plugin ORDER BY id"_s, {},
                                       [&](const store::Row &row) {
                                           answer->plugins.push_back({row.text(0), row.bytes(1), idFrom(row.bytes(2)),
                                                                      idFrom(row.bytes(3)), row.bytes(4)});
                                       }));
        return answer;
    });
}

Result<> saveCatalog(store::Database &state, const StoredCatalog &catalog, const std::vector<size_t> &changed)
{
    const auto rows = [&](store::Connection &connection, size_t from, size_t to) -> Result<> {
        for (size_t i = from; i < to; ++i) {
            const auto &plugin = catalog.plugins[changed[i]];
            COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO catalog_plugin (id, prefix, tree, settings_blob, facts) VALUES (?, ?, ?, ?, ?)"_s,
                                          {plugin.id, plugin.prefix, idBytes(plugin.tree), idBytes(plugin.settingsBlob), plugin.facts}));
        }
        return {};
    };
    // Each row is true by itself, so a large scan may be written in several transactions; until the last of them the
    // catalog is that of no commit.
    size_t done = 0;
    if (changed.size() > rowsAtOnce)
        COPPICE_CHECK(state.write<void>([](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(u"UPDATE catalog SET head = x''"_s));
            return {};
        }));
    for (; changed.size() - done > rowsAtOnce; done += rowsAtOnce) {
        COPPICE_CHECK(state.write<void>([&](store::Connection &connection) { return rows(connection, done, done + rowsAtOnce); }));
    }
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(rows(connection, done, changed.size()));
        QSet<QString> kept;
        for (const auto &plugin : catalog.plugins)
            kept.insert(plugin.id);
        QStringList gone;
        COPPICE_CHECK(connection.query(u"SELECT id FROM catalog_plugin"_s, {}, [&](const store::Row &row) {
            if (!kept.contains(row.text(0)))
                gone << row.text(0);
        }));
        for (const auto &id : gone)
            COPPICE_CHECK(connection.exec(u"DELETE FROM catalog_plugin WHERE id = ?"_s, {id}));
        Packer joins;
        joins.bytes(idBytes(catalog.joinsHead));
        joins.number(catalog.joins.size());
        for (const auto &join : catalog.joins) {
            joins.bytes(join.dir);
            joins.number(join.squash);
            joins.number(quint64(join.seconds));
        }
        Packer problems;
        problems.problems(catalog.problems);
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO catalog (only, format, head, scanned_at, settings_blob, settings, joins, problems) "
                                      "VALUES (1, ?, ?, ?, ?, ?, ?, ?)"_s,
                                      {format, idBytes(catalog.head), catalog.scannedAt, idBytes(catalog.settingsBlob), catalog.settings,
                                       joins.take(), problems.take()}));
        return {};
    });
}

} // namespace coppice::library
