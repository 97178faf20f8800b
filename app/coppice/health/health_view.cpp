// SPDX-License-Identifier: GPL-3.0-or-later
#include "health_view.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <base/clock.h>
#include <base/paths.h>
#include <common/pdf.h>
#include <health/measure.h>
#include <health/policy.h>

#include <QJsonArray>
#include <QJsonDocument>

namespace coppice::ui {

static const Screen screen("health", 80, "Health", "How well the plugins are, what moved and why, and what to do");

namespace {

using health::Signal;
constexpr qint64 dayMs = 24LL * 3600 * 1000;

Look verdictLook(Signal::Verdict verdict)
{
    switch (verdict) {
    case Signal::Verdict::Good: return {QStringLiteral("ok"), QStringLiteral("check")};
    case Signal::Verdict::Bad: return {QStringLiteral("danger"), QStringLiteral("circle-cross")};
    case Signal::Verdict::Unknown: return {QStringLiteral("warning"), QStringLiteral("circle")};
    case Signal::Verdict::Exempt: return {QStringLiteral("neutral"), QStringLiteral("hand")};
    }
    return {};
}
QString points(int tenths)
{
    return QString::number(tenths / 10.0, 'f', 1);
}
QString signedPoints(int tenths)
{
    return (tenths > 0 ? QStringLiteral("+") : QString()) + points(tenths);
}
const Signal *firstOf(const health::Score &score)
{
    const Signal *best = nullptr;
    for (const auto &signal : score.reasons)
        best = signal.gain > 0 && (!best || signal.gain > best->gain) ? &signal : best;
    return best;
}

} // namespace

HealthView::HealthView(QObject *parent)
    : QObject(parent), m_tiers({"name", "tone", "icon", "count", "share", "moved", "on", "spoken"}),
      m_plugins({"tier", "tone", "icon", "points", "unknown", "dependents", "moved", "movedTone", "reason", "spoken"}),
      m_reasons({"title", "verdict", "tone", "icon", "points", "worth", "gain", "reason", "next", "then", "at", "spoken"}),
      m_movements({"text", "moved", "tone", "at"}), m_moved({"plugin", "text", "moved", "tone", "at", "spoken"}),
      m_work({"title", "next", "plugins", "brings", "spoken"})
{
    const auto *app = AppSession::instance();
    const auto stale = [this] {
        m_stale = true;
        if (m_active)
            reload();
    };
    connect(app, &AppSession::catalogChanged, this, stale);
    connect(app, &AppSession::stateChanged, this, stale);
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &id) {
        if (name == screen.name && !id.isEmpty()) {
            m_tier.clear();
            setFilter({});
            setCurrent(id);
        }
    });
}

void HealthView::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    if (active && m_stale)
        reload();
}

const health::ReportLine *HealthView::line() const
{
    if (!m_report)
        return nullptr;
    const auto it = std::ranges::find(m_report->lines, m_current, [](const auto &each) { return each.score.plugin; });
    return it == m_report->lines.end() ? nullptr : &*it;
}

QString HealthView::headline() const { return m_report ? headlineOf(*m_report) : QString(); }
QString HealthView::movement() const { return m_report ? movementSentence(*m_report) : QString(); }
QString HealthView::currentTier() const { return line() ? line()->score.tier : QString(); }
QString HealthView::currentTone() const { return tierLook(currentTier()).tone; }
QString HealthView::currentIcon() const { return tierLook(currentTier()).icon; }
QString HealthView::currentWhy() const { return line() ? line()->score.why : QString(); }
double HealthView::currentPoints() const { return line() ? line()->score.points() : 0; }

QString HealthView::notes() const
{
    QStringList notes;
    if (m_report) {
        notes = m_report->unwell;
        for (const auto &problem : m_report->problems)
            notes << problem.where() + QStringLiteral(": ") + problem.text;
    }
    return notes.join(u'\n');
}

void HealthView::reload()
{
    auto *app = AppSession::instance();
    if (m_loading || !app->session() || !app->catalog())
        return;
    m_loading = true;
    m_stale = false;
    Q_EMIT changed();
    using Read = Result<health::Report>;
    app->worker().read(
        this,
        [session = app->session(), catalog = app->catalog(), since = nowMs() - m_sinceDays * dayMs]() -> Read {
            return health::makeReport(session->state(), session->library(), *catalog, health::allDependents(*catalog), since);
        },
        [this](Read read) {
            m_loading = false;
            const bool missing = !read && read.error().code == QLatin1String("health.not-measured");
            m_error = read || missing ? ErrorInfo() : ErrorInfo(read.error());
            if (read)
                m_report = std::make_shared<const health::Report>(std::move(*read));
            else
                m_report.reset();
            fill();
            // The first look at the screen measures; later the engine does, and whoever asks.
            if (missing && !m_asked)
                measure();
            else if (m_stale && m_active)
                reload();
        });
}

