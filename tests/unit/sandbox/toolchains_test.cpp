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
    void everyInstallationWorksInside_data();
    void everyInstallationWorksInside();
    void aFolderOfOnesOwnIsNoInstallRoot();

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
    QCOMPARE(sandbox::installOf(node).binds[0].host, node); // alone there, it needs nothing else
    QDir().mkpath(m_scratch->path(QStringLiteral("home/.nvm/versions/node/v22.1.0/lib")));
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

/// Home folders as installers leave them. `program` is started inside; nothing of the home may be seen beside it. `node` is a
/// copy of a shell, and the packages are its scripts.
void ToolchainsTest::everyInstallationWorksInside_data()
{
    using Files = QList<std::pair<QString, QByteArray>>; // "-> target" is a link, "=node" the interpreter
    QTest::addColumn<Files>("files");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("program");
    const QByteArray cli = "#!/usr/bin/env node\necho \"agent by node: $(cat \"$(dirname \"$(readlink -f \"$0\")\")/data\")\"\n";
    const QString node22 = QStringLiteral(".nvm/versions/node/v22.1.0/");
    const QString package = QStringLiteral("lib/node_modules/@maker/agent/");
    QTest::newRow("npm -g below nvm, not on PATH") << Files{{node22 + QStringLiteral("bin/node"), "=node"}, {node22 + package + QStringLiteral("cli.js"), cli},
                                                            {node22 + package + QStringLiteral("data"), "works"},
                                                            {node22 + QStringLiteral("bin/agent"), "-> ../lib/node_modules/@maker/agent/cli.js"},
                                                            {QStringLiteral(".nvm/alias/secret"), "private"}}
                                                   << QString() << QString(node22 + QStringLiteral("bin/agent"));
    QTest::newRow("npm prefix ~/.npm-global") << Files{{QStringLiteral("node/bin/node"), "=node"}, {QStringLiteral(".npm-global/") + package + QStringLiteral("cli.js"), cli},
                                                       {QStringLiteral(".npm-global/") + package + QStringLiteral("data"), "works"},
                                                       {QStringLiteral(".npm-global/bin/agent"), "-> ../lib/node_modules/@maker/agent/cli.js"},
                                                       {QStringLiteral(".npm-global/secret"), "private"}}
                                              << QStringLiteral("node/bin") << QStringLiteral(".npm-global/bin/agent");
    QTest::newRow("a file in ~/.local/bin") << Files{{QStringLiteral(".local/bin/agent"), "#!/bin/sh\necho works\n"}, {QStringLiteral(".local/share/secret"), "private"}}
                                            << QString() << QStringLiteral(".local/bin/agent");
    QTest::newRow("versions below ~/.local/share") << Files{{QStringLiteral(".local/share/agent/versions/2.1"), "#!/bin/sh\necho works\n"},
                                                            {QStringLiteral(".local/bin/agent"), "-> ../share/agent/versions/2.1"},
                                                            {QStringLiteral(".local/share/agent/secret"), "private"}}
                                                   << QStringLiteral(".local/bin") << QStringLiteral("agent");
    QTest::newRow("a wrapper that names node of nvm") << Files{{node22 + QStringLiteral("bin/node"), "=node"}, {QStringLiteral("tools/agent/package.json"), "{}"},
                                                               {QStringLiteral("tools/agent/dist/cli.js"), cli}, {QStringLiteral("tools/agent/dist/data"), "works"},
                                                               {QStringLiteral(".local/bin/agent"), "#!/bin/sh\nexec \"@HOME@/.nvm/versions/node/v22.1.0/bin/node\" \"@HOME@/tools/agent/dist/cli.js\" \"$@\"\n"},
                                                               {QStringLiteral("tools/secret"), "private"}}
                                                      << QString() << QStringLiteral(".local/bin/agent");
    QTest::newRow("a first line with node of nvm") << Files{{node22 + QStringLiteral("bin/node"), "=node"},
                                                            {QStringLiteral(".local/bin/agent"), "#!@HOME@/.nvm/versions/node/v22.1.0/bin/node\necho works\n"}}
                                                   << QString() << QStringLiteral(".local/bin/agent");
    QTest::newRow("pnpm's wrapper") << Files{{QStringLiteral("node/bin/node"), "=node"},
                                             {QStringLiteral(".local/share/pnpm/global/5/node_modules/.pnpm/agent@1/node_modules/agent/cli.js"), cli},
                                             {QStringLiteral(".local/share/pnpm/global/5/node_modules/.pnpm/agent@1/node_modules/agent/data"), "works"},
                                             {QStringLiteral(".local/share/pnpm/global/5/node_modules/agent"), "-> .pnpm/agent@1/node_modules/agent"},
                                             {QStringLiteral(".local/share/pnpm/agent"),
                                              "#!/bin/sh\nbasedir=$(dirname \"$(echo \"$0\" | sed -e 's,\\\\,/,g')\")\n"
                                              "exec node \"$basedir/global/5/node_modules/agent/cli.js\" \"$@\"\n"},
                                             {QStringLiteral(".local/share/pnpm/secret"), "private"}}
                                    << QStringLiteral("node/bin:.local/share/pnpm") << QStringLiteral("agent");
    QTest::newRow("volta") << Files{{QStringLiteral(".volta/bin/volta-shim"), "#!/bin/sh\necho the shim itself ran\n"}, {QStringLiteral(".volta/bin/agent"), "-> volta-shim"},
                                    {QStringLiteral(".volta/bin/volta"), "#!/bin/sh\n[ \"$1 $2\" = 'which agent' ] && echo @HOME@/.volta/tools/image/packages/agent/bin/agent\n"},
                                    {QStringLiteral(".volta/tools/image/packages/agent/bin/agent"), "-> ../lib/node_modules/agent/cli.js"},
                                    {QStringLiteral(".volta/tools/image/packages/agent/lib/node_modules/agent/cli.js"), cli},
                                    {QStringLiteral(".volta/tools/image/packages/agent/lib/node_modules/agent/data"), "works"},
                                    {QStringLiteral("node/bin/node"), "=node"}, {QStringLiteral(".volta/secret"), "private"}}
                           << QStringLiteral(".volta/bin:node/bin") << QStringLiteral("agent");
    QTest::newRow("a bin folder that is a link") << Files{{QStringLiteral("dotfiles/bin/agent"), "#!/bin/sh\necho works\n"}, {QStringLiteral("bin"), "-> dotfiles/bin"},
                                                          {QStringLiteral("dotfiles/secret"), "private"}}
                                                 << QStringLiteral("bin") << QStringLiteral("agent");
    QTest::newRow("a native program of an optional package") << Files{{QStringLiteral("node/bin/node"), "=node"},
                                                                      {QStringLiteral("npm/lib/node_modules/agent/bin.js"),
                                                                       "#!/usr/bin/env node\nexec \"$(dirname \"$(readlink -f \"$0\")\")/../agent-linux-x64/native\"\n"},
                                                                      {QStringLiteral("npm/lib/node_modules/agent-linux-x64/native"), "#!/bin/sh\necho works\n"},
                                                                      {QStringLiteral("npm/bin/agent"), "-> ../lib/node_modules/agent/bin.js"},
                                                                      {QStringLiteral("npm/secret"), "private"}}
                                                             << QStringLiteral("node/bin:npm/bin") << QStringLiteral("agent");
    QTest::newRow("pipx") << Files{{QStringLiteral(".local/share/pipx/venvs/agent/pyvenv.cfg"), "home = /usr/bin\n"}, {QStringLiteral(".pyenv/versions/3.12/bin/python"), "=node"},
                                   {QStringLiteral(".local/share/pipx/venvs/agent/bin/python"), "-> @HOME@/.pyenv/versions/3.12/bin/python"},
                                   {QStringLiteral(".local/share/pipx/venvs/agent/bin/agent"), "#!@HOME@/.local/share/pipx/venvs/agent/bin/python\ncat \"$(dirname \"$(readlink -f \"$0\")\")/../lib/data\"\n"},
                                   {QStringLiteral(".local/share/pipx/venvs/agent/lib/data"), "works"}, {QStringLiteral(".local/bin/agent"), "-> ../share/pipx/venvs/agent/bin/agent"},
                                   {QStringLiteral(".local/share/pipx/secret"), "private"}}
                          << QStringLiteral(".local/bin") << QStringLiteral("agent");
}

