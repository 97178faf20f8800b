// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <health/report.h>

#include <memory>

namespace coppice::ui {

/// The health of the library: its tiers, what moved and why, who is at risk, and one plugin with its reasons.
class HealthView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(coppice::ui::RecordModel *tiers READ tiers CONSTANT)         ///< name, tone, icon, count, share, moved, on
    Q_PROPERTY(coppice::ui::RecordModel *plugins READ plugins CONSTANT)     ///< those at risk first
    Q_PROPERTY(coppice::ui::RecordModel *reasons READ reasons CONSTANT)     ///< signals of the selected plugin
    Q_PROPERTY(coppice::ui::RecordModel *movements READ movements CONSTANT) ///< of the selected plugin
    Q_PROPERTY(coppice::ui::RecordModel *moved READ moved CONSTANT)         ///< of the library
    Q_PROPERTY(coppice::ui::RecordModel *work READ work CONSTANT)           ///< what to do, by what it brings
    Q_PROPERTY(QString headline READ headline NOTIFY changed)
    Q_PROPERTY(QString movement READ movement NOTIFY changed)
    Q_PROPERTY(QString notes READ notes NOTIFY changed) ///< probes that are not well, and mistakes of the policy
    Q_PROPERTY(double measuredAt READ measuredAt NOTIFY changed)
    Q_PROPERTY(double oldestAt READ oldestAt NOTIFY changed)
    Q_PROPERTY(double unknownPercent READ unknownPercent NOTIFY changed)
    Q_PROPERTY(int total READ total NOTIFY changed)
    Q_PROPERTY(int movedTotal READ movedTotal NOTIFY changed) ///< movements since then, of which `moved` has the largest
    Q_PROPERTY(int shown READ shown NOTIFY changed)
    Q_PROPERTY(bool loading READ loading NOTIFY changed)
    Q_PROPERTY(bool measuring READ measuring NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(QString tier READ tier WRITE setTier NOTIFY filterChanged) ///< the only one shown; empty: all
    Q_PROPERTY(int sinceDays READ sinceDays WRITE setSinceDays NOTIFY filterChanged)
    Q_PROPERTY(QString current READ current WRITE setCurrent NOTIFY currentChanged)
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY currentChanged)
    Q_PROPERTY(int reasonIndex READ reasonIndex NOTIFY currentChanged)
    Q_PROPERTY(QString currentTier READ currentTier NOTIFY currentChanged)
    Q_PROPERTY(QString currentTone READ currentTone NOTIFY currentChanged)
    Q_PROPERTY(QString currentIcon READ currentIcon NOTIFY currentChanged)
    Q_PROPERTY(QString currentWhy READ currentWhy NOTIFY currentChanged)
    Q_PROPERTY(double currentPoints READ currentPoints NOTIFY currentChanged)
    Q_PROPERTY(QVariantList steps READ steps NOTIFY currentChanged)       ///< of the selected plugin, for its chart
    Q_PROPERTY(QVariantList medians READ medians NOTIFY changed)          ///< of the library
    Q_PROPERTY(double since READ since NOTIFY changed)
public:
    explicit HealthView(QObject *parent = nullptr);

    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] RecordModel *tiers() { return &m_tiers; }
    [[nodiscard]] RecordModel *plugins() { return &m_plugins; }
    [[nodiscard]] RecordModel *reasons() { return &m_reasons; }
    [[nodiscard]] RecordModel *movements() { return &m_movements; }
    [[nodiscard]] RecordModel *moved() { return &m_moved; }
    [[nodiscard]] RecordModel *work() { return &m_work; }
    [[nodiscard]] QString headline() const;
    [[nodiscard]] QString movement() const;
    [[nodiscard]] QString notes() const;
    [[nodiscard]] double measuredAt() const { return m_report ? double(m_report->at) : 0; }
    [[nodiscard]] double oldestAt() const { return m_report ? double(m_report->oldestFact) : 0; }
    [[nodiscard]] double unknownPercent() const { return m_report ? m_report->unknown / 10.0 : 0; }
    [[nodiscard]] int total() const { return m_report ? int(m_report->lines.size()) : 0; }
    [[nodiscard]] int movedTotal() const { return m_report ? int(m_report->movements.size()) : 0; }
    [[nodiscard]] int shown() const { return m_plugins.count(); }
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] bool measuring() const { return m_measuring; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] QString tier() const { return m_tier; }
    void setTier(const QString &tier);
    [[nodiscard]] int sinceDays() const { return m_sinceDays; }
    void setSinceDays(int days);
    [[nodiscard]] QString current() const { return m_current; }
    void setCurrent(const QString &id);
    [[nodiscard]] int currentIndex() const { return m_plugins.indexOf(m_current); }
    [[nodiscard]] int reasonIndex() const { return m_reasons.indexOf(m_reason); }
    [[nodiscard]] QString currentTier() const;
    [[nodiscard]] QString currentTone() const;
    [[nodiscard]] QString currentIcon() const;
    [[nodiscard]] QString currentWhy() const;
    [[nodiscard]] double currentPoints() const;
    [[nodiscard]] QVariantList steps() const { return m_steps; }
    [[nodiscard]] QVariantList medians() const { return m_medians; }
    [[nodiscard]] double since() const { return m_report ? double(m_report->since) : 0; }

    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void pickReason(int row);
    Q_INVOKABLE void pickTier(int row); ///< the same again: all
    Q_INVOKABLE void openMoved(int row); ///< the plugin of a movement, among the plugins
    Q_INVOKABLE void measure();
    Q_INVOKABLE void runChecks();  ///< set-up and tests of the selected plugin, in the sandbox
    Q_INVOKABLE void makeTicket(); ///< of the selected signal
    Q_INVOKABLE void save(const QString &path); ///< a report; its ending says which form: .pdf, .html, .csv, .json

Q_SIGNALS:
    void activeChanged();
    void changed();
    void filterChanged();
    void currentChanged();

private:
    void reload();
    void fill();
    void fillCurrent();
    [[nodiscard]] const health::ReportLine *line() const;

    RecordModel m_tiers, m_plugins, m_reasons, m_movements, m_moved, m_work;
    std::shared_ptr<const health::Report> m_report;
    ErrorInfo m_error;
    QString m_filter, m_tier, m_current, m_reason;
    QVariantList m_steps, m_medians;
    int m_sinceDays = 30, m_loads = 0;
    bool m_active = false, m_loading = false, m_measuring = false, m_stale = true, m_asked = false;
};

} // namespace coppice::ui
