// SPDX-License-Identifier: GPL-3.0-or-later
// What a plugin is written in where no manifest says it, and the commands that follow from its files.
#include "manifest/builder.h"

#include <QJsonDocument>
#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr int deepestFolder = 5;
constexpr int mostFolders = 400;
constexpr int mostFiles = 5000;

bool isForeign(const QString &folder)
{
    static const QSet<QString> names{u"node_modules/"_s, u"vendor/"_s, u"third_party/"_s, u"dist/"_s,  u"build/"_s, u"target/"_s,
                                     u".venv/"_s,        u"venv/"_s,   u"__pycache__/"_s, u".git/"_s,  u".tox/"_s,  u"site-packages/"_s,
                                     u".mypy_cache/"_s,  u"docs/"_s,   u"examples/"_s,    u".github/"_s};
    return names.contains(folder);
}

/// Every file of the first few levels, as a path.
QStringList allFiles(Builder &builder)
{
    QStringList files;
    std::vector<std::pair<QString, int>> folders{{QString(), 0}};
    for (size_t at = 0; at < folders.size() && at < mostFolders && files.size() < mostFiles; ++at) {
        const auto [folder, depth] = folders[at];
        for (const QString &name : builder.list(folder)) {
            const QString path = folder.isEmpty() ? name : QString(folder + u'/' + name);
            if (!name.endsWith(u'/'))
                files << path;
            else if (depth < deepestFolder && !isForeign(name))
                folders.push_back({path.chopped(1), depth + 1});
        }
    }
    return files;
}

QString folderOf(const QString &path)
{
    const qsizetype slash = path.lastIndexOf(u'/');
    return slash < 0 ? QString() : path.left(slash);
}
QString nameOf(const QString &path)
{
    return path.mid(path.lastIndexOf(u'/') + 1);
}

/// The interpreter of a script without a telling name.
QString shebangLanguage(Builder &builder, const QString &path)
{
    const auto bytes = builder.readListed(path);
    if (!bytes || !bytes->startsWith("#!"))
        return {};
    const QByteArray first = bytes->left(200).split('\n').front();
    static const std::pair<const char *, const char *> words[] = {
        {"python", "python"}, {"node", "node"}, {"deno", "typescript"}, {"ruby", "ruby"}, {"perl", "perl"}, {"sh", "shell"},
    };
    for (const auto &[sign, word] : words) {
        if (first.contains(sign))
            return QLatin1String(word);
    }
    return {};
}

/// Requirement lines that install something.
bool holdsRequirements(const QByteArray &text)
{
    for (const auto &line : text.split('\n')) {
        const auto trimmed = line.trimmed();
        if (!trimmed.isEmpty() && !trimmed.startsWith('#'))
            return true;
    }
    return false;
}

bool holdsDependencies(Builder &builder, const QString &lock)
{
    const auto bytes = builder.files().read(lock);
    if (!bytes)
        return true; // too large to read is surely not empty
    const auto root = QJsonDocument::fromJson(*bytes).object();
    if (!root[u"dependencies"_s].toObject().isEmpty())
        return true;
    const auto packages = root[u"packages"_s].toObject();
    for (auto it = packages.begin(); it != packages.end(); ++it) {
        if (it.key().contains("node_modules/"_L1))
            return true;
    }
    return false;
}

/// A lock in TOML that names a package from elsewhere: its `source` is a registry, git or url, not this folder.
bool locksPackages(Builder &builder, const QString &lock)
{
    const auto bytes = builder.files().read(lock);
    if (!bytes)
        return true;
    if (lock == "uv.lock"_L1)
        return bytes->contains("source = { registry") || bytes->contains("source = { git") || bytes->contains("source = { url");
    if (lock == "Cargo.lock"_L1)
        return bytes->contains("\nsource = ");
    return bytes->contains("[[package]]");
}

