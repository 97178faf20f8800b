// SPDX-License-Identifier: GPL-3.0-or-later
#include "finder.h"

#include "app_session.h"
#include "screens.h"

#include <algorithm>

namespace coppice::ui {

namespace {
constexpr size_t MostResults = 50;
} // namespace

int fitOf(const QStringList &words, const QString &text)
{
    int fit = 0;
    for (const auto &word : words) {
        qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive);
        if (at < 0)
            return -1;
        // A later place may be a better one: the beginning of a word.
        for (qsizetype next = at; next >= 0; next = text.indexOf(word, next + 1, Qt::CaseInsensitive)) {
            if (next == 0 || !text[next - 1].isLetterOrNumber()) {
                at = next;
                fit += 10;
                break;
            }
        }
        fit += at == 0 ? 10 : 0;
    }
    return fit;
}

Finder::Finder(QObject *parent) : QObject(parent), m_results({"text", "kind", "hint", "icon"}) { }

void Finder::setQuery(const QString &query)
{
    if (m_query == query)
        return;
    m_query = query;
    match();
    Q_EMIT queryChanged();
}

void Finder::collect()
{
    m_items.clear();
    collectCommands();
    collectRecords();
    match();
}

void Finder::collectCommands()
{
    for (const auto *screen : Screen::all())
        m_items.push_back({QStringLiteral("screen:") + screen->name, screen->title, tr("Screen"), screen->purpose,
                           screen->name, {}, 1});
    if (!m_commands)
        return;
    int number = 0;
    for (const auto &entry : m_commands->entries()) {
        ++number;
        if (entry.enabled() && entry.command->property("listed").toBool())
            m_items.push_back({QStringLiteral("command:%1").arg(number), entry.text, tr("Command"), entry.keys, entry.icon,
                               entry.command, 0});
    }
}

void Finder::collectRecords()
{
    const auto *app = AppSession::instance();
    if (app->catalog()) {
        for (const auto &entry : app->catalog()->entries)
            m_items.push_back({QStringLiteral("plugin:") + entry.plugin.id, entry.plugin.id, tr("Plugin"),
                               entry.manifest.version.value, QStringLiteral("catalog"), {}, 2});
    }
    if (!app->state())
        return;
    for (const auto &ticket : app->state()->tickets)
        m_items.push_back({QStringLiteral("ticket:") + ticket.id.toString(),
                           ticket.plugin + QStringLiteral(": ") + ticket.title, tr("Ticket"),
                           ticket.id.shown() + u' ' + nameOf(ticket.state), QStringLiteral("ticket"), {},
                           isOpen(ticket) ? 3 : 6});
    for (const auto &patch : app->state()->patches)
        m_items.push_back({QStringLiteral("review:") + patch.id.toString(), patch.plugin + QStringLiteral(": ") + patch.title,
                           tr("Patch"), patch.id.shown() + u' ' + nameOf(patch.state), QStringLiteral("review"), {},
                           patch.state == review::Patch::State::Open ? 3 : 6});
    for (const auto &group : app->state()->groups)
        m_items.push_back({QStringLiteral("group:") + group.id.toString(), group.plugin + QStringLiteral(": ") + group.title,
                           tr("Error group"), group.id.shown() + u' ' + nameOf(group.state), QStringLiteral("bug"), {}, 4});
    for (const auto &run : app->state()->runs)
        m_items.push_back({QStringLiteral("run:") + run.id.toString(),
                           QString(run.plugin + QStringLiteral(": ") + run.playbook + QStringLiteral(" by ") + run.client),
                           tr("Run"), run.id.shown() + u' ' + nameOf(run.state), QStringLiteral("runs"), {}, 5});
}

void Finder::match()
{
    const QStringList words = m_query.split(u' ', Qt::SkipEmptyParts);
    std::vector<std::pair<int, const Item *>> found;
    for (const auto &item : m_items) {
        if (words.isEmpty()) {
            if (item.order < 4)
                found.push_back({-item.order, &item});
            continue;
        }
        // What only the hint holds (an id, a state) is found too, after what the name holds.
        int fit = fitOf(words, item.text) * 2;
        if (fit < 0)
            fit = fitOf(words, QString(item.text + u' ' + item.hint));
        if (fit >= 0)
            found.push_back({fit * 10 - item.order, &item});
    }
    std::stable_sort(found.begin(), found.end(), [](auto &a, auto &b) { return a.first > b.first; });
    std::vector<Record> records;
    for (size_t i = 0; i < std::min(found.size(), MostResults); ++i) {
        const auto &item = *found[i].second;
        records.push_back({item.key, {item.text, item.kind, item.hint, item.icon}});
    }
    m_results.setRecords(std::move(records));
}

void Finder::run(int row)
{
    const QString key = m_results.keyAt(row);
    for (const auto &item : m_items) {
        if (item.key != key)
            continue;
        if (item.command)
            Commands::activate(item.command);
        else if (key.startsWith(QLatin1String("screen:")))
            AppSession::instance()->show(key.mid(7));
        else
            AppSession::instance()->follow(key);
        return;
    }
}

} // namespace coppice::ui
