// SPDX-License-Identifier: GPL-3.0-or-later
#include "story_fold.h"

#include "story_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype LongestTitle = 300;
constexpr qsizetype LongestText = 16'000;  ///< of one item of text; what follows is another
constexpr qsizetype LongestRaw = 24'000;
constexpr qsizetype MostRawLines = 400;
constexpr qsizetype MostEntries = 200;

QString headerKey(const QString &step, int attempt)
{
    return u"step:%1:%2"_s.arg(step).arg(attempt);
}

bool isOpenCall(const QString &status)
{
    return status == u"pending" || status == u"in_progress";
}

qsizetype linesIn(const QString &text)
{
    return text.count(u'\n');
}

QString kindOfRole(const QString &role)
{
    if (role == u"agent")
        return u"text"_s;
    if (role == u"thought" || role == u"user" || role == u"note")
        return role;
    return u"raw"_s;
}

} // namespace

qsizetype StoryItem::weight() const
{
    qsizetype size = title.size() + text.size() + detail.size() + path.size() + input.size() + output.size() + 64;
    for (const auto &entry : entries)
        size += entry.size() + 16;
    return size;
}

template <class Change> void StoryFold::change(const QString &key, const char *kind, double at, Change with)
{
    const auto known = m_numbers.constFind(key);
    qint64 number = known == m_numbers.constEnd() ? -1 : *known;
    if (number < m_first) {
        StoryItem item;
        item.key = key;
        item.kind = QString::fromLatin1(kind);
        item.at = at;
        item.attempt = m_place.attempt;
        number = m_first + qint64(m_items.size());
        m_items.push_back(std::move(item));
        m_numbers[key] = number;
    }
    auto &item = m_items[size_t(number - m_first)];
    const qsizetype before = item.weight();
    with(item);
    m_weight += item.weight() - before;
    if (number < m_taken)
        m_dirty.insert(number);
}

QString StoryFold::scoped(const char *kind, const QString &id) const
{
    return u"%1:%2:%3:%4"_s.arg(QLatin1String(kind), m_place.step, QString::number(m_place.attempt), id.left(200));
}

void StoryFold::line(QByteArrayView line)
{
    if (line.trimmed().isEmpty())
        return;
    const auto document = QJsonDocument::fromJson(line.toByteArray());
    const auto update = clients::updateFromJson(document.object());
    if (!document.isObject() || !update) {
        ++m_totals.unreadable;
        return;
    }
    ++m_totals.updates;
    const QJsonObject object = document.object();
    const double at = object[u"at"].toDouble();
    enter({plainLine(object[u"step"].toString(), 80), object[u"attempt"].toInt()}, at);
    using K = clients::AgentUpdate::Kind;
    switch (update->kind) {
    case K::Text: text(*update, at); break;
    case K::Plan: plan(update->data, at); break;
    case K::ToolCall: tool(update->data, at); break;
    case K::Diff: diff(update->data, at); break;
    case K::Permission: permission(update->data, at); break;
    case K::Usage: usage(update->data); break;
    case K::End: end(*update, at); break;
    }
    bound();
}

void StoryFold::enter(const Place &place, double at)
{
    if (place == m_place || place.step.isEmpty())
        return;
    // Steps before it that told nothing.
    const auto here = std::find_if(m_journal.begin(), m_journal.end(), [&](const playbooks::StepRecord &record) {
        return record.step == place.step && record.attempt == place.attempt;
    });
    if (here != m_journal.end()) {
        for (auto it = m_journal.begin(); it != here; ++it)
            header({it->step, it->attempt}, at);
    }
    m_place = place;
    const auto section = std::find_if(m_items.rbegin(), m_items.rend(), [](const StoryItem &item) { return item.kind == u"step"; });
    const QString key = headerKey(place.step, place.attempt);
    if (section != m_items.rend() && section->key == key) { // its header stood there before it said anything
        if (section->at <= 0)
            change(key, "step", at, [&](StoryItem &item) { item.at = at; });
    } else if (m_told.contains(key)) {
        change(u"%1:again:%2"_s.arg(key).arg(m_next++), "step", at, [&](StoryItem &item) {
            item.title = place.step;
            item.status = u"continued"_s;
        });
    } else {
        header(place, at);
    }
}

