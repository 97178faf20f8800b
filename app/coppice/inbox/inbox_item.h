// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tickets/inbox.h>

#include <QList>
#include <QObject>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// A line of the inbox as the list shows it. Texts are from outside: shown as plain text.
struct InboxItem {
    Q_GADGET
    QML_VALUE_TYPE(inboxItem)
    Q_PROPERTY(QString key MEMBER key CONSTANT)
    Q_PROPERTY(QString plugin MEMBER plugin CONSTANT)
    Q_PROPERTY(QString title MEMBER title CONSTANT)
    Q_PROPERTY(QString about MEMBER about CONSTANT)
    Q_PROPERTY(QString icon MEMBER icon CONSTANT)
    Q_PROPERTY(QString iconTone MEMBER iconTone CONSTANT)
    Q_PROPERTY(QString status MEMBER status CONSTANT)
    Q_PROPERTY(QString tone MEMBER tone CONSTANT)
    Q_PROPERTY(QString statusIcon MEMBER statusIcon CONSTANT)
    Q_PROPERTY(QString assignee MEMBER assignee CONSTANT)
    Q_PROPERTY(QString snoozed MEMBER snoozed CONSTANT)
    Q_PROPERTY(QString events MEMBER events CONSTANT)
    Q_PROPERTY(QString users MEMBER users CONSTANT)
    Q_PROPERTY(QString more MEMBER more CONSTANT)
    Q_PROPERTY(QString spoken MEMBER spoken CONSTANT)
    Q_PROPERTY(QList<int> days MEMBER days CONSTANT)
    Q_PROPERTY(QString trend MEMBER trend CONSTANT)
    Q_PROPERTY(double first MEMBER first CONSTANT)
    Q_PROPERTY(double last MEMBER last CONSTANT)
    Q_PROPERTY(bool ticket MEMBER ticket CONSTANT)
    Q_PROPERTY(bool waiting MEMBER waiting CONSTANT)
    Q_PROPERTY(bool regressed MEMBER regressed CONSTANT)
    Q_PROPERTY(bool tainted MEMBER tainted CONSTANT)
    Q_PROPERTY(bool muted MEMBER muted CONSTANT)
    Q_PROPERTY(bool fresh MEMBER fresh CONSTANT)
public:
    QString key, plugin, title;
    QString about;                ///< newest release, and how many others
    QString icon, iconTone;       ///< of the level, or of the kind
    QString status, tone, statusIcon;
    QString assignee, snoozed;    ///< snoozed: until when, in words
    QString events, users;        ///< "1.2k"; empty where there are none to count
    QString more;                 ///< "new", "+12": since somebody looked last
    QString spoken;
    QString trend;                ///< the days as numbers, to be spoken
    QList<int> days;
    double first = 0, last = 0;
    bool ticket = false, waiting = false, regressed = false, tainted = false, muted = false, fresh = false;
};

[[nodiscard]] InboxItem inboxItem(const tickets::InboxEntry &entry);
/// "until 3 Jan, 09:00", "until more events come"
[[nodiscard]] QString snoozeText(const tickets::InboxEntry &entry);

} // namespace coppice::ui

Q_DECLARE_METATYPE(coppice::ui::InboxItem)
