// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <base/paths.h>
#include <common/pdf.h>
#include <engine/session.h>
#include <health/measure.h>
#include <health/policy.h>
#include <health/report.h>
#include <library/library.h>

#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

using health::HealthStore;
using health::Signal;

struct Options {
    std::string plugin, signal, since, html, json, csv, pdf;
    bool probeNow = false, stored = false;
};

constexpr qint64 dayMs = 24LL * 3600 * 1000;

/// "2026-11-01", "30d", a time as ISO 8601 has it; 30 days ago where nothing is said.
Result<qint64> sinceOf(const std::string &typed)
{
    const QString text = q(typed).trimmed();
    if (text.isEmpty())
        return nowMs() - 30 * dayMs;
    if (text.endsWith(u'd')) {
        bool good = false;
        const int days = text.chopped(1).toInt(&good);
        if (good && days >= 0 && days < 36'500)
            return nowMs() - days * dayMs;
    }
    QDateTime time = text.size() == 10 ? QDate::fromString(text, Qt::ISODate).startOfDay(QTimeZone::utc()) : QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!time.isValid())
        return failUsage(u"health.since"_s, u"This is no date"_s, text, u"Give one like 2026-11-01, or 30d for the last thirty days."_s);
    return time.toMSecsSinceEpoch();
}

QString points(int tenths)
{
    return QString::number(tenths / 10.0, 'f', 1);
}

/// What coppice.yaml says of health and nobody understands: the numbers stand, judged without it, and the command fails.
int told(Context &context, const std::vector<library::Problem> &problems)
{
    for (const auto &problem : problems)
        context.note(u"%1: %2"_s.arg(problem.where(), problem.text));
    return problems.empty() ? 0 : 1;
}

Result<library::Catalog> measured(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    if (!options.stored) {
        COPPICE_TRY(const auto answer, context.call(u"health.measure"_s, {}));
        for (const auto &line : answer[u"unwell"].toArray())
            context.note(u"Not measured: "_s + line.toString());
    }
    return session->library().scan(session->state(), context.stop(), context.progress());
}

Result<int> showOne(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    const QString id = q(options.plugin);
    COPPICE_TRY(const auto since, sinceOf(options.since));
    if (options.probeNow)
        COPPICE_CHECK(context.call(u"health.check"_s, {{u"plugins"_s, QJsonArray{id}}, {u"again"_s, true}}));
    auto later = options;
    later.stored = options.stored || options.probeNow;
    COPPICE_TRY(const auto catalog, measured(context, later));
    const auto *entry = catalog.find(id);
    if (!entry)
        return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin"_s, id, u"See coppicectl plugins list."_s);
    HealthStore store(session->state());
    COPPICE_TRY(const auto scores, store.scores(id));
    if (!scores.contains(id))
        return failNotFound(u"health.not-measured"_s, u"It has not been measured yet"_s, id, u"Measure first: coppicectl health show."_s);
    const auto score = scores.value(id).score;
    COPPICE_TRY(const auto facts, store.facts(id));
    COPPICE_TRY(const auto movements, store.movements(id, since));
    QJsonObject document = health::toJson(score);
    QJsonArray factList, movementList;
    for (const auto &stored : facts.value(id))
        factList.append(health::toJson(stored.fact));
    for (const auto &movement : movements)
        movementList.append(health::toJson(movement));
    document[u"facts"_s] = factList;
    document[u"movements"_s] = movementList;
    document[u"dependents"_s] = health::allDependents(catalog).value(id);

    QString text = u"%1: %2, %3 of 100 points (%4)\n%5\n\n"_s.arg(id, score.tier, points(score.tenths), score.kind, score.why);
    QList<QStringList> rows{{u"SIGNAL"_s, u"IS"_s, u"POINTS"_s, u"OF"_s, u"BECAUSE"_s}};
    for (const auto &signal : score.reasons)
        rows << QStringList{signal.name, nameOf(signal.verdict), points(signal.points), points(signal.worth), signal.exemption.isEmpty() ? signal.reason : signal.exemption + u' ' + signal.reason};
    text += table(rows) + u'\n';
    const auto list = [&](const QString &heading, auto belongs) {
        auto all = score.reasons;
        std::erase_if(all, [&](const auto &signal) { return signal.gain <= 0 || !belongs(signal); });
        std::ranges::stable_sort(all, [](const auto &a, const auto &b) { return a.gain > b.gain; });
        if (!all.empty())
            text += u"\n%1\n"_s.arg(heading);
        for (const auto &signal : all)
            text += u"  +%1  %2: %3%4\n"_s.arg(points(signal.gain), signal.title, signal.next, signal.then != score.tier && !signal.then.isEmpty() ? u" (then %1)"_s.arg(signal.then) : QString());
    };
    list(u"To do, by what it brings:"_s, [](const Signal &signal) { return signal.verdict != Signal::Verdict::Unknown; });
    list(u"Not measured yet, %1 of %2 signals; what it brings if all is well:"_s.arg(score.unmeasured()).arg(score.counted()),
         [](const Signal &signal) { return signal.verdict == Signal::Verdict::Unknown; });
    for (const auto &movement : movements)
        text += u"\n%1: %2 → %3  %4"_s.arg(isoTime(movement.at).left(16), movement.before < 0 ? u"-"_s : points(movement.before), points(movement.after), causesText(movement, 3));
    context.answer(document, text.trimmed());
    COPPICE_TRY(const auto repository, session->library().repository());
    return told(context, health::problemsOf(library::healthSettingsAt(repository, catalog.head)));
}

