// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_pulse.h"

#include <QObject>

namespace coppice::ui {

/// A run as a row of the list shows it.
struct RunItem {
    Q_GADGET
    QML_VALUE_TYPE(runItem)
    Q_PROPERTY(QString key MEMBER key CONSTANT)
    Q_PROPERTY(QString plugin MEMBER plugin CONSTANT)
    Q_PROPERTY(QString work MEMBER work CONSTANT)
    Q_PROPERTY(QString status MEMBER status CONSTANT)
    Q_PROPERTY(QString tone MEMBER tone CONSTANT)
    Q_PROPERTY(QString icon MEMBER icon CONSTANT)
    Q_PROPERTY(QString doing MEMBER doing CONSTANT)
    Q_PROPERTY(QString spent MEMBER spent CONSTANT)
    Q_PROPERTY(QString spoken MEMBER spoken CONSTANT)
    Q_PROPERTY(double started MEMBER started CONSTANT)
    Q_PROPERTY(double ended MEMBER ended CONSTANT)
    Q_PROPERTY(double queued MEMBER queued CONSTANT)
    Q_PROPERTY(bool working MEMBER working CONSTANT)
    Q_PROPERTY(bool tainted MEMBER tainted CONSTANT)
    Q_PROPERTY(bool replayed MEMBER replayed CONSTANT)
public:
    QString key, plugin;
    QString work; ///< playbook by client
    QString status, tone, icon;
    QString doing; ///< what it does, waits for, or came to; one line
    QString spent; ///< cost, or tokens where it is not known
    QString spoken;
    double started = 0, ended = 0, queued = 0; ///< ms
    bool working = false, tainted = false, replayed = false;
    friend bool operator==(const RunItem &, const RunItem &) = default;
};

[[nodiscard]] RunItem runItem(const runs::Run &run, const LibraryState &state, const StoryTotals *now);
/// True while something is being done for it.
[[nodiscard]] bool isWorking(runs::Run::State state);
/// "1.2k", "3.4M"
[[nodiscard]] QString shortCount(qint64 number);
/// "0.42 USD · 12k tokens"; what is not known is left out.
[[nodiscard]] QString spentText(const runs::Run &run, const StoryTotals *now);
/// How the run stands or ended, as one or two sentences.
[[nodiscard]] QString outcomeText(const runs::Run &run, const LibraryState &state);

} // namespace coppice::ui

Q_DECLARE_METATYPE(coppice::ui::RunItem)