void HealthView::fill()
{
    std::vector<Record> tiers, plugins, moved, work;
    m_medians.clear();
    if (m_report) {
        const auto &report = *m_report;
        const int all = int(report.lines.size());
        for (const auto &tier : health::tierNames() + QStringList{QStringLiteral("unknown")}) {
            const auto look = tierLook(tier);
            const int count = report.tiers.value(tier), was = report.tiersBefore.value(tier);
            const QString by = report.compared == 0 ? QString() : count == was ? tr("as before") : tr("was %1").arg(was);
            tiers.push_back({tier, {tier, look.tone, look.icon, count, all > 0 ? double(count) / all : 0.0, by, m_tier == tier, tr("%1: %2 plugins, %3").arg(tier).arg(count).arg(by)}});
        }
        const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
        for (const auto &one : report.lines) {
            const auto &score = one.score;
            const auto *first = firstOf(score);
            const QString reason = first ? first->title + QStringLiteral(": ") + first->reason : tr("Nothing to do.");
            if (!m_tier.isEmpty() && score.tier != m_tier)
                continue;
            if (!words.isEmpty() && fitOf(words, QStringList{score.plugin, score.tier, score.kind, one.owners.join(u' '), reason}.join(u' ')) < 0)
                continue;
            const auto look = tierLook(score.tier);
            const int by = one.before < 0 ? 0 : score.tenths - one.before;
            plugins.push_back({score.plugin,
                               {score.tier, look.tone, look.icon, points(score.tenths), score.unknown > 0 ? points(score.unknown) : QString(), one.dependents,
                                by == 0 ? QString() : signedPoints(by), by < 0 ? QStringLiteral("danger") : QStringLiteral("ok"), reason,
                                tr("%1, %2, %3 points, %4 depend on it. %5").arg(score.plugin, score.tier, points(score.tenths)).arg(one.dependents).arg(reason)}});
        }
        int number = 0;
        for (const auto &movement : report.movements) {
            if (++number > 200)
                break;
            const int by = movement.after - movement.before;
            const QString text = causesText(movement, 2);
            moved.push_back({QString::number(number), {movement.plugin, text, signedPoints(by), by < 0 ? QStringLiteral("danger") : QStringLiteral("ok"), double(movement.at),
                                                       tr("%1 moved by %2: %3").arg(movement.plugin, signedPoints(by), text)}});
        }
        for (const auto &one : report.work)
            work.push_back({one.signal, {one.title, one.next, int(one.plugins.size()), all > 0 ? points(one.gain / all) : QString(),
                                         tr("%1: %2 plugins, %3").arg(one.title).arg(one.plugins.size()).arg(one.next)}});
        for (const auto &day : report.days)
            m_medians << double(day.at) << day.median / 10.0;
    }
    m_tiers.setRecords(std::move(tiers));
    m_plugins.setRecords(std::move(plugins));
    m_moved.setRecords(std::move(moved));
    m_work.setRecords(std::move(work));
    if (currentIndex() < 0)
        m_current = m_plugins.keyAt(0);
    fillCurrent();
    Q_EMIT changed();
}

void HealthView::fillCurrent()
{
    std::vector<Record> reasons;
    if (const auto *one = line()) {
        for (const auto &signal : one->score.reasons) {
            const auto look = verdictLook(signal.verdict);
            const QString reason = signal.exemption.isEmpty() ? signal.reason : signal.exemption + u' ' + signal.reason;
            const bool open = signal.gain > 0;
            reasons.push_back({signal.name,
                               {signal.title, nameOf(signal.verdict), look.tone, look.icon, points(signal.points), points(signal.worth), open ? points(signal.gain) : QString(), reason,
                                open ? signal.next : QString(), open && signal.then != one->score.tier ? signal.then : QString(), double(signal.at),
                                tr("%1: %2, %3 of %4 points. %5 %6").arg(signal.title, nameOf(signal.verdict), points(signal.points), points(signal.worth), reason, open ? signal.next : QString())}});
        }
    }
    m_reasons.setRecords(std::move(reasons));
    if (reasonIndex() < 0) { // the one that brings most
        const auto *one = line();
        const auto *first = one ? firstOf(one->score) : nullptr;
        m_reason = first ? first->name : m_reasons.keyAt(0);
    }
    Q_EMIT currentChanged();
    auto *app = AppSession::instance();
    const QString plugin = m_current;
    const int load = ++m_loads;
    if (plugin.isEmpty() || !app->session())
        return;
    using Read = Result<std::vector<health::Movement>>;
    app->worker().read(
        this, [session = app->session(), plugin]() -> Read { return health::HealthStore(session->state()).movements(plugin, 0); },
        [this, load](Read read) {
            if (load != m_loads || !read)
                return;
            m_steps.clear();
            std::vector<Record> movements;
            int number = 0;
            for (const auto &movement : *read) {
                m_steps << double(movement.at) << movement.after / 10.0;
                const int by = movement.after - qMax(0, movement.before);
                movements.insert(movements.begin(), {QString::number(++number), {causesText(movement, 3), movement.before < 0 ? points(movement.after) : signedPoints(by),
                                                                                by < 0 ? QStringLiteral("danger") : QStringLiteral("ok"), double(movement.at)}});
            }
            if (movements.size() > 20)
                movements.resize(20);
            m_movements.setRecords(std::move(movements));
            Q_EMIT currentChanged();
        });
}

