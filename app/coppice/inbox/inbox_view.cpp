// SPDX-License-Identifier: GPL-3.0-or-later
// The list: what it shows, which line is current, which are marked.
#include "inbox_view.h"

#include "shell/app_session.h"
#include "shell/screens.h"

#include <base/clock.h>
#include <base/counted.h>

#include <QDateTime>

namespace coppice::ui {

using namespace Qt::StringLiterals;

static const Screen screen("inbox", 30, "Inbox", "Errors from production and the tickets made of them");

namespace {
constexpr int AllSection = 4;
} // namespace

InboxView::InboxView(QObject *parent)
    : QObject(parent), m_searches({"name", "query"}), m_reader(std::make_shared<InboxReader>()), m_picture(std::make_shared<InboxPicture>())
{
    const auto *app = AppSession::instance();
    connect(app, &AppSession::stateChanged, this, &InboxView::fill);
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &entity) {
        if (name == screen.name && !entity.isEmpty() && !entity.endsWith(u':'))
            follow(entity);
    });
    connect(&m_list, &InboxListModel::markedChanged, this, &InboxView::targetsChanged);
    connect(&m_list, &QAbstractItemModel::modelReset, this, &InboxView::drawnAnew);
    fill();
}

InboxView::~InboxView()
{
    if (m_active)
        leave();
}

void InboxView::follow(const QString &entity)
{
    m_wanted = entity;
    m_list.clearMarks();
    if (m_list.rowOf(entity) >= 0 && m_filter.isEmpty()) {
        settle();
        return;
    }
    m_filter.clear();
    if (m_list.rowOf(entity) < 0)
        m_section = AllSection;
    Q_EMIT wishChanged();
    fill();
}

void InboxView::readLookedFirst()
{
    const QString library = AppSession::instance()->libraryPath();
    m_library = library;
    m_reading = true;
    AppSession::instance()->worker().read(
        this, [library] { return readLooked(library); },
        [this, library](const Looked &looked) {
            m_reading = false;
            if (library == m_library) {
                m_looked = looked;
                m_order = tickets::inboxOrderFrom(looked.order).value_or(m_order);
                Q_EMIT wishChanged();
            }
            fill();
        });
}

/// Asks a worker for the list, one at a time; what changes meanwhile is asked for after it.
void InboxView::fill()
{
    auto *app = AppSession::instance();
    if (m_reading) {
        m_again = true;
        return;
    }
    if (!app->session() || !app->state()) {
        m_loaded = false;
        m_library.clear();
        m_reader = std::make_shared<InboxReader>();
        show(std::make_shared<InboxPicture>());
        return;
    }
    if (m_library != app->libraryPath()) {
        readLookedFirst();
        return;
    }
    m_reading = true;
    const InboxWish wish{app->state(), InboxReader::sections()[m_section], m_filter, m_order, m_looked.at, m_looked.events, me()};
    app->worker().read(
        this, [session = app->session(), reader = m_reader, wish] { return reader->read(*session, wish); },
        [this, library = m_library](Result<InboxPicturePtr> picture) {
            m_reading = false;
            if (library == AppSession::instance()->libraryPath()) {
                m_error = picture ? ErrorInfo() : ErrorInfo(picture.error());
                m_loaded = true;
                if (picture)
                    show(std::move(*picture));
                else
                    Q_EMIT listChanged();
            }
            if (std::exchange(m_again, false))
                fill();
        });
}

void InboxView::show(InboxPicturePtr picture)
{
    m_picture = std::move(picture);
    m_list.setPicture(m_picture);
    std::vector<Record> searches;
    for (const auto &search : m_picture->searches)
        searches.push_back({search.name, {search.name, search.query}});
    m_searches.setRecords(std::move(searches));
    settle();
    Q_EMIT listChanged();
}

/// The current line may have become another's (a group's ticket), or be gone: then its neighbour is.
void InboxView::settle()
{
    int row = m_wanted.isEmpty() ? -1 : m_list.rowOf(m_wanted);
    if (row >= 0)
        m_wanted.clear();
    if (row < 0)
        row = m_list.rowOf(m_current);
    for (const auto &group : std::as_const(m_currentGroups)) {
        if (row < 0)
            row = m_list.rowOf(u"group:"_s + group);
    }
    if (row < 0)
        row = std::min(m_currentRow, m_list.count() - 1);
    setCurrent(m_list.keyAt(row));
}

