// SPDX-License-Identifier: GPL-3.0-or-later
// A run's updates become its story: by pieces, out of order, hostile, and far too many.
#include "support/test_main.h"

#include <base/json.h>
#include <runs/story_fold.h>
#include <runs/story_text.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace Qt::StringLiterals;
using ui::StoryBounds;
using ui::StoryFold;
using ui::StoryItem;

class StoryFoldTest : public QObject
{
    Q_OBJECT
    static QByteArray update(const char *kind, const QJsonObject &data, const QString &text = {}, const QString &step = u"fix"_s,
                             int attempt = 1, double at = 1000)
    {
        QJsonObject line{{u"kind"_s, QString::fromLatin1(kind)}, {u"data"_s, data}, {u"step"_s, step}, {u"attempt"_s, attempt}, {u"at"_s, at}};
        if (!text.isEmpty())
            line[u"text"_s] = text;
        return toJsonLine(line);
    }
    static QByteArray said(const QString &text, const char *role = "agent")
    {
        return update("text", {{u"role"_s, QString::fromLatin1(role)}}, text);
    }
    static QStringList kinds(const StoryFold &fold)
    {
        QStringList all;
        for (const auto &item : fold.items())
            all << item.kind;
        return all;
    }
    static const StoryItem *first(const StoryFold &fold, const QString &kind)
    {
        for (const auto &item : fold.items()) {
            if (item.kind == kind)
                return &item;
        }
        return nullptr;
    }
    /// What somebody who only gets the changes knows.
    static void apply(std::vector<StoryItem> &mirror, const ui::StoryChange &change)
    {
        if (change.anew)
            mirror.clear();
        QVERIFY(change.dropped <= mirror.size());
        mirror.erase(mirror.begin(), mirror.begin() + std::ptrdiff_t(change.dropped));
        for (const auto &[row, item] : change.changed) {
            QVERIFY(row < mirror.size());
            mirror[row] = item;
        }
        mirror.insert(mirror.end(), change.added.begin(), change.added.end());
    }

private Q_SLOTS:
    void piecesOfTextGrowTogether()
    {
        StoryFold fold;
        for (const char *piece : {"I will ", "look at sr", "c/index.", "js first."})
            fold.line(said(QString::fromLatin1(piece)));
        fold.line(said(u"hm"_s, "thought"));
        fold.line(said(u"Another message begins here."_s));
        fold.line(said(u"And a whole one after it."_s));
        QCOMPARE(kinds(fold), (QStringList{u"step"_s, u"text"_s, u"thought"_s, u"text"_s}));
        QCOMPARE(fold.items()[1].text, u"I will look at src/index.js first."_s);
        QCOMPARE(fold.items()[3].text, u"Another message begins here.\n\nAnd a whole one after it."_s);
    }
    void whatIsPrintedIsDrawnAsOnATerminal()
    {
        StoryFold fold;
        fold.line(update("text", {}, u"10%\r50%"_s));
        fold.line(update("text", {}, u"\r100%\r\nnext \x1b[31mred\x1b[0m\n"_s));
        QCOMPARE(fold.items()[1].kind, u"raw"_s);
        QCOMPARE(fold.items()[1].text, u"100%\nnext red\n"_s);
    }
    void toolCallsAreBroughtUpToDateWhereTheyStand()
    {
        StoryFold fold;
        fold.line(update("tool_call", {{u"id"_s, u"a"_s}, {u"title"_s, u"Read index.js"_s}, {u"kind"_s, u"read"_s}, {u"status"_s, u"pending"_s}}));
        fold.line(said(u"meanwhile"_s));
        fold.line(update("tool_call", {{u"id"_s, u"a"_s}, {u"status"_s, u"completed"_s}, {u"output"_s, u"the file"_s}}, {}, u"fix"_s, 1, 3500));
        // One that was never begun is a call all the same.
        fold.line(update("tool_call", {{u"id"_s, u"b"_s}, {u"status"_s, u"failed"_s}, {u"input"_s, QJsonObject{{u"command"_s, u"npm test"_s}}}}));
        QCOMPARE(kinds(fold), (QStringList{u"step"_s, u"tool"_s, u"text"_s, u"tool"_s}));
        const auto &call = fold.items()[1];
        QCOMPARE(call.title, u"Read index.js"_s);
        QCOMPARE(call.status, u"completed"_s);
        QCOMPARE(call.output, u"the file"_s);
        QCOMPARE(call.took, 2500.0);
        QCOMPARE(fold.items()[3].status, u"failed"_s);
        QCOMPARE(fold.items()[3].input, u"npm test"_s);
        QCOMPARE(fold.items()[3].title, u"b"_s);
    }
    void theSameIdInAnotherAttemptIsAnotherCall()
    {
        StoryFold fold;
        fold.line(update("tool_call", {{u"id"_s, u"a"_s}, {u"title"_s, u"one"_s}}));
        fold.line(update("tool_call", {{u"id"_s, u"a"_s}, {u"title"_s, u"two"_s}}, {}, u"fix"_s, 2));
        QCOMPARE(kinds(fold), (QStringList{u"step"_s, u"tool"_s, u"step"_s, u"tool"_s}));
        QCOMPARE(fold.items()[1].title, u"one"_s);
        QCOMPARE(fold.items()[2].attempt, 2);
    }
    void diffsAreSmallAndCounted()
    {
        StoryFold fold;
        fold.line(update("diff", {{u"tool"_s, u"a"_s}, {u"path"_s, u"src/x.js"_s}, {u"old"_s, u"a\nb\nc\n"_s}, {u"new"_s, u"a\nB\nc\nd\n"_s}}));
        const auto *diff = first(fold, u"diff"_s);
        QVERIFY(diff);
        QCOMPARE(diff->added, 2);
        QCOMPARE(diff->removed, 1);
        QCOMPARE(diff->entries.mid(1), (QStringList{u" a"_s, u"-b"_s, u"+B"_s, u" c"_s, u"+d"_s}));
        QString large;
        for (int i = 0; i < 20'000; ++i)
            large += QString::number(i) + u'\n';
        fold.line(update("diff", {{u"tool"_s, u"b"_s}, {u"path"_s, u"new.txt"_s}, {u"old"_s, QJsonValue()}, {u"new"_s, large}}));
        QCOMPARE(fold.items().back().added, 20'000);
        QVERIFY(fold.items().back().entries.size() <= 240);
        QVERIFY(!fold.items().back().detail.isEmpty());
        QCOMPARE(fold.items().back().status, u"new"_s);
    }
    void permissionsGetTheirAnswer()
    {
        StoryFold fold;
        fold.line(update("permission", {{u"id"_s, u"p"_s}, {u"title"_s, u"Run rm -rf"_s}, {u"options"_s, QJsonArray{QJsonObject{{u"name"_s, u"Allow"_s}}}}}));
        QCOMPARE(fold.items().back().status, QString());
        fold.line(update("permission", {{u"id"_s, u"p"_s}, {u"answer"_s, u"reject"_s}, {u"by"_s, u"person"_s}}));
        QCOMPARE(fold.items().size(), size_t(2));
        QCOMPARE(fold.items().back().status, u"reject"_s);
        QCOMPARE(fold.items().back().title, u"Run rm -rf"_s);
    }
    void stepsAreSections()
    {
        StoryFold fold;
        // A command that tells nothing, then an agent that was interrupted and tried again, then a check.
        std::vector<playbooks::StepRecord> journal{{u"prepare"_s, 1, true, {}, {}}, {u"fix"_s, 1, std::nullopt, {}, {}}, {u"fix"_s, 2, std::nullopt, {}, {}}};
        fold.steps(journal, {}, runs::Run::State::Running);
        fold.line(update("text", {{u"role"_s, u"agent"_s}}, u"first"_s, u"fix"_s, 1));
        fold.line(update("text", {{u"role"_s, u"agent"_s}}, u"second"_s, u"fix"_s, 2));
        fold.catchUp();
        QCOMPARE(kinds(fold), (QStringList{u"step"_s, u"step"_s, u"text"_s, u"step"_s, u"text"_s}));
        QCOMPARE(fold.items()[0].status, u"passed"_s);
        QCOMPARE(fold.items()[1].status, u"interrupted"_s);
        QCOMPARE(fold.items()[3].status, u"running"_s);
        journal[2].passed = true;
        journal.push_back({u"test"_s, 1, false, u"2 tests fail"_s, {}});
        fold.steps(journal, {{u"test"_s, u"npm test"_s, true, false, u"/b"_s, u"/a"_s}}, runs::Run::State::Failed);
        fold.catchUp();
        QCOMPARE(fold.items()[3].status, u"passed"_s);
        QCOMPARE(fold.items()[5].detail, u"2 tests fail"_s);
        QCOMPARE(fold.items()[6].kind, u"check"_s);
        QCOMPARE(fold.items()[6].before, u"passed"_s);
        QCOMPARE(fold.items()[6].after, u"failed"_s);
        QCOMPARE(fold.items().size(), size_t(7));
    }
    void whatHasNotEndedIsMarkedWhenTheRunIsOver()
    {
        StoryFold fold;
        fold.steps({{u"fix"_s, 1, std::nullopt, {}, {}}}, {}, runs::Run::State::Running);
        fold.line(update("tool_call", {{u"id"_s, u"a"_s}, {u"title"_s, u"sleep"_s}, {u"status"_s, u"in_progress"_s}}));
        fold.catchUp();
        QCOMPARE(fold.items()[1].status, u"in_progress"_s);
        fold.steps({{u"fix"_s, 1, std::nullopt, {}, {}}}, {}, runs::Run::State::Cancelled);
        fold.catchUp();
        QCOMPARE(fold.items()[0].status, u"cancelled"_s);
        QCOMPARE(fold.items()[1].status, u"unfinished"_s);
    }
    void usageAndPlanAreTotals()
    {
        StoryFold fold;
        fold.line(update("usage", {{u"input"_s, 1200}, {u"output"_s, 30}, {u"cost_usd"_s, 0.25}, {u"context_used"_s, 50}, {u"context_size"_s, 200}}));
        fold.line(update("usage", {{u"output"_s, 60}}));
        fold.line(update("plan", {{u"entries"_s, QJsonArray{QJsonObject{{u"content"_s, u"look"_s}, {u"status"_s, u"completed"_s}},
                                                            QJsonObject{{u"content"_s, u"mend"_s}, {u"status"_s, u"in_progress"_s}}}}}));
        QCOMPARE(fold.totals().input, 1200);
        QCOMPARE(fold.totals().output, 60);
        QCOMPARE(fold.totals().cost, 0.25);
        QCOMPARE(fold.totals().planStates.count(u"completed"_s), 1);
        QCOMPARE(fold.totals().doing, u"mend"_s);
        QCOMPARE(first(fold, u"plan"_s)->entries.size(), 2);
    }
    void whatIsNoUpdateIsCountedAndLeftOut()
    {
        StoryFold fold;
        for (const char *line : {"", "  ", "nonsense", "[]", "{\"kind\":\"unheard-of\"}", "{\"kind\":5}", "\xff\xfe{", "{\"kind\":\"text\"", "null"})
            fold.line(line);
        QVERIFY(fold.items().empty());
        QCOMPARE(fold.totals().unreadable, 7);
        // Members of other kinds than told are no reason to stop.
        fold.line(R"({"kind":"tool_call","data":{"id":7,"title":["x"],"locations":{"a":1},"status":3},"step":4,"attempt":"x","at":"y"})");
        fold.line(R"({"kind":"plan","data":{"entries":"none"}})");
        fold.line(R"({"kind":"diff","data":{"path":9,"old":[],"new":{}}})");
        fold.line(R"({"kind":"permission","data":{"options":[1,null]}})");
        QCOMPARE(fold.totals().updates, 4);
    }
    void textFromOutsideIsPlain()
    {
        StoryFold fold;
        const QString evil = u"a\u202Eb\u200Bc\x1b[2J\u0007<b>d</b>"_s;
        fold.line(said(evil));
        fold.line(update("tool_call", {{u"id"_s, evil}, {u"title"_s, QString(evil + u"\nsecond line"_s)}, {u"output"_s, evil}}));
        fold.line(update("permission", {{u"id"_s, u"p"_s}, {u"title"_s, evil}}));
        for (const auto &item : fold.items()) {
            for (const auto &text : {item.text, item.title, item.output}) {
                for (const QChar c : text)
                    QVERIFY2((c.unicode() >= 0x20 || c == u'\n') && c.unicode() != 0x202e && c.unicode() != 0x200b, qPrintable(text));
            }
        }
        QVERIFY(!fold.items()[2].title.contains(u'\n'));
        QVERIFY(fold.items()[1].text.contains(u"<b>"_s)); // shown as it is written
    }
    void aFloodIsBounded()
    {
        StoryFold fold({500, 400'000});
        for (int i = 0; i < 60'000; ++i) {
            if (i % 3)
                fold.line(update("text", {}, u"line %1 of a very talkative program\n"_s.arg(i)));
            else
                fold.line(update("tool_call", {{u"id"_s, QString::number(i)}, {u"title"_s, u"call"_s}, {u"output"_s, QString(400, u'x')}}));
        }
        QVERIFY(fold.items().size() <= 550);
        qsizetype weight = 0;
        for (const auto &item : fold.items())
            weight += item.weight();
        QVERIFY2(weight <= 500'000, qPrintable(QString::number(weight)));
        QCOMPARE(fold.totals().updates, 60'000);
        // The end is there, the beginning is counted.
        QVERIFY(fold.items().back().text.contains(u"59999"_s));
        auto change = fold.take();
        QVERIFY(change.letGo > 30'000);
        QCOMPARE(change.added.size(), fold.items().size());
        // One line that prints without end is many items, none of them large.
        StoryFold endless;
        for (int i = 0; i < 2'000; ++i)
            endless.line(update("text", {}, QString(1'000, u'y')));
        for (const auto &item : endless.items())
            QVERIFY(item.text.size() <= 26'000);
        QVERIFY(endless.items().size() > 50);
    }
    void changesAloneTellTheWholeStory()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        StoryFold fold({60, 1'000'000});
        std::vector<StoryItem> mirror;
        std::vector<playbooks::StepRecord> journal;
        for (int round = 0; round < 120; ++round) {
            if (random.bounded(20) == 0) {
                if (!journal.empty())
                    journal.back().passed = random.bounded(2) == 0;
                journal.push_back({u"step%1"_s.arg(random.bounded(4)), int(journal.size()), std::nullopt, {}, {}});
                fold.steps(journal, {}, runs::Run::State::Running);
            }
            const QString step = journal.empty() ? u"fix"_s : journal.back().step;
            const int attempt = journal.empty() ? 1 : journal.back().attempt;
            for (int i = random.bounded(30); i > 0; --i) {
                switch (random.bounded(5)) {
                case 0: fold.line(update("text", {{u"role"_s, u"agent"_s}}, u"word "_s, step, attempt)); break;
                case 1: fold.line(update("text", {}, u"printed\n"_s, step, attempt)); break;
                case 2: fold.line(update("end", {{u"outcome"_s, u"completed"_s}}, {}, step, attempt)); break;
                default:
                    fold.line(update("tool_call", {{u"id"_s, QString::number(random.bounded(90))}, {u"status"_s, random.bounded(2) ? u"completed"_s : u"in_progress"_s},
                                                   {u"output"_s, QString::number(round)}}, {}, step, attempt));
                }
            }
            fold.catchUp();
            if (random.bounded(3) == 0)
                continue; // several looks' worth at once
            apply(mirror, fold.take());
            QCOMPARE(mirror.size(), fold.items().size());
            for (size_t i = 0; i < mirror.size(); ++i)
                QVERIFY2(mirror[i] == fold.items()[i], qPrintable(u"round %1, item %2"_s.arg(round).arg(i)));
        }
        QSet<QString> keys;
        for (const auto &item : fold.items())
            keys.insert(item.key);
        QCOMPARE(size_t(keys.size()), fold.items().size());
    }
};

COPPICE_TEST(StoryFoldTest)
#include "story_fold_test.moc"