void HealthView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    fill();
}

void HealthView::setTier(const QString &tier)
{
    if (m_tier == tier)
        return;
    m_tier = tier;
    Q_EMIT filterChanged();
    fill();
}

void HealthView::setSinceDays(int days)
{
    if (m_sinceDays == days || days < 1)
        return;
    m_sinceDays = days;
    Q_EMIT filterChanged();
    m_stale = true;
    reload();
}

void HealthView::setCurrent(const QString &id)
{
    if (m_current == id)
        return;
    m_current = id;
    m_reason.clear();
    fillCurrent();
}

void HealthView::pick(int row)
{
    setCurrent(m_plugins.keyAt(row));
}

void HealthView::pickReason(int row)
{
    m_reason = m_reasons.keyAt(row);
    Q_EMIT currentChanged();
}

void HealthView::pickTier(int row)
{
    const QString tier = m_tiers.keyAt(row);
    setTier(m_tier == tier ? QString() : tier);
}

void HealthView::openMoved(int row)
{
    if (const auto *record = m_moved.at(row)) {
        m_tier.clear();
        m_filter.clear();
        Q_EMIT filterChanged();
        m_current = record->values.front().toString();
        m_reason.clear();
        fill();
    }
}

void HealthView::measure()
{
    auto *app = AppSession::instance();
    if (m_measuring || !app->session())
        return;
    m_measuring = m_asked = true;
    Q_EMIT changed();
    app->call(this, tr("Measuring the health of all plugins"), QStringLiteral("health.measure"), {}, [this](Result<QJsonObject> answer) {
        m_measuring = false;
        if (!answer && answer.error().kind != ErrorKind::Cancelled)
            AppSession::instance()->report(answer.error());
        m_stale = true;
        Q_EMIT changed();
        reload();
    });
}

void HealthView::runChecks()
{
    auto *app = AppSession::instance();
    if (m_current.isEmpty() || m_measuring)
        return;
    m_measuring = true;
    Q_EMIT changed();
    app->call(this, tr("Setting up and testing %1").arg(m_current), QStringLiteral("health.check"),
              {{QStringLiteral("plugins"), QJsonArray{m_current}}, {QStringLiteral("again"), true}}, [this](Result<QJsonObject> answer) {
                  m_measuring = false;
                  if (!answer && answer.error().kind != ErrorKind::Cancelled)
                      AppSession::instance()->report(answer.error());
                  m_stale = true;
                  Q_EMIT changed();
                  reload();
              });
}

void HealthView::makeTicket()
{
    auto *app = AppSession::instance();
    const QString plugin = m_current, reason = m_reason;
    if (plugin.isEmpty() || reason.isEmpty())
        return;
    using Made = health::FindingTicket;
    app->act<Made>(
        this,
        [plugin, reason](engine::Session &session) -> Result<Made> {
            return health::ticketOf({session.library(), session.state(), session.events(), session.journal()}, Actor::self(), plugin, reason);
        },
        [plugin](Result<Made> made) {
            auto *session = AppSession::instance();
            if (!made)
                session->report(made.error());
            else
                session->toasts()->tell(made->there ? tr("There is a ticket of this finding already.") : tr("A ticket for %1 is in the inbox.").arg(plugin));
        });
}

void HealthView::save(const QString &path)
{
    if (!m_report || path.isEmpty())
        return;
    AppSession::instance()->act<QStringList>(
        this,
        [report = m_report, path](engine::Session &) -> Result<QStringList> {
            if (path.endsWith(QLatin1String(".pdf"))) {
                COPPICE_TRY(const auto printed, app::writePdf(toPages(*report), path));
                return QStringList{tr("The report is in %1: %n page(s).", nullptr, printed.pages).arg(path)} + printed.notes;
            }
            QByteArray bytes = toHtml(*report);
            if (path.endsWith(QLatin1String(".csv")))
                bytes = toCsv(*report);
            else if (path.endsWith(QLatin1String(".json")))
                bytes = QJsonDocument(toJson(*report)).toJson();
            COPPICE_CHECK(writeFileAtomically(path, bytes));
            return QStringList{tr("The report is in %1.").arg(path)};
        },
        [](Result<QStringList> done) {
            auto *session = AppSession::instance();
            if (!done)
                session->report(done.error());
            else
                session->toasts()->tell(done->join(u' '));
        });
}

} // namespace coppice::ui
