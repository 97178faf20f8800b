// SPDX-License-Identifier: GPL-3.0-or-later
#include "templates_view.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <templates/copies.h>
#include <templates/gates.h>
#include <templates/staging.h>

#include <QJsonArray>

#include <algorithm>

namespace coppice::ui {

namespace {

bool concerns(const QByteArray &linked, const QByteArray &full)
{
    return linked == full || linked.startsWith(QByteArray(full + '/')) || full.startsWith(QByteArray(linked + '/'));
}

QString toneOf(const QString &gate)
{
    return gate == u"gated" ? QStringLiteral("ok") : gate == u"ungated" ? QStringLiteral("warning") : QStringLiteral("neutral");
}

} // namespace

TemplatesView::TemplatesView(QObject *parent)
    : QObject(parent), m_rows({"name", "gate", "tone", "icon", "plugins", "copies", "staged", "spoken"}), m_facts({"name", "value", "mono"}),
      m_trouble({"where", "what"})
{
    connect(AppSession::instance(), &AppSession::catalogChanged, this, [this] {
        m_outdated = true;
        if (m_active)
            reload();
    });
}

void TemplatesView::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    if (active && m_outdated)
        reload();
}

void TemplatesView::reload()
{
    if (m_loading) {
        m_outdated = true;
        return;
    }
    m_loading = true;
    m_outdated = false;
    Q_EMIT listChanged();
    AppSession::instance()->longWork<Read>(
        this, tr("Looking at templates and their links"),
        [](engine::Session &session, std::stop_token stop, Progress &progress) -> Result<Read> {
            Read read;
            COPPICE_TRY(const auto catalog, session.library().scan(session.state(), stop, progress));
            COPPICE_TRY(auto repository, session.library().repository());
            COPPICE_TRY(const auto report, templates::checkLinks(repository, catalog));
            COPPICE_TRY(const auto copies, templates::copyStates(repository, catalog));
            COPPICE_TRY(const auto names, templates::templateNames(repository, catalog.head));
            COPPICE_TRY(const auto staged, templates::stagedTemplates(repository, catalog.head, report));
            std::vector<QByteArray> asked;
            for (const auto &name : names)
                asked.push_back(name.name);
            for (const auto &one : staged)
                asked.push_back("next/" + one.name);
            COPPICE_TRY(const auto gates, templates::gatesOf(repository, session.state(), catalog.head, asked));
            for (const auto &name : names) {
                Template one;
                one.name = QString::fromUtf8(name.name);
                one.gate = templates::nameOf(gates.at(name.name).state);
                one.why = gates.at(name.name).why;
                for (const auto &link : report.links) {
                    if (link.state == templates::LinkState::State::Good && !link.plugin.isEmpty() && !one.plugins.contains(link.plugin)
                        && concerns(link.names, "templates/" + name.name))
                        one.plugins << link.plugin;
                }
                for (const auto &copy : copies) {
                    if (concerns("templates/" + copy.name, "templates/" + name.name))
                        one.copies << copy.plugin;
                }
                read.templates.push_back(std::move(one));
            }
            for (const auto &next : staged) {
                auto one = std::ranges::find(read.templates, QString::fromUtf8(next.name), &Template::name);
                if (one == read.templates.end()) {
                    Template made;
                    made.name = QString::fromUtf8(next.name);
                    made.plugins = next.others;
                    made.there = false;
                    one = read.templates.insert(one, made);
                }
                one->staged = true;
                one->differs = next.differs;
                one->pilots = next.pilots;
                one->stagedGate = templates::nameOf(gates.at("next/" + next.name).state);
                one->stagedWhy = gates.at("next/" + next.name).why;
            }
            for (const auto &copy : copies) {
                using State = templates::CopyState::State;
                if (copy.state == State::Equal)
                    continue;
                read.stale += copy.state == State::Stale || copy.state == State::Missing ? 1 : 0;
                read.trouble.emplace_back(QString::fromUtf8(copy.prefix + '/' + copy.path),
                                          tr("The copy of %1 is %2").arg(QString::fromUtf8(copy.name), templates::nameOf(copy.state)));
            }
            for (const auto &finding : report.findings)
                read.trouble.emplace_back(finding.where, finding.text);
            return read;
        },
        [this](Result<Read> read) {
            m_loading = false;
            m_error = read ? ErrorInfo() : ErrorInfo(read.error());
            if (read) {
                m_templates = std::move(read->templates);
                m_stale = read->stale;
                std::vector<Record> trouble;
                for (size_t i = 0; i < read->trouble.size(); ++i)
                    trouble.push_back({QString::number(i), {read->trouble[i].first, read->trouble[i].second}});
                m_trouble.setRecords(std::move(trouble));
            }
            fill();
            if (m_outdated && m_active)
                reload();
        });
}

