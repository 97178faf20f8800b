// SPDX-License-Identifier: GPL-3.0-or-later
// The playbooks of a new library, put into a HOME as a run does, are found as skills by the real clients (pinned, from the npm
// registry). No model is needed: each of them lists its skills before it asks one.
#include "support/scratch.h"
#include "support/test_main.h"

#include <context/home_files.h>
#include <library/library.h>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTest>

using namespace coppice;

namespace {

const QString clientsDir = QStringLiteral(COPPICE_CLIENTS_DIR);

/// A program of a package, installed once into the build folder; empty when there is no npm or no registry.
QString installed(const QString &package, const QString &program)
{
    const QString path = clientsDir + QStringLiteral("/node_modules/") + program;
    if (!QFileInfo::exists(path)) {
        QProcess npm;
        npm.start(QStringLiteral("npm"), {QStringLiteral("install"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund"),
                                          QStringLiteral("--prefix"), clientsDir, package});
        npm.waitForFinished(400'000);
    }
    return QFileInfo::exists(path) ? path : QString();
}

class House
{
public:
    House()
    {
        qputenv("COPPICE_DATA", COPPICE_SOURCE_DIR);
        const auto library = library::initLibrary(scratch.path(QStringLiteral("library")), QStringLiteral("Ours"));
        if (!library)
            qFatal("%s", qPrintable(library.error().message()));
        const auto repository = library->repository();
        const auto skills = context::skillFolders(*repository, *library->head());
        if (!skills)
            qFatal("%s", qPrintable(skills.error().message()));
        for (const auto &skill : *skills)
            names << skill.name;
        const auto files = context::homeFilesFor({}, *skills);
        for (auto it = files.begin(); it != files.end(); ++it)
            scratch.write(QStringLiteral("home/") + it.key(), *it);
        scratch.write(QStringLiteral("work/readme.txt"), "a plugin\n");
    }
    /// What a program prints, with nothing of this environment but PATH.
    [[nodiscard]] QByteArray run(const QStringList &argv, const QMap<QString, QString> &more) const
    {
        QProcess process;
        QProcessEnvironment env;
        env.insert(QStringLiteral("PATH"), qEnvironmentVariable("PATH"));
        env.insert(QStringLiteral("HOME"), scratch.path(QStringLiteral("home")));
        for (auto it = more.begin(); it != more.end(); ++it)
            env.insert(it.key(), *it);
        process.setProcessEnvironment(env);
        process.setWorkingDirectory(scratch.path(QStringLiteral("work")));
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setStandardInputFile(QProcess::nullDevice());
        process.start(argv.first(), argv.mid(1));
        process.waitForFinished(120'000);
        const QByteArray printed = process.readAll();
        process.kill();
        process.waitForFinished();
        return printed;
    }
    test::Scratch scratch;
    QStringList names;
};

} // namespace

class SkillsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thereAreSome()
    {
        const House house;
        QVERIFY(house.names.size() >= 8);
        QVERIFY(house.names.contains(QStringLiteral("migrate-mcp")));
    }

    void claudeFindsThem()
    {
        const QString program = installed(QStringLiteral("@anthropic-ai/claude-code@2.1.330"), QStringLiteral("@anthropic-ai/claude-code-linux-x64/claude"));
        if (program.isEmpty())
            QSKIP("npm, or the npm registry, is not there");
        const House house;
        const QByteArray printed = house.run({program, QStringLiteral("-p"), QStringLiteral("hi"), QStringLiteral("--output-format"), QStringLiteral("stream-json"), QStringLiteral("--verbose")},
                                             {{QStringLiteral("ANTHROPIC_BASE_URL"), QStringLiteral("http://127.0.0.1:9")},
                                              {QStringLiteral("ANTHROPIC_API_KEY"), QStringLiteral("none")},
                                              {QStringLiteral("IS_SANDBOX"), QStringLiteral("1")},
                                              {QStringLiteral("CLAUDE_CODE_MAX_RETRIES"), QStringLiteral("0")},
                                              {QStringLiteral("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"), QStringLiteral("1")}});
        QStringList found;
        for (const QByteArray &line : printed.split('\n')) {
            const auto message = QJsonDocument::fromJson(line).object();
            if (message[u"subtype"].toString() != QLatin1String("init"))
                continue;
            for (const auto &skill : message[u"skills"].toArray())
                found << skill.toString();
        }
        for (const QString &name : house.names)
            QVERIFY2(found.contains(name), qPrintable(name + u'\n' + QString::fromUtf8(printed.left(3000))));
    }

    void geminiFindsThem()
    {
        if (installed(QStringLiteral("@google/gemini-cli@0.61.0"), QStringLiteral(".bin/gemini")).isEmpty())
            QSKIP("npm, or the npm registry, is not there");
        const House house;
        const QString printed = QString::fromUtf8(house.run({clientsDir + QStringLiteral("/node_modules/.bin/gemini"), QStringLiteral("skills"), QStringLiteral("list")},
                                                            {{QStringLiteral("GEMINI_API_KEY"), QStringLiteral("none")},
                                                             {QStringLiteral("GEMINI_CLI_TRUST_WORKSPACE"), QStringLiteral("true")}}));
        for (const QString &name : house.names)
            QVERIFY2(printed.contains(QStringLiteral("/.agents/skills/%1/SKILL.md").arg(name)), qPrintable(name + u'\n' + printed.left(3000)));
    }

    void codexFindsThem()
    {
        if (installed(QStringLiteral("@openai/codex@0.169.0"), QStringLiteral(".bin/codex")).isEmpty())
            QSKIP("npm, or the npm registry, is not there");
        const House house;
        const QString printed = QString::fromUtf8(house.run({clientsDir + QStringLiteral("/node_modules/.bin/codex"), QStringLiteral("debug"), QStringLiteral("prompt-input"), QStringLiteral("hi")}, {}));
        for (const QString &name : house.names)
            QVERIFY2(printed.contains(QStringLiteral("- %1: ").arg(name)), qPrintable(name + u'\n' + printed.left(3000)));
    }
};

COPPICE_TEST(SkillsTest)
#include "skills_test.moc"