void ToolchainsTest::everyInstallationWorksInside()
{
    using Files = QList<std::pair<QString, QByteArray>>;
    QFETCH(Files, files);
    QFETCH(QString, path);
    QFETCH(QString, program);
    const QString home = m_scratch->path(QStringLiteral("home"));
    m_scratch->write(QStringLiteral("home/diary/secret"), "private");
    m_scratch->write(QStringLiteral("home/.ssh/secret"), "private");
    for (auto [name, content] : files) {
        content.replace("@HOME@", home.toUtf8());
        const QString full = home + u'/' + name;
        QDir().mkpath(QFileInfo(full).path());
        if (content.startsWith("-> "))
            QVERIFY(QFile::link(QString::fromUtf8(content.mid(3)), full));
        else if (content == "=node")
            QVERIFY(QFile::copy(QFileInfo(QStringLiteral("/bin/sh")).canonicalFilePath(), full));
        else
            m_scratch->write(QStringLiteral("home/") + name, content);
        if (!content.startsWith("-> ") && (content == "=node" || content.startsWith("#!")))
            QFile::setPermissions(full, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QStringList folders;
    for (const QString &folder : path.split(u':', Qt::SkipEmptyParts))
        folders << home + u'/' + folder;
    setPath(folders);
    sandbox::SandboxProfile profile;
    profile.profile = sandbox::Profile::Agent;
    profile.limits.time = std::chrono::seconds(60);
    const QString named = program.contains(u'/') ? QString(home + u'/' + program) : program;
    const auto ran = sandbox::run(profile, {named});
    QVERIFY_RESULT(ran);
    QVERIFY2(ran->out.trimmed().endsWith("works"), QByteArray(ran->out + ran->err).constData());
    const auto looked = sandbox::run(profile, {QStringLiteral("bash"), QStringLiteral("-c"),
                                               QStringLiteral("find '%1' -name secret; touch \"$(command -v '%2')\" 2>/dev/null && echo writable; : %2").arg(home, named)});
    QVERIFY_RESULT(looked);
    QCOMPARE(looked->out, QByteArray());
    QVERIFY(QFileInfo::exists(home + QStringLiteral("/diary/secret")));
}

void ToolchainsTest::aFolderOfOnesOwnIsNoInstallRoot()
{
    // With a bin and a lib like an install root's, but much beside them.
    script(QStringLiteral("home/work/bin/agent"), "ls \"$(dirname \"$0\")/..\"");
    m_scratch->write(QStringLiteral("home/work/lib/x"), "x");
    m_scratch->write(QStringLiteral("home/work/taxes/2026"), "private");
    m_scratch->write(QStringLiteral("home/work/.git/config"), "private");
    setPath({m_scratch->path(QStringLiteral("home/work/bin"))});
    sandbox::SandboxProfile profile;
    profile.profile = sandbox::Profile::Agent;
    const auto outcome = sandbox::run(profile, {QStringLiteral("agent")});
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("bin\nlib\n"));
}

COPPICE_TEST(ToolchainsTest)
#include "toolchains_test.moc"
