// SPDX-License-Identifier: GPL-3.0-or-later
// Maven's pom.xml (maven.apache.org/pom.html). What only the parent's file knows is told as unresolved, never guessed.
#include "manifest/builder.h"

#include <QRegularExpression>
#include <QXmlStreamReader>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

struct Text {
    QString value;
    qint64 line = 0;
};

/// The texts of a pom's elements that matter, by path below <project>.
struct Pom {
    QHash<QString, Text> fields;
    QHash<QString, QString> properties;
    struct Artifact {
        QHash<QString, Text> fields;
    };
    std::vector<Artifact> dependencies;
};

constexpr qsizetype deepest = 64;
constexpr size_t mostArtifacts = 5000;

bool parse(const QByteArray &bytes, Pom &pom, QString &error, qint64 &errorLine)
{
    QXmlStreamReader reader(bytes);
    QStringList path;
    QString text;
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::StartElement:
            path << reader.name().toString();
            text.clear();
            if (path.size() > deepest) {
                error = u"the elements are nested too deeply"_s;
                errorLine = reader.lineNumber();
                return false;
            }
            if (path.size() == 3 && path[1] == "dependencies"_L1 && path[2] == "dependency"_L1 && pom.dependencies.size() < mostArtifacts)
                pom.dependencies.emplace_back();
            break;
        case QXmlStreamReader::Characters:
            if (text.size() < 4096)
                text += reader.text();
            break;
        case QXmlStreamReader::EndElement: {
            const Text here{text.trimmed().left(1000), reader.lineNumber()};
            if (path.size() == 2)
                pom.fields.insert(path[1], here);
            else if (path.size() == 3 && path[1] == "parent"_L1)
                pom.fields.insert(QString(u"parent." + path[2]), here);
            else if (path.size() == 3 && path[1] == "properties"_L1)
                pom.properties.insert(path[2], here.value);
            else if (path.size() == 4 && path[1] == "licenses"_L1 && path[3] == "name"_L1)
                pom.fields.insert(u"license"_s, here);
            else if (path.size() == 4 && path[1] == "dependencies"_L1 && path[2] == "dependency"_L1 && !pom.dependencies.empty())
                pom.dependencies.back().fields.insert(path[3], here);
            text.clear();
            if (!path.isEmpty())
                path.removeLast();
            break;
        }
        default:
            break;
        }
    }
    if (reader.hasError()) {
        error = reader.errorString();
        errorLine = reader.lineNumber();
        return false;
    }
    return true;
}

/// Fills ${…} from this file's own words; stops at what it does not know.
QString resolve(const Pom &pom, QString value)
{
    static const QRegularExpression reference(u"\\$\\{([^}]*)\\}"_s);
    for (int round = 0; round < 8; ++round) {
        const auto match = reference.match(value);
        if (!match.hasMatch() || value.size() > 2000)
            break;
        QString key = match.captured(1);
        QString found = pom.properties.value(key);
        if (found.isEmpty()) {
            if (key.startsWith("pom."_L1))
                key.remove(0, 4);
            else if (key.startsWith("project."_L1))
                key.remove(0, 8);
            found = pom.fields.value(key).value;
            if (found.isEmpty() && (key == "version"_L1 || key == "groupId"_L1))
                found = pom.fields.value(QString(u"parent." + key)).value;
        }
        if (found.isEmpty() || found == value)
            break;
        value.replace(match.capturedStart(), match.capturedLength(), found);
    }
    return value;
}

} // namespace

void readPom(Builder &builder)
{
    const QString path = u"pom.xml"_s;
    for (const char *gradle : {"build.gradle", "build.gradle.kts"}) {
        if (builder.has(QLatin1String(gradle)))
            builder.language(u"java"_s, QLatin1String(gradle), 1);
    }
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return;
    builder.language(u"java"_s, path, 2);
    Pom pom;
    QString error;
    qint64 errorLine = 0;
    if (!parse(*bytes, pom, error, errorLine)) {
        builder.finding(Finding::Severity::Error, u"manifest.broken"_s, u"The file is not a Maven project: %1"_s.arg(error),
                        u"%1:%2"_s.arg(path).arg(errorLine));
        return;
    }
    const auto field = [&](const QString &name) {
        auto it = pom.fields.constFind(name);
        if (it == pom.fields.constEnd() && (name == "version"_L1 || name == "groupId"_L1))
            it = pom.fields.constFind(QString(u"parent." + name));
        const Text text = it == pom.fields.constEnd() ? Text{} : *it;
        return std::pair(resolve(pom, text.value), u"%1:%2"_s.arg(path).arg(text.line));
    };
    const auto take = [&](const QString &name, void (Builder::*put)(const QString &, const QString &)) {
        const auto [value, source] = field(name);
        if (value.contains("${"_L1))
            builder.finding(Finding::Severity::Note, u"manifest.unresolved"_s,
                            u"The %1 names a property that this file does not hold: %2"_s.arg(name, value), source);
        else if (!value.isEmpty())
            (builder.*put)(value, source);
    };
    take(u"artifactId"_s, &Builder::name);
    take(u"version"_s, &Builder::version);
    take(u"description"_s, &Builder::description);
    take(u"license"_s, &Builder::license);
    for (const auto &artifact : pom.dependencies) {
        const QString group = resolve(pom, artifact.fields.value(u"groupId"_s).value);
        const QString name = resolve(pom, artifact.fields.value(u"artifactId"_s).value);
        const Text version = artifact.fields.value(u"version"_s);
        if (group.isEmpty() || name.isEmpty() || group.contains("${"_L1) || name.contains("${"_L1))
            continue;
        const QString range = resolve(pom, version.value);
        builder.dependency({purl(u"maven"_s, QString(group + u'/' + name)), range.contains("${"_L1) ? QString() : range, {},
                            Dependency::Level::Manifest,
                            u"%1:%2"_s.arg(path).arg(artifact.fields.value(u"artifactId"_s).line)});
    }
}

} // namespace coppice::manifest
