// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandbox.h"
#include "sandbox/toolchains.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <memory>

using namespace coppice;

class ToolchainsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void systemProgramsNeedNothing();
    void installRootIsAboveBin();
    void globalNpmPackage();
    void fileAloneInASharedFolder();
    void managersAreAskedForTheRealProgram();
    void identityChangesWithTheProgram();
    void programsRunInside();
    void namedProgramsOnly();

private:
    QString script(const QString &name, const QByteArray &says) const
    {
        const QString path = m_scratch->write(name, "#!/bin/sh\n" + says + "\n");
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }
    void setPath(const QStringList &folders) const
    {
        qputenv("PATH", (folders.join(u':') + QStringLiteral(":/usr/bin:/bin")).toUtf8());
    }
    std::unique_ptr<test::Scratch> m_scratch;
    QByteArray m_path, m_home;
};

void ToolchainsTest::init()
{
    m_scratch = std::make_unique<test::Scratch>();
    m_path = qgetenv("PATH");
    m_home = qgetenv("HOME");
    QDir().mkpath(m_scratch->path(QStringLiteral("home/.local/bin")));
    qputenv("HOME", m_scratch->path(QStringLiteral("home")).toUtf8());
    qputenv("XDG_CACHE_HOME", m_scratch->path(QStringLiteral("cache")).toUtf8());
}

void ToolchainsTest::cleanup()
{
    qputenv("PATH", m_path);
    qputenv("HOME", m_home);
}

void ToolchainsTest::systemProgramsNeedNothing()
{
    const auto tool = sandbox::installOf(QStringLiteral("/usr/bin/env"));
    QVERIFY(tool.binds.empty() && tool.links.empty() && tool.path.isEmpty());
    QVERIFY(sandbox::installOf(QStringLiteral("/nonexistent/program")).binds.empty());
}

void ToolchainsTest::installRootIsAboveBin()
{
    const QString node = script(QStringLiteral("home/.nvm/versions/node/v22.1.0/bin/node"), "echo node");
    const auto tool = sandbox::installOf(node);
    QCOMPARE(tool.binds.size(), size_t(1));
    QCOMPARE(tool.binds[0].host, m_scratch->path(QStringLiteral("home/.nvm/versions/node/v22.1.0")));
    QCOMPARE(tool.binds[0].inside, tool.binds[0].host);
    QVERIFY(!tool.binds[0].writable);
    QCOMPARE(tool.path, QStringList{m_scratch->path(QStringLiteral("home/.nvm/versions/node/v22.1.0/bin"))});
}

void ToolchainsTest::globalNpmPackage()
{
    const QString cli = script(QStringLiteral("home/npm/lib/node_modules/@maker/agent/cli.js"), "echo agent");
    QDir().mkpath(m_scratch->path(QStringLiteral("home/npm/bin")));
    const QString link = m_scratch->path(QStringLiteral("home/npm/bin/agent"));
    QVERIFY(QFile::link(QStringLiteral("../lib/node_modules/@maker/agent/cli.js"), link));
    const auto tool = sandbox::installOf(link);
    QCOMPARE(tool.binds.size(), size_t(1));
    QCOMPARE(tool.binds[0].host, m_scratch->path(QStringLiteral("home/npm/lib/node_modules")));
    QCOMPARE(tool.links.size(), size_t(1));
    QCOMPARE(tool.links[0], (std::pair{link, cli}));
}

void ToolchainsTest::fileAloneInASharedFolder()
{
    const QString program = script(QStringLiteral("home/.local/bin/agent"), "echo agent");
    m_scratch->write(QStringLiteral("home/.local/share/private"), "x");
    auto tool = sandbox::installOf(program);
    QCOMPARE(tool.binds.size(), size_t(1));
    QCOMPARE(tool.binds[0].host, program);
    tool = sandbox::installOf(script(QStringLiteral("home/bin/mine"), "echo mine"));
    QCOMPARE(tool.binds[0].host, m_scratch->path(QStringLiteral("home/bin/mine")));
}

void ToolchainsTest::managersAreAskedForTheRealProgram()
{
    const QString real = script(QStringLiteral("home/.pyenv/versions/3.12.1/bin/python3"), "echo real python");
    script(QStringLiteral("home/.pyenv/shims/python3"), "exec pyenv exec python3");
    script(QStringLiteral("home/.pyenv/bin/pyenv"), "[ \"$1 $2\" = 'which python3' ] && echo " + real.toUtf8());
    setPath({m_scratch->path(QStringLiteral("home/.pyenv/shims"))});
    const auto &all = sandbox::installedToolchains();
    QCOMPARE(all.path.value(0), m_scratch->path(QStringLiteral("home/.pyenv/versions/3.12.1/bin")));
    for (const auto &bind : all.binds)
        QVERIFY(bind.host != m_scratch->path(QStringLiteral("home/.pyenv")));

    const auto outcome = sandbox::run({}, {QStringLiteral("bash"), QStringLiteral("-c"),
                                           QStringLiteral("python3; ls %1").arg(m_scratch->path(QStringLiteral("home/.pyenv")))});
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("real python\nversions\n"));
}

void ToolchainsTest::identityChangesWithTheProgram()
{
    setPath({});
    const QByteArray without = sandbox::toolchainIdentity();
    script(QStringLiteral("home/go1/bin/go"), "echo one");
    setPath({m_scratch->path(QStringLiteral("home/go1/bin"))});
    const QByteArray one = sandbox::toolchainIdentity();
    QVERIFY(one != without);
    QCOMPARE(sandbox::toolchainIdentity(), one);
    script(QStringLiteral("home/go1/bin/go"), "echo another");
    QVERIFY(sandbox::toolchainIdentity() != one);
}

void ToolchainsTest::programsRunInside()
{
    script(QStringLiteral("home/npm/lib/node_modules/agent/bin/run"), "echo \"agent in $HOME: $(basename \"$0\")\"");
    QDir().mkpath(m_scratch->path(QStringLiteral("home/npm/bin")));
    QVERIFY(QFile::link(m_scratch->path(QStringLiteral("home/npm/lib/node_modules/agent/bin/run")),
                        m_scratch->path(QStringLiteral("home/npm/bin/agent"))));
    m_scratch->write(QStringLiteral("home/npm/secret"), "x");
    setPath({m_scratch->path(QStringLiteral("home/npm/bin"))});
    sandbox::SandboxProfile profile;
    profile.profile = sandbox::Profile::Agent;
    const auto outcome = sandbox::run(profile, {QStringLiteral("bash"), QStringLiteral("-c"),
                                                QStringLiteral("agent --please; ls '%1'").arg(m_scratch->path(QStringLiteral("home/npm")))});
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("agent in /home/agent: agent\nbin\nlib\n"));
}

void ToolchainsTest::namedProgramsOnly()
{
    script(QStringLiteral("home/.local/bin/agent"), "echo agent");
    script(QStringLiteral("home/.local/bin/other"), "echo other");
    setPath({m_scratch->path(QStringLiteral("home/.local/bin"))});
    const auto tools = sandbox::toolsNamedIn({QStringLiteral("bash"), QStringLiteral("-c"), QStringLiteral("cd x && agent -p 'hi'")});
    QCOMPARE(tools.binds.size(), size_t(1));
    QCOMPARE(tools.binds[0].host, m_scratch->path(QStringLiteral("home/.local/bin/agent")));
}

COPPICE_TEST(ToolchainsTest)
#include "toolchains_test.moc"
