// SPDX-License-Identifier: GPL-3.0-or-later
// Packages that a patch begins to depend on, or takes from another place.
#include "review/flags.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::review {

namespace {

using R = QRegularExpression;
constexpr qsizetype largestManifest = 2 << 20; ///< bytes

/// Where a package comes from (empty: from the usual registry), by its name as the file spells it.
using Packages = QMap<QString, QString>;

/// What in a declaration names another place than the registry. A tag or commit is a version.
QString placeOf(const QString &declaration)
{
    static const R place(QStringLiteral("(?:git\\+|hg\\+|svn\\+)?(?:https?|ssh|git|file|ftp)://[^\\s\"'<>#;,)}@]*(?:@[^\\s\"'<>#;,)}]*(?=/))?[^\\s\"'<>#;,)}@]*|\\bgit@[^\\s\"'#]+|\\b(?:github|gitlab|bitbucket|gist|npm|link|portal|patch):[^\\s\"'#]+|\\bfile:[^\\s\"'#]+"
                             "|\\b(?:git|path|url|registry|index|github|source)\\s*[=:]>?\\s*[\"'][^\"']+[\"']"));
    const auto match = place.match(declaration);
    return match.hasMatch() ? match.captured().simplified().remove(u' ') : QString();
}

QJsonObject object(const QByteArray &bytes)
{
    return QJsonDocument::fromJson(bytes).object();
}

void fromJson(const QJsonObject &group, Packages &packages)
{
    static const R shorthand(QStringLiteral("^[\\w.-]+/[\\w.-]+(#.*)?$"));
    for (auto it = group.begin(); it != group.end(); ++it) {
        QString value = it.value().isObject() ? QString::fromUtf8(QJsonDocument(it.value().toObject()).toJson(QJsonDocument::Compact)) : it.value().toString();
        QString place = placeOf(value);
        if (place.isEmpty() && shorthand.match(value).hasMatch())
            place = value.section(u'#', 0, 0);
        if (place.startsWith(QLatin1String("npm:"))) // an alias: "npm:name@range"
            place = place.left(place.lastIndexOf(u'@') > 5 ? place.lastIndexOf(u'@') : place.size());
        packages[it.key()] = place;
    }
}

Packages packageJson(const QByteArray &bytes)
{
    Packages packages;
    const auto root = object(bytes);
    for (const auto *group : {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"})
        fromJson(root[QLatin1String(group)].toObject(), packages);
    // Other packages put in the place of some that others ask for.
    Packages instead;
    for (const auto &over : {root[QLatin1String("overrides")], root[QLatin1String("resolutions")], root[QLatin1String("pnpm")][QLatin1String("overrides")]})
        fromJson(over.toObject(), instead);
    for (auto it = instead.cbegin(); it != instead.cend(); ++it) {
        if (!it->isEmpty())
            packages[it.key() + QStringLiteral(" (override)")] = *it;
    }
    return packages;
}

Packages composerJson(const QByteArray &bytes)
{
    Packages packages;
    const auto root = object(bytes);
    for (const auto *group : {"require", "require-dev"})
        fromJson(root[QLatin1String(group)].toObject(), packages);
    for (const auto &name : packages.keys()) {
        if (!name.contains(u'/'))
            packages.remove(name); // php, ext-json: no packages
        else
            packages[name].clear(); // "dev-main#commit" is a version
    }
    const auto repositories = QString::fromUtf8(QJsonDocument(QJsonObject{{QStringLiteral("r"), root[QLatin1String("repositories")]}}).toJson());
    static const R url(QStringLiteral("\"url\"\\s*:\\s*\"([^\"]+)\""));
    auto it = url.globalMatch(repositories);
    while (it.hasNext())
        packages[it.next().captured(1)];
    return packages;
}

QString pythonName(const QString &requirement)
{
    static const R name(QStringLiteral("^\\s*([A-Za-z0-9][A-Za-z0-9._-]*)\\s*(\\[|[<>=!~;@#,(]|$|\\s)"));
    return name.match(requirement).captured(1).toLower().replace(u'_', u'-').replace(u'.', u'-');
}

Packages requirements(const QByteArray &bytes)
{
    Packages packages;
    for (const auto &raw : bytes.split('\n')) {
        QString line = QString::fromUtf8(raw).trimmed();
        if (line.startsWith(u'#') || line.isEmpty())
            continue;
        static const R comment(QStringLiteral("\\s#.*$"));
        line.remove(comment);
        static const R option(QStringLiteral("^(?:-i|--index-url|--extra-index-url|-f|--find-links)[\\s=]+(\\S+)"));
        static const R nameless(QStringLiteral("^(?:-e\\s+|--editable[\\s=]+)?((?:git\\+|hg\\+|https?:|ssh:|file:)\\S+)"));
        if (const auto match = option.match(line); match.hasMatch())
            packages[match.captured(1)];
        else if (const auto other = nameless.match(line); other.hasMatch()) {
            static const R egg(QStringLiteral("[#&]egg=([\\w.-]+)"));
            const auto named = egg.match(line);
            packages[named.hasMatch() ? pythonName(named.captured(1)) : placeOf(line)] = placeOf(line);
        } else if (const QString name = pythonName(line); !name.isEmpty() && !line.startsWith(u'-'))
            packages[name] = line.contains(u'@') ? placeOf(line) : QString();
    }
    return packages;
}

/// Cargo.toml, pyproject.toml, Pipfile, libs.versions.toml: sections and lists in which packages are named.
Packages tomlPackages(const QByteArray &bytes, const QString &file)
{
    Packages packages;
    static const R section(QStringLiteral("^\\[\\[?\\s*([^\\]]+?)\\s*\\]"));
    static const R pair(QStringLiteral("^(?:\"([^\"]+)\"|'([^']+)'|([\\w.-]+))\\s*=\\s*(.*)$"));
    static const R texts(QStringLiteral("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'"));
    static const R table(QStringLiteral("(^|\\.)(dev-|build-|dev_|build_)?dependencies$|^(dev-)?packages$"));
    static const R one(QStringLiteral("(?:^|\\.)(?:dev-|build-)?dependencies\\.([\\w\"'-]+)$"));
    const bool python = file == u"pyproject.toml" || file == u"pipfile";
    QString where, single;
    bool inList = false;
    const auto listed = [&](const QString &line) {
        auto it = texts.globalMatch(line);
        while (it.hasNext()) {
            const auto match = it.next();
            const QString text = match.captured(1) + match.captured(2);
            if (const QString name = pythonName(text); !name.isEmpty())
                packages[name] = text.contains(u'@') ? placeOf(text) : QString();
        }
    };
    for (const auto &raw : bytes.split('\n')) {
        const QString line = QString::fromUtf8(raw).trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        if (inList) {
            listed(line);
            inList = !line.startsWith(u']') && !line.endsWith(u']');
            continue;
        }
        if (const auto match = section.match(line); match.hasMatch()) {
            where = match.captured(1);
            single.clear();
            if (const auto named = one.match(where); named.hasMatch() && !where.startsWith(QLatin1String("project"))) {
                single = named.captured(1).remove(u'"');
                packages[single];
            }
            continue;
        }
        const auto match = pair.match(line);
        if (!match.hasMatch())
            continue;
        const QString key = match.captured(1) + match.captured(2) + match.captured(3), value = match.captured(4);
        if (!single.isEmpty()) {
            if (const QString place = placeOf(line); !place.isEmpty())
                packages[single] = place;
        } else if (table.match(where).hasMatch() && !(where == u"project.optional-dependencies" || where == u"project")) {
            if (key != u"python")
                packages[python ? pythonName(key) : key] = placeOf(value);
        } else if (where == u"tool.uv.sources" || where.startsWith(QLatin1String("patch.")) || where == u"replace") {
            packages[key + QStringLiteral(" (source)")] = placeOf(value);
        } else if (where == u"tool.uv.index" || where == u"tool.poetry.source" || where == u"tool.pdm.source" || where == u"source") {
            if (key == u"url")
                packages[placeOf(value)];
        } else if (where == u"libraries" || (where == u"plugins" && file.contains(QLatin1String("versions")))) {
            static const R module(QStringLiteral("(?:module|id)\\s*=\\s*\"([^\"]+)\"|group\\s*=\\s*\"([^\"]+)\"\\s*,\\s*name\\s*=\\s*\"([^\"]+)\"|^\"([\\w.-]+:[\\w.-]+)"));
            const auto found = module.match(value);
            packages[found.captured(1) + found.captured(4) + (found.captured(2).isEmpty() ? QString() : found.captured(2) + u':' + found.captured(3))];
        } else if (value.startsWith(u'[')
                   && ((where == u"project" && key == u"dependencies") || where == u"project.optional-dependencies" || where == u"dependency-groups"
                       || (where == u"build-system" && key == u"requires") || where == u"tool.pdm.dev-dependencies" || (where == u"tool.uv" && key.endsWith(QLatin1String("dependencies")))
                       || (where.startsWith(QLatin1String("tool.hatch.envs")) && key.endsWith(QLatin1String("dependencies"))))) {
            listed(value);
            inList = !value.contains(u']') || value.count(u'[') > value.count(u']');
        }
    }
    packages.remove(QString());
    return packages;
}

Packages goMod(const QByteArray &bytes)
{
    Packages packages;
    QString block;
    for (const auto &raw : bytes.split('\n')) {
        QString line = QString::fromUtf8(raw).section(QStringLiteral("//"), 0, 0).simplified();
        if (line == u")") {
            block.clear();
            continue;
        }
        static const R opens(QStringLiteral("^(\\w+) \\($"));
        if (const auto match = opens.match(line); match.hasMatch()) {
            block = match.captured(1);
            continue;
        }
        const QString word = block.isEmpty() ? line.section(u' ', 0, 0) : block;
        const QString rest = block.isEmpty() ? line.section(u' ', 1) : line;
        if ((word == u"require" || word == u"tool") && !rest.isEmpty())
            packages[rest.section(u' ', 0, 0)];
        else if (word == u"replace")
            packages[rest.section(u' ', 0, 0) + QStringLiteral(" (replaced)")] = rest.section(QStringLiteral("=> "), 1).section(u' ', 0, 0);
    }
    return packages;
}

/// Group 1 (and 2, after a ':') of each match is a name; the rest of the line may name a place.
Packages byPattern(const QByteArray &bytes, const R &pattern)
{
    Packages packages;
    const QString text = QString::fromUtf8(bytes);
    auto it = pattern.globalMatch(text);
    while (it.hasNext() && packages.size() < 20'000) {
        const auto match = it.next();
        QStringList parts;
        for (int i = 1; i <= match.lastCapturedIndex(); ++i) {
            if (!match.captured(i).isEmpty())
                parts << match.captured(i);
        }
        const auto start = text.lastIndexOf(u'\n', match.capturedStart()) + 1;
        auto end = text.indexOf(u'\n', match.capturedEnd());
        end = end < 0 ? text.size() : end;
        const QString line = text.mid(start, std::min<qsizetype>(end - start, 1000)).trimmed();
        if (line.startsWith(QLatin1String("//")) || line.startsWith(u'#') || line.startsWith(QLatin1String("<!--")))
            continue;
        const QString name = parts.join(u':');
        packages[name] = name.contains(QLatin1String("://")) ? QString() : placeOf(line);
    }
    return packages;
}

struct Reader {
    R name;
    Packages (*read)(const QByteArray &bytes, const QString &name);
};

R multiline(const char *pattern)
{
    return R(QString::fromLatin1(pattern), R::MultilineOption);
}

const std::vector<Reader> &readers()
{
    using Bytes = const QByteArray &;
    using Name = const QString &;
    const auto file = [](const char *pattern) { return R(QStringLiteral("^(%1)$").arg(QLatin1String(pattern)), R::CaseInsensitiveOption); };
    static const std::vector<Reader> all{
        {file("package\\.json"), [](Bytes b, Name) { return packageJson(b); }},
        {file("composer\\.json"), [](Bytes b, Name) { return composerJson(b); }},
        {file("deno\\.jsonc?|import_map\\.json|jsr\\.json"), [](Bytes b, Name) { Packages p; fromJson(object(b)[QLatin1String("imports")].toObject(), p); return p; }},
        {file("[\\w.-]*(requirements|constraints)[\\w.-]*\\.(txt|in|pip)"), [](Bytes b, Name) { return requirements(b); }},
        {file("pyproject\\.toml|Cargo\\.toml|Pipfile|[\\w.-]*\\.versions\\.toml"), [](Bytes b, Name n) { return tomlPackages(b, n.toLower()); }},
        {file("go\\.mod"), [](Bytes b, Name) { return goMod(b); }},
        {file("pom\\.xml"), [](Bytes b, Name) {
             static const auto pattern = multiline("<groupId>\\s*([^<\\s]+)\\s*</groupId>\\s*<artifactId>\\s*([^<\\s]+)\\s*</artifactId>|<(?:plugin|extension|dependency)>\\s*<artifactId>\\s*([^<\\s]+)|<(?:repository|pluginRepository|mirror)>(?:(?!</?(?:repository|pluginRepository)>)[\\s\\S]){0,400}?<url>\\s*([^<\\s]+)");
             return byPattern(b, pattern);
         }},
        {file("[\\w.-]*\\.gradle(\\.kts)?"), [](Bytes b, Name) {
             static const auto pattern = multiline("^\\s*(?:\\w*[iI]mplementation|\\w*[aA]pi|\\w*[cC]ompileOnly\\w*|\\w*[rR]untimeOnly|compile|testCompile|kapt\\w*|ksp\\w*|annotationProcessor|\\w+AnnotationProcessor|classpath|developmentOnly|provided)\\b\\s*\\(?\\s*(?:(?:platform|enforcedPlatform|kotlin|testFixtures)\\s*\\(\\s*)?(?:[\"']([\\w.-]+:[\\w.-]+)|[\"'](\\w[\\w.-]*)[\"']\\s*\\)|(libs\\.[\\w.]+))|^\\s*id\\s*\\(?\\s*[\"']([\\w.-]+)|\\burl\\s*[=(]?\\s*(?:uri\\s*\\()?\\s*[\"'](https?://[^\"']+)");
             return byPattern(b, pattern);
         }},
        {file("Gemfile|[\\w.-]*\\.gemspec|gems\\.rb"), [](Bytes b, Name) {
             static const auto pattern = multiline("^\\s*gem[\\s(]+[\"']([\\w.-]+)|\\.add_(?:runtime_|development_)?dependency[\\s(]+[\"']([\\w.-]+)|^\\s*source[\\s(]+[\"'](https?://[^\"']+)");
             return byPattern(b, pattern);
         }},
        {file("[\\w.-]*\\.(csproj|fsproj|vbproj|props|targets)|packages\\.config|nuget\\.config|dotnet-tools\\.json"), [](Bytes b, Name) {
             static const auto pattern = multiline("<(?:PackageReference|PackageVersion|GlobalPackageReference|DotNetCliToolReference)\\s+[^>]*?(?:Include|Update)\\s*=\\s*\"([^\"]+)\"|<package\\s+[^>]*?id\\s*=\\s*\"([^\"]+)\"|<add\\s+[^>]*?value\\s*=\\s*\"(https?://[^\"]+)\"");
             return byPattern(b, pattern);
         }},
        {file("mix\\.exs"), [](Bytes b, Name) { static const auto pattern = multiline("\\{\\s*:(\\w+)\\s*,\\s*(?:[\"~>]|git:|github:|path:|hex:|in_umbrella:|\\[)"); return byPattern(b, pattern); }},
        {file("Package\\.swift"), [](Bytes b, Name) { static const auto pattern = multiline("\\.package\\s*\\([^)]*?(?:url|path)\\s*:\\s*\"([^\"]+)\""); return byPattern(b, pattern); }},
        {file("pubspec\\.ya?ml"), [](Bytes b, Name) {
             Packages p;
             bool in = false;
             for (const auto &raw : b.split('\n')) {
                 const QString line = QString::fromUtf8(raw);
                 static const R package(QStringLiteral("^  (\\w+):"));
                 if (!line.startsWith(u' ') && !line.trimmed().isEmpty())
                     in = line.contains(QLatin1String("dependencies"));
                 else if (const auto match = package.match(line); in && match.hasMatch())
                     p[match.captured(1)] = placeOf(line);
             }
             return p;
         }},
        {file("setup\\.(py|cfg)"), [](Bytes b, Name n) {
             Packages p;
             const QString text = QString::fromUtf8(b);
             static const R list(QStringLiteral("\\b(?:install_requires|setup_requires|tests_require|extras_require|dependency_links)\\s*=\\s*([\\[{(][^=]*?[\\]})](?=\\s*(?:,|\\)|$|\\n))|(?:\\n?[ \\t]+[^\\n]*)+)"));
             static const R quoted(QStringLiteral("[\"']([^\"'\\n]+)[\"']"));
             auto it = list.globalMatch(text);
             while (it.hasNext()) {
                 const QString body = it.next().captured(1);
                 if (n.endsWith(QLatin1String(".cfg"))) {
                     const Packages more = requirements(body.toUtf8());
                     for (auto one = more.cbegin(); one != more.cend(); ++one)
                         p[one.key()] = *one;
                 } else {
                     auto texts = quoted.globalMatch(body);
                     while (texts.hasNext()) {
                         const QString one = texts.next().captured(1);
                         if (const QString name = pythonName(one); !name.isEmpty())
                             p[name] = one.contains(u'@') ? placeOf(one) : QString();
                     }
                 }
             }
             return p;
         }},
        {file("CMakeLists\\.txt|[\\w.-]*\\.cmake"), [](Bytes b, Name) {
             static const auto pattern = multiline("^\\s*(?:FetchContent_Declare|ExternalProject_Add|CPMAddPackage|find_package|CPMFindPackage)\\s*\\(\\s*(?:NAME\\s+)?\"?([\\w:/@#.-]+)|\\bpkg_(?:check|search)_modules\\s*\\(\\s*(\\w+)|\\b(?:GIT_REPOSITORY|URL)\\s+\"?(https?://[^\\s\")]+)");
             return byPattern(b, pattern);
         }},
        {file("vcpkg\\.json"), [](Bytes b, Name) { static const auto pattern = multiline("(?:^|[\\[,{])\\s*(?:\"name\"\\s*:\\s*)?\"([a-z0-9][\\w-]*)\"\\s*(?=[,\\]}\\n])"); return byPattern(b, pattern); }},
        {file("conanfile\\.(txt|py)"), [](Bytes b, Name) { static const auto pattern = multiline("([a-z][\\w+.-]+)/[\\[\\d][^\\s\"']*"); return byPattern(b, pattern); }},
        {file("environment[\\w.-]*\\.ya?ml"), [](Bytes b, Name) { static const auto pattern = multiline("^\\s+-\\s+(?:[\\w-]+::)?([A-Za-z][\\w.-]*)"); return byPattern(b, pattern); }},
    };
    return all;
}

} // namespace

void flagDependencies(const FlagInput &input, std::vector<Flag> &flags)
{
    const QString name = fileName(input.path);
    if (input.added.empty() || input.before.size() > largestManifest || input.after.size() > largestManifest)
        return;
    const auto reader = std::find_if(readers().begin(), readers().end(), [&](const Reader &one) { return one.name.match(name).hasMatch(); });
    if (reader == readers().end())
        return;
    const auto before = reader->read(input.before, name), after = reader->read(input.after, name);
    std::vector<Flag> found;
    for (auto it = after.cbegin(); it != after.cend(); ++it) {
        const auto was = before.constFind(it.key());
        if (it.key().isEmpty() || (was != before.cend() && *was == *it))
            continue;
        // The line that names it.
        int line = 0;
        const QString bare = it.key().section(u' ', 0, 0).section(u':', -1);
        for (const auto &added : input.added) {
            QString text = added.text;
            if (text.size() < longestScanned && (text.contains(bare, Qt::CaseInsensitive) || text.replace(u'_', u'-').contains(bare, Qt::CaseInsensitive))) {
                line = added.line;
                break;
            }
        }
        if (was != before.cend())
            found.push_back({QStringLiteral("new-dependency"), input.file.path, line,
                             it->isEmpty() ? QStringLiteral("%1 no longer comes from %2.").arg(it.key(), was->left(200))
                                           : QStringLiteral("%1 now comes from %2.").arg(it.key(), it->left(200)), {}});
        else if (it.key().contains(QLatin1String("://")))
            found.push_back({QStringLiteral("new-dependency"), input.file.path, line,
                             QStringLiteral("Packages may come from %1.").arg(it.key().left(200)), {}});
        else
            found.push_back({QStringLiteral("new-dependency"), input.file.path, line,
                             QStringLiteral("Begins to depend on %1.").arg(it.key().left(200)), {}});
    }
    addBounded(std::move(found), flags);
}

} // namespace coppice::review
