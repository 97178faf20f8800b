// SPDX-License-Identifier: GPL-3.0-or-later
#include "rules_view.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <base/clock.h>

#include <QCoreApplication>
#include <QJsonArray>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Week = 7 * 86'400'000LL;
constexpr int ActsRead = 1000;
constexpr size_t ActsShown = 10;

QString say(const char *text)
{
    return QCoreApplication::translate("RulesView", text);
}

QString anyOf(const QStringList &values)
{
    return values.join(say(" or "));
}

QString joined(const QStringList &parts)
{
    if (parts.size() < 2)
        return parts.join(QString());
    return QStringList(parts.mid(0, parts.size() - 1)).join(u", "_s) + say(" and ") + parts.last();
}

QString lengthText(qint64 ms)
{
    const qint64 hours = ms / 3'600'000;
    if (hours >= 48 && hours % 24 == 0)
        return counted(hours / 24, "day");
    return hours > 0 ? counted(hours, "hour") : counted(ms / 60'000, "minute");
}

} // namespace

QString whenText(const library::TriageRule &rule)
{
    QStringList parts;
    const auto part = [&](const QString &text, const QString &value) {
        if (!value.isEmpty())
            parts << text.arg(value);
    };
    part(say("its plugin is %1"), anyOf(rule.plugins));
    part(say("its level is %1 or worse"), rule.level);
    part(say("its exception is %1"), anyOf(rule.types));
    part(say("its message fits /%1/"), rule.message);
    part(say("its release is %1"), anyOf(rule.releases));
    part(say("it comes from %1"), anyOf(rule.environments));
    for (auto it = rule.tags.cbegin(); it != rule.tags.cend(); ++it)
        parts << say("its tag %1 is %2").arg(it.key(), *it);
    if (rule.count > 0)
        parts << say("it has %1 or more").arg(counted(rule.count, "event"));
    return parts.isEmpty() ? say("A new error group, whatever it is") : say("A new error group, when %1").arg(joined(parts));
}

QString thenText(const library::TriageRule &rule)
{
    QStringList parts;
    if (rule.mute)
        parts << say("is muted");
    if (rule.accept)
        parts << say("is accepted");
    if (!rule.decline.isEmpty())
        parts << say("is declined (%1)").arg(rule.decline);
    if (rule.snoozeMs > 0)
        parts << say("is snoozed for %1").arg(lengthText(rule.snoozeMs));
    if (!rule.assign.isEmpty())
        parts << say("is assigned to %1").arg(rule.assign);
    if (rule.draft)
        parts << say("has its ticket drafted by a triage run");
    return parts.isEmpty() ? say("gets a ticket.") : joined(parts) + u'.';
}

RulesView::RulesView(QObject *parent)
    : QObject(parent), m_rules({"name", "when", "then", "on", "week", "ever", "last"}), m_acts({"text", "at", "undone", "problem", "entity"})
{
    connect(AppSession::instance(), &AppSession::stateChanged, this, [this] {
        if (m_loaded)
            read();
    });
}

void RulesView::read()
{
    auto *app = AppSession::instance();
    if (!app->session() || !app->catalog())
        return;
    m_known = app->catalog()->settings.triage.rules;
    QStringList problems;
    for (const auto &problem : app->catalog()->settings.problems)
        problems << problem.where() + u": "_s + problem.text;
    m_problems = problems.join(u'\n');
    QStringList names;
    for (const auto &rule : m_known)
        names << rule.name;
    app->worker().read(
        this,
        [session = app->session(), names]() -> Result<Read> {
            tickets::TriageRules triage(session->state(), session->events(), session->journal());
            Read all;
            COPPICE_TRY(all.off, triage.switchedOff());
            for (const auto &name : names) {
                Acts acts{name, 0, 0, {}};
                COPPICE_TRY(const auto done, triage.actions(name, ActsRead));
                acts.ever = int(done.size());
                for (const auto &act : done) {
                    acts.week += act.at > nowMs() - Week ? 1 : 0;
                    if (acts.last.size() < ActsShown)
                        acts.last.push_back(act);
                }
                all.acts.push_back(std::move(acts));
            }
            return all;
        },
        [this](Result<Read> all) {
            if (all)
                show(*all);
            else
                AppSession::instance()->report(all.error());
        });
}

void RulesView::show(const Read &all)
{
    m_read = all;
    m_loaded = true;
    std::vector<Record> records;
    for (size_t i = 0; i < std::min(m_known.size(), all.acts.size()); ++i) {
        const auto &rule = m_known[i];
        const auto &acts = all.acts[i];
        records.push_back({rule.name, {rule.name, whenText(rule), thenText(rule), !all.off.contains(rule.name), acts.week, acts.ever,
                                       acts.last.empty() ? 0.0 : double(acts.last.front().at)}});
    }
    m_rules.setRecords(std::move(records));
    if (m_rules.indexOf(m_current) < 0)
        m_current = m_rules.keyAt(0);
    showActs();
    Q_EMIT changed();
}

void RulesView::showActs()
{
    const auto &state = AppSession::instance()->state();
    std::vector<Record> records;
    for (const auto &acts : m_read.acts) {
        if (acts.rule != m_current)
            continue;
        for (const auto &act : acts.last) {
            const auto *group = state ? state->group(act.group) : nullptr;
            const QString entity = act.ticket.isEmpty() ? u"group:"_s + act.group : u"ticket:"_s + act.ticket;
            records.push_back({act.id, {group ? QString(group->plugin + u": "_s + group->title) : tr("a group that is gone"), double(act.at), act.undone, act.problem, entity}});
        }
    }
    m_acts.setRecords(std::move(records));
}

void RulesView::pick(int row)
{
    m_current = m_rules.keyAt(row);
    showActs();
    Q_EMIT changed();
}

void RulesView::toggle(int row)
{
    const QString name = m_rules.keyAt(row);
    const bool on = !m_rules.value(row, "on").toBool();
    if (name.isEmpty())
        return;
    AppSession::instance()->change(
        this, u"triage-rule:"_s + name, on ? tr("The rule %1 is on.").arg(name) : tr("The rule %1 is off, for everybody.").arg(name),
        [name, on](engine::Session &session) { return tickets::TriageRules(session.state(), session.events(), session.journal()).setOn(Actor::self(), name, on); },
        [this] { read(); });
}

void RulesView::undo(const QString &act)
{
    AppSession::instance()->act<tickets::TriageAction>(
        this,
        [act](engine::Session &session) {
            capture::EventStore events(session.events());
            return tickets::TriageRules(session.state(), session.events(), session.journal()).undo(Actor::self(), events, act);
        },
        [this](Result<tickets::TriageAction> undone) {
            if (!undone)
                AppSession::instance()->report(undone.error());
            else
                AppSession::instance()->toasts()->tell(tr("What %1 did is taken back. It leaves this group alone from now on.").arg(undone->rule));
            read();
        });
}

void RulesView::runNow()
{
    AppSession::instance()->call(this, tr("Triaging by rules"), u"tickets.triage"_s, {}, [this](Result<QJsonObject> done) {
        if (!done) {
            AppSession::instance()->report(done.error());
            return;
        }
        AppSession::instance()->toasts()->tell(tr("Rules acted on %1.").arg(counted(done->value("acts"_L1).toArray().size(), tr("error group"), tr("error groups"))));
        read();
    });
}

} // namespace coppice::ui