void StoryFold::header(const Place &place, double at)
{
    const QString key = headerKey(place.step, place.attempt);
    if (m_told.contains(key))
        return;
    m_told.insert(key);
    change(key, "step", at, [&](StoryItem &item) {
        item.title = place.step;
        item.attempt = place.attempt;
        item.status = u"running"_s;
    });
    for (size_t i = 0; i < m_journal.size(); ++i) {
        if (m_journal[i].step == place.step && m_journal[i].attempt == place.attempt) {
            change(key, "step", at, [&](StoryItem &item) {
                item.status = standing(i);
                item.detail = plainText(m_journal[i].reason, 2'000);
            });
        }
    }
    checksOf(place);
}

QString StoryFold::standing(size_t record) const
{
    using S = runs::Run::State;
    const auto &one = m_journal[record];
    if (one.passed)
        return *one.passed ? u"passed"_s : u"failed"_s;
    const bool last = record + 1 == m_journal.size();
    if (last && m_state == S::Waiting)
        return u"waiting"_s;
    if (last && (m_state == S::Preparing || m_state == S::Running || m_state == S::Checking))
        return u"running"_s;
    return m_state == S::Cancelled && last ? u"cancelled"_s : u"interrupted"_s;
}

/// The check that a step is, once it has been made: of the step's newest attempt.
void StoryFold::checksOf(const Place &place)
{
    for (const auto &later : m_journal) {
        if (later.step == place.step && later.attempt > place.attempt)
            return;
    }
    for (const auto &check : m_checks) {
        if (check.id != place.step)
            continue;
        const auto said = [](const std::optional<bool> &passed) {
            return !passed ? QString() : *passed ? u"passed"_s : u"failed"_s;
        };
        change(u"check:%1:%2"_s.arg(place.step).arg(place.attempt), "check", 0, [&](StoryItem &item) {
            item.attempt = place.attempt;
            item.title = plainLine(check.command, LongestTitle);
            item.before = said(check.before);
            item.after = said(check.after);
            item.locations = {check.logBefore, check.logAfter};
            item.more = true;
        });
    }
}

void StoryFold::steps(std::vector<playbooks::StepRecord> journal, std::vector<runs::Check> checks, runs::Run::State state)
{
    m_journal = std::move(journal);
    m_checks = std::move(checks);
    m_state = state;
    refreshHeaders();
}

void StoryFold::refreshHeaders()
{
    for (size_t i = 0; i < m_journal.size(); ++i) {
        const auto &record = m_journal[i];
        const QString key = headerKey(record.step, record.attempt);
        const auto number = m_numbers.constFind(key);
        if (number == m_numbers.constEnd() || *number < m_first)
            continue;
        const QString status = standing(i);
        const QString detail = plainText(record.reason, 2'000);
        const auto &now = m_items[size_t(*number - m_first)];
        if (now.status != status || now.detail != detail) {
            change(key, "step", now.at, [&](StoryItem &item) {
                item.status = status;
                item.detail = detail;
            });
        }
        if (record.passed)
            checksOf({record.step, record.attempt});
    }
}

void StoryFold::catchUp()
{
    for (size_t i = 0; i < m_journal.size(); ++i)
        header({m_journal[i].step, m_journal[i].attempt}, 0);
    using S = runs::Run::State;
    if (m_state != S::Preparing && m_state != S::Running && m_state != S::Checking && m_state != S::Waiting) {
        for (const auto &item : m_items) {
            if (item.kind == u"tool" && isOpenCall(item.status))
                change(item.key, "tool", item.at, [](StoryItem &one) { one.status = u"unfinished"_s; });
        }
    }
    bound();
}

void StoryFold::text(const clients::AgentUpdate &update, double at)
{
    const QString kind = kindOfRole(update.data[u"role"].toString());
    const bool raw = kind == u"raw";
    QString key;
    if (!m_items.empty()) {
        const auto &last = m_items.back();
        const bool room = raw ? last.text.size() < LongestRaw && linesIn(last.text) < MostRawLines : last.text.size() < LongestText;
        if (last.kind == kind && room)
            key = last.key;
    }
    if (key.isEmpty())
        key = u"text:%1"_s.arg(m_next++);
    change(key, kind.toLatin1().constData(), at, [&](StoryItem &item) { appendPiece(item.text, update.text, raw); });
    const QString said = lastLine(m_items.back().text);
    if (!said.isEmpty() && kind != u"user")
        m_totals.doing = said;
}

void StoryFold::plan(const QJsonObject &data, double at)
{
    QStringList entries, states;
    for (const auto &value : data[u"entries"].toArray()) {
        if (entries.size() >= MostEntries)
            break;
        entries << plainLine(value[u"content"].toString(), LongestTitle);
        states << plainLine(value[u"status"].toString(), 20);
    }
    m_totals.plan = entries;
    m_totals.planStates = states;
    if (const auto now = states.indexOf(u"in_progress"); now >= 0)
        m_totals.doing = entries[now];
    change(scoped("plan", {}), "plan", at, [&](StoryItem &item) {
        item.entries = entries;
        item.states = states;
    });
}

void StoryFold::tool(const QJsonObject &data, double at)
{
    const QString id = data[u"id"].toString();
    change(scoped("tool", id), "tool", at, [&](StoryItem &item) {
        if (item.status.isEmpty())
            item.status = u"pending"_s;
        if (item.toolKind.isEmpty())
            item.toolKind = u"other"_s;
        const auto take = [&](QStringView name, QString &into, qsizetype cap) {
            if (const auto value = data[name]; value.isString() && !value.toString().isEmpty())
                into = plainLine(value.toString(), cap);
        };
        take(u"title", item.title, LongestTitle);
        take(u"kind", item.toolKind, 20);
        take(u"status", item.status, 20);
        if (const auto locations = data[u"locations"].toArray(); !locations.isEmpty()) {
            item.locations.clear();
            for (const auto &value : locations) {
                const QString path = plainLine(value[u"path"].toString(), LongestTitle);
                const int line = value[u"line"].toInt();
                if (!path.isEmpty() && item.locations.size() < 20)
                    item.locations << (line > 0 ? u"%1:%2"_s.arg(path).arg(line) : path);
            }
        }
        if (data.contains(u"input"))
            item.input = shownValue(data[u"input"]);
        if (data.contains(u"output"))
            item.output = shownValue(data[u"output"]);
        if (item.title.isEmpty())
            item.title = !item.locations.isEmpty() ? item.locations.first() : plainLine(id, 80);
        if (!isOpenCall(item.status) && at > 0 && item.at > 0 && item.took < 0)
            item.took = std::max(0.0, at - item.at);
        item.more = !item.input.isEmpty() || !item.output.isEmpty() || item.locations.size() > 1;
        if (isOpenCall(item.status))
            m_totals.doing = item.title;
    });
}

void StoryFold::diff(const QJsonObject &data, double at)
{
    const QString path = plainLine(data[u"path"].toString(), LongestTitle);
    const auto lines = unifiedLines(data[u"old"].toString(), data[u"new"].toString());
    change(scoped("diff", QString(data[u"tool"].toString() + u':' + path)), "diff", at, [&](StoryItem &item) {
        item.path = path;
        item.title = path;
        item.status = data[u"old"].isString() ? u"changed"_s : u"new"_s;
        item.entries = lines.lines;
        item.added = lines.added;
        item.removed = lines.removed;
        item.detail = lines.note;
    });
}

void StoryFold::permission(const QJsonObject &data, double at)
{
    change(scoped("permission", data[u"id"].toString()), "permission", at, [&](StoryItem &item) {
        if (const QString title = data[u"title"].toString(); !title.isEmpty())
            item.title = plainLine(title, LongestTitle);
        if (const QString kind = data[u"kind"].toString(); !kind.isEmpty())
            item.toolKind = plainLine(kind, 20);
        if (const auto options = data[u"options"].toArray(); !options.isEmpty()) {
            item.entries.clear();
            for (const auto &option : options) {
                if (item.entries.size() < 12)
                    item.entries << plainLine(option[u"name"].toString(), 80);
            }
        }
        if (const QString answer = data[u"answer"].toString(); !answer.isEmpty()) {
            item.status = plainLine(answer, 20);
            item.detail = plainLine(data[u"by"].toString(), 20);
            if (at > 0 && item.at > 0)
                item.took = std::max(0.0, at - item.at);
        } else {
            m_totals.doing = item.title;
        }
    });
}

void StoryFold::usage(const QJsonObject &data)
{
    const auto take = [&](QStringView name, qint64 &into) {
        if (data[name].isDouble())
            into = qint64(data[name].toDouble());
    };
    take(u"input", m_totals.input);
    take(u"output", m_totals.output);
    take(u"cached", m_totals.cached);
    take(u"context_used", m_totals.contextUsed);
    take(u"context_size", m_totals.contextSize);
    if (data[u"cost_usd"].isDouble())
        m_totals.cost = data[u"cost_usd"].toDouble();
}

void StoryFold::end(const clients::AgentUpdate &update, double at)
{
    change(u"end:%1"_s.arg(m_next++), "end", at, [&](StoryItem &item) {
        item.status = plainLine(update.data[u"outcome"].toString(), 40);
        item.detail = plainText(update.data[u"reason"].toString(), 2'000);
    });
    m_totals.doing.clear();
}

void StoryFold::bound()
{
    const size_t slack = m_bounds.items / 10;
    if (m_items.size() <= m_bounds.items + slack && m_weight <= m_bounds.characters + m_bounds.characters / 10)
        return;
    while (m_items.size() > 1 && (m_items.size() > m_bounds.items || m_weight > m_bounds.characters)) {
        m_weight -= m_items.front().weight();
        m_numbers.remove(m_items.front().key);
        m_items.pop_front();
        ++m_first;
    }
}

StoryChange StoryFold::take()
{
    StoryChange change;
    change.totals = m_totals;
    change.letGo = m_first;
    change.anew = std::exchange(m_anew, false);
    if (!change.anew) {
        change.dropped = size_t(std::min(m_first, m_taken) - m_takenFirst);
        for (const qint64 number : m_dirty) {
            if (number >= m_first)
                change.changed.emplace_back(size_t(number - m_first), m_items[size_t(number - m_first)]);
        }
        std::sort(change.changed.begin(), change.changed.end(), [](auto &a, auto &b) { return a.first < b.first; });
    }
    const qint64 from = change.anew ? m_first : std::max(m_taken, m_first);
    change.added.assign(m_items.begin() + (from - m_first), m_items.end());
    m_dirty.clear();
    m_takenFirst = m_first;
    m_taken = m_first + qint64(m_items.size());
    return change;
}

} // namespace coppice::ui
