// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/record_model.h"

#include <base/error.h>
#include <library/settings.h>
#include <tickets/triage_rules.h>

namespace coppice::ui {

/// The rules that triage by themselves: what each says, whether it is on, and what it did.
class RulesView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *rules READ rules CONSTANT) ///< name, when, then, on, week, ever, last
    Q_PROPERTY(coppice::ui::RecordModel *acts READ acts CONSTANT)   ///< the last ten of the current rule: text, at, undone, problem, entity
    Q_PROPERTY(int current READ current NOTIFY changed)
    Q_PROPERTY(bool loaded READ loaded NOTIFY changed)
    Q_PROPERTY(QString problems READ problems NOTIFY changed) ///< of coppice.yaml, a line each: a rule that is spelt wrong is none
public:
    explicit RulesView(QObject *parent = nullptr);
    [[nodiscard]] RecordModel *rules() { return &m_rules; }
    [[nodiscard]] RecordModel *acts() { return &m_acts; }
    [[nodiscard]] int current() const { return m_rules.indexOf(m_current); }
    [[nodiscard]] bool loaded() const { return m_loaded; }
    [[nodiscard]] QString problems() const { return m_problems; }

    Q_INVOKABLE void read();
    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void toggle(int row); ///< switches a rule off or on, for everybody
    Q_INVOKABLE void undo(const QString &act); ///< what a rule did to one group
    Q_INVOKABLE void runNow();                 ///< not at the engine's next turn

Q_SIGNALS:
    void changed();

private:
    struct Acts {
        QString rule;
        int week = 0, ever = 0;
        std::vector<tickets::TriageAction> last;
    };
    struct Read {
        std::vector<Acts> acts; ///< in the order of the rules
        QStringList off;
    };
    void show(const Read &read);
    void showActs();

    RecordModel m_rules, m_acts;
    std::vector<library::TriageRule> m_known;
    Read m_read;
    QString m_current, m_problems;
    bool m_loaded = false;
};

/// When a rule acts, and what it does then, in plain words.
[[nodiscard]] QString whenText(const library::TriageRule &rule);
[[nodiscard]] QString thenText(const library::TriageRule &rule);

} // namespace coppice::ui
