// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/ctl.h"

#include <QDir>
#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>

#include <fcntl.h>
#include <unistd.h>
#include <vector>
#include <vector>

namespace coppice::test {

Ctl::Ctl(QString program, QString home, QString library)
    : m_program(std::move(program)), m_home(std::move(home)), m_library(std::move(library))
{
    QDir().mkpath(m_home);
}

QMap<QString, QString> Ctl::environment() const
{
    QMap<QString, QString> env = m_env;
    env[QStringLiteral("HOME")] = m_home;
    env[QStringLiteral("XDG_STATE_HOME")] = m_home + QStringLiteral("/state");
    env[QStringLiteral("XDG_CACHE_HOME")] = m_home + QStringLiteral("/cache");
    env[QStringLiteral("XDG_CONFIG_HOME")] = m_home + QStringLiteral("/config");
    return env;
}

Ctl::Answer Ctl::run(const QStringList &args, bool json) const
{
    QStringList all;
    if (json)
        all << QStringLiteral("--json");
    if (!m_library.isEmpty())
        all << QStringLiteral("--library") << m_library;
    all << args;
    QProcess process;
    auto env = QProcessEnvironment::systemEnvironment();
    const auto own = environment();
    for (auto it = own.begin(); it != own.end(); ++it)
        env.insert(it.key(), it.value());
    process.setProcessEnvironment(env);
    process.setWorkingDirectory(m_home);
    process.start(m_program, all);
    process.closeWriteChannel();
    if (!process.waitForFinished(120'000)) {
        process.kill();
        process.waitForFinished();
    }
    Answer answer;
    answer.exit = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    answer.out = process.readAllStandardOutput();
    answer.err = process.readAllStandardError();
    answer.json = QJsonDocument::fromJson(answer.out).object();
    return answer;
}

Ctl::Answer Ctl::operator()(const QStringList &args) const
{
    return run(args, true);
}

Ctl::Answer Ctl::plain(const QStringList &args) const
{
    return run(args, false);
}

qint64 Ctl::start(const QStringList &args, const QString &log) const
{
    QStringList all{QStringLiteral("--json")};
    if (!m_library.isEmpty())
        all << QStringLiteral("--library") << m_library;
    all << args;
    const auto own = environment();
    const pid_t child = fork();
    if (child != 0)
        return child;
    setpgid(0, 0);
    for (auto it = own.begin(); it != own.end(); ++it)
        setenv(it.key().toLocal8Bit().constData(), it.value().toLocal8Bit().constData(), 1);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(log.isEmpty() ? null : open(log.toLocal8Bit().constData(), O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
    std::vector<QByteArray> bytes{m_program.toLocal8Bit()};
    for (const auto &argument : std::as_const(all))
        bytes.push_back(argument.toLocal8Bit());
    std::vector<char *> argv;
    for (auto &argument : bytes)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
}

QList<QJsonObject> Ctl::Answer::lines() const
{
    QList<QJsonObject> objects;
    for (const auto &line : out.split('\n')) {
        if (!line.trimmed().isEmpty())
            objects << QJsonDocument::fromJson(line).object();
    }
    return objects;
}

} // namespace coppice::test