void InboxView::setCurrent(const QString &key)
{
    const QString before = std::exchange(m_current, key);
    const int row = m_list.indexOf(key);
    const auto *entry = m_list.at(row);
    m_currentRow = std::max(0, row);
    m_currentGroups = entry ? entry->groups : QStringList();
    m_detail.setEntry(entry);
    Q_EMIT currentMoved();
    if (before != key)
        Q_EMIT targetsChanged();
}

QString InboxView::search() const
{
    for (const auto &search : m_picture->searches) {
        if (search.query == m_filter.trimmed())
            return search.name;
    }
    return {};
}

QList<int> InboxView::counts() const
{
    return {m_picture->counts.begin(), m_picture->counts.end()};
}

void InboxView::setSection(int section)
{
    if (section < 0 || section >= InboxReader::sections().size() || m_section == section)
        return;
    m_section = section;
    m_list.clearMarks();
    Q_EMIT wishChanged();
    fill();
}

void InboxView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT wishChanged();
    fill();
}

void InboxView::setOrder(int order)
{
    if (order < 0 || order > int(tickets::InboxOrder::Priority) || order == int(m_order))
        return;
    m_order = tickets::InboxOrder(order);
    Q_EMIT wishChanged();
    keepLooked();
    fill();
}

void InboxView::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    if (!active)
        leave();
    m_detail.setActive(active);
    Q_EMIT activeChanged();
}

/// What stood in the list when it was left has been looked at; what came after it was read has not.
void InboxView::leave()
{
    if (!m_loaded || m_library.isEmpty())
        return;
    m_looked.at = nowMs();
    m_looked.events = m_picture->newestEvent;
    keepLooked();
}

void InboxView::keepLooked()
{
    if (m_library.isEmpty())
        return;
    m_looked.order = nameOf(m_order);
    AppSession::instance()->worker().read(
        AppSession::instance(),
        [library = m_library, looked = m_looked] {
            writeLooked(library, looked);
            return true;
        },
        [](bool) {});
}

void InboxView::lookedNow()
{
    leave();
    fill();
    AppSession::instance()->toasts()->tell(tr("All of it counts as looked at."));
}

void InboxView::pick(int row)
{
    m_wanted.clear();
    m_anchor.clear();
    setCurrent(m_list.keyAt(row));
}

void InboxView::extendTo(int row)
{
    if (row < 0 || row >= m_list.count())
        return;
    if (m_list.indexOf(m_anchor) < 0)
        m_anchor = m_current;
    const int anchor = m_list.indexOf(m_anchor), before = m_list.indexOf(m_current);
    // What was marked from the anchor on and is not in between any more loses its mark.
    if (anchor >= 0 && before >= 0 && before != anchor)
        m_list.mark(std::min(anchor, before), std::max(anchor, before), false);
    m_list.mark(std::min(anchor, row), std::max(anchor, row), true);
    setCurrent(m_list.keyAt(row));
}

void InboxView::extendBy(int rows)
{
    if (m_list.count() > 0)
        extendTo(std::clamp(currentIndex() + rows, 0, m_list.count() - 1));
}

void InboxView::toggle(int row)
{
    if (row < 0 || row >= m_list.count())
        return;
    m_list.mark(row, row, !m_list.isMarked(row));
    m_anchor = m_list.keyAt(row);
    setCurrent(m_anchor);
}

void InboxView::markAll()
{
    m_list.mark(0, m_list.count() - 1, true);
}

void InboxView::clearMarks()
{
    m_anchor.clear();
    m_list.clearMarks();
}

QStringList InboxView::targetKeys() const
{
    if (m_list.marked() > 0)
        return m_list.markedKeys();
    return m_current.isEmpty() ? QStringList() : QStringList{m_current};
}

int InboxView::targets() const
{
    return m_list.marked() > 0 ? m_list.marked() : m_current.isEmpty() ? 0 : 1;
}

QString InboxView::targetsText() const
{
    if (m_list.marked() > 0)
        return counted(m_list.marked(), tr("marked line"), tr("marked lines"));
    const auto *entry = m_list.at(currentIndex());
    return entry ? QString(entry->plugin + u": "_s + entry->title) : QString();
}

QString InboxView::me() const
{
    return Actor::self().name;
}

double InboxView::tomorrow(int days, int hour) const
{
    return double(QDateTime(QDate::currentDate().addDays(days), QTime(hour, 0)).toMSecsSinceEpoch());
}

} // namespace coppice::ui
