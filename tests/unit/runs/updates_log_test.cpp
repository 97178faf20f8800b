// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/permissions.h>
#include <runs/updates_log.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace coppice;
using namespace coppice::runs;
using namespace Qt::StringLiterals;

namespace {

QList<QJsonObject> linesOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(file.errorString()));
    QList<QJsonObject> lines;
    const QByteArray bytes = file.readAll();
    for (const QByteArray &line : bytes.split('\n')) {
        if (!line.isEmpty())
            lines << QJsonDocument::fromJson(line).object();
    }
    return lines;
}

clients::AgentUpdate said(const QString &words, const char *role = "agent")
{
    return {clients::AgentUpdate::Kind::Text, words, {{u"role"_s, QLatin1String(role)}}};
}

} // namespace

class UpdatesLogTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesAreAboutTheirStepAndScrubbed()
    {
        const test::Scratch scratch;
        UpdatesLog log(scratch.path(u"u.jsonl"_s), text::Scrubber());
        QVERIFY(log.open());
        log.setStep(u"change"_s, 2);
        log.write(said(u"a\u202eb \x1b[31mred"_s));
        log.write({clients::AgentUpdate::Kind::ToolCall, {}, {{u"id"_s, u"t1"_s}, {u"input"_s, QJsonObject{{u"password"_s, u"hunter2222"_s}}}}});
        const auto lines = linesOf(scratch.path(u"u.jsonl"_s));
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0][u"step"].toString(), u"change"_s);
        QCOMPARE(lines[0][u"attempt"].toInt(), 2);
        QVERIFY(lines[0][u"at"].toInteger() > 0);
        QCOMPARE(lines[0][u"text"].toString(), u"ab red"_s);
        QCOMPARE(lines[1][u"kind"].toString(), u"tool_call"_s);
        QVERIFY(!QJsonDocument(lines[1]).toJson().contains("hunter2222"));
    }

    void aLineCutByADyingProcessGoes()
    {
        const test::Scratch scratch;
        const QString path = scratch.path(u"u.jsonl"_s);
        {
            UpdatesLog log(path, text::Scrubber());
            QVERIFY(log.open());
            log.write(said(u"one"_s));
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"kind\":\"text\",\"te");
        file.close();
        UpdatesLog log(path, text::Scrubber());
        QVERIFY(log.open());
        log.write(said(u"two"_s));
        const auto lines = linesOf(path);
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[1][u"text"].toString(), u"two"_s);
    }

    void aFloodIsCutAndSaidSo()
    {
        const test::Scratch scratch;
        UpdatesLog log(scratch.path(u"u.jsonl"_s), text::Scrubber());
        QVERIFY(log.open());
        const QString piece(16 * 1024, u'y');
        for (int i = 0; i < 200; ++i)
            log.write(said(piece, "raw"));
        log.write(said(u"the end"_s));
        const auto lines = linesOf(scratch.path(u"u.jsonl"_s));
        QVERIFY(QFile(scratch.path(u"u.jsonl"_s)).size() < 2 * UpdatesLog::rawCap());
        QCOMPARE(lines[lines.size() - 2][u"data"][u"role"].toString(), u"note"_s);
        QCOMPARE(lines.last()[u"text"].toString(), u"the end"_s);
    }

    void whatIsGrantedWithoutAsking_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QStringList>("paths");
        QTest::addColumn<bool>("granted");
        QTest::addColumn<bool>("grantedWhenAsked");
        const auto row = [](const char *kind, const QStringList &paths, bool granted, bool asked) {
            QTest::addRow("%s %s", kind, qPrintable(paths.join(u' '))) << QString::fromLatin1(kind) << paths << granted << asked;
        };
        row("read", {u"/etc/passwd"_s}, true, true);
        row("search", {}, true, true);
        row("think", {}, true, true);
        row("edit", {u"/src/p/a.py"_s}, true, false);
        row("edit", {u"a.py"_s}, true, false);
        row("edit", {u"/coppice/out/values"_s}, true, false);
        row("edit", {u"/home/agent/knowledge/a.md"_s}, true, false);
        row("edit", {u"../q/a.py"_s}, false, false);
        row("edit", {u"/src/p/../../etc/x"_s}, false, false);
        row("edit", {u"/src/p/.git/hooks/x"_s}, false, false);
        row("edit", {u"/src/p2/a"_s}, false, false);
        row("edit", {u"/src/p/a"_s, u"/usr/b"_s}, false, false);
        row("delete", {u"/src/p/a"_s}, true, false);
        row("move", {u"/src/p/a"_s, u"/tmp/b"_s}, true, false);
        row("execute", {}, true, false);
        row("fetch", {}, false, false);
        row("other", {}, false, false);
        row("", {}, false, false);
        row("something new", {u"/src/p/a"_s}, false, false);
    }
    void whatIsGrantedWithoutAsking()
    {
        QFETCH(QString, kind);
        QFETCH(QStringList, paths);
        clients::PermissionRequest request;
        request.kind = kind;
        request.paths = paths;
        QTEST(isGranted({u"/src/p"_s, false}, request), "granted");
        QTEST(isGranted({u"/src/p"_s, true}, request), "grantedWhenAsked");
    }
};

COPPICE_TEST(UpdatesLogTest)
#include "updates_log_test.moc"
