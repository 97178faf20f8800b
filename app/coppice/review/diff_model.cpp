// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_model.h"

#include "shell/tones.h"

#include <text/hidden.h>

namespace coppice::ui {

namespace {

using RowKind = review::AlignedRow::Kind;
using Verdict = review::Decision::Verdict;

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Accepted: return QStringLiteral("accepted");
    case Verdict::Rejected: return QStringLiteral("rejected");
    case Verdict::Undecided: return QStringLiteral("undecided");
    }
    return {};
}

bool isChange(RowKind kind)
{
    return kind == RowKind::Changed || kind == RowKind::Removed || kind == RowKind::Added;
}

int columnsOf(const QString &text)
{
    return int(text.size() + 3 * text.count(u'\t'));
}

} // namespace

DiffModel::DiffModel(QObject *parent) : QAbstractListModel(parent) { }

void DiffModel::show(const review::FilePatch &file, std::vector<review::AlignedRow> rows)
{
    beginResetModel();
    m_file = file;
    m_rows = std::move(rows);
    m_oldSpans.clear();
    m_newSpans.clear();
    m_currentHunk = 0;
    build();
    endResetModel();
    measure();
    Q_EMIT linesChanged();
    Q_EMIT currentHunkChanged();
}

void DiffModel::clear()
{
    show({}, {});
}

void DiffModel::build()
{
    m_lines.clear();
    m_lines.reserve(m_rows.size() + 2 * m_file.hunks.size());
    int headed = -1;
    for (const auto &row : m_rows) {
        if (row.hunk > headed) {
            headed = row.hunk;
            m_lines.push_back({Kind::Head, {}, row.hunk, {}, {}, 0});
            for (const auto &comment : m_comments) {
                if (comment.hunk == hunkId(row.hunk))
                    m_lines.push_back({Kind::Comment, {}, row.hunk, comment.text, comment.author.name, double(comment.at)});
            }
        }
        const Kind kind = row.kind == RowKind::Fold ? Kind::Fold : row.kind == RowKind::Note ? Kind::Note : Kind::Code;
        m_lines.push_back({kind, row, row.hunk, {}, {}, 0});
    }
    // A hunk without lines (a mode, a rename, a binary) still has its head, to be decided on.
    for (int hunk = headed + 1; hunk < hunks(); ++hunk)
        m_lines.push_back({Kind::Head, {}, hunk, {}, {}, 0});
}

void DiffModel::measure()
{
    int most = 0;
    m_longest = 0;
    for (const auto &line : m_lines) {
        most = std::max({most, line.row.oldLine, line.row.newLine});
        m_longest = std::max({m_longest, columnsOf(line.row.oldText), columnsOf(line.row.newText)});
    }
    m_digits = std::max(2, int(QString::number(most).size()));
}

void DiffModel::redraw(const QList<int> &roles)
{
    ++m_stamp;
    if (!m_lines.empty())
        Q_EMIT dataChanged(index(0), index(count() - 1), roles);
}

void DiffModel::setVerdicts(const std::vector<review::Decision> &decisions)
{
    m_decisions.clear();
    for (const auto &decision : decisions)
        m_decisions[decision.hunk] = decision;
    redraw({StampRole, VerdictRole, ReasonRole, SpokenRole});
}

void DiffModel::setComments(const std::vector<review::Comment> &comments)
{
    const bool same = std::equal(comments.begin(), comments.end(), m_comments.begin(), m_comments.end(),
                                 [](auto &a, auto &b) { return a.id == b.id; });
    if (same)
        return;
    m_comments = comments;
    if (m_rows.empty())
        return;
    beginResetModel();
    build();
    endResetModel();
    Q_EMIT linesChanged();
}

void DiffModel::setSpans(std::vector<highlight::LineSpans> oldSpans, std::vector<highlight::LineSpans> newSpans)
{
    m_oldSpans = std::move(oldSpans);
    m_newSpans = std::move(newSpans);
    redraw({StampRole});
}

