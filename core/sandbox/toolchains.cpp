// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/toolchains.h"

#include "process/spawn.h"
#include "sandbox/guard.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <map>
#include <memory>
#include <mutex>

namespace coppice::sandbox {

namespace {

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

QString rootOf(const QString &real)
{
    const QString mark = QStringLiteral("/node_modules/");
    const auto at = real.indexOf(mark);
    if (at > 0)
        return real.left(at + mark.size() - 1);
    const QString folder = QFileInfo(real).path();
    if (folder.endsWith(u"/bin")) {
        const QString above = QFileInfo(folder).path();
        if (!isShared(above) && checkHostPath(above, false, {}))
            return above;
    }
    return real;
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
    if (QFileInfo(folder + QStringLiteral("/rustup")).exists() && QFileInfo(canonical(program)).fileName() == u"rustup")
        return {QStringLiteral("rustup"), QString(folder + u"/rustup")};
    return {};
}

QString behindManager(const QString &program, const Manager &manager)
{
    process::Request request;
    request.argv = {QFileInfo::exists(manager.fallback) ? manager.fallback : manager.resolver, QStringLiteral("which"),
                    QFileInfo(program).fileName()};
    request.cwd = QStringLiteral("/");
    request.limits.time = std::chrono::seconds(20);
    request.outputCap = 4096;
    const auto outcome = process::run(request);
    const QString answer = outcome && outcome->ok() ? QString::fromLocal8Bit(outcome->out.trimmed()) : QString();
    return QDir::isAbsolutePath(answer) && QFileInfo(answer).isExecutable() ? answer : QString();
}

Toolchain findToolchains()
{
    Toolchain all;
    for (const auto &name : usualPrograms()) {
        const auto found = process::findProgram(name);
        if (!found)
            continue;
        QString program = *found;
        const Manager manager = managerOf(program);
        if (!manager.resolver.isEmpty()) {
            const bool known = std::any_of(all.path.begin(), all.path.end(), [&](const QString &folder) {
                return QFileInfo(folder + u'/' + name).isExecutable();
            });
            program = known ? QString() : behindManager(program, manager);
        }
        if (!program.isEmpty())
            all.add(installOf(program));
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
    const QString link = QDir::cleanPath(program);
    const QString real = canonical(link);
    if (real.isEmpty() || (isSystem(link) && isSystem(real)))
        return {};
    Toolchain tool;
    QString root;
    if (!isSystem(real)) {
        root = rootOf(real);
        if (!checkHostPath(root, false, {}))
            return {};
        tool.binds.push_back({root, root, false});
    }
    if (isSystem(link))
        return tool;
    // The link's own folder may be reached by links, too; what is seen inside is the path as PATH has it.
    if (link != real && (root.isEmpty() || !isWithin(link, root)))
        tool.links.emplace_back(link, real);
    tool.path << QFileInfo(link).path();
    return tool;
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
        if (!program.isEmpty() && managerOf(program).resolver.isEmpty())
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
