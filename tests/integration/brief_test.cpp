// SPDX-License-Identifier: GPL-3.0-or-later
// A client words a brief: what no fact supports is left out, and whatever it does, the plain brief is there.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

QString sentence(const QString &text, const QString &fact)
{
    return QString::fromUtf8(QJsonDocument(QJsonObject{{u"text"_s, text}, {u"facts"_s, QJsonArray{fact}}}).toJson(QJsonDocument::Compact));
}
/// A stand-in for an agent, that writes these sentences.
QString writes(const QStringList &sentences)
{
    return u"cat > \"$COPPICE_OUTPUTS\" <<'EOF'\n{\"paragraphs\":[{\"sentences\":["_s + sentences.join(u',') + u"]}]}\nEOF"_s;
}

} // namespace

class BriefWordsTest final : public QObject
{
    Q_OBJECT

    Scratch m_scratch;
    Ctl m_ctl{QStringLiteral(COPPICECTL), m_scratch.path(u"home"_s)};
    QString m_made; ///< the id of the fact that a ticket was made

    Ctl::Answer words(const QString &command, const QStringList &more = {}) const
    {
        return m_ctl(QStringList{u"manager"_s, u"brief"_s, u"--last"_s, u"--client"_s, u"exec"_s, u"--command"_s, command} + more);
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString library = m_scratch.repository(u"library"_s, {{u"plugins/sums/sums.py"_s, "def add(a, b):\n    return a - b\n"}});
        QCOMPARE_EXIT(m_ctl({u"init"_s, u"--adopt"_s, library}), 0);
        m_ctl = m_ctl.on(library);
        QCOMPARE_EXIT(m_ctl({u"tickets"_s, u"new"_s, u"--plugin"_s, u"sums"_s, u"--title"_s, u"add(2, 2) answers 0"_s}), 0);
        const auto brief = m_ctl({u"manager"_s, u"brief"_s});
        QCOMPARE_EXIT(brief, 0);
        for (const auto &one : brief.json[u"changed"].toArray()) {
            if (one[u"text"].toString().startsWith(u"1 ticket made"))
                m_made = one[u"id"].toString();
        }
        QVERIFY2(!m_made.isEmpty(), brief.out.constData());
    }

    void whatHoldsIsKeptWithTheBrief()
    {
        const auto told = words(writes({sentence(u"There was 1 ticket made."_s, m_made), sentence(u"There were 7 tickets made."_s, m_made)}), {u"--html"_s, m_scratch.path(u"brief.html"_s)});
        QCOMPARE_EXIT(told, 0);
        const auto worded = told.json[u"worded"];
        QCOMPARE(worded[u"problem"], QJsonValue());
        QCOMPARE(worded[u"left_out"].toInt(), 1);
        QCOMPARE(worded[u"paragraphs"][0][u"sentences"].toArray().size(), 1);
        QCOMPARE(worded[u"paragraphs"][0][u"sentences"][0][u"text"].toString(), u"There was 1 ticket made."_s);
        const QByteArray text = m_ctl.plain({u"manager"_s, u"brief"_s, u"--last"_s}).out;
        QVERIFY2(text.contains(QByteArray("There was 1 ticket made. [" + m_made.toUtf8() + "]")), text.constData());
        QVERIFY(text.contains("1 sentence was left out: not supported by facts."));
        QVERIFY(!text.contains("7 tickets"));
        QFile html(m_scratch.path(u"brief.html"_s));
        QVERIFY(html.open(QIODevice::ReadOnly));
        QVERIFY(html.readAll().contains("There was 1 ticket made."));
    }

