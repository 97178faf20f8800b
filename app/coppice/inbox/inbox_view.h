// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "entry_detail.h"
#include "inbox_list_model.h"
#include "looked.h"
#include "shell/error_info.h"

#include <tickets/inbox_acts.h>

#include <QTimer>

namespace coppice::ui {

/// The inbox: error groups and tickets in one list, one of them closely, and what is decided about one or many of them.
/// Everything is read on workers; each decision has one way back.
class InboxView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::InboxListModel *list READ list CONSTANT)
    Q_PROPERTY(coppice::ui::EntryDetail *detail READ detail CONSTANT) ///< of the current line
    Q_PROPERTY(coppice::ui::RecordModel *searches READ searches CONSTANT) ///< that are kept: name, query
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged) ///< on view; leaving it is having looked
    Q_PROPERTY(int section READ section WRITE setSection NOTIFY wishChanged) ///< open, to triage, mine, snoozed, all
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY wishChanged)
    Q_PROPERTY(int order READ order WRITE setOrder NOTIFY wishChanged) ///< last, first, events, users, priority
    Q_PROPERTY(QString search READ search NOTIFY listChanged)       ///< the kept search that the filter is, if it is one
    Q_PROPERTY(QString problem READ problem NOTIFY listChanged)     ///< what of the filter cannot be read
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY listChanged) ///< why the list cannot be read
    Q_PROPERTY(bool loaded READ loaded NOTIFY listChanged)          ///< the list has been read once
    Q_PROPERTY(QList<int> counts READ counts NOTIFY listChanged)    ///< of the sections
    Q_PROPERTY(int fresh READ fresh NOTIFY listChanged)             ///< lines that are new or grew since somebody looked
    Q_PROPERTY(int all READ all NOTIFY listChanged)
    Q_PROPERTY(double lookedAt READ lookedAt NOTIFY listChanged)    ///< ms; 0: never
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY currentMoved)
    Q_PROPERTY(int targets READ targets NOTIFY targetsChanged)      ///< lines that a decision is about
    Q_PROPERTY(bool marking READ marking NOTIFY targetsChanged)     ///< they are the marked ones
    Q_PROPERTY(bool working READ working NOTIFY workingChanged)     ///< a decision is being carried out
public:
    explicit InboxView(QObject *parent = nullptr);
    ~InboxView() override;

    [[nodiscard]] InboxListModel *list() { return &m_list; }
    [[nodiscard]] EntryDetail *detail() { return &m_detail; }
    [[nodiscard]] RecordModel *searches() { return &m_searches; }
    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] int section() const { return m_section; }
    void setSection(int section);
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] int order() const { return int(m_order); }
    void setOrder(int order);
    [[nodiscard]] QString search() const;
    [[nodiscard]] QString problem() const { return m_picture->problems.value(0); }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] bool loaded() const { return m_loaded; }
    [[nodiscard]] QList<int> counts() const;
    [[nodiscard]] int fresh() const { return m_picture->fresh; }
    [[nodiscard]] int all() const { return m_picture->all; }
    [[nodiscard]] double lookedAt() const { return double(m_looked.at); }
    [[nodiscard]] int currentIndex() const { return m_list.indexOf(m_current); }
    [[nodiscard]] int targets() const;
    [[nodiscard]] bool marking() const { return m_list.marked() > 0; }
    [[nodiscard]] bool working() const { return m_working > 0; }

    // Moving and marking
    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void extendTo(int row); ///< marks all from where marking began
    Q_INVOKABLE void extendBy(int rows);
    Q_INVOKABLE void toggle(int row);   ///< marks, or takes the mark off
    Q_INVOKABLE void markAll();
    Q_INVOKABLE void clearMarks();
    Q_INVOKABLE void lookedNow();       ///< all there is has been looked at

    // What is decided about the marked lines, else the current one
    Q_INVOKABLE void makeTicket();
    Q_INVOKABLE void accept();
    Q_INVOKABLE void decline(const QString &reason);
    Q_INVOKABLE void duplicate(const QString &of); ///< id of the ticket that they double
    Q_INVOKABLE void snooze(double until, int events, bool nextRelease);
    Q_INVOKABLE void reopen();
    Q_INVOKABLE void assign(const QString &who);
    Q_INVOKABLE void mute(int row, int hours, int events); ///< row: of the detail's choices; -1: all events
    Q_INVOKABLE void unmute();
    Q_INVOKABLE void merge();
    Q_INVOKABLE void split(int row);
    Q_INVOKABLE void comment(const QString &text);
    Q_INVOKABLE void newTicket(const QString &plugin, const QString &title, const QString &text);
    Q_INVOKABLE void undoRule(const QString &operation, const QString &what);

    Q_INVOKABLE void useSearch(int row);
    Q_INVOKABLE void saveSearch(const QString &name); ///< the filter
    Q_INVOKABLE void renameSearch(const QString &before, const QString &name);
    Q_INVOKABLE void removeSearch(const QString &name);
    [[nodiscard]] Q_INVOKABLE QString targetsText() const; ///< "the ticket \"…\"", "12 lines"
    [[nodiscard]] Q_INVOKABLE QString me() const;
    [[nodiscard]] Q_INVOKABLE double tomorrow(int days, int hour) const; ///< ms

Q_SIGNALS:
    void activeChanged();
    void wishChanged();
    void listChanged();
    void currentMoved();
    void targetsChanged();
    void workingChanged();
    void drawnAnew(); ///< the list was put in another order: scroll to what is current

private:
    using Work = std::function<Result<tickets::InboxDeed>(tickets::InboxActs &, const QStringList &, const tickets::InboxWay &)>;
    using Told = std::function<QString(const tickets::InboxDeed &)>;
    void readLookedFirst();
    void fill();
    void show(InboxPicturePtr picture);
    void settle(); ///< finds the current line in a new list
    void setCurrent(const QString &key);
    void leave();
    void keepLooked();
    [[nodiscard]] QStringList targetKeys() const;
    void perform(const QString &title, const Work &work, const Told &told);
    void performed(const tickets::InboxDeed &deed, const Told &told);
    void takeBack(const tickets::InboxDeed &deed, const QString &what);
    void follow(const QString &entity);
    [[nodiscard]] QString named(const QString &one, const QString &many, const tickets::InboxDeed &deed) const;

    InboxListModel m_list;
    EntryDetail m_detail;
    RecordModel m_searches;
    std::shared_ptr<InboxReader> m_reader;
    InboxPicturePtr m_picture;
    ErrorInfo m_error;
    Looked m_looked;
    QString m_library; ///< whose looked is known
    QString m_filter, m_current, m_wanted, m_anchor;
    QStringList m_currentGroups;
    int m_currentRow = 0, m_section = 0, m_working = 0;
    tickets::InboxOrder m_order = tickets::InboxOrder::Last;
    bool m_active = false, m_loaded = false, m_reading = false, m_again = false;
};

} // namespace coppice::ui
