// SPDX-License-Identifier: GPL-3.0-or-later
#include "story_model.h"

#include "shell/worker.h"
#include "story_text.h"

#include <QFile>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int Beat = 110; ///< ms between two looks: fewer than ten changes a second
constexpr StoryBounds First{2'000, 4'000'000};
constexpr StoryBounds Most{20'000, 24'000'000};
constexpr qsizetype FoldedCharacters = 2'400;
constexpr qsizetype FoldedLines = 24;
constexpr qsizetype FoldedRaw = 8;
constexpr qsizetype FoldedDiff = 14;
constexpr qint64 LogBytes = 24 * 1024;

/// At most so many lines and characters from the front of a text.
bool cutFront(QString &text, qsizetype lines, qsizetype characters)
{
    qsizetype end = 0;
    for (qsizetype i = 0; i < lines && end >= 0; ++i) {
        end = text.indexOf(u'\n', end);
        if (end >= 0)
            ++end;
    }
    qsizetype keep = end < 0 ? text.size() : end - 1;
    keep = std::min(keep, characters);
    if (keep >= text.size())
        return false;
    text.truncate(keep);
    text += u" …"_s;
    return true;
}

/// The last lines of a text.
bool cutBack(QString &text, qsizetype lines)
{
    qsizetype from = text.size() - (text.endsWith(u'\n') ? 1 : 0);
    for (qsizetype i = 0; i < lines && from >= 0; ++i)
        from = from == 0 ? -1 : text.lastIndexOf(u'\n', from - 1);
    if (from < 0)
        return false;
    text = text.mid(from + 1);
    return true;
}

QString tailOf(const QString &path, const QString &title)
{
    QFile file(path);
    if (path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return {};
    const bool cut = file.size() > LogBytes;
    if (cut)
        file.seek(file.size() - LogBytes);
    const QString text = plainText(QString::fromUtf8(file.read(LogBytes)), LogBytes).trimmed();
    return title + u'\n' + (cut ? u"…\n"_s : QString()) + (text.isEmpty() ? StoryModel::tr("(it printed nothing)") : text);
}

} // namespace

struct StoryModel::Answer {
    StoryChange change;
    bool behind = false;
};

StoryModel::StoryModel(Worker &worker, QObject *parent) : QAbstractListModel(parent), m_worker(worker)
{
    m_timer.setInterval(Beat);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &StoryModel::look);
    start(First);
}

StoryModel::~StoryModel() = default;

void StoryModel::start(StoryBounds bounds)
{
    ++m_turn;
    m_bounds = bounds;
    m_reader = std::make_shared<StoryReader>(bounds);
    m_looking = m_again = false;
}

void StoryModel::follow(const Followed &followed, bool growing)
{
    const bool other = followed.run != m_followed.run || followed.file != m_followed.file;
    // What came between the last look and the end is still to be read.
    const bool news = other || (m_growing && !growing) || followed.state != m_followed.state;
    m_followed = followed;
    m_growing = growing;
    if (other) {
        start(First);
        m_anchor.clear();
        m_open.clear();
        m_logs.clear();
        beginResetModel();
        m_items.clear();
        endResetModel();
        m_letGo = 0;
        m_totals = {};
        m_loading = !followed.run.isEmpty();
        Q_EMIT followedChanged();
        Q_EMIT told();
        Q_EMIT totalsChanged();
    }
    if (followed.run.isEmpty())
        m_timer.stop();
    else if (news)
        look();
    else if (growing && !m_looking && !m_timer.isActive())
        m_timer.start();
}

void StoryModel::look()
{
    if (m_followed.run.isEmpty())
        return;
    if (m_looking) {
        m_again = true;
        return;
    }
    m_looking = true;
    m_timer.stop();
    m_worker.read(
        this,
        [reader = m_reader, followed = m_followed]() -> Answer {
            StorySource source{followed.file, {}, followed.checks, followed.state};
            // The journal first: a step stands in it before its first line is written.
            if (followed.session) {
                if (auto steps = runs::RunStore(followed.session->state()).steps(followed.run)->read())
                    source.journal = std::move(*steps);
            }
            Answer answer{reader->look(source), false};
            answer.behind = reader->isBehind();
            return answer;
        },
        [this, turn = m_turn](Answer answer) {
            if (turn != m_turn)
                return;
            m_looking = false;
            const bool loading = std::exchange(m_loading, answer.behind);
            apply(std::move(answer.change));
            if (loading != m_loading)
                Q_EMIT told();
            if (answer.behind || std::exchange(m_again, false))
                look();
            else if (m_growing)
                m_timer.start();
        });
}

void StoryModel::apply(StoryChange change)
{
    const bool totals = !(change.totals == m_totals);
    m_totals = std::move(change.totals);
    m_letGo = change.letGo;
    if (change.anew) {
        beginResetModel();
        m_items.assign(change.added.begin(), change.added.end());
        endResetModel();
    } else {
        if (change.dropped > 0) {
            beginRemoveRows({}, 0, int(change.dropped) - 1);
            m_items.erase(m_items.begin(), m_items.begin() + std::ptrdiff_t(change.dropped));
            endRemoveRows();
        }
        for (auto &[row, item] : change.changed) {
            if (row >= m_items.size())
                continue;
            m_items[row] = std::move(item);
            Q_EMIT dataChanged(index(int(row)), index(int(row)), {Qt::UserRole});
        }
        if (!change.added.empty()) {
            beginInsertRows({}, count(), count() + int(change.added.size()) - 1);
            for (auto &item : change.added)
                m_items.push_back(std::move(item));
            endInsertRows();
        }
    }
    if (!change.empty())
        Q_EMIT told();
    if (totals)
        Q_EMIT totalsChanged();
    if (!m_anchor.isEmpty() && !m_loading) {
        const QString key = std::exchange(m_anchor, {});
        for (int row = 0; row < count(); ++row) {
            if (m_items[size_t(row)].key == key) {
                Q_EMIT earlierLoaded(row);
                return;
            }
        }
    }
}

void StoryModel::toggle(int row)
{
    const auto *item = at(row);
    if (!item)
        return;
    if (!m_open.remove(item->key)) {
        m_open.insert(item->key);
        if (item->kind == u"check")
            loadLogs(*item);
    }
    Q_EMIT dataChanged(index(row), index(row), {Qt::UserRole});
}

void StoryModel::foldAll()
{
    m_open.clear();
    if (count() > 0)
        Q_EMIT dataChanged(index(0), index(count() - 1), {Qt::UserRole});
}

void StoryModel::loadLogs(const StoryItem &item)
{
    m_worker.read(
        this,
        [logs = item.locations] {
            const QStringList both{tailOf(logs.value(0), tr("── before ──")), tailOf(logs.value(1), tr("── after ──"))};
            return both.filter(QStringLiteral("──")).join(u"\n\n"_s);
        },
        [this, key = item.key, turn = m_turn](const QString &text) {
            if (turn != m_turn)
                return;
            m_logs[key] = text.isEmpty() ? tr("Its logs are not there any more.") : text;
            for (int row = count() - 1; row >= 0; --row) {
                if (m_items[size_t(row)].key == key)
                    Q_EMIT dataChanged(index(row), index(row), {Qt::UserRole});
            }
        });
}

bool StoryModel::hasEarlier() const
{
    return m_letGo > 0 && m_bounds.items < Most.items;
}

void StoryModel::loadEarlier()
{
    if (!hasEarlier() || m_items.empty())
        return;
    const QString anchor = m_items.front().key;
    start({std::min(m_bounds.items * 4, Most.items), std::min(m_bounds.characters * 3, Most.characters)});
    m_anchor = anchor;
    m_loading = true;
    Q_EMIT told();
    look();
}

QString StoryModel::planNow() const
{
    const auto now = m_totals.planStates.indexOf(u"in_progress");
    return now >= 0 ? m_totals.plan.value(now) : QString();
}

int StoryModel::contextPercent() const
{
    if (m_totals.contextSize <= 0)
        return -1;
    return int(std::clamp<qint64>(100 * m_totals.contextUsed / m_totals.contextSize, 0, 100));
}

const StoryItem *StoryModel::at(int row) const
{
    return row >= 0 && row < count() ? &m_items[size_t(row)] : nullptr;
}

qsizetype StoryModel::weight() const
{
    qsizetype sum = 0;
    for (const auto &item : m_items)
        sum += item.weight();
    return sum;
}

StoryItem StoryModel::folded(const StoryItem &item) const
{
    StoryItem shown = item;
    shown.open = m_open.contains(item.key);
    if (item.kind == u"check") {
        shown.output = shown.open ? m_logs.value(item.key) : QString();
    } else if (item.kind == u"tool") {
        if (!shown.open) {
            shown.input.clear();
            shown.output.clear();
        }
    } else if (item.kind == u"raw") {
        if (shown.text.endsWith(u'\n'))
            shown.text.chop(1);
        QString cut = shown.text;
        shown.more = cutBack(cut, FoldedRaw);
        if (!shown.open)
            shown.text = cut;
    } else if (item.kind == u"diff") {
        shown.more = item.entries.size() > FoldedDiff + 2;
        if (shown.more && !shown.open)
            shown.entries = item.entries.mid(0, FoldedDiff);
    } else if (item.kind != u"plan" && item.kind != u"permission") {
        shown.text = shown.text.trimmed();
        QString cut = shown.text;
        shown.more = cutFront(cut, FoldedLines, FoldedCharacters);
        if (!shown.open)
            shown.text = cut;
    }
    return shown;
}

int StoryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant StoryModel::data(const QModelIndex &index, int role) const
{
    const auto *item = index.isValid() && role == Qt::UserRole ? at(index.row()) : nullptr;
    return item ? QVariant::fromValue(folded(*item)) : QVariant();
}

} // namespace coppice::ui
