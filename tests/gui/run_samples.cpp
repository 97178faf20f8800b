// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_samples.h"

#include <base/clock.h>
#include <base/json.h>
#include <clients/stream_reader.h>
#include <journal/approval.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QThread>

#include <cstdio>
#include <cstdlib>

namespace coppice::test {

using namespace Qt::StringLiterals;
using S = runs::Run::State;

namespace {

template <class T> auto need(T result, const char *what)
{
    if (!result) {
        std::fprintf(stderr, "%s: %s\n", what, qPrintable(result.error().message()));
        std::abort();
    }
    if constexpr (!std::is_void_v<typename T::value_type>)
        return std::move(*result);
}

struct Told {
    std::vector<clients::AgentUpdate> updates;
    clients::AgentEnd end;
};

Told read(const QString &path, const QString &dialect, double part)
{
    Told told;
    const auto reader = clients::makeReader(dialect);
    QFile file(path);
    if (!reader || !file.open(QIODevice::ReadOnly))
        return told;
    reader->onUpdate = [&](const clients::AgentUpdate &update) { told.updates.push_back(update); };
    const auto lines = file.readAll().split('\n');
    for (qsizetype i = 0; i < qsizetype(double(lines.size()) * part); ++i)
        reader->feed(QByteArray(lines[i] + '\n'));
    if (part >= 1)
        reader->finish();
    told.end = reader->end();
    return told;
}

void writeUpdates(const QString &folder, const Told &told, qint64 from)
{
    if (!QDir().mkpath(folder + u"/logs"_s))
        std::abort();
    QFile file(folder + u'/' + runs::updatesFile);
    QFile log(folder + u"/logs/agent-1.log"_s);
    if (!file.open(QIODevice::WriteOnly) || !log.open(QIODevice::WriteOnly))
        std::abort();
    qint64 at = from;
    for (const auto &update : told.updates) {
        QJsonObject line = clients::toJson(update);
        line[u"at"_s] = double(at += 1700);
        line[u"step"_s] = u"fix"_s;
        line[u"attempt"_s] = 1;
        file.write(toJsonLine(line) + '\n');
        if (!update.text.isEmpty())
            log.write(update.text.toUtf8() + '\n');
    }
}

void writeLog(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(text);
}

} // namespace

RunSamples addRunSamples(const QString &library, const QStringList &plugins, const QString &streams, int queued)
{
    RunSamples made;
    made.session = need(engine::Session::open(library), "open");
    made.lease.emplace(need(journal::Lease::take(made.session->library().coppiceDir()), "lease"));
    runs::RunStore store(made.session->state());
    journal::Approvals approvals(made.session->state(), made.session->journal());
    const auto files = QDir(streams).entryInfoList({u"*.jsonl"_s}, QDir::Files, QDir::Name);
    const auto begin = [&](int number, const QString &client) {
        runs::Run run;
        run.id = Id::make();
        run.plugin = plugins.value(number % plugins.size());
        run.playbook = u"fix"_s;
        run.client = client;
        run.queued = nowMs() - 3'600'000 + number * 90'000;
        return run;
    };
    int number = 0;
    for (const auto &file : files) {
        const QString dialect = file.fileName().section(u'-', 0, 0);
        const bool acp = dialect == u"acp";
        const bool under = acp && file.fileName().contains(u"allow");
        const auto told = read(file.filePath(), dialect, under ? 0.7 : 1);
        if (told.updates.empty())
            continue;
        auto run = begin(number++, acp ? file.fileName().section(u'-', 1, 1) : dialect);
        const QString folder = made.session->library().runsDir() + u'/' + run.id.toString();
        run.started = run.queued + 4'000;
        run.attempt = 1;
        run.step = u"fix"_s;
        run.tainted = number % 3 == 0;
        run.contextHash = u"5f0c2d7a41bb9e"_s + QString::number(number);
        run.inputTokens = told.end.inputTokens;
        run.outputTokens = told.end.outputTokens;
        if (told.end.cost)
            run.cost = *told.end.cost;
        writeUpdates(folder, told, run.started);
        writeLog(folder + u"/context.md"_s, "# Fix the failing test\n\nThe ticket, the plugin's own instructions, and the evidence.\n");
        const auto steps = store.steps(run.id.toString());
        need(steps->write({u"prepare"_s, 1, true, {}, {}}), "step");
        QThread::msleep(2);
        if (under) {
            run.state = S::Running;
            run.started = nowMs() - 95'000 + number * 7'000;
            need(steps->write({u"fix"_s, 1, std::nullopt, {}, {}}), "step");
        } else {
            using O = clients::AgentEnd::Outcome;
            const bool good = told.end.outcome == O::Completed;
            run.state = good ? S::Done : told.end.outcome == O::Cancelled ? S::Cancelled : S::Failed;
            run.failure = good ? runs::Run::Failure::None : told.end.outcome == O::Budget ? runs::Run::Failure::Budget : runs::Run::Failure::Agent;
            run.outcome = clients::nameOf(told.end.outcome);
            run.reason = told.end.reason;
            if (!told.end.denials.isEmpty())
                run.reason = u"The client was denied: %1."_s.arg(told.end.denials.join(u"; "_s).left(300));
            run.ended = run.started + 70'000 + number * 13'000;
            need(steps->write({u"fix"_s, 1, good, run.reason, {}}), "step");
            if (good) {
                QThread::msleep(2); // steps stand in the order of their times
                need(steps->write({u"test"_s, 1, true, {}, {}}), "step");
                runs::Check check{u"test"_s, u"npm test"_s, false, true, folder + u"/logs/check-test-before.log"_s, folder + u"/logs/check-test-after.log"_s};
                writeLog(check.logBefore, "1..3\nnot ok 2 - keeps the units\n# fail 1\n");
                writeLog(check.logAfter, "1..3\nok 1\nok 2 - keeps the units\nok 3\n# pass 3\n");
                run.checks.push_back(check);
            }
        }
        need(store.save(run), "run");
        made.runs << run.id.toString();
        if (under) {
            journal::Approval ask;
            ask.subject = u"run:"_s + run.id.toString();
            ask.plugin = run.plugin;
            ask.title = u"Run npm install left-pad@1.3.0"_s;
            ask.detail = {{u"kind"_s, u"execute"_s}, {u"command"_s, u"npm install left-pad@1.3.0"_s}, {u"paths"_s, QJsonArray{u"package.json"_s, u"package-lock.json"_s}},
                          {u"input"_s, QJsonObject{{u"command"_s, u"npm install left-pad@1.3.0"_s}, {u"description"_s, u"Adds what the test asks for"_s}, {u"timeout"_s, 120}}}};
            ask.options = {u"allow_once"_s, u"allow_always"_s, u"reject_once"_s};
            ask.tainted = run.tainted;
            if (made.runs.size() % 2 == 0)
                need(approvals.ask(Actor{Actor::Kind::Agent, run.plugin}, ask), "ask");
        }
    }
    for (int i = 0; i < queued; ++i) {
        auto run = begin(i, i % 3 ? u"claude"_s : u"recipe"_s);
        run.queued = nowMs() - 600'000 + i * 1'000;
        run.priority = i % 11 == 0 ? 10 : 0;
        need(store.save(run), "run");
    }
    return made;
}

} // namespace coppice::test
