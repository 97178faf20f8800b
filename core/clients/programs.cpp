// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/programs.h"

#include <QCollator>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>

namespace coppice::clients {

namespace {

constexpr qint64 settingsCap = 64 * 1024;

/// `prefix=` of ~/.npmrc: where `npm install -g` goes.
QString npmPrefix(const QString &home)
{
    const QString set = qEnvironmentVariable("NPM_CONFIG_PREFIX", qEnvironmentVariable("npm_config_prefix"));
    if (!set.isEmpty())
        return set;
    QFile file(home + QStringLiteral("/.npmrc"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    for (const QString &line : QString::fromUtf8(file.read(settingsCap)).split(u'\n')) {
        if (line.section(u'=', 0, 0).trimmed() == QLatin1String("prefix")) {
            QString value = line.section(u'=', 1).trimmed();
            value.remove(u'"');
            value.replace(QLatin1String("${HOME}"), home);
            return value.startsWith(QLatin1String("~/")) ? QString(home + value.mid(1)) : value;
        }
    }
    return {};
}

/// The bin folders of installed versions, the newest first.
QStringList versionsIn(const QString &folder, const QString &below)
{
    QStringList names = QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCollator order;
    order.setNumericMode(true);
    std::ranges::sort(names, [&order](const QString &a, const QString &b) { return order.compare(a, b) > 0; });
    QStringList found;
    for (const QString &name : std::as_const(names))
        found << folder + u'/' + name + below;
    return found;
}

QStringList folders()
{
    const QString home = QDir::homePath();
    QStringList list;
    for (const char *below : {"/.local/bin", "/.npm-global/bin", "/.npm/bin", "/bin", "/.claude/local", "/.claude/local/node_modules/.bin", "/.opencode/bin",
                              "/.volta/bin", "/.bun/bin", "/.deno/bin", "/.yarn/bin", "/.local/share/pnpm", "/.asdf/shims",
                              "/.local/share/mise/shims", "/.cargo/bin", "/go/bin"})
        list << home + QString::fromLatin1(below);
    const QString prefix = npmPrefix(home);
    if (!prefix.isEmpty())
        list.prepend(prefix + QStringLiteral("/bin"));
    const QString nvm = qEnvironmentVariable("NVM_DIR", home + QStringLiteral("/.nvm"));
    list += versionsIn(nvm + QStringLiteral("/versions/node"), QStringLiteral("/bin"));
    list += versionsIn(home + QStringLiteral("/.local/share/fnm/node-versions"), QStringLiteral("/installation/bin"));
    list << QStringLiteral("/usr/local/bin") << QStringLiteral("/opt/homebrew/bin") << QStringLiteral("/home/linuxbrew/.linuxbrew/bin") << QStringLiteral("/snap/bin");
    return list;
}

} // namespace

QString findProgramAnywhere(const QString &name)
{
    if (name.isEmpty())
        return {};
    if (name.contains(u'/'))
        return QFileInfo(name).isExecutable() && QFileInfo(name).isFile() ? QFileInfo(name).absoluteFilePath() : QString();
    const QString onPath = QStandardPaths::findExecutable(name);
    return onPath.isEmpty() ? QStandardPaths::findExecutable(name, folders()) : onPath;
}

QStringList withFullPath(QStringList command)
{
    if (command.isEmpty() || !QStandardPaths::findExecutable(command.first()).isEmpty())
        return command;
    const QString found = findProgramAnywhere(command.first());
    if (!found.isEmpty())
        command.first() = found;
    return command;
}

} // namespace coppice::clients
