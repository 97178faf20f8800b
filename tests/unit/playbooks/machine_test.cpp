// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <playbooks/playbook.h>

#include <QTest>

#include <map>

using namespace coppice;
using namespace coppice::playbooks;

namespace {

/// Keeps records in memory, so that a second machine can be started on what a first one left.
class Records final : public StepJournal
{
public:
    std::vector<StepRecord> all;
    Result<std::vector<StepRecord>> read() override { return all; }
    Result<> write(const StepRecord &record) override
    {
        for (auto &one : all) {
            if (one.step == record.step && one.attempt == record.attempt) {
                one = record;
                return {};
            }
        }
        all.push_back(record);
        return {};
    }
    [[nodiscard]] QString text() const
    {
        QStringList parts;
        for (const auto &one : all)
            parts << QStringLiteral("%1/%2%3").arg(one.step).arg(one.attempt).arg(
                one.passed ? (*one.passed ? QStringLiteral("+") : QStringLiteral("-")) : QStringLiteral("?"));
        return parts.join(u' ');
    }
};

/// Answers what the test laid down, in order; remembers what was asked of it.
class Script final : public StepExecutor
{
public:
    std::map<QString, std::vector<char>> answers; // '+', '-', 'w' waits, '!' the machine breaks
    QStringList asked;
    StepJournal *journal = nullptr;
    bool journaledFirst = true;

    Result<Outcome> execute(const Step &step, int attempt, const QJsonObject &) override
    {
        asked << QStringLiteral("%1/%2").arg(step.id).arg(attempt);
        if (journal) {
            const auto records = journal->read();
            const bool there = std::ranges::any_of(*records, [&](const StepRecord &one) {
                return one.step == step.id && one.attempt == attempt && !one.passed;
            });
            journaledFirst = journaledFirst && there;
        }
        auto &list = answers[step.id];
        const char answer = list.empty() ? '+' : list.front();
        if (!list.empty())
            list.erase(list.begin());
        if (answer == '!')
            return fail(QStringLiteral("test.broken"), QStringLiteral("The machine broke"));
        return Outcome{answer == '+', QStringLiteral("%1 said %2").arg(step.id).arg(QLatin1Char(answer)), answer == 'w'};
    }
};

Playbook playbook(const QByteArray &steps)
{
    const auto read = parsePlaybook(QStringLiteral("mend"), [&](const QString &file) -> std::optional<QByteArray> {
        return file == QLatin1String("SKILL.md") ? QByteArray("---\nname: mend\ndescription: x\n---\nText\n")
                                                 : QByteArray("version: 1\nsteps:\n" + steps);
    });
    return read ? *read : Playbook{};
}

const QByteArray changeAndTest = "  - {id: change, kind: agent}\n  - {id: test, kind: check, run: t}\n";

} // namespace

class MachineTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsStepsInOrderAndJournalsBefore()
    {
        Records records;
        Script script;
        script.journal = &records;
        const auto outcome = runSteps(playbook(changeAndTest), records, script);
        QVERIFY_RESULT(outcome);
        QVERIFY(outcome->passed);
        QCOMPARE(records.text(), QStringLiteral("change/1+ test/1+"));
        QVERIFY(script.journaledFirst);
    }

    void aFailedStepStopsWhatNeedsIt()
    {
        Records records;
        Script script;
        script.answers[QStringLiteral("change")] = {'-'};
        const auto outcome = runSteps(playbook(changeAndTest), records, script);
        QVERIFY_RESULT(outcome);
        QVERIFY(!outcome->passed);
        QCOMPARE(outcome->failedStep, QStringLiteral("change"));
        QCOMPARE(outcome->reason, QStringLiteral("change said -"));
        QCOMPARE(script.asked, QStringList{QStringLiteral("change/1")});
    }

    void retriesAndCountsThem()
    {
        Records records;
        Script script;
        script.answers[QStringLiteral("change")] = {'-', '-', '+'};
        const auto two = playbook("  - {id: change, kind: agent, retries: 2}\n");
        QVERIFY(runSteps(two, records, script)->passed);
        QCOMPARE(records.text(), QStringLiteral("change/1- change/2- change/3+"));
        Records again;
        Script worse;
        worse.answers[QStringLiteral("change")] = {'-', '-', '-', '+'};
        QVERIFY(!runSteps(two, again, worse)->passed);
        QCOMPARE(worse.asked.size(), 3);
    }

    void goesOnWhereADeadProcessStopped()
    {
        Records records;
        records.all = {{QStringLiteral("change"), 1, true, {}}, {QStringLiteral("test"), 1, std::nullopt, {}}};
        Script script;
        QVERIFY(runSteps(playbook(changeAndTest), records, script)->passed);
        QCOMPARE(script.asked, QStringList{QStringLiteral("test/2")}); // change is not repeated
        QCOMPARE(records.text(), QStringLiteral("change/1+ test/1? test/2+"));
    }

    void anInterruptedAttemptIsNoRetry()
    {
        Records records;
        records.all = {{QStringLiteral("change"), 1, std::nullopt, {}}, {QStringLiteral("change"), 2, std::nullopt, {}}};
        Script script;
        script.answers[QStringLiteral("change")] = {'-'};
        QVERIFY(!runSteps(playbook(changeAndTest), records, script)->passed);
        QCOMPARE(script.asked, QStringList{QStringLiteral("change/3")});
    }

    void aBrokenMachineLeavesTheStepOpen()
    {
        Records records;
        Script script;
        script.answers[QStringLiteral("test")] = {'!'};
        const auto outcome = runSteps(playbook(changeAndTest), records, script);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, QStringLiteral("test.broken"));
        QCOMPARE(records.text(), QStringLiteral("change/1+ test/1?"));
        Script later;
        QVERIFY(runSteps(playbook(changeAndTest), records, later)->passed);
        QCOMPARE(later.asked, QStringList{QStringLiteral("test/2")});
    }

    void waitsForAPersonAndGoesOn()
    {
        Records records;
        Script script;
        script.answers[QStringLiteral("change")] = {'w', '+'};
        const auto first = runSteps(playbook(changeAndTest), records, script);
        QVERIFY_RESULT(first);
        QVERIFY(first->waits);
        QVERIFY(!first->passed);
        const auto second = runSteps(playbook(changeAndTest), records, script);
        QVERIFY(second->passed);
        QCOMPARE(script.asked, (QStringList{QStringLiteral("change/1"), QStringLiteral("change/2"), QStringLiteral("test/1")}));
    }

    void alwaysAndFailed()
    {
        const auto three = playbook("  - {id: change, kind: agent}\n"
                                    "  - {id: mourn, kind: command, run: x, if: failed}\n"
                                    "  - {id: tidy, kind: command, run: x, if: always}\n");
        Records good;
        Script fine;
        QVERIFY(runSteps(three, good, fine)->passed);
        QCOMPARE(fine.asked, (QStringList{QStringLiteral("change/1"), QStringLiteral("tidy/1")}));
        Records bad;
        Script broken;
        broken.answers[QStringLiteral("change")] = {'-'};
        const auto outcome = runSteps(three, bad, broken);
        QVERIFY(!outcome->passed);
        QCOMPARE(outcome->failedStep, QStringLiteral("change"));
        QCOMPARE(broken.asked, (QStringList{QStringLiteral("change/1"), QStringLiteral("mourn/1"), QStringLiteral("tidy/1")}));
    }

    void aCommandMayFail()
    {
        const auto two = playbook("  - {id: tidy, kind: command, run: x, may_fail: true}\n  - {id: change, kind: agent}\n");
        Records records;
        Script script;
        script.answers[QStringLiteral("tidy")] = {'-'};
        QVERIFY(runSteps(two, records, script)->passed);
        QCOMPARE(records.text(), QStringLiteral("tidy/1- change/1+"));
    }
};

COPPICE_TEST(MachineTest)
#include "machine_test.moc"