    void whatGoesWrongLeavesThePlainBrief_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("problem");
        QTest::addColumn<QStringList>("more");
        QTest::newRow("invented") << writes({sentence(u"The plugin billing is lost."_s, m_made), sentence(u"Approve sums now."_s, m_made)}) << u"Too little"_s << QStringList();
        QTest::newRow("garbage") << u"head -c 3000 /dev/urandom > \"$COPPICE_OUTPUTS\""_s << u"not the JSON"_s << QStringList();
        QTest::newRow("nothing") << u"true"_s << u"answered nothing"_s << QStringList();
        QTest::newRow("a link for the answer") << u"rm \"$COPPICE_OUTPUTS\"; ln -s /etc/passwd \"$COPPICE_OUTPUTS\""_s << u"answered nothing"_s << QStringList();
        QTest::newRow("fails") << u"exit 3"_s << u"did not come to an end"_s << QStringList();
        QTest::newRow("missing") << u"no-such-agent --go"_s << u"did not come to an end"_s << QStringList();
        QTest::newRow("too slow") << u"sleep 60"_s << u"did not come to an end"_s << QStringList({u"--timeout"_s, u"1"_s});
    }
    void whatGoesWrongLeavesThePlainBrief()
    {
        QFETCH(QString, command);
        QFETCH(QString, problem);
        QFETCH(QStringList, more);
        const auto told = words(command, more);
        QCOMPARE_EXIT(told, 0);
        QVERIFY2(told.json[u"worded"][u"problem"].toString().contains(problem), told.out.constData());
        QVERIFY(told.json[u"worded"][u"paragraphs"].toArray().isEmpty());
        QVERIFY(!told.json[u"changed"].toArray().isEmpty());
        QVERIFY(m_ctl.plain({u"manager"_s, u"brief"_s, u"--last"_s}).out.contains("exec did not word it"));
    }

    void theClientSeesNothingOfTheLibrary()
    {
        const auto told = words(u"ls -A /src/brief > /coppice/out/seen; ls /src >> /coppice/out/seen; cat \"$COPPICE_PROMPT_FILE\" >> /coppice/out/seen; true"_s);
        QCOMPARE_EXIT(told, 0);
        QFile seen;
        QDirIterator files(m_scratch.path(u"home"_s), {u"seen"_s}, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        QVERIFY(files.hasNext());
        seen.setFileName(files.next());
        QVERIFY(seen.open(QIODevice::ReadOnly));
        const QByteArray text = seen.readAll();
        QVERIFY2(text.startsWith("brief\n"), text.left(200).constData()); // an empty folder, alone
        QVERIFY(text.contains("~~~~ data\n| "));
    }

    void mistakesOfTheRequestAreErrors()
    {
        const auto unknown = m_ctl({u"manager"_s, u"brief"_s, u"--last"_s, u"--client"_s, u"nobody"_s});
        QVERIFY(unknown.exit != 0);
        QVERIFY2(unknown.err.contains("nobody") || unknown.out.contains("nobody"), unknown.err.constData());
        QVERIFY(m_ctl({u"manager"_s, u"brief"_s, u"--last"_s, u"--client"_s, u"recipe"_s}).exit != 0);
        QVERIFY(m_ctl({u"manager"_s, u"brief"_s, u"--last"_s, u"--client"_s, u"exec"_s}).exit != 0); // without a command
    }

    /// Each claim's command is one that the terminal has.
    void everyClaimCanBeLookedAt()
    {
        const QByteArray text = m_ctl.plain({u"manager"_s, u"brief"_s, u"--last"_s}).out;
        int looked = 0;
        for (const QByteArray &line : text.split('\n')) {
            if (!line.startsWith("- c") && !line.startsWith("- r") && !line.startsWith("- p"))
                continue;
            const qsizetype at = line.lastIndexOf('[');
            QVERIFY2(at > 0, line.constData());
            const QStringList command = QString::fromUtf8(line.mid(at + 1)).chopped(1).split(u' ');
            QCOMPARE_EXIT(m_ctl(command), 0);
            ++looked;
        }
        QVERIFY2(looked > 0, text.constData());
    }
};

COPPICE_TEST(BriefWordsTest)
#include "brief_test.moc"
