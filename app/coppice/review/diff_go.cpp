// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_go.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::ui {

namespace {
constexpr size_t MostPlaces = 50;
} // namespace

DiffGo::DiffGo(QObject *parent) : QObject(parent), m_places({"text", "folder", "where", "file", "line", "hunk", "spoken"}) { }

void DiffGo::setView(ReviewView *view)
{
    if (m_view == view)
        return;
    m_view = view;
    if (m_view) {
        connect(m_view, &ReviewView::countsChanged, this, &DiffGo::fill);
        connect(m_view, &ReviewView::fileChanged, this, &DiffGo::fill);
    }
    fill();
}

void DiffGo::setText(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    fill();
}

DiffGo::Wanted DiffGo::wantedBy(const QString &text)
{
    Wanted wanted;
    QString path = text.trimmed();
    static const QRegularExpression place(QStringLiteral("([:#])([^:#/]*)$"));
    if (const auto match = place.match(path); match.hasMatch()) {
        bool number = false;
        const int value = match.captured(2).trimmed().toInt(&number);
        (match.captured(1) == u':' ? wanted.line : wanted.hunk) = value;
        wanted.wrong = !match.captured(2).trimmed().isEmpty() && (!number || value < 1);
        path.truncate(match.capturedStart());
    }
    wanted.parts = path.split(u' ', Qt::SkipEmptyParts);
    return wanted;
}

int DiffGo::fits(const QString &path, const QStringList &parts)
{
    const QString name = path.mid(path.lastIndexOf(u'/') + 1);
    int points = 1;
    for (const auto &part : parts) {
        if (!path.contains(part, Qt::CaseInsensitive))
            return 0;
        points += name.compare(part, Qt::CaseInsensitive) == 0         ? 8
            : name.startsWith(part, Qt::CaseInsensitive)              ? 4
            : name.contains(part, Qt::CaseInsensitive)                ? 2
            : path.startsWith(part, Qt::CaseInsensitive)              ? 1
                                                                      : 0;
    }
    return points;
}

void DiffGo::fill()
{
    std::vector<Record> rows;
    m_told.clear();
    const auto wanted = wantedBy(m_text);
    if (m_view && wanted.wrong) {
        m_told = tr("A number goes after : (a line) and # (a hunk).");
    } else if (m_view) {
        struct Fit {
            int points = 0, file = 0;
        };
        std::vector<Fit> found;
        const auto &files = m_view->filePatches();
        for (int i = 0; i < int(files.size()); ++i) {
            const bool here = wanted.parts.isEmpty() && (wanted.line > 0 || wanted.hunk > 0);
            const int points = here ? (i == m_view->fileIndex() ? 1 : 0) : fits(QString::fromUtf8(files[size_t(i)].path), wanted.parts);
            if (points > 0)
                found.push_back({points, i});
        }
        std::ranges::stable_sort(found, std::greater(), &Fit::points);
        for (const auto &fit : found) {
            const auto &file = files[size_t(fit.file)];
            const bool known = !file.hunks.empty(); // else its hunks are still being read
            if (wanted.hunk > int(file.hunks.size()) && known) {
                m_told = tr("%1 has %n hunk(s).", nullptr, int(file.hunks.size())).arg(QString::fromUtf8(file.path));
                continue;
            }
            const QString path = QString::fromUtf8(file.path);
            const qsizetype slash = path.lastIndexOf(u'/');
            const QString where = wanted.line > 0 ? tr("line %1").arg(wanted.line)
                : wanted.hunk > 0                 ? tr("hunk %1").arg(wanted.hunk)
                : known                           ? tr("%n hunk(s)", nullptr, int(file.hunks.size()))
                                                  : QString();
            rows.push_back({path, {path.mid(slash + 1), path.left(std::max<qsizetype>(0, slash)), where, fit.file, wanted.line, wanted.hunk,
                                   QStringList{path, where}.join(QStringLiteral(", "))}});
            if (rows.size() == MostPlaces)
                break;
        }
        if (rows.empty() && m_told.isEmpty())
            m_told = tr("No file of this patch has that in its path.");
        if (!rows.empty())
            m_told.clear();
    }
    m_places.setRecords(std::move(rows));
    Q_EMIT changed();
}

bool DiffGo::go(int row)
{
    if (!m_view || row < 0 || row >= m_places.count())
        return false;
    m_view->goTo(m_places.value(row, "file").toInt(), m_places.value(row, "line").toInt(), m_places.value(row, "hunk").toInt() - 1);
    return true;
}

} // namespace coppice::ui