void detectNode(Builder &builder, const QStringList &files)
{
    struct Lock {
        const char *file;
        const char *line;
    };
    if (builder.has(u"package.json"_s)) {
        for (const Lock &lock : {Lock{"package-lock.json", "npm ci"}, Lock{"npm-shrinkwrap.json", "npm ci"}}) {
            const auto name = QString::fromLatin1(lock.file);
            if (builder.has(name) && holdsDependencies(builder, name))
                builder.command(u"setup"_s, QLatin1String(lock.line), name);
        }
        for (const Lock &lock : {Lock{"pnpm-lock.yaml", "pnpm install --frozen-lockfile"},
                                 Lock{"yarn.lock", "yarn install --frozen-lockfile"},
                                 Lock{"bun.lockb", "bun install --frozen-lockfile"}, Lock{"bun.lock", "bun install --frozen-lockfile"}}) {
            if (builder.has(QLatin1String(lock.file)))
                builder.command(u"setup"_s, QLatin1String(lock.line), QLatin1String(lock.file));
        }
    }
    // Tests for node's own runner need no script: it finds them by their names.
    static const QRegularExpression testFile(u"(^|/)((test|tests)/.*\\.[cm]?js|[^/]*[.-]test\\.[cm]?js)$"_s);
    int tried = 0;
    for (const QString &path : files) {
        if (!testFile.match(path).hasMatch() || ++tried > 5)
            continue;
        const auto bytes = builder.files().read(path);
        if (bytes && bytes->contains("node:test")) {
            builder.command(u"test"_s, u"node --test"_s, path);
            break;
        }
    }
}

bool declaresPytest(Builder &builder)
{
    for (const char *name : {"pytest.ini", ".pytest.ini", "conftest.py", "tests/conftest.py", "test/conftest.py"}) {
        const QString path = QLatin1String(name);
        if (builder.list(folderOf(path)).contains(nameOf(path)))
            return true;
    }
    static const QRegularExpression requirement(u"^\\s*pytest\\b(?!-)"_s, QRegularExpression::MultilineOption);
    static const QRegularExpression quoted(u"[\"']pytest[\"'\\s\\[<>=~!;]|^\\s*pytest\\s*=|\\[tool\\.pytest"_s,
                                           QRegularExpression::MultilineOption);
    for (const QString &name : builder.list({})) {
        const bool list = name.endsWith(".txt"_L1) && name.contains("requirements"_L1);
        const bool config = name == "pyproject.toml"_L1 || name == "setup.cfg"_L1 || name == "tox.ini"_L1 || name == "setup.py"_L1;
        if (!list && !config)
            continue;
        const auto bytes = builder.files().read(name);
        if (!bytes)
            continue;
        const QString text = QString::fromUtf8(*bytes);
        if (requirement.match(text).hasMatch() && (list || name != "pyproject.toml"_L1))
            return true;
        if (config && (quoted.match(text).hasMatch() || text.contains("[tool:pytest]"_L1) || text.contains("[pytest]"_L1)))
            return true;
    }
    return false;
}

/// The folders that unittest has to start from to find every test file: it walks only into packages.
QStringList unittestRoots(Builder &builder, const QStringList &files)
{
    QStringList roots;
    for (const QString &path : files) {
        const QString name = nameOf(path);
        if (!name.startsWith("test"_L1) || !name.endsWith(".py"_L1))
            continue;
        QString folder = folderOf(path);
        while (!folder.isEmpty() && builder.list(folder).contains(u"__init__.py"_s))
            folder = folderOf(folder);
        if (!roots.contains(folder))
            roots << folder;
    }
    roots.sort();
    return roots;
}

