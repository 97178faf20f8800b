// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/harbor.h"

#include "base/paths.h"
#include "evals/sealed.h"
#include "git/tree_edit.h"
#include "runs/files.h"
#include "workspace/files.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <algorithm>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 textCap = 1 << 20;
const QString dockerfile = QStringLiteral("Dockerfile");
const QString log = QStringLiteral("production.log");

QString logInside(const Task &task)
{
    return u"/var/log/%1.log"_s.arg(task.plugin);
}

/// The file with the line of metadata.plugin taken out (all files are there now), and with the room that a container gets.
QByteArray settingsText(QString toml)
{
    static const QRegularExpression plugin(u"^plugin[ \\t]*=[^\\n]*\\n"_s, QRegularExpression::MultilineOption),
        environment(u"^\\[environment\\]"_s, QRegularExpression::MultilineOption);
    toml.remove(plugin);
    if (!environment.match(toml).hasMatch())
        toml += u"\n[environment]\nbuild_timeout_sec = 600.0\ncpus = 1\nmemory_mb = 2048\nstorage_mb = 4096\n"_s;
    return toml.toUtf8();
}

QStringList filesBelow(const QString &folder)
{
    QStringList files;
    for (QDirIterator walk(folder, QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories); walk.hasNext();)
        files << QDir(folder).relativeFilePath(walk.next());
    return files;
}

} // namespace

QByteArray harborDockerfile(const Task &task, const QStringList &files)
{
    const auto has = [&](const char *ending) { return std::ranges::any_of(files, [&](const QString &file) { return file.endsWith(QLatin1String(ending)); }); };
    const char *image = has("package.json") ? "node:20-bookworm-slim" : has(".py") ? "python:3.11-slim-bookworm" : "debian:bookworm-slim";
    const QByteArray folder = "/src/" + task.plugin.toUtf8();
    QByteArray text = QByteArray("FROM ") + image + "\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*\n"
        "COPY . " + folder + "/\n"
        "WORKDIR " + folder + "\n";
    if (files.contains(log))
        text += "RUN mv " + log.toUtf8() + ' ' + logInside(task).toUtf8() + '\n';
    // One commit: nothing of what comes later can be looked up.
    text += "RUN rm Dockerfile && git init -q && git add -A \\\n"
            "    && git -c user.name=Coppice -c user.email=eval@coppice.invalid commit -qm 'chore: the plugin as it stands'\n";
    return text;
}

Result<> writeHarborTask(const Task &task, const QString &into)
{
    const QString folder = into + u'/' + task.id, environment = folder + u"/environment"_s;
    if (QFileInfo::exists(folder))
        return failUsage(u"harbor.exists"_s, u"There is something at this place already"_s, folder, u"Name another folder, or delete it."_s);
    COPPICE_CHECK(makeFolder(folder));
    const QTemporaryDir objects(into + u"/.objects-XXXXXX"_s);
    if (!objects.isValid())
        return fail(u"harbor.write"_s, u"The folder cannot be written (%1)"_s.arg(objects.errorString()), into);
    COPPICE_TRY(auto repository, git::Repository::initBare(objects.filePath(u"objects.git"_s)));
    COPPICE_TRY(const git::Oid tree, brokenTree(repository, task));
    COPPICE_CHECK(runs::extractTree(repository, tree, environment));
    QStringList files = filesBelow(environment);
    if (files.contains(dockerfile) || files.contains(log))
        return fail(u"harbor.name"_s, u"The plugin has a file of a name that Harbor's layout needs for itself"_s, environment, u"Rename %1 or %2 in the plugin."_s.arg(dockerfile, log));
    QString instruction;
    {
        COPPICE_TRY(const QByteArray bytes, readFile(task.folder + u"/instruction.md"_s, textCap));
        instruction = QString::fromUtf8(bytes);
    }
    if (const QString from = task.folder + u"/environment/"_s + log; QFileInfo(from).isFile()) {
        COPPICE_TRY(const QByteArray bytes, readFile(from, 64 << 20));
        COPPICE_CHECK(writeFileAtomically(environment + u'/' + log, bytes));
        files << log;
        if (const QString here = u"environment/"_s + log; instruction.contains(here))
            instruction.replace(here, logInside(task));
        else
            instruction = instruction.trimmed() + u"\n\nWhat production logged is in %1.\n"_s.arg(logInside(task));
    }
    COPPICE_CHECK(writeFileAtomically(environment + u'/' + dockerfile, harborDockerfile(task, files)));
    COPPICE_CHECK(writeFileAtomically(folder + u"/instruction.md"_s, instruction.toUtf8()));
    COPPICE_TRY(const QByteArray toml, readFile(task.folder + u"/task.toml"_s, textCap));
    COPPICE_CHECK(writeFileAtomically(folder + u"/task.toml"_s, settingsText(QString::fromUtf8(toml))));
    for (const QString &each : {u"/tests"_s, u"/solution"_s}) {
        COPPICE_CHECK(makeFolder(folder + each));
        COPPICE_CHECK(workspace::copyFolder(task.folder + each, folder + each));
    }
    return {};
}

} // namespace coppice::evals
