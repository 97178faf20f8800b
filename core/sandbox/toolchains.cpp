// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/toolchains.h"

#include "process/spawn.h"
#include "sandbox/guard.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>

#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace coppice::sandbox {

namespace {

constexpr qint64 scriptCap = 64 << 10;
constexpr qsizetype programsCap = 32; ///< that one program can lead to

const QStringList &usualPrograms()
{
    static const QStringList names = QStringLiteral("node npm npx corepack pnpm yarn bun deno tsc python3 python pip3 pip uv "
                                                    "uvx poetry pipenv pytest go gofmt cargo rustc rustfmt java javac mvn "
                                                    "gradle ruby bundle php composer dotnet elixir mix swift zig make cmake "
                                                    "ninja just gcc g++ clang jq rg fd git bash")
                                         .split(u' ');
    return names;
}

bool isSystem(const QString &path)
{
    static const QStringList folders = {QStringLiteral("/usr"), QStringLiteral("/bin"),   QStringLiteral("/sbin"),
                                        QStringLiteral("/lib"), QStringLiteral("/lib64"), QStringLiteral("/lib32")};
    return std::any_of(folders.begin(), folders.end(), [&](const QString &folder) { return isWithin(path, folder); });
}

/// Folders that many programs share: the root of none.
bool isShared(const QString &folder)
{
    const QString home = canonical(QDir::homePath());
    static const QStringList below = {QStringLiteral("/.local"), QStringLiteral("/.cargo"), QStringLiteral("/.config"),
                                      QStringLiteral("/.cache"), QStringLiteral("/.local/share")};
    return isWithin(home, folder) || folder == u"/opt" || folder == u"/srv" || folder == u"/var" || folder == u"/tmp"
        || std::any_of(below.begin(), below.end(), [&](const QString &name) { return folder == QString(home + name); });
}

bool exists(const QString &path)
{
    return QFileInfo::exists(path);
}

/// A folder that programs were installed into, with what they need beside `bin`.
bool isPrefix(const QString &folder)
{
    static const QStringList marks = QStringLiteral("lib lib64 libexec VERSION release pyvenv.cfg").split(u' ');
    return !isShared(folder) && checkHostPath(folder, false, {})
        && std::any_of(marks.begin(), marks.end(), [&](const QString &name) { return exists(QString(folder + u'/' + name)); });
}

/// The nearest folder above a script that is a package; empty when there is none that may be shown.
QString packageOf(const QString &real)
{
    QString folder = QFileInfo(real).path();
    for (int i = 0; i < 6 && folder.size() > 1 && !isShared(folder); ++i, folder = QFileInfo(folder).path()) {
        if (exists(folder + QStringLiteral("/package.json")))
            return checkHostPath(folder, false, {}) ? folder : QString();
    }
    return {};
}

QString rootOf(const QString &real)
{
    const QString mark = QStringLiteral("/node_modules/");
    const auto at = real.indexOf(mark);
    if (at > 0)
        return real.left(at + mark.size() - 1);
    const QString home = canonical(QDir::homePath());
    for (const char *name : {"/.local/lib/", "/.local/libexec/", "/.local/opt/"}) {
        const QString base = home + QLatin1String(name);
        const QString below = real.mid(base.size());
        if (real.startsWith(base) && below.contains(u'/'))
            return base + below.section(u'/', 0, 0);
    }
    if (QFileInfo(QFileInfo(real).path()).fileName() == u"bin") {
        const QString above = QFileInfo(QFileInfo(real).path()).path();
        if (isPrefix(above))
            return above;
    }
    if (real.endsWith(u".js") || real.endsWith(u".mjs") || real.endsWith(u".cjs")) {
        if (const QString package = packageOf(real); !package.isEmpty())
            return package;
    }
    return real;
}

/// What of an install root is shown: all of it, but below home only what installing makes, when other things lie there, too.
QStringList shownOf(const QString &root)
{
    static const QStringList installed = QStringLiteral("bin sbin lib lib32 lib64 libexec share include etc man doc docs conf jmods legal release "
                                                        "LICENSE NOTICE README README.md CHANGELOG.md")
                                             .split(u' ');
    const bool whole = !QFileInfo(root).isDir() || !isWithin(root, canonical(QDir::homePath())) || root.endsWith(u"/node_modules")
        || exists(root + QStringLiteral("/package.json")) || exists(root + QStringLiteral("/VERSION"))
        || exists(root + QStringLiteral("/pyvenv.cfg")) || !exists(root + QStringLiteral("/bin"));
    if (whole)
        return {root};
    QStringList some;
    bool others = false;
    for (const QString &name : QDir(root).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot)) {
        if (installed.contains(name))
            some << QString(root + u'/' + name);
        else
            others = true;
    }
    return others ? some : QStringList{root};
}

