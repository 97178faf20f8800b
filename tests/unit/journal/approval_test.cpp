// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <journal/approval.h>

#include <QTest>

#include <thread>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::journal;
using namespace Qt::StringLiterals;

class ApprovalTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::Scratch> m_scratch;
    std::unique_ptr<store::Database> m_state;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<Approvals> m_approvals;
    const Actor m_ann{Actor::Kind::Person, u"ann"_s};

    Approval ask(const QString &subject, const QString &title = u"May I?"_s)
    {
        Approval approval;
        approval.subject = subject;
        approval.plugin = u"weather"_s;
        approval.title = title;
        approval.detail = {{u"command"_s, u"make"_s}};
        approval.options = {u"allow"_s, u"reject"_s};
        approval.tainted = true;
        const auto asked = m_approvals->ask({Actor::Kind::Agent, u"weather"_s}, approval);
        if (!asked)
            qFatal("%s", qPrintable(asked.error().message()));
        return *asked;
    }

private Q_SLOTS:
    void init()
    {
        m_scratch = std::make_unique<test::Scratch>();
        m_state = std::move(*store::Database::open(m_scratch->path(u"state.db"_s)));
        QVERIFY(m_state->migrate(journal::migrations()));
        m_journal = std::make_unique<Journal>(*m_state);
        m_journal->addProjector(approvalProjector());
        m_approvals = std::make_unique<Approvals>(*m_state, *m_journal);
    }

    void isAskedAndAnsweredOnce()
    {
        const Approval asked = ask(u"run:1"_s);
        QCOMPARE(m_approvals->waiting()->size(), 1);
        const auto stored = m_approvals->waiting()->front();
        QCOMPARE(stored.title, u"May I?"_s);
        QCOMPARE(stored.detail[u"command"].toString(), u"make"_s);
        QVERIFY(stored.tainted);
        QCOMPARE(stored.askedBy, u"agent:weather"_s);
        QVERIFY(stored.askedAt > 0);
        const auto none = m_approvals->answer(m_ann, asked.id.toString(), u"perhaps"_s);
        QCOMPARE(none.error().code, u"approval.option"_s);
        QVERIFY(none.error().fix.contains(u"allow, reject"_s));
        QVERIFY(m_approvals->answer(m_ann, asked.id.toString(), u"reject"_s, u"not here"_s));
        const auto again = m_approvals->answer(m_ann, asked.id.toString(), u"allow"_s);
        QCOMPARE(again.error().code, u"approval.answered"_s);
        const auto now = *m_approvals->get(asked.id.toString());
        QCOMPARE(*now.answer, u"reject"_s);
        QCOMPARE(now.message, u"not here"_s);
        QCOMPARE(now.answeredBy, u"person:ann"_s);
        QVERIFY(m_approvals->waiting()->empty());
    }

    void anAnswerIsNotTakenBack()
    {
        const Approval asked = ask(u"run:1"_s);
        QVERIFY(m_approvals->answer(m_ann, asked.id.toString(), u"allow"_s));
        const auto last = m_journal->recent(1)->front();
        QCOMPARE(m_journal->undo(m_ann, last.id.toString()).error().code, u"approval.acted-on"_s);
    }

    void whatNobodyWaitsForIsWithdrawn()
    {
        const Approval one = ask(u"run:1"_s);
        const Approval answered = ask(u"run:1"_s);
        const Approval other = ask(u"run:2"_s);
        QVERIFY(m_approvals->answer(m_ann, answered.id.toString(), u"allow"_s));
        QVERIFY(m_approvals->withdraw(Actor::engine(), u"run:1"_s));
        QCOMPARE(*m_approvals->get(one.id.toString())->answer, u"cancelled"_s);
        QCOMPARE(*m_approvals->get(answered.id.toString())->answer, u"allow"_s);
        QVERIFY(!m_approvals->get(other.id.toString())->answer);
        QCOMPARE(m_approvals->about(u"run:1"_s)->size(), 2);
    }

    void whoWaitsHearsOfIt()
    {
        const Approval asked = ask(u"run:1"_s);
        std::jthread person([&] { (void)m_approvals->answer(m_ann, asked.id.toString(), u"allow"_s); });
        const auto heard = m_approvals->await(asked.id.toString(), {});
        QVERIFY(heard);
        QCOMPARE(*heard->answer, u"allow"_s);
        const Approval never = ask(u"run:1"_s);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(m_approvals->await(never.id.toString(), stop.get_token()).error().kind, ErrorKind::Cancelled);
    }
};

COPPICE_TEST(ApprovalTest)
#include "approval_test.moc"
