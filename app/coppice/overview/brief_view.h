// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <engine/session.h>
#include <manager/brief.h>

namespace coppice::ui {

/// The last brief of the library: what changed, what is at risk, what is proposed; and how to get a new one.
class BriefView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *rows READ rows CONSTANT) ///< section, text, why, link, tone, icon, outside, facts
    Q_PROPERTY(int current READ current NOTIFY changed)
    Q_PROPERTY(bool given READ given NOTIFY changed) ///< there is one
    Q_PROPERTY(double at READ at NOTIFY changed)
    Q_PROPERTY(bool loading READ loading NOTIFY changed)
    Q_PROPERTY(bool wording READ wording NOTIFY changed) ///< a client is asked
    Q_PROPERTY(QString schedule READ schedule NOTIFY changed) ///< when the next one is given by itself; empty: never
    Q_PROPERTY(bool scheduled READ scheduled NOTIFY changed) ///< this one was
    Q_PROPERTY(QStringList clients READ clients NOTIFY changed) ///< that could word it
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
public:
    explicit BriefView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *rows() { return &m_rows; }
    [[nodiscard]] int current() const { return m_rows.indexOf(m_current); }
    [[nodiscard]] bool given() const { return m_given; }
    [[nodiscard]] double at() const { return double(m_at); }
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] bool wording() const { return m_wording; }
    [[nodiscard]] QString schedule() const { return m_schedule; }
    [[nodiscard]] bool scheduled() const { return m_brief.due > 0; }
    [[nodiscard]] QStringList clients() const;

    Q_INVOKABLE void make(); ///< a new one, which is kept and asks what it proposes
    Q_INVOKABLE void word(const QString &client); ///< has a client tell the brief in words, in the background
    Q_INVOKABLE void pick(int row);
    /// To the n-th fact (from 0) that a sentence stands on; false where there is none.
    Q_INVOKABLE bool openFact(int row, int n);
    /// To the fact behind a claim, or to the questions where a proposal waits for its answer; true for the latter.
    Q_INVOKABLE bool open(int row);

Q_SIGNALS:
    void changed();

private:
    struct Loaded {
        QString mark;
        std::optional<manager::Brief> brief;
        QString schedule;
    };
    static Result<Loaded> read(engine::Session &session, const QString &known);
    void load();
    void fill(const manager::Brief &brief);

    RecordModel m_rows;
    QString m_current, m_library, m_mark, m_schedule;
    manager::Brief m_brief;
    qint64 m_at = 0;
    ErrorInfo m_error;
    bool m_given = false, m_loading = false, m_wording = false, m_reading = false;
};

} // namespace coppice::ui