/// A program that stands for others: it decides which one by the folder it is started in.
struct Manager {
    QString resolver; ///< the program to ask; empty: no manager
    QString fallback; ///< where it lies when PATH has it not
};

Manager managerOf(const QString &program)
{
    const QString folder = QFileInfo(program).path();
    const QString root = QFileInfo(folder).path();
    if (folder.endsWith(u"/shims")) {
        for (const QString &name : {QStringLiteral("pyenv"), QStringLiteral("asdf"), QStringLiteral("mise"),
                                    QStringLiteral("rbenv"), QStringLiteral("nodenv"), QStringLiteral("goenv")}) {
            if (root.contains(name) || root.contains(QString(u'/' + name + u'/')))
                return {name, QString(root + u"/bin/" + name)};
        }
    }
    if (QFileInfo(canonical(program)).fileName() == u"volta-shim")
        return {QStringLiteral("volta"), QString(folder + u"/volta")};
    if (QFileInfo(folder + QStringLiteral("/rustup")).exists() && QFileInfo(canonical(program)).fileName() == u"rustup")
        return {QStringLiteral("rustup"), QString(folder + u"/rustup")};
    return {};
}

/// Asked once, and again when what was answered is gone.
QString behindManager(const QString &program, const Manager &manager)
{
    static std::mutex mutex;
    static std::map<QString, QString> known;
    const std::lock_guard lock(mutex);
    if (const auto at = known.find(program); at != known.end() && exists(at->second))
        return at->second;
    process::Request request;
    request.argv = {QFileInfo::exists(manager.fallback) ? manager.fallback : manager.resolver, QStringLiteral("which"),
                    QFileInfo(program).fileName()};
    request.cwd = QStringLiteral("/");
    request.limits.time = std::chrono::seconds(20);
    request.outputCap = 4096;
    const auto outcome = process::run(request);
    const QString answer = outcome && outcome->ok() ? QString::fromLocal8Bit(outcome->out.trimmed()) : QString();
    if (!QDir::isAbsolutePath(answer) || !QFileInfo(answer).isExecutable())
        return {};
    known[program] = answer;
    return answer;
}

/// A program that is a text: who reads it, and what it says.
struct Script {
    QString interpreter; ///< of its first line
    QString named;       ///< the program that `env` is to look for, when that is the interpreter
    QString text;        ///< of a shell's script, capped
};