void TemplatesView::fill()
{
    std::vector<Record> rows;
    for (const auto &one : m_templates) {
        const QString gate = one.there ? one.gate : tr("new");
        const QString staged = !one.staged ? QString()
            : one.pilots.isEmpty()         ? tr("staged, no pilot")
                                           : tr("staged for %1").arg(counted(one.pilots.size(), tr("pilot"), tr("pilots")));
        rows.push_back({one.name,
                        {one.name, gate, toneOf(one.gate), one.gate == u"gated" ? QStringLiteral("check") : QStringLiteral("circle"),
                         int(one.plugins.size()), int(one.copies.size()), staged,
                         QStringList{one.name, gate, tr("linked by %1").arg(one.plugins.size()), staged}.join(QStringLiteral(", "))}});
    }
    m_rows.setRecords(std::move(rows));
    if (currentIndex() < 0)
        m_current = m_rows.keyAt(0);
    fillFacts();
    Q_EMIT listChanged();
    Q_EMIT currentChanged();
}

void TemplatesView::fillFacts()
{
    std::vector<Record> facts;
    const auto fact = [&](const QString &name, const QString &value) {
        if (!value.isEmpty())
            facts.push_back({name, {name, value, false}});
    };
    if (const auto *one = currentTemplate()) {
        const auto listed = [](const QStringList &plugins) {
            return plugins.size() <= 12 ? plugins.join(QStringLiteral(", "))
                                        : QStringList(plugins.first(12)).join(QStringLiteral(", ")) + tr(" and %1 more").arg(plugins.size() - 12);
        };
        fact(tr("Gate"), one->there ? QString(one->gate + QStringLiteral(". ") + one->why) : tr("There is only the staged one."));
        fact(tr("Linked by"), one->plugins.isEmpty() ? tr("nobody") : listed(one->plugins));
        fact(tr("Copied by"), listed(one->copies));
        if (one->staged) {
            fact(tr("Staged"), one->differs ? tr("a change") : tr("no change yet: edit it under templates/next/"));
            fact(tr("Its gate"), QString(one->stagedGate + QStringLiteral(". ") + one->stagedWhy));
            fact(tr("Pilots"), one->pilots.isEmpty() ? tr("none") : listed(one->pilots));
        }
    }
    m_facts.setRecords(std::move(facts));
}

const TemplatesView::Template *TemplatesView::currentTemplate() const
{
    const auto found = std::ranges::find(m_templates, m_current, &Template::name);
    return found == m_templates.end() ? nullptr : &*found;
}

bool TemplatesView::staged() const { return currentTemplate() && currentTemplate()->staged; }
QStringList TemplatesView::plugins() const { return currentTemplate() ? currentTemplate()->plugins : QStringList(); }
QStringList TemplatesView::pilots() const { return currentTemplate() ? currentTemplate()->pilots : QStringList(); }

void TemplatesView::pick(int row)
{
    m_current = m_rows.keyAt(row);
    m_problem = {};
    fillFacts();
    Q_EMIT currentChanged();
}

void TemplatesView::call(const QString &title, const QString &verb, const QJsonObject &args)
{
    m_problem = {};
    Q_EMIT currentChanged();
    AppSession::instance()->call(this, title, verb, args, [this](Result<QJsonObject> answer) {
        auto *app = AppSession::instance();
        if (!answer) {
            m_problem = ErrorInfo(answer.error());
            Q_EMIT currentChanged();
            return;
        }
        app->tell(answer->value(QLatin1String("changed")).toBool() ? tr("Done, in one commit.") : tr("It was so already."));
        reload();
        app->rescan();
    });
}

void TemplatesView::refresh()
{
    call(tr("Bringing copies up to date"), QStringLiteral("templates.refresh"), {});
}

void TemplatesView::stage(const QStringList &pilots)
{
    if (!m_current.isEmpty())
        call(tr("Staging %1").arg(m_current), QStringLiteral("templates.stage"),
             {{QStringLiteral("template"), m_current}, {QStringLiteral("pilots"), QJsonArray::fromStringList(pilots)}});
}

void TemplatesView::withdraw()
{
    if (staged())
        call(tr("Withdrawing %1").arg(m_current), QStringLiteral("templates.stage"),
             {{QStringLiteral("template"), m_current}, {QStringLiteral("withdraw"), true}});
}

void TemplatesView::promote(bool ungated)
{
    if (staged())
        call(tr("Promoting %1").arg(m_current), QStringLiteral("templates.promote"),
             {{QStringLiteral("template"), m_current}, {QStringLiteral("ungated"), ungated}});
}

} // namespace coppice::ui
