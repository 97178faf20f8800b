// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/outputs.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <sys/stat.h>

using namespace coppice;
using namespace coppice::runs;

namespace {

playbooks::Step step(const QStringList &outputs)
{
    playbooks::Step made;
    made.id = QStringLiteral("diagnose");
    made.outputs = outputs;
    return made;
}

} // namespace

class OutputsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsLines()
    {
        const auto left = parseOutputs(step({QStringLiteral("kind"), QStringLiteral("cause"), QStringLiteral("empty")}),
                                       "# what I found\r\nkind = upstream\n\ncause=a=b; c\r\nempty=\nkind=plugin\nother=left out\nno sign\n=x\n");
        QCOMPARE(left.problem, QString());
        QCOMPARE(left.values, (QJsonObject{{QStringLiteral("kind"), QStringLiteral("plugin")},
                                           {QStringLiteral("cause"), QStringLiteral("a=b; c")},
                                           {QStringLiteral("empty"), QString()}}));
    }

    void readsJson()
    {
        const auto left = parseOutputs(step({QStringLiteral("count"), QStringLiteral("safe"), QStringLiteral("text")}),
                                       "  {\"count\": 3, \"safe\": false, \"text\": \"two\\nlines\", \"more\": [1]}\n");
        QCOMPARE(left.problem, QString());
        QCOMPARE(left.values, (QJsonObject{{QStringLiteral("count"), 3}, {QStringLiteral("safe"), false}, {QStringLiteral("text"), QStringLiteral("two\nlines")}}));
    }

    void saysWhatIsMissing()
    {
        const auto left = parseOutputs(step({QStringLiteral("kind"), QStringLiteral("cause"), QStringLiteral("file")}), "cause=x\n");
        QVERIFY2(left.problem.contains(QStringLiteral("kind, file")) && left.problem.contains(QStringLiteral("diagnose"))
                     && left.problem.contains(QStringLiteral("COPPICE_OUTPUTS")),
                 qPrintable(left.problem));
        QVERIFY(parseOutputs(step({QStringLiteral("kind")}), "{\"kind\": null}").problem.contains(QStringLiteral("kind")));
        QVERIFY(parseOutputs(step({QStringLiteral("kind")}), {}).problem.contains(QStringLiteral("kind")));
        QCOMPARE(parseOutputs(step({}), "anything").problem, QString());
    }

    void refusesWhatIsNoValue()
    {
        QVERIFY(parseOutputs(step({QStringLiteral("a")}), "{\"a\": [1]}").problem.contains(QStringLiteral("list or an object")));
        QVERIFY(parseOutputs(step({QStringLiteral("a")}), "{\"a\": 1").problem.contains(QStringLiteral("JSON")));
        QVERIFY(parseOutputs(step({QStringLiteral("a")}), "a=" + QByteArray(70'000, 'x')).problem.contains(QStringLiteral("64 KiB")));
    }

    void valuesArePlainAndBounded()
    {
        const QByteArray evil = "a=one\x1b[31m\xe2\x80\xae two\x01\nb=" + QByteArray(20'000, 'y') + "\n";
        const auto left = parseOutputs(step({QStringLiteral("a"), QStringLiteral("b")}), evil);
        QCOMPARE(left.values[QStringLiteral("a")].toString(), QStringLiteral("one two"));
        QVERIFY(left.values[QStringLiteral("b")].toString().size() <= 8192 + 20);
        QVERIFY(left.values[QStringLiteral("b")].toString().endsWith(QStringLiteral("[cut]")));
    }

    void theFileIsOfferedAndTaken()
    {
        const test::Scratch scratch;
        const QString folder = scratch.path(QStringLiteral("out"));
        sandbox::SandboxProfile profile;
        const auto one = step({QStringLiteral("kind")});
        QVERIFY_RESULT(offerOutputs(step({}), profile, folder));
        QVERIFY(profile.binds.empty() && profile.env.isEmpty() && !QFileInfo::exists(folder));

        scratch.write(QStringLiteral("out/values"), "kind=of an earlier attempt\n");
        QVERIFY_RESULT(offerOutputs(one, profile, folder));
        QCOMPARE(profile.binds.size(), 1u);
        QVERIFY(profile.binds[0].writable);
        QVERIFY(profile.env[QStringLiteral("COPPICE_OUTPUTS")].startsWith(profile.binds[0].inside + u'/'));
        const auto nothing = takeOutputs(one, folder);
        QVERIFY_RESULT(nothing);
        QVERIFY(nothing->values.isEmpty() && !nothing->problem.isEmpty());

        scratch.write(QStringLiteral("out/values"), "kind=plugin\n");
        QCOMPARE(takeOutputs(one, folder)->values[QStringLiteral("kind")].toString(), QStringLiteral("plugin"));
        QCOMPARE(takeOutputs(one, folder)->problem, QString()); // may be asked again
    }

    void aStrangersFileIsNeitherFollowedNorWaitedFor()
    {
        const test::Scratch scratch;
        const auto one = step({QStringLiteral("kind")});
        scratch.write(QStringLiteral("secret"), "kind=secret\n");
        scratch.write(QStringLiteral("out/x"), "");
        const QString file = scratch.path(QStringLiteral("out/values"));
        QVERIFY(QFile::link(scratch.path(QStringLiteral("secret")), file));
        const auto link = takeOutputs(one, scratch.path(QStringLiteral("out")));
        QVERIFY_RESULT(link);
        QVERIFY(link->values.isEmpty() && !link->problem.isEmpty());
        QVERIFY(QFile::remove(file));
        QCOMPARE(::mkfifo(QFile::encodeName(file).constData(), 0600), 0);
        const auto pipe = takeOutputs(one, scratch.path(QStringLiteral("out")));
        QVERIFY_RESULT(pipe);
        QVERIFY(!pipe->problem.isEmpty());
        QVERIFY(QFile::remove(file));
        QVERIFY(QDir().mkpath(file));
        QVERIFY(!takeOutputs(one, scratch.path(QStringLiteral("out")))->problem.isEmpty());
    }
};

COPPICE_TEST(OutputsTest)
#include "outputs_test.moc"