void detectPython(Builder &builder, const QStringList &files)
{
    QString python = u"python3"_s;
    if (builder.has(u"uv.lock"_s)) {
        if (locksPackages(builder, u"uv.lock"_s)) {
            builder.command(u"setup"_s, u"uv sync --frozen"_s, u"uv.lock"_s);
            python = u".venv/bin/python"_s;
        }
    } else if (builder.has(u"poetry.lock"_s)) {
        if (locksPackages(builder, u"poetry.lock"_s)) {
            builder.command(u"setup"_s, u"POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --no-interaction"_s, u"poetry.lock"_s);
            python = u".venv/bin/python"_s;
        }
    } else {
        QStringList lists;
        for (const char *name : {"requirements.txt", "requirements-dev.txt", "requirements-test.txt"}) {
            const auto bytes = builder.has(QLatin1String(name)) ? builder.files().read(QLatin1String(name)) : std::nullopt;
            if (bytes && holdsRequirements(*bytes))
                lists << QString(u"-r "_s + QLatin1String(name));
        }
        if (!lists.isEmpty()) {
            builder.command(u"setup"_s, QString(u"python3 -m venv .venv && .venv/bin/pip install "_s + lists.join(u' ')),
                            lists.front().mid(3));
            python = u".venv/bin/python"_s;
        }
    }

    const QStringList roots = unittestRoots(builder, files);
    // A source folder that is no package is on nobody's path until the plugin is installed.
    bool sourceFolder = false;
    for (const QString &name : builder.list(u"src"_s))
        sourceFolder = sourceFolder || name.endsWith(".py"_L1) || (name.endsWith(u'/') && builder.list(QString(u"src/" + name.chopped(1))).contains(u"__init__.py"_s));
    if (builder.list(u"src"_s).contains(u"__init__.py"_s))
        sourceFolder = false; // `src` is the package itself
    const QString path = sourceFolder ? u"PYTHONPATH=src "_s : QString();
    if (declaresPytest(builder)) {
        builder.command(u"test"_s, QString(path + python + u" -m pytest"), u"files"_s);
    } else if (!roots.isEmpty()) {
        QStringList lines;
        for (const QString &root : roots.mid(0, 4)) {
            const bool plain = !root.contains(QRegularExpression(u"[^A-Za-z0-9_./-]"_s));
            if (!plain)
                continue;
            lines << (root.isEmpty() ? QString(path + python + u" -m unittest")
                                     : QString(path + python + u" -m unittest discover -s " + root));
        }
        if (!lines.isEmpty())
            builder.command(u"test"_s, lines.join(u" && "_s), u"files"_s);
    }
}

void detectShell(Builder &builder, const QStringList &files)
{
    for (const char *name : {"tests/run.sh", "test/run.sh", "tests/test.sh", "test/test.sh", "run-tests.sh", "test.sh"}) {
        if (files.contains(QLatin1String(name)))
            builder.command(u"test"_s, QString(u"bash "_s + QLatin1String(name)), QLatin1String(name));
    }
    for (const QString &path : files) {
        if (path.endsWith(".bats"_L1) && !folderOf(path).isEmpty() && !folderOf(path).contains(u' '))
            return builder.command(u"test"_s, QString(u"bats " + folderOf(path)), path);
    }
}

/// A target of the Makefile stands in where the language's own way found nothing.
void detectMake(Builder &builder)
{
    for (const char *name : {"Makefile", "makefile", "GNUmakefile"}) {
        if (!builder.has(QLatin1String(name)))
            continue;
        const auto bytes = builder.files().read(QLatin1String(name));
        if (!bytes)
            continue;
        const QString text = QString::fromUtf8(*bytes);
        for (const char *target : {"test", "build", "lint"}) {
            const QRegularExpression rule(u"^%1\\s*:(?!=)"_s.arg(QLatin1String(target)), QRegularExpression::MultilineOption);
            if (const auto match = rule.match(text); match.hasMatch())
                builder.command(QLatin1String(target), QString(u"make "_s + QLatin1String(target)),
                                u"%1:%2"_s.arg(QLatin1String(name)).arg(1 + text.left(match.capturedStart()).count(u'\n')));
        }
        return;
    }
}

} // namespace

