// SPDX-License-Identifier: GPL-3.0-or-later
// Set-up commands of three languages against the real registries, through the allow-list tunnel; then the plugin's
// tests with no network at all.
#include "git/repository.h"
#include "process/child.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "workspace/run_folder.h"

#include <QDir>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <netdb.h>

using namespace coppice;

class RealPrepareTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void setsUpAndTestsOffline_data();
    void setsUpAndTestsOffline();
};

void RealPrepareTest::setsUpAndTestsOffline_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("ask");
    QTest::addColumn<QList<QPair<QString, QByteArray>>>("files");
    QTest::addColumn<QString>("setup");
    QTest::addColumn<QString>("check");
    using Files = QList<QPair<QString, QByteArray>>;
    QTest::newRow("npm") << QStringLiteral("npm") << QStringLiteral("npm config get registry")
                         << Files{{QStringLiteral("package.json"), R"({"name":"x","version":"1.0.0","dependencies":{"is-number":"7.0.0"}})"},
                                  {QStringLiteral("test.js"), "if (!require('is-number')(7)) process.exit(1)\n"}}
                         << QStringLiteral("npm install --no-package-lock") << QStringLiteral("node test.js");
    QTest::newRow("pip") << QStringLiteral("python3") << QStringLiteral("python3 -m pip install --help | sed -n '/--index-url/,$p'")
                         << Files{{QStringLiteral("requirements.txt"), "six==1.16.0\n"}, {QStringLiteral("test.py"), "import six\nassert six.PY3\n"}}
                         << QStringLiteral("python3 -m venv .venv && .venv/bin/pip install -r requirements.txt")
                         << QStringLiteral(".venv/bin/python test.py");
    QTest::newRow("go") << QStringLiteral("go") << QStringLiteral("go env GOPROXY")
                        << Files{{QStringLiteral("go.mod"), "module x\n\ngo 1.18\n\nrequire rsc.io/sampler v1.3.0\n"},
                                 {QStringLiteral("go.sum"), ""},
                                 {QStringLiteral("main.go"), "package main\n\nimport \"rsc.io/sampler\"\n\nfunc main() { println(sampler.Hello()) }\n"}}
                        << QStringLiteral("go mod download all && go mod tidy && cp go.mod go.sum /opt/prepared/")
                        << QStringLiteral("cp /opt/prepared/go.mod /opt/prepared/go.sum . && go build -o /tmp/x . && /tmp/x");
}

void RealPrepareTest::setsUpAndTestsOffline()
{
    QFETCH(QString, program);
    QFETCH(QString, ask);
    QFETCH(QString, setup);
    QFETCH(QString, check);
    using Files = QList<QPair<QString, QByteArray>>;
    QFETCH(Files, files);
    QVERIFY2(sandbox::probe().works, qPrintable(sandbox::probe().why));
    if (QStandardPaths::findExecutable(program).isEmpty())
        QSKIP(qPrintable(program + QStringLiteral(" is not installed")));
    process::Request question;
    question.argv = {QStringLiteral("bash"), QStringLiteral("-c"), ask};
    const auto answer = process::run(question);
    QVERIFY_RESULT(answer);
    const QByteArray registry = QRegularExpression(QStringLiteral("https?://([^/\\s,|:)]+)")).match(QString::fromUtf8(answer->out)).captured(1).toLatin1();
    QVERIFY2(!registry.isEmpty(), "it does not say where its packages come from");
    addrinfo *found = nullptr;
    if (::getaddrinfo(registry.constData(), "443", nullptr, &found) != 0)
        QSKIP(QByteArray(registry + " cannot be reached from this machine").constData());
    ::freeaddrinfo(found);
    const test::Scratch scratch;
    qputenv("XDG_STATE_HOME", scratch.path(QStringLiteral("state")).toUtf8());
    qputenv("XDG_CACHE_HOME", scratch.path(QStringLiteral("cache")).toUtf8());
    qputenv("COPPICE_DATA", COPPICE_SOURCE_DIR);
    const auto repository = git::Repository::open(scratch.repository(QStringLiteral("lib"), files));
    QVERIFY_RESULT(repository);
    const auto commit = repository->resolve(QStringLiteral("HEAD"));
    QVERIFY_RESULT(commit);
    const auto folder = workspace::RunFolder::create(*repository, *commit, scratch.path(QStringLiteral("run")), QStringLiteral("x"));
    QVERIFY_RESULT(folder);
    library::Plugin plugin;
    plugin.id = QStringLiteral("x");
    plugin.commands[QStringLiteral("setup")] = {setup, false};
    const auto prepared = workspace::prepare(*folder, plugin, {}, {}, Progress::none());
    QVERIFY_RESULT(prepared);
    const auto outcome = sandbox::run(workspace::checkProfile(*folder, *prepared), {QStringLiteral("bash"), QStringLiteral("-c"), check});
    QVERIFY_RESULT(outcome);
    QVERIFY2(outcome->ok(), QByteArray(outcome->out + outcome->err).constData());
    QVERIFY_RESULT(folder->remove());
}

COPPICE_TEST(RealPrepareTest)
#include "prepare_test.moc"
