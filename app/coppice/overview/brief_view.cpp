// SPDX-License-Identifier: GPL-3.0-or-later
#include "brief_view.h"

#include "shell/app_session.h"

#include <base/clock.h>
#include <engine/give_brief.h>
#include <library/manager_settings.h>

#include <QLocale>

namespace coppice::ui {

BriefView::BriefView(QObject *parent) : QObject(parent), m_rows({"section", "text", "why", "link", "tone", "icon", "outside", "facts"})
{
    connect(AppSession::instance(), &AppSession::stateChanged, this, [this] {
        if (const QString library = AppSession::instance()->libraryPath(); library != m_library) {
            m_library = library;
            m_mark.clear();
            m_given = false;
            m_at = 0;
            m_brief = {};
            m_rows.setRecords({});
        }
        load(); // the engine gives briefs too, and clients word them
    });
    connect(AppSession::instance(), &AppSession::catalogChanged, this, [this] { load(); Q_EMIT changed(); });
    m_library = AppSession::instance()->libraryPath();
    load();
}

Result<BriefView::Loaded> BriefView::read(engine::Session &session, const QString &known)
{
    manager::Briefs briefs(session.state(), session.journal());
    Loaded loaded;
    COPPICE_TRY(loaded.mark, briefs.mark());
    if (loaded.mark != known) {
        COPPICE_TRY(auto kept, briefs.last());
        if (kept)
            loaded.brief = std::move(kept->brief);
    }
    COPPICE_TRY(const auto repository, session.library().repository());
    COPPICE_TRY(const auto head, session.library().head());
    const auto times = library::managerSettingsAt(repository, head).brief;
    if (const qint64 next = times.nextAfter(nowMs(), QTimeZone::systemTimeZone()))
        loaded.schedule = QLocale().toString(QDateTime::fromMSecsSinceEpoch(next), QStringLiteral("ddd d MMM HH:mm"));
    return loaded;
}

void BriefView::load()
{
    auto *app = AppSession::instance();
    if (!app->session() || m_reading)
        return;
    m_reading = true;
    app->worker().read(
        this, [session = app->session(), known = m_mark]() { return read(*session, known); },
        [this, library = m_library](Result<Loaded> loaded) {
            m_reading = false;
            if (library != m_library)
                return load();
            if (!loaded) {
                m_error = ErrorInfo(loaded.error());
                Q_EMIT changed();
                return;
            }
            const bool other = loaded->brief.has_value() || loaded->schedule != m_schedule;
            m_mark = loaded->mark;
            m_schedule = loaded->schedule;
            if (loaded->brief)
                fill(*loaded->brief);
            if (other)
                Q_EMIT changed();
        });
}

QStringList BriefView::clients() const
{
    QStringList names;
    if (const auto catalog = AppSession::instance()->catalog()) {
        for (auto it = catalog->settings.clients.cbegin(); it != catalog->settings.clients.cend(); ++it)
            names << it.key();
    }
    return names;
}

void BriefView::word(const QString &client)
{
    if (m_wording || !m_given)
        return;
    m_wording = true;
    m_error = {};
    Q_EMIT changed();
    AppSession::instance()->call(this, tr("%1 words the brief").arg(client), QStringLiteral("manager.word"),
                                 {{QStringLiteral("brief"), m_brief.id.toString()}, {QStringLiteral("client"), client}}, [this](Result<QJsonObject> told) {
                                     m_wording = false;
                                     if (told)
                                         fill(manager::briefFrom(*told));
                                     else if (told.error().kind != ErrorKind::Cancelled)
                                         m_error = ErrorInfo(told.error());
                                     Q_EMIT changed();
                                 });
}

void BriefView::make()
{
    if (m_loading)
        return;
    m_loading = true;
    m_error = {};
    Q_EMIT changed();
    AppSession::instance()->longWork<manager::Brief>(
        this, tr("Putting the brief together"),
        [](engine::Session &session, std::stop_token stop, Progress &progress) -> Result<manager::Brief> {
            return engine::giveBrief(session, {}, stop, progress);
        },
        [this](Result<manager::Brief> brief) {
            m_loading = false;
            if (brief)
                fill(*brief);
            else
                m_error = ErrorInfo(brief.error());
            Q_EMIT changed();
        });
}

void BriefView::fill(const manager::Brief &brief)
{
    m_given = true;
    m_at = brief.at;
    m_brief = brief;
    std::vector<Record> rows;
    const auto add = [&](const QString &section, const QString &key, const QString &text, const QString &why, const QString &link, const char *tone, const char *icon, bool outside,
                         const QStringList &facts = {}) {
        rows.push_back({key, {section, text, why, link, QString::fromLatin1(tone), QString::fromLatin1(icon), outside, facts}});
    };
    if (brief.worded) {
        const auto &told = *brief.worded;
        const QString section = tr("In the words of %1").arg(told.client);
        for (const auto &paragraph : told.paragraphs) {
            for (const auto &one : paragraph)
                add(section, QStringLiteral("w%1").arg(rows.size()), one.text, {}, QStringLiteral("facts:") + one.facts.join(u','), "info", "comment", true, one.facts);
        }
        if (!told.problem.isEmpty())
            add(section, QStringLiteral("w-problem"), tr("%1 did not word it: %2").arg(told.client, told.problem), {}, {}, "warning", "info", true);
        QStringList left;
        if (told.leftOut > 0)
            left << manager::leftOutText(told);
        if (!told.untold.isEmpty() && told.problem.isEmpty())
            left << tr("Not told in these words: %1.").arg(told.untold.join(QStringLiteral(", ")));
        if (!left.isEmpty())
            add(section, QStringLiteral("w-left"), left.join(u' '), told.reasons.mid(0, 3).join(QStringLiteral("; ")), {}, "neutral", "info", true);
    }
    const auto claims = [&](QChar letter, const QString &section, const std::vector<manager::Claim> &all, int leftOut, const char *tone, const char *icon, const QString &none) {
        for (size_t i = 0; i < all.size(); ++i)
            add(section, letter + QString::number(i + 1), all[i].text, {}, all[i].link, tone, icon, all[i].outside);
        if (all.empty())
            add(section, letter + QStringLiteral("-none"), none, {}, {}, "neutral", "circle-check", false);
        if (leftOut > 0)
            add(section, letter + QStringLiteral("-more"), tr("%n more are left out.", nullptr, leftOut), {}, {}, "neutral", "info", false);
    };
    claims(u'r', tr("At risk"), brief.risks, brief.risksLeftOut, "danger", "flag", tr("Nothing that is known."));
    claims(u'c', tr("Changed"), brief.changed, brief.changedLeftOut, "info", "refresh", brief.first ? tr("This is the first brief: there is nothing to compare with.") : tr("Nothing."));
    for (size_t i = 0; i < brief.proposals.size(); ++i) {
        const auto &one = brief.proposals[i];
        add(tr("Proposed"), QStringLiteral("p%1").arg(i + 1), one.title, one.why, QStringLiteral("proposal:") + one.key, "ok", "hand", one.tainted);
    }
    if (brief.proposalsLeftOut > 0)
        add(tr("Proposed"), QStringLiteral("p-more"), tr("%n more are left out.", nullptr, brief.proposalsLeftOut), {}, {}, "neutral", "info", false);
    for (qsizetype i = 0; i < brief.unknown.size(); ++i)
        add(tr("Not known"), QStringLiteral("u%1").arg(i + 1), brief.unknown[i], {}, {}, "warning", "info", false);
    m_rows.setRecords(std::move(rows));
    if (m_rows.indexOf(m_current) < 0)
        m_current = m_rows.keyAt(0);
}

bool BriefView::openFact(int row, int n)
{
    const QStringList facts = m_rows.value(row, "facts").toStringList();
    if (n < 0 || n >= facts.size())
        return false;
    for (const auto &fact : manager::namedFacts(m_brief)) {
        if (fact.id != facts[n])
            continue;
        if (fact.link.isEmpty() || fact.link == u"screen:overview") // it stands here
            pick(m_rows.indexOf(fact.id));
        else
            AppSession::instance()->follow(fact.link);
        return true;
    }
    return false;
}

void BriefView::pick(int row)
{
    m_current = m_rows.keyAt(row);
    Q_EMIT changed();
}

bool BriefView::open(int row)
{
    const QString link = m_rows.value(row, "link").toString();
    if (link.startsWith(QLatin1String("proposal:")))
        return true;
    if (link.startsWith(QLatin1String("facts:")))
        openFact(row, 0);
    else
        AppSession::instance()->follow(link);
    return false;
}

} // namespace coppice::ui