QMap<QString, int> countSources(Builder &builder)
{
    static const QHash<QString, QString> words{
        {u"py"_s, u"python"_s},   {u"ts"_s, u"typescript"_s}, {u"tsx"_s, u"typescript"_s}, {u"mts"_s, u"typescript"_s},
        {u"js"_s, u"node"_s},     {u"mjs"_s, u"node"_s},      {u"cjs"_s, u"node"_s},       {u"jsx"_s, u"node"_s},
        {u"go"_s, u"go"_s},       {u"rs"_s, u"rust"_s},       {u"java"_s, u"java"_s},      {u"kt"_s, u"kotlin"_s},
        {u"sh"_s, u"shell"_s},    {u"bash"_s, u"shell"_s},    {u"rb"_s, u"ruby"_s},        {u"php"_s, u"php"_s},
        {u"cs"_s, u"csharp"_s},   {u"c"_s, u"c"_s},           {u"cc"_s, u"c++"_s},         {u"cpp"_s, u"c++"_s},
        {u"swift"_s, u"swift"_s}, {u"ex"_s, u"elixir"_s},     {u"lua"_s, u"lua"_s},        {u"pl"_s, u"perl"_s},
        {u"dart"_s, u"dart"_s},   {u"scala"_s, u"scala"_s},   {u"hs"_s, u"haskell"_s},
    };
    QMap<QString, int> counts;
    int scripts = 0;
    for (const QString &path : allFiles(builder)) {
        const QString name = nameOf(path);
        const qsizetype dot = name.lastIndexOf(u'.');
        QString word;
        if (dot > 0)
            word = words.value(name.mid(dot + 1).toLower());
        else if (dot < 0 && name == name.toLower() && scripts++ < 10)
            word = shebangLanguage(builder, path);
        if (!word.isEmpty())
            ++counts[word];
    }
    return counts;
}

void detectCommands(Builder &builder)
{
    const QString language = builder.chosenLanguage();
    const bool wantsFiles = language == "node"_L1 || language == "typescript"_L1 || language == "python"_L1 || language == "shell"_L1;
    const QStringList files = wantsFiles ? allFiles(builder) : QStringList();
    if (language == "node"_L1 || language == "typescript"_L1) {
        detectNode(builder, files);
    } else if (language == "python"_L1) {
        detectPython(builder, files);
    } else if (language == "go"_L1 && builder.has(u"go.mod"_s)) {
        if (builder.has(u"go.sum"_s) && !builder.has(u"vendor/"_s))
            builder.command(u"setup"_s, u"go mod download"_s, u"go.sum"_s);
        builder.command(u"test"_s, u"go test ./..."_s, u"go.mod"_s);
        builder.command(u"build"_s, u"go build ./..."_s, u"go.mod"_s);
    } else if (language == "rust"_L1 && builder.has(u"Cargo.toml"_s)) {
        if (builder.has(u"Cargo.lock"_s) && locksPackages(builder, u"Cargo.lock"_s))
            builder.command(u"setup"_s, u"cargo fetch --locked"_s, u"Cargo.lock"_s);
        builder.command(u"test"_s, u"cargo test"_s, u"Cargo.toml"_s);
        builder.command(u"build"_s, u"cargo build"_s, u"Cargo.toml"_s);
    } else if (language == "java"_L1) {
        if (builder.has(u"pom.xml"_s)) {
            builder.command(u"test"_s, u"mvn test"_s, u"pom.xml"_s);
            builder.command(u"build"_s, u"mvn package"_s, u"pom.xml"_s);
        } else if (builder.has(u"gradlew"_s)) {
            builder.command(u"test"_s, u"./gradlew test"_s, u"gradlew"_s);
            builder.command(u"build"_s, u"./gradlew build"_s, u"gradlew"_s);
        }
    } else if (language == "shell"_L1) {
        detectShell(builder, files);
    }
    detectMake(builder);
}

} // namespace coppice::manifest
