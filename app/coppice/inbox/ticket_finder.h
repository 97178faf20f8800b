// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "entry_detail.h"

namespace coppice::ui {

/// Finds the ticket that others double: by words; before any are typed, those most like the current line, then the newest.
class TicketFinder : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::EntryDetail *detail MEMBER m_detail) ///< of the line that it is looked for
    Q_PROPERTY(coppice::ui::RecordModel *results READ results CONSTANT) ///< text, note, status, tone, icon
    Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
public:
    explicit TicketFinder(QObject *parent = nullptr);
    [[nodiscard]] RecordModel *results() { return &m_results; }
    [[nodiscard]] QString query() const { return m_query; }
    void setQuery(const QString &query);
    Q_INVOKABLE void find();

Q_SIGNALS:
    void queryChanged();

private:
    RecordModel m_results;
    EntryDetail *m_detail = nullptr;
    QString m_query;
};

} // namespace coppice::ui