Result<int> showAll(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto since, sinceOf(options.since));
    if (options.probeNow) {
        COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
        // One command for each plugin, so that others get their turn in between.
        for (const auto &entry : catalog.entries)
            COPPICE_CHECK(context.call(u"health.check"_s, {{u"plugins"_s, QJsonArray{entry.plugin.id}}}));
    }
    COPPICE_TRY(const auto catalog, measured(context, options));
    COPPICE_TRY(const auto report, health::makeReport(session->state(), session->library(), catalog, health::allDependents(catalog), since));
    std::vector<const health::Score *> scores;
    for (const auto &line : report.lines)
        scores.push_back(&line.score);
    const auto unmeasured = health::unmeasuredOf(scores);
    QString text = headlineOf(report) + u'\n' + movementSentence(report) + u'\n';
    if (const QString dark = unmeasured.sentence(); !dark.isEmpty())
        text += dark + u"\nRun set-up and tests of all plugins in the sandbox: coppicectl health show --probe-now\n"_s;
    text += u'\n';
    QList<QStringList> rows{{u"PLUGIN"_s, u"TIER"_s, u"POINTS"_s, u"UNKNOWN"_s, u"DEPENDENTS"_s, u"RISK"_s, u"FIRST"_s}};
    for (const auto &line : report.lines) {
        const Signal *first = nullptr;
        for (const auto &signal : line.score.reasons)
            first = signal.gain > 0 && (!first || signal.gain > first->gain) ? &signal : first;
        rows << QStringList{line.score.plugin, line.score.tier, points(line.score.tenths), points(line.score.unknown), QString::number(line.dependents), QString::number(line.risk, 'f', 0),
                            first ? first->title + u": "_s + first->reason : u"-"_s};
    }
    text += report.lines.empty() ? u"The library holds no plugin yet. Add one: coppicectl plugins add URL --name ID"_s : table(rows);
    QJsonObject document = toJson(report);
    document[u"unmeasured"_s] = toJson(unmeasured);
    context.answer(document, text);
    return told(context, report.problems);
}

Result<int> show(Context &context, const Options &options)
{
    return options.plugin.empty() ? showAll(context, options) : showOne(context, options);
}

