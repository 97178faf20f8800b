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
    std::map<QString, QJsonObject> leaves;        // outputs of a step that passes
    std::map<QString, QJsonObject> given;         // outputs of earlier steps, as each step got them
    QStringList asked;
    StepJournal *journal = nullptr;
    bool journaledFirst = true;

    Result<Outcome> execute(const Step &step, int attempt, const QJsonObject &outputs) override
    {
        given[step.id] = outputs;
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
        return Outcome{answer == '+', QStringLiteral("%1 said %2").arg(step.id).arg(QLatin1Char(answer)), answer == 'w',
                       answer == '+' ? leaves[step.id] : QJsonObject()};
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

    void outputsReachLaterStepsAlsoAfterARestart()
    {
        const auto three = playbook("  - {id: look, kind: agent, outputs: [kind]}\n  - {id: change, kind: agent}\n  - {id: test, kind: check, run: t}\n");
        Records records;
        Script script;
        script.leaves[QStringLiteral("look")] = {{QStringLiteral("kind"), QStringLiteral("plugin")}};
        script.answers[QStringLiteral("test")] = {'!'};
        QVERIFY(!runSteps(three, records, script));
        const QJsonObject wanted{{QStringLiteral("look"), QJsonObject{{QStringLiteral("kind"), QStringLiteral("plugin")}}}};
        QCOMPARE(script.given[QStringLiteral("look")], QJsonObject());
        QCOMPARE(script.given[QStringLiteral("change")][QStringLiteral("look")].toObject(), wanted[QStringLiteral("look")].toObject());
        Script later; // another process
        const auto outcome = runSteps(three, records, later);
        QVERIFY_RESULT(outcome);
        QVERIFY(outcome->passed);
        QCOMPARE(later.asked, QStringList{QStringLiteral("test/2")});
        QCOMPARE(later.given[QStringLiteral("test")][QStringLiteral("look")].toObject(), wanted[QStringLiteral("look")].toObject());
        QCOMPARE(outcome->outputs[QStringLiteral("look")].toObject(), wanted[QStringLiteral("look")].toObject());
    }

    void aStepWithoutItsOutputsFails()
    {
        const auto one = playbook("  - {id: look, kind: agent, outputs: [kind, cause], retries: 1}\n");
        Records records;
        Script script;
        script.leaves[QStringLiteral("look")] = {{QStringLiteral("kind"), QStringLiteral("plugin")}};
        const auto outcome = runSteps(one, records, script);
        QVERIFY_RESULT(outcome);
        QVERIFY(!outcome->passed);
        QCOMPARE(outcome->failedStep, QStringLiteral("look"));
        QVERIFY2(outcome->reason.contains(QStringLiteral("cause")) && !outcome->reason.contains(QStringLiteral("kind,")), qPrintable(outcome->reason));
        QCOMPARE(records.text(), QStringLiteral("look/1- look/2-"));
    }

    void aConditionSkipsAndWhatNeedsItGoesOn()
    {
        const auto flow = playbook("  - {id: look, kind: agent, outputs: [kind]}\n"
                                   "  - {id: change, kind: agent, if: \"outputs.look.kind == 'plugin'\", outputs: [file]}\n"
                                   "  - {id: test, kind: check, run: t, needs: [change]}\n"
                                   "  - {id: tell, kind: agent, if: outputs.change.file}\n");
        Records records;
        Script script;
        script.leaves[QStringLiteral("look")] = {{QStringLiteral("kind"), QStringLiteral("upstream")}};
        const auto skipped = runSteps(flow, records, script);
        QVERIFY_RESULT(skipped);
        QVERIFY(skipped->passed);
        QCOMPARE(skipped->skipped, (QStringList{QStringLiteral("change"), QStringLiteral("tell")}));
        QCOMPARE(records.text(), QStringLiteral("look/1+ test/1+"));

        Records others;
        Script taken;
        taken.leaves[QStringLiteral("look")] = {{QStringLiteral("kind"), QStringLiteral("plugin")}};
        taken.leaves[QStringLiteral("change")] = {{QStringLiteral("file"), QStringLiteral("a.py")}};
        QVERIFY(runSteps(flow, others, taken)->passed);
        QCOMPARE(others.text(), QStringLiteral("look/1+ change/1+ test/1+ tell/1+"));
    }

    void aConditionDoesNotHelpOverAFailure()
    {
        const auto flow = playbook("  - {id: look, kind: agent, outputs: [kind]}\n"
                                   "  - {id: change, kind: agent, if: \"outputs.look.kind != 'upstream'\"}\n"
                                   "  - {id: after, kind: agent, needs: [change]}\n"
                                   "  - {id: report, kind: command, run: x, if: failed and not outputs.look.kind}\n");
        Records records;
        Script script;
        script.answers[QStringLiteral("look")] = {'-'};
        const auto outcome = runSteps(flow, records, script);
        QVERIFY(!outcome->passed);
        QCOMPARE(outcome->failedStep, QStringLiteral("look"));
        QCOMPARE(records.text(), QStringLiteral("look/1- report/1+"));
    }

    void aRefusalIsNotAskedAboutAgain()
    {
        const auto flow = playbook("  - {id: ask, kind: approve, ask: Now}\n  - {id: change, kind: agent}\n  - {id: tidy, kind: command, run: x, if: failed}\n");
        Records records;
        Script script;
        script.answers[QStringLiteral("ask")] = {'w', 'w', '-'};
        QVERIFY(runSteps(flow, records, script)->waits);
        QVERIFY(runSteps(flow, records, script)->waits); // a restart of the app while it waits
        const auto refused = runSteps(flow, records, script);
        QVERIFY(!refused->waits);
        QVERIFY(!refused->passed);
        QCOMPARE(refused->failedStep, QStringLiteral("ask"));
        QCOMPARE(records.text(), QStringLiteral("ask/1? ask/2? ask/3- tidy/1+"));
        Script again;
        QVERIFY(!runSteps(flow, records, again)->passed);
        QVERIFY(again.asked.isEmpty());
    }

    void anAnswerDecidesWhatFollows()
    {
        const auto flow = playbook("  - {id: ask, kind: approve, ask: Which, options: [small, large, none]}\n"
                                   "  - {id: a, kind: agent, if: outputs.ask.answer == 'small'}\n"
                                   "  - {id: b, kind: agent, if: outputs.ask.answer == 'large'}\n");
        Records records;
        Script script;
        script.leaves[QStringLiteral("ask")] = {{QStringLiteral("answer"), QStringLiteral("large")}};
        QVERIFY(runSteps(flow, records, script)->passed);
        QCOMPARE(records.text(), QStringLiteral("ask/1+ b/1+"));
    }
};

COPPICE_TEST(MachineTest)
#include "machine_test.moc"