std::optional<Script> scriptAt(const QString &real)
{
    QFile file(real);
    if (!QFileInfo(real).isFile() || !file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.read(scriptCap);
    if (!bytes.startsWith("#!"))
        return {};
    Script script;
    QStringList words = QString::fromLocal8Bit(bytes.mid(2, bytes.indexOf('\n') - 2)).simplified().split(u' ');
    script.interpreter = words.takeFirst();
    if (script.interpreter.endsWith(u"/env")) {
        while (!words.isEmpty() && (words.first().startsWith(u'-') || words.first().contains(u'=')))
            words.removeFirst();
        script.named = words.value(0);
    }
    static const QStringList shells = QStringLiteral("sh bash dash zsh ksh").split(u' ');
    if (shells.contains(script.named.isEmpty() ? QFileInfo(script.interpreter).fileName() : script.named))
        script.text = QString::fromLocal8Bit(bytes);
    return script;
}

/// Programs that a shell's script starts, as far as its text tells: whole paths, paths from the script's own folder
/// ("$basedir/…", "$(dirname "$0")/…"), and the words after `exec`.
QStringList namedIn(const Script &script, const QString &link, const QString &real)
{
    static const QRegularExpression whole(QStringLiteral("(?<![\\w$}).-])(/[^\\s\"'`;|&()<>$]+)"));
    static const QRegularExpression beside(QStringLiteral("\\$(?:\\{?\\w+\\}?|\\((?:[^()]|\\([^()]*\\))*\\))\"?(/[^\\s\"'`;|&()<>$]+)"));
    static const QRegularExpression started(QStringLiteral("\\bexec\\s+\"?([\\w.+-]+)"));
    QStringList found;
    const auto take = [&found](const QString &path) {
        const QFileInfo info(path);
        const QString name = info.fileName();
        if (info.isFile() && (info.isExecutable() || name.endsWith(u".js") || name.endsWith(u".mjs") || name.endsWith(u".cjs")))
            found << path;
    };
    for (auto it = whole.globalMatch(script.text); it.hasNext();)
        take(it.next().captured(1));
    for (auto it = beside.globalMatch(script.text); it.hasNext();) {
        const QString rest = it.next().captured(1);
        for (const QString &from : {real, link})
            take(QDir::cleanPath(QFileInfo(from).path() + rest));
    }
    for (auto it = started.globalMatch(script.text); it.hasNext();) {
        if (const auto program = process::findProgram(it.next().captured(1)))
            found << *program;
    }
    return found;
}

void collect(const QString &program, Toolchain &tools, QSet<QString> &seen);

/// What a script needs beside itself: its interpreter, and, of a shell's, what it starts.
void collectScript(const QString &link, const QString &real, Toolchain &tools, QSet<QString> &seen)
{
    const auto script = scriptAt(real);
    if (!script)
        return;
    if (!script->named.isEmpty()) {
        // Beside the program first: a manager of versions puts both into one folder, which need not be on our PATH.
        QString found;
        for (const QString &from : {link, real}) {
            const QString beside = QFileInfo(from).path() + u'/' + script->named;
            if (found.isEmpty() && !script->named.contains(u'/') && QFileInfo(beside).isExecutable())
                found = beside;
        }
        if (found.isEmpty())
            found = process::findProgram(script->named).value_or(QString());
        if (!found.isEmpty())
            collect(found, tools, seen);
    } else if (!script->interpreter.isEmpty()) {
        collect(script->interpreter, tools, seen);
    }
    for (const QString &named : namedIn(*script, link, real))
        collect(named, tools, seen);
}

void collect(const QString &program, Toolchain &tools, QSet<QString> &seen)
{
    QString link = QDir::cleanPath(program);
    if (seen.size() > programsCap || seen.contains(link))
        return;
    seen << link;
    if (const Manager manager = managerOf(link); !manager.resolver.isEmpty()) {
        link = behindManager(link, manager);
        if (link.isEmpty())
            return;
    }
    const QString real = canonical(link);
    if (real.isEmpty() || (isSystem(link) && isSystem(real)))
        return;
    Toolchain tool;
    QString root;
    if (!isSystem(real)) {
        root = rootOf(real);
        if (!checkHostPath(root, false, {}))
            return;
        for (const QString &shown : shownOf(root))
            tool.binds.push_back({shown, shown, false});
    }
    if (!isSystem(link)) {
        // The link's own folder may be reached by links, too; what is seen inside is the path as PATH has it.
        const bool covered = std::any_of(tool.binds.begin(), tool.binds.end(), [&](const Bind &bind) { return isWithin(link, bind.inside); });
        if (link != real && !covered)
            tool.links.emplace_back(link, real);
        tool.path << QFileInfo(link).path();
    }
    tools.add(tool);
    collectScript(link, real, tools, seen);
}

Toolchain findToolchains()
{
    Toolchain all;
    for (const auto &name : usualPrograms()) {
        const auto found = process::findProgram(name);
        if (!found)
            continue;
        const bool managed = !managerOf(*found).resolver.isEmpty();
        const bool known = managed && std::any_of(all.path.begin(), all.path.end(), [&](const QString &folder) {
            return QFileInfo(folder + u'/' + name).isExecutable();
        });
        if (!known)
            all.add(installOf(*found));
    }
    return all;
}

} // namespace