Result<int> report(Context &context, const Options &options)
{
    if (options.html.empty() && options.json.empty() && options.csv.empty() && options.pdf.empty())
        return failUsage(u"health.no-file"_s, u"A report is written to a file"_s, {}, u"Name one or more: --html FILE, --pdf FILE, --json-file FILE, --csv FILE."_s);
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto since, sinceOf(options.since));
    COPPICE_TRY(const auto catalog, measured(context, options));
    COPPICE_TRY(const auto made, health::makeReport(session->state(), session->library(), catalog, health::allDependents(catalog), since));
    const QByteArray document = QJsonDocument(toJson(made)).toJson(QJsonDocument::Indented);
    QJsonArray files;
    QStringList lines{headlineOf(made)};
    const auto write = [&](const std::string &file, const QByteArray &bytes) -> Result<> {
        if (file.empty())
            return {};
        COPPICE_CHECK(writeFileAtomically(QFileInfo(q(file)).absoluteFilePath(), bytes));
        files.append(QFileInfo(q(file)).absoluteFilePath());
        lines << u"Written: "_s + q(file);
        return {};
    };
    COPPICE_CHECK(write(options.html, toHtml(made)));
    COPPICE_CHECK(write(options.csv, toCsv(made)));
    COPPICE_CHECK(write(options.json, document));
    int pages = 0;
    if (!options.pdf.empty()) {
        COPPICE_TRY(const auto printed, app::writePdf(health::toPages(made), q(options.pdf), context.stop()));
        pages = printed.pages;
        for (const auto &note : printed.notes)
            context.note(note);
        files.append(QFileInfo(q(options.pdf)).absoluteFilePath());
        lines << u"Written: %1, %2"_s.arg(q(options.pdf), pages == 1 ? u"1 page"_s : u"%1 pages"_s.arg(pages));
    }
    context.answer({{u"files"_s, files}, {u"headline"_s, headlineOf(made)}, {u"plugins"_s, qint64(made.lines.size())}, {u"pages"_s, pages}}, lines.join(u'\n'));
    return told(context, made.problems);
}

Result<int> ticket(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    const health::House house{session->library(), session->state(), session->events(), session->journal()};
    COPPICE_TRY(const auto made, health::ticketOf(house, Actor::self(), q(options.plugin), q(options.signal)));
    context.answer({{u"id"_s, made.id}, {u"there"_s, made.there}},
                   made.there ? u"There is a ticket of this finding: %1."_s.arg(made.id.right(6).toLower()) : u"Ticket %1 is in the inbox."_s.arg(made.id.right(6).toLower()));
    return 0;
}

using Act = Result<int> (*)(Context &, const Options &);

const Definition definition([](Verb &root, Context &context) {
    auto *all = group(root, "health", "How well the plugins are, why, and what to do");
    auto options = std::make_shared<Options>();
    const auto add = [&context, options, all](const char *name, const char *description, Act act) {
        auto *command = all->addSubcommand(name, description);
        command->callback([options, &context, act] { context.setAction([options, act](Context &here) { return act(here, *options); }); });
        return command;
    };
    auto *showing = add("show", "Score, tier and reasons of one plugin, or of all", show);
    showing->addOption("PLUGIN", options->plugin, "The plugin's id");
    showing->addFlag("--probe-now", options->probeNow, "Run set-up and tests in the sandbox first; of all plugins only those that changed since");
    showing->addOption("--since", options->since, "Movements from this day on (2026-11-01, or 30d)");
    showing->addFlag("--stored", options->stored, "Show what was measured last, and measure nothing");
    auto *reporting = add("report", "The health of the library as files to hand on", report);
    reporting->addOption("--html", options->html, "One page without anything outside of it");
    reporting->addOption("--pdf", options->pdf, "Pages to hand out: the first stands alone");
    reporting->addOption("--csv", options->csv, "A line for each plugin");
    reporting->addOption("--json-file,--json", options->json, "All numbers");
    reporting->addOption("--since", options->since, "Movements from this day on (2026-11-01, or 30d)");
    reporting->addFlag("--stored", options->stored, "Report what was measured last, and measure nothing");
    auto *making = add("ticket", "Make a ticket of a finding", ticket);
    making->addOption("PLUGIN", options->plugin, "The plugin's id")->required();
    making->addOption("SIGNAL", options->signal, "Of coppicectl health show PLUGIN")->required();
});

} // namespace

} // namespace coppice::ctl