void DiffModel::openFold(int at, const std::vector<review::AlignedRow> &all)
{
    const auto *fold = line(at);
    if (!fold || fold->kind != Kind::Fold || fold->row.foldedLines <= 0)
        return;
    // The folded lines follow the last line before the fold, in the file without folds.
    size_t from = 0;
    if (const auto *before = line(at - 1); before && before->kind == Kind::Code) {
        while (from < all.size() &&
               !(all[from].oldLine == before->row.oldLine && all[from].newLine == before->row.newLine))
            ++from;
        ++from;
    } else if (at > 0) {
        // Two folds never touch; a head stands right after a fold, never before one.
        return;
    }
    const size_t number = size_t(fold->row.foldedLines);
    if (from + number > all.size())
        return;
    beginRemoveRows({}, at, at);
    m_lines.erase(m_lines.begin() + at);
    endRemoveRows();
    beginInsertRows({}, at, at + int(number) - 1);
    std::vector<Line> opened;
    for (size_t i = from; i < from + number; ++i)
        opened.push_back({Kind::Code, all[i], -1, {}, {}, 0});
    m_lines.insert(m_lines.begin() + at, opened.begin(), opened.end());
    endInsertRows();
    measure();
    Q_EMIT linesChanged();
}

const DiffModel::Line *DiffModel::line(int at) const
{
    return at >= 0 && at < count() ? &m_lines[size_t(at)] : nullptr;
}

const highlight::LineSpans *DiffModel::spans(bool newSide, int lineNumber) const
{
    const auto &all = newSide ? m_newSpans : m_oldSpans;
    return lineNumber >= 1 && size_t(lineNumber) <= all.size() ? &all[size_t(lineNumber) - 1] : nullptr;
}

Verdict DiffModel::verdict(int hunk) const
{
    const auto found = m_decisions.constFind(hunkId(hunk));
    return found == m_decisions.constEnd() ? Verdict::Undecided : found->verdict;
}

void DiffModel::setCurrentHunk(int hunk)
{
    if (m_currentHunk == hunk || hunk < 0 || hunk >= std::max(1, hunks()))
        return;
    m_currentHunk = hunk;
    redraw({StampRole, CurrentRole});
    Q_EMIT currentHunkChanged();
}

QString DiffModel::hunkId(int hunk) const
{
    return hunk >= 0 && hunk < hunks() ? m_file.hunks[size_t(hunk)].id : QString();
}

int DiffModel::headOf(int hunk) const
{
    for (int i = 0; i < count(); ++i) {
        if (m_lines[size_t(i)].kind == Kind::Head && m_lines[size_t(i)].hunk == hunk)
            return i;
    }
    return -1;
}

int DiffModel::hunkAt(int at) const
{
    const auto *found = line(at);
    return found ? found->hunk : -1;
}

QStringList DiffModel::hunksBetween(int firstLine, int lastLine) const
{
    QStringList ids;
    for (int i = std::max(0, firstLine); i <= lastLine && i < count(); ++i) {
        const auto &at = m_lines[size_t(i)];
        const QString id = hunkId(at.hunk);
        const bool change = at.kind == Kind::Head || (at.kind == Kind::Code && isChange(at.row.kind));
        if (change && !id.isEmpty() && !ids.contains(id))
            ids << id;
    }
    return ids;
}

QString DiffModel::hunkText(int hunk) const
{
    QString text = QString::fromUtf8(m_file.path) + u'\n';
    for (const auto &at : m_lines) {
        if (at.hunk != hunk || at.kind != Kind::Code)
            continue;
        if (at.row.kind == RowKind::Context)
            text += u' ' + at.row.newText + u'\n';
        if (at.row.kind == RowKind::Changed || at.row.kind == RowKind::Removed)
            text += u'-' + at.row.oldText + u'\n';
        if (at.row.kind == RowKind::Changed || at.row.kind == RowKind::Added)
            text += u'+' + at.row.newText + u'\n';
    }
    return text;
}