void Toolchain::add(const Toolchain &other)
{
    for (const auto &bind : other.binds) {
        const bool known = std::any_of(binds.begin(), binds.end(),
                                       [&](const Bind &mine) { return isWithin(bind.inside, mine.inside); });
        if (known)
            continue;
        std::erase_if(binds, [&](const Bind &mine) { return isWithin(mine.inside, bind.inside); });
        binds.push_back(bind);
    }
    for (const auto &link : other.links) {
        if (std::find(links.begin(), links.end(), link) == links.end())
            links.push_back(link);
    }
    for (const auto &folder : other.path) {
        if (!path.contains(folder))
            path << folder;
    }
}

Toolchain installOf(const QString &program)
{
    Toolchain tools;
    QSet<QString> seen;
    collect(program, tools, seen);
    return tools;
}

const Toolchain &installedToolchains()
{
    static std::mutex mutex;
    static std::map<QByteArray, std::unique_ptr<Toolchain>> known;
    const std::lock_guard lock(mutex);
    auto &entry = known[qgetenv("PATH")];
    if (!entry)
        entry = std::make_unique<Toolchain>(findToolchains());
    return *entry;
}

Toolchain toolsNamedIn(const QStringList &argv)
{
    static const QRegularExpression separators(QStringLiteral("[\\s;&|()<>`\"'$={}]+"));
    Toolchain tools;
    QStringList words;
    for (qsizetype i = 0; i < argv.size() && words.size() < 4096; ++i) {
        words << argv[i];
        words += argv[i].left(256 * 1024).split(separators, Qt::SkipEmptyParts);
    }
    words.removeDuplicates();
    for (const auto &word : words) {
        if (word.size() > 4096 || word.startsWith(u'-') || word.contains(QChar(0)))
            continue;
        QString program;
        if (word.startsWith(u'/')) {
            const QFileInfo info(word);
            if (info.isFile() && (info.isExecutable() || word.contains(u"/node_modules/")))
                program = word;
        } else if (!word.contains(u'/')) {
            if (const auto found = process::findProgram(word))
                program = *found;
        }
        const auto &usual = usualPrograms();
        if (!program.isEmpty() && (managerOf(program).resolver.isEmpty() || !usual.contains(word)))
            tools.add(installOf(program));
    }
    return tools;
}

QByteArray toolchainIdentity()
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto &installed = installedToolchains();
    for (const auto &name : usualPrograms()) {
        QString program;
        for (const auto &folder : installed.path) {
            if (program.isEmpty() && QFileInfo(folder + u'/' + name).isExecutable())
                program = folder + u'/' + name;
        }
        if (program.isEmpty()) {
            if (const auto found = process::findProgram(name))
                program = *found;
        }
        const QFileInfo info(canonical(program));
        if (program.isEmpty() || !info.exists())
            continue;
        hash.addData(QStringLiteral("%1 %2 %3 %4\n")
                         .arg(name, info.filePath())
                         .arg(info.size())
                         .arg(info.lastModified().toSecsSinceEpoch())
                         .toUtf8());
    }
    return hash.result().toHex();
}

} // namespace coppice::sandbox
