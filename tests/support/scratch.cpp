// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QProcessEnvironment>

#include <cstdio>
#include <cstdlib>

namespace coppice::test {

Scratch::Scratch() : m_dir(QDir::tempPath() + QStringLiteral("/coppice-test-XXXXXX"))
{
    if (!m_dir.isValid()) {
        std::fprintf(stderr, "no temporary folder: %s\n", qPrintable(m_dir.errorString()));
        std::abort();
    }
}

QString Scratch::path(const QString &name) const
{
    return name.isEmpty() ? m_dir.path() : m_dir.filePath(name);
}

QString Scratch::write(const QString &name, const QByteArray &bytes) const
{
    const QString full = path(name);
    QDir().mkpath(QFileInfo(full).path());
    QFile file(full);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
        std::fprintf(stderr, "cannot write %s\n", qPrintable(full));
        std::abort();
    }
    return full;
}

void Scratch::quietPackageManagers() const
{
    for (const char *name : {"npm", "yarn", "go", "gem", "composer", "python3"}) {
        const QString full = write(QStringLiteral("quiet/") + QLatin1String(name), "#!/bin/sh\nexit 1\n");
        QFile::setPermissions(full, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    qputenv("PATH", path(QStringLiteral("quiet")).toLocal8Bit() + ':' + qgetenv("PATH"));
}

QByteArray Scratch::read(const QString &name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int Scratch::tryGit(const QString &folder, const QStringList &args, QByteArray *out) const
{
    QProcess process;
    auto env = QProcessEnvironment::systemEnvironment();
    const QString date = QString::number(++m_clock) + QStringLiteral(" +0000");
    env.insert(QStringLiteral("GIT_AUTHOR_NAME"), QStringLiteral("Ann Author"));
    env.insert(QStringLiteral("GIT_AUTHOR_EMAIL"), QStringLiteral("ann@example.org"));
    env.insert(QStringLiteral("GIT_COMMITTER_NAME"), QStringLiteral("Carl Committer"));
    env.insert(QStringLiteral("GIT_COMMITTER_EMAIL"), QStringLiteral("carl@example.org"));
    env.insert(QStringLiteral("GIT_AUTHOR_DATE"), date);
    env.insert(QStringLiteral("GIT_COMMITTER_DATE"), date);
    env.insert(QStringLiteral("GIT_CONFIG_GLOBAL"), QStringLiteral("/dev/null"));
    env.insert(QStringLiteral("GIT_CONFIG_NOSYSTEM"), QStringLiteral("1"));
    // no waiting for the disk: what git itself makes durable is not what is tested
    env.insert(QStringLiteral("GIT_CONFIG_COUNT"), QStringLiteral("1"));
    env.insert(QStringLiteral("GIT_CONFIG_KEY_0"), QStringLiteral("core.fsync"));
    env.insert(QStringLiteral("GIT_CONFIG_VALUE_0"), QStringLiteral("none"));
    process.setProcessEnvironment(env);
    process.setWorkingDirectory(QDir(folder).isAbsolute() ? folder : path(folder));
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("git"), args);
    process.waitForFinished(120'000);
    const QByteArray all = process.readAll().trimmed();
    if (out)
        *out = all;
    return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
}

QByteArray Scratch::git(const QString &folder, const QStringList &args) const
{
    QByteArray out;
    if (tryGit(folder, args, &out) != 0) {
        std::fprintf(stderr, "git %s: %s\n", qPrintable(args.join(u' ')), out.constData());
        std::abort();
    }
    return out;
}

QString Scratch::repository(const QString &name, const QList<QPair<QString, QByteArray>> &files) const
{
    const QString dir = path(name);
    QDir().mkpath(dir);
    git(dir, {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")});
    for (const auto &[file, bytes] : files)
        write(name + u'/' + file, bytes);
    git(dir, {QStringLiteral("add"), QStringLiteral("-A")});
    git(dir, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--allow-empty"), QStringLiteral("-m"),
              QStringLiteral("first")});
    return dir;
}

QByteArray Scratch::commit(const QString &folder, const QString &file, const QByteArray &bytes,
                           const QString &message) const
{
    const QString dir = QDir(folder).isAbsolute() ? folder : path(folder);
    const QString full = dir + u'/' + file;
    QDir().mkpath(QFileInfo(full).path());
    QFile out(full);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size())
        std::abort();
    out.close();
    git(dir, {QStringLiteral("add"), QStringLiteral("-A")});
    git(dir, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("-m"), message});
    return git(dir, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")});
}

} // namespace coppice::test
