// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/version_files.h"

#include <QRegularExpression>
#include <QStringList>
#include <QXmlStreamReader>

#include <algorithm>
#include <vector>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

/// A place in a text, and what stands there.
struct Spot {
    qsizetype at = 0, length = 0;
    QStringList path; ///< keys from the outside; "#0" for the first of a list
};

/// The string values of JSON whose key is "version", with where they stand. Enough of a reader to know keys from values;
/// JSON that is broken ends it.
std::vector<Spot> versionsInJson(const QByteArray &json)
{
    std::vector<Spot> found;
    struct Level {
        bool list = false;
        int index = 0;
        QString key;
    };
    std::vector<Level> levels;
    bool value = true; // a value is expected, and not a key
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '{' || c == '[') {
            if (levels.size() > 100)
                break;
            levels.push_back({c == '[', 0, {}});
            value = c == '[';
        } else if (c == '}' || c == ']') {
            if (levels.empty())
                break;
            levels.pop_back();
        } else if (c == ',') {
            if (!levels.empty() && levels.back().list)
                ++levels.back().index;
            value = !levels.empty() && levels.back().list;
        } else if (c == ':') {
            value = true;
        } else if (c == '"') {
            const qsizetype from = i + 1;
            for (++i; i < json.size() && json[i] != '"'; ++i) {
                if (json[i] == '\\')
                    ++i;
            }
            if (i >= json.size())
                break;
            const QString text = QString::fromUtf8(json.mid(from, i - from));
            if (!value && !levels.empty()) {
                levels.back().key = text;
            } else if (!levels.empty() && !levels.back().list && levels.back().key == "version"_L1) {
                Spot spot{from, i - from, {}};
                for (const auto &level : levels)
                    spot.path << (level.list ? u"#%1"_s.arg(level.index) : level.key);
                found.push_back(spot);
            }
        }
    }
    return found;
}

std::optional<QByteArray> inJson(const QByteArray &name, const QByteArray &bytes, const QString &from, const QString &to)
{
    QByteArray out = bytes;
    const auto spots = versionsInJson(bytes);
    bool own = false;
    for (auto it = spots.rbegin(); it != spots.rend(); ++it) {
        const QString stands = QString::fromUtf8(bytes.mid(it->at, it->length));
        const bool top = it->path == QStringList{u"version"_s};
        // The entry of the package itself in npm's lock file, and what an MCP registry's server.json says of its packages.
        const bool lock = name == "package-lock.json" && it->path == QStringList{u"packages"_s, QString(), u"version"_s};
        const bool package = name == "server.json" && it->path.size() == 3 && it->path[0] == "packages"_L1 && stands == from;
        if (!top && !lock && !package)
            continue;
        own = own || top;
        out.replace(it->at, it->length, to.toUtf8());
    }
    return own ? std::optional(out) : std::nullopt;
}

/// `version = "…"` in one of these tables of TOML.
std::optional<QByteArray> inToml(const QByteArray &bytes, const QStringList &tables, const QString &to)
{
    static const QRegularExpression table(u"^\\s*\\[\\[?\\s*([^\\]]+?)\\s*\\]\\]?\\s*(#.*)?$"_s);
    static const QRegularExpression version(u"^(\\s*version\\s*=\\s*[\"'])([^\"']*)([\"'].*)$"_s);
    QStringList lines = QString::fromUtf8(bytes).split(u'\n');
    QString now;
    for (QString &line : lines) {
        if (const auto match = table.match(line); match.hasMatch()) {
            now = match.captured(1);
        } else if (const auto value = version.match(line); value.hasMatch() && tables.contains(now)) {
            line = value.captured(1) + to + value.captured(3);
            return lines.join(u'\n').toUtf8();
        }
    }
    return std::nullopt;
}

/// The package's own entry in Cargo.lock: the one of its version that has no source.
std::optional<QByteArray> inCargoLock(const QByteArray &bytes, const QString &from, const QString &to)
{
    QStringList entries = QString::fromUtf8(bytes).split(u"[[package]]"_s);
    int own = -1;
    for (int i = 1; i < entries.size(); ++i) {
        if (entries[i].contains(u"\nversion = \"%1\"\n"_s.arg(from)) && !entries[i].contains("\nsource ="_L1)) {
            if (own >= 0)
                return std::nullopt; // several of a workspace: cargo writes it
            own = i;
        }
    }
    if (own < 0)
        return std::nullopt;
    entries[own].replace(u"\nversion = \"%1\"\n"_s.arg(from), u"\nversion = \"%1\"\n"_s.arg(to));
    return entries.join(u"[[package]]"_s).toUtf8();
}

/// project/version of a pom.xml, not its parent's.
std::optional<QByteArray> inPom(const QByteArray &bytes, const QString &to)
{
    const QString text = QString::fromUtf8(bytes);
    QXmlStreamReader reader(text);
    int depth = 0;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement())
            ++depth;
        else if (reader.isEndElement())
            --depth;
        if (!reader.isStartElement() || depth != 2 || reader.name() != "version"_L1)
            continue;
        const qint64 from = reader.characterOffset();
        reader.readNext();
        const QString value = reader.isCharacters() ? reader.text().toString() : QString();
        if (value.isEmpty() || value.contains(u'$') || QStringView(text).mid(from, value.size()) != value)
            return std::nullopt;
        const auto lead = value.size() - QStringView(value).trimmed().size() > 0 ? value.indexOf(value.trimmed()) : 0;
        return QString(text.left(from + lead) + to + text.mid(from + lead + value.trimmed().size())).toUtf8();
    }
    return std::nullopt;
}

} // namespace

bool holdsVersion(const QByteArray &name)
{
    static const std::vector<QByteArray> names{"package.json", "package-lock.json", "npm-shrinkwrap.json", "server.json", "manifest.json", "pyproject.toml", "Cargo.toml", "Cargo.lock", "pom.xml"};
    return std::ranges::find(names, name) != names.end();
}

std::optional<QByteArray> withVersion(const QByteArray &file, const QByteArray &bytes, const QString &from, const QString &to)
{
    const QByteArray name = file.mid(file.lastIndexOf('/') + 1);
    if (name == "npm-shrinkwrap.json")
        return inJson("package-lock.json", bytes, from, to);
    if (name.endsWith(".json"))
        return inJson(name, bytes, from, to);
    if (name == "pyproject.toml")
        return inToml(bytes, {u"project"_s, u"tool.poetry"_s}, to);
    if (name == "Cargo.toml")
        return inToml(bytes, {u"package"_s}, to);
    if (name == "Cargo.lock")
        return inCargoLock(bytes, from, to);
    return name == "pom.xml" ? inPom(bytes, to) : std::nullopt;
}

} // namespace coppice::shipping
