// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_view.h"

#include "shell/app_session.h"

#include <algorithm>

namespace coppice::ui {

namespace {
constexpr qsizetype LongestLine = 4'000;
constexpr size_t MostLines = 20'000;

struct Printed {
    QStringList lines;
    qint64 leftOut = 0;
    size_t earlier = 0; ///< lines before those
};
}

CheckView::CheckView(QObject *parent) : QObject(parent), m_lines({"line"}) {}

const runs::Check *CheckView::check() const
{
    const auto found = std::ranges::find(m_run.checks, m_check, &runs::Check::id);
    return found == m_run.checks.end() ? nullptr : &*found;
}

QString CheckView::command() const
{
    const auto *shown = check();
    return shown ? shown->command : m_check;
}

QString CheckView::said() const
{
    const auto *shown = check();
    const auto passed = !shown ? std::optional<bool>() : m_side == 0 ? shown->before : shown->after;
    return !passed ? QString() : *passed ? QStringLiteral("passed") : QStringLiteral("failed");
}

QString CheckView::place() const
{
    const auto found = std::ranges::find(m_run.checks, m_check, &runs::Check::id);
    return m_run.checks.size() < 2 || found == m_run.checks.end()
               ? QString()
               : tr("%1 of %2 checks").arg(found - m_run.checks.begin() + 1).arg(m_run.checks.size());
}

void CheckView::setSide(int side)
{
    if (side == m_side || side < 0 || side > 1)
        return;
    m_side = side;
    load();
}

void CheckView::open(const QString &run, const QString &check)
{
    const auto &state = AppSession::instance()->state();
    const auto *found = state ? state->run(run) : nullptr;
    m_run = found ? *found : runs::Run();
    QString first = check;
    if (first.isEmpty() && !m_run.checks.empty()) {
        const auto failing = std::ranges::find_if(m_run.checks, [](const runs::Check &one) { return one.after && !*one.after; });
        first = (failing == m_run.checks.end() ? m_run.checks.begin() : failing)->id;
    }
    show(first);
}

void CheckView::step(int by)
{
    const auto found = std::ranges::find(m_run.checks, m_check, &runs::Check::id);
    const auto wanted = (found - m_run.checks.begin()) + by;
    if (found != m_run.checks.end() && wanted >= 0 && wanted < std::ssize(m_run.checks))
        show(m_run.checks[size_t(wanted)].id);
}

void CheckView::show(const QString &check)
{
    m_check = check;
    const auto *shown = this->check();
    const bool failsAfter = shown && shown->after && !*shown->after;
    m_side = shown && shown->before && !failsAfter && (!shown->after || !*shown->before) ? 0 : 1;
    load();
}

void CheckView::load()
{
    m_loading = true;
    m_error = {};
    m_note.clear();
    m_lines.setRecords({});
    Q_EMIT changed();
    AppSession::instance()->worker().read(
        this,
        [run = m_run, check = m_check, side = m_side]() -> Result<Printed> {
            COPPICE_TRY(const auto log, runs::readCheckLog(run, check, side == 0 ? runs::CheckSide::Before : runs::CheckSide::After));
            Printed printed{log.text.split(u'\n'), log.leftOut, 0};
            if (!printed.lines.isEmpty() && printed.lines.last().isEmpty())
                printed.lines.removeLast();
            if (size_t(printed.lines.size()) > MostLines) {
                printed.earlier = size_t(printed.lines.size()) - MostLines;
                printed.lines.remove(0, qsizetype(printed.earlier));
            }
            for (QString &line : printed.lines) {
                if (line.size() > LongestLine)
                    line = line.left(LongestLine) + QStringLiteral(" … (%L1 characters more)").arg(line.size() - LongestLine);
            }
            return printed;
        },
        [this, turn = ++m_turn](Result<Printed> printed) {
            if (turn != m_turn)
                return;
            m_loading = false;
            if (printed) {
                std::vector<Record> records;
                records.reserve(size_t(printed->lines.size()));
                for (const QString &line : printed->lines)
                    records.push_back({QString::number(records.size()), {line}});
                m_lines.setRecords(std::move(records));
                QStringList notes;
                if (printed->leftOut > 0)
                    notes << tr("%1 in the middle are left out").arg(QLocale().formattedDataSize(printed->leftOut));
                if (printed->earlier > 0)
                    notes << tr("%L1 earlier lines are left out").arg(qulonglong(printed->earlier));
                m_note = notes.join(QStringLiteral(", "));
            } else {
                m_error = ErrorInfo(printed.error());
            }
            Q_EMIT changed();
        });
}

} // namespace coppice::ui
