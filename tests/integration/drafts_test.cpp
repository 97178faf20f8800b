// SPDX-License-Identifier: GPL-3.0-or-later
// A triage run drafts a ticket: what it left behind is checked, stands apart from the facts, and can be taken back; what
// does not follow the schema, or tries for more, changes nothing.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

const QString good = u"title=Sums are wrong for negative numbers\nsummary=add() subtracts.\nowner=plugin\nseverity=high\n"
                     "suspect=sums.py:2\ncause=A minus where a plus belongs.\nreproduce=add(2, 2)\nplaybook=fix\n"_s;

} // namespace

class DraftsTest final : public QObject
{
    Q_OBJECT

    Scratch m_scratch;
    Ctl m_ctl{QStringLiteral(COPPICECTL), m_scratch.path(u"home"_s)};
    pid_t m_engine = -1;

    QJsonObject show(const QString &ticket) const { return m_ctl({u"tickets"_s, u"show"_s, ticket}).json; }

private Q_SLOTS:
    void initTestCase()
    {
        const QString library = m_scratch.repository(u"library"_s, {{u"plugins/sums/sums.py"_s, "def add(a, b):\n    return a - b\n"}});
        QCOMPARE_EXIT(m_ctl({u"init"_s, u"--adopt"_s, library}), 0);
        m_ctl = m_ctl.on(library);
    }

    void aDraftIsTakenOrRefused_data()
    {
        QTest::addColumn<QString>("outputs");
        QTest::addColumn<QString>("state");
        QTest::newRow("good") << good << u"drafted"_s;
        QTest::newRow("no such severity") << QString(good).replace(u"severity=high"_s, u"severity=apocalyptic"_s) << u"refused"_s;
        QTest::newRow("a path outside") << QString(good).replace(u"suspect=sums.py:2"_s, u"suspect=../../etc/passwd:1"_s) << u"refused"_s;
        QTest::newRow("a playbook that is none") << QString(good).replace(u"playbook=fix"_s, u"playbook=format-the-disk"_s) << u"refused"_s;
    }
    void aDraftIsTakenOrRefused()
    {
        QFETCH(QString, outputs);
        QFETCH(QString, state);
        const QString ticket = m_ctl({u"tickets"_s, u"new"_s, u"--plugin"_s, u"sums"_s, u"--title"_s, u"add(2, 2) answers 0"_s}).json[u"id"].toString();
        const auto before = show(ticket);
        const auto run = m_ctl({u"run"_s, u"start"_s, u"--ticket"_s, ticket, u"--playbook"_s, u"triage"_s, u"--client"_s, u"exec"_s, u"--command"_s,
                                u"printf '%s' '"_s + outputs + u"' > \"$COPPICE_OUTPUTS\""_s, u"--wait"_s});
        QCOMPARE_EXIT(run, 0);
        m_engine = pid_t(m_ctl.start({u"serve"_s}, m_scratch.path(u"engine.log"_s)));
        QJsonObject now;
        QTRY_VERIFY_WITH_TIMEOUT(!(now = show(ticket))[u"draft"].toObject().isEmpty(), 60'000);
        ::kill(m_engine, SIGTERM);
        ::waitpid(m_engine, nullptr, 0);
        QVERIFY2(now[u"draft"][u"state"].toString() == state, qPrintable(now[u"draft"][u"problem"].toString()));
        QCOMPARE(now[u"title"], before[u"title"]); // a guess replaces no fact
        if (state == u"drafted") {
            QCOMPARE(now[u"guesses"][u"cause"].toString(), u"A minus where a plus belongs."_s);
            QCOMPARE(now[u"guesses"][u"playbook"].toString(), u"fix"_s);
        } else {
            QVERIFY(now[u"guesses"].toObject().isEmpty());
            QVERIFY(!now[u"draft"][u"problem"].toString().isEmpty());
        }
        QVERIFY2(!m_scratch.read(u"engine.log"_s).contains("failed"), m_scratch.read(u"engine.log"_s).constData());
    }
};

COPPICE_TEST(DraftsTest)
#include "drafts_test.moc"
