// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <journal/approval.h>

#include <QElapsedTimer>
#include <QTimer>

namespace coppice::ui {

/// What waits for a person's answer, over all runs or about one: the oldest first. An answer takes its question off the
/// list at once; where it cannot be written the question comes back, with the error.
class ApprovalsView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString subject MEMBER m_subject WRITE setSubject NOTIFY subjectChanged) ///< "run:…"; empty: everything
    Q_PROPERTY(bool everything MEMBER m_everything WRITE setEverything NOTIFY subjectChanged)
    Q_PROPERTY(coppice::ui::RecordModel *waiting READ waiting CONSTANT)
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY changed)
    Q_PROPERTY(QString current READ current NOTIFY changed)
    Q_PROPERTY(QString about READ about NOTIFY changed)     ///< entity that asks, or the fact behind a proposal; empty: none
    Q_PROPERTY(QString plugin READ plugin NOTIFY changed)
    Q_PROPERTY(QString work READ work NOTIFY changed)       ///< playbook by client, of a run
    Q_PROPERTY(QString kind READ kind NOTIFY changed)       ///< permission, step, ship, proposal
    Q_PROPERTY(QString toolKind READ toolKind NOTIFY changed)
    Q_PROPERTY(QString title READ title NOTIFY changed)
    Q_PROPERTY(QString command READ command NOTIFY changed)
    Q_PROPERTY(QString paths READ paths NOTIFY changed) ///< a line each
    Q_PROPERTY(QString input READ input NOTIFY changed)
    Q_PROPERTY(QStringList options READ options NOTIFY changed)
    Q_PROPERTY(bool tainted READ tainted NOTIFY changed)
    Q_PROPERTY(double askedAt READ askedAt NOTIFY changed)
    Q_PROPERTY(double expires READ expires NOTIFY changed)
    Q_PROPERTY(QString message READ message WRITE setMessage NOTIFY messageChanged) ///< told with the answer
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY errorChanged)
public:
    explicit ApprovalsView(QObject *parent = nullptr);

    void setSubject(const QString &subject);
    void setEverything(bool everything);
    [[nodiscard]] RecordModel *waiting() { return &m_waiting; }
    [[nodiscard]] int count() const { return m_waiting.count(); }
    [[nodiscard]] int currentIndex() const { return m_waiting.indexOf(m_current); }
    [[nodiscard]] QString current() const { return m_current; }
    [[nodiscard]] QString about() const;
    [[nodiscard]] QString plugin() const { return m_shown.plugin; }
    [[nodiscard]] QString work() const { return m_work; }
    [[nodiscard]] QString kind() const { return m_current.isEmpty() ? QString() : nameOf(m_shown.kind); }
    [[nodiscard]] QString toolKind() const;
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString command() const;
    [[nodiscard]] QString paths() const;
    [[nodiscard]] QString input() const;
    [[nodiscard]] QStringList options() const;
    [[nodiscard]] bool tainted() const { return m_shown.tainted; }
    [[nodiscard]] double askedAt() const { return double(m_shown.askedAt); }
    [[nodiscard]] double expires() const { return double(m_shown.expires); }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] QString message() const { return m_message; }
    void setMessage(const QString &message);

    Q_INVOKABLE void pick(int row);
    /// Answers the current question with one of its options, by number. One that came into its place only just now is left
    /// alone: the key was meant for the one before.
    Q_INVOKABLE void answer(int option);
    Q_INVOKABLE void dismissError();
    /// True for the option that refuses.
    Q_INVOKABLE bool refuses(int option) const;
    /// An option as a button says it.
    Q_INVOKABLE static QString optionText(const QString &option);

Q_SIGNALS:
    void subjectChanged();
    void changed();
    void errorChanged();
    void messageChanged();

private:
    void fill();
    void show(const QString &id);
    [[nodiscard]] bool isAsked(const journal::Approval &approval) const;

    RecordModel m_waiting;
    QString m_subject, m_current, m_work, m_message;
    journal::Approval m_shown; ///< the current one
    QStringList m_answered;    ///< here, and perhaps not written yet
    ErrorInfo m_error;
    QTimer m_expiry;
    QElapsedTimer m_inSight;   ///< since when the current one is the current one
    bool m_everything = false;
};

} // namespace coppice::ui