QString DiffModel::headText(int hunk) const
{
    if (hunk < 0 || hunk >= hunks())
        return {};
    const auto &own = m_file.hunks[size_t(hunk)];
    const auto range = [](int start, int lines) {
        return lines == 1 ? QString::number(start) : QStringLiteral("%1–%2").arg(start).arg(start + lines - 1);
    };
    QString where;
    if (own.oldLines > 0 && own.newLines > 0)
        where = tr("lines %1 became %2").arg(range(own.oldStart, own.oldLines), range(own.newStart, own.newLines));
    else if (own.newLines > 0)
        where = tr("lines %1 added").arg(range(own.newStart, own.newLines));
    else if (own.oldLines > 0)
        where = tr("lines %1 removed").arg(range(own.oldStart, own.oldLines));
    else
        where = m_file.binary ? tr("binary file") : tr("no lines changed");
    return tr("Hunk %1 of %2: %3").arg(hunk + 1).arg(hunks()).arg(where);
}

QString DiffModel::spoken(const Line &at) const
{
    switch (at.kind) {
    case Kind::Head: return QString(headText(at.hunk) + QStringLiteral(", ") + verdictName(verdict(at.hunk)));
    case Kind::Comment: return tr("Comment by %1: %2").arg(at.author, at.text);
    case Kind::Fold: return tr("%n unchanged line(s) folded", nullptr, at.row.foldedLines);
    case Kind::Note: return at.row.newText.isEmpty() ? at.row.oldText : at.row.newText;
    case Kind::Code: break;
    }
    switch (at.row.kind) {
    case RowKind::Changed: return tr("Line %1 was: %2. Now: %3").arg(at.row.newLine).arg(at.row.oldText, at.row.newText);
    case RowKind::Removed: return tr("Removed line %1: %2").arg(at.row.oldLine).arg(at.row.oldText);
    case RowKind::Added: return tr("Added line %1: %2").arg(at.row.newLine).arg(at.row.newText);
    default: return tr("Line %1: %2").arg(at.row.newLine).arg(at.row.newText);
    }
}

int DiffModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant DiffModel::data(const QModelIndex &index, int role) const
{
    const auto *at = index.isValid() ? line(index.row()) : nullptr;
    if (!at)
        return {};
    static const QString kinds[] = {QStringLiteral("head"), QStringLiteral("comment"), QStringLiteral("code"),
                                    QStringLiteral("fold"), QStringLiteral("note")};
    switch (role) {
    case KindRole: return kinds[int(at->kind)];
    case StampRole: return m_stamp;
    case HunkRole: return at->hunk;
    case TextRole:
        if (at->kind == Kind::Head)
            return headText(at->hunk);
        if (at->kind == Kind::Fold)
            return tr("%n unchanged line(s)", nullptr, at->row.foldedLines);
        if (at->kind == Kind::Note)
            return at->row.newText.isEmpty() ? at->row.oldText : at->row.newText;
        return text::plain(at->text, 8'000);
    case AuthorRole: return at->author;
    case AtRole: return at->at;
    case VerdictRole: return at->hunk < 0 ? QString() : verdictName(verdict(at->hunk));
    case ReasonRole: return m_decisions.value(hunkId(at->hunk)).reason;
    case CurrentRole: return at->hunk >= 0 && at->hunk == m_currentHunk;
    case SpokenRole: return spoken(*at);
    default: return {};
    }
}

QHash<int, QByteArray> DiffModel::roleNames() const
{
    return {{KindRole, "kind"},       {StampRole, "stamp"},   {HunkRole, "hunk"},       {TextRole, "text"},
            {AuthorRole, "author"},   {AtRole, "at"},         {VerdictRole, "verdict"}, {ReasonRole, "reason"},
            {CurrentRole, "current"}, {SpokenRole, "spoken"}};
}

} // namespace coppice::ui
