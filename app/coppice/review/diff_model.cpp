// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_model.h"

#include "shell/tones.h"

#include <text/hidden.h>

#include <QAccessible>
#include <QSet>

#include <algorithm>
#include <utility>

namespace coppice::ui {

namespace {

using RowKind = review::AlignedRow::Kind;
using Verdict = review::Decision::Verdict;

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Accepted: return QStringLiteral("accepted");
    case Verdict::Rejected: return QStringLiteral("rejected");
    case Verdict::Partly: return QStringLiteral("partly");
    case Verdict::Undecided: return QStringLiteral("undecided");
    }
    return {};
}

} // namespace

/// Hears that a screen reader comes or goes.
struct DiffModel::Ears : QAccessible::ActivationObserver {
    explicit Ears(DiffModel *own) : model(own) { QAccessible::installActivationObserver(this); }
    ~Ears() { QAccessible::removeActivationObserver(this); }
    Ears(const Ears &) = delete;
    Ears &operator=(const Ears &) = delete;
    void accessibilityActiveChanged(bool) override { Q_EMIT model->heardChanged(); }
    DiffModel *model;
};

DiffModel::DiffModel(QObject *parent) : QAbstractListModel(parent), m_ears(std::make_unique<Ears>(this)) { }
DiffModel::~DiffModel() = default;

bool DiffModel::heard() const
{
    return QAccessible::isActive();
}

QVariant DiffModel::value(int row, const QString &role) const
{
    const int wanted = roleNames().key(role.toUtf8(), -1);
    const QVariant found = data(index(row), wanted);
    if (found.isValid()) // else the row has just gone
        return found;
    return wanted == HunkRole ? QVariant(-1) : wanted == AtRole ? QVariant(0.0) : QVariant(QString());
}

QString DiffModel::spokenAt(int row) const
{
    const auto shown = line(row);
    return shown ? spoken(*shown) : QString();
}

void DiffModel::show(const review::FilePatch &file, Aligned aligned)
{
    m_oldColours.clear();
    m_newColours.clear();
    m_asked[0] = m_asked[1] = {};
    m_opened.clear();
    m_flagged.clear();
    m_moves.clear();
    m_currentHunk = 0;
    m_keeps = false;
    reset(file, std::move(aligned));
    Q_EMIT currentHunkChanged();
}

void DiffModel::refresh(const review::FilePatch &file, Aligned aligned)
{
    m_keeps = true;
    reset(file, std::move(aligned));
}

void DiffModel::reset(const review::FilePatch &file, Aligned aligned)
{
    beginResetModel();
    m_file = file;
    m_aligned = std::move(aligned);
    const int most = m_aligned ? std::max(m_aligned->oldLines(), m_aligned->newLines()) : 0;
    m_digits = std::max(2, int(QString::number(most).size()));
    build();
    endResetModel();
    Q_EMIT linesChanged();
    Q_EMIT marksChanged();
}

void DiffModel::clear()
{
    show({}, {});
}

void DiffModel::redraw(const QList<int> &roles)
{
    ++m_stamp;
    if (m_count > 0)
        Q_EMIT dataChanged(index(0), index(m_count - 1), roles);
}

void DiffModel::setVerdicts(const std::vector<review::Decision> &decisions)
{
    m_decisions.clear();
    for (const auto &decision : decisions)
        m_decisions[decision.hunk] = decision;
    redraw({StampRole, VerdictRole, ReasonRole, SpokenRole});
    Q_EMIT marksChanged();
}

void DiffModel::setComments(const std::vector<review::Comment> &comments)
{
    const bool same = std::equal(comments.begin(), comments.end(), m_comments.begin(), m_comments.end(),
                                 [](auto &a, auto &b) { return a.id == b.id; });
    if (same)
        return;
    m_comments = comments;
    if (m_count > 0)
        rebuild();
    Q_EMIT marksChanged();
}

void DiffModel::addSpans(bool newSide, int firstLine, const std::vector<highlight::LineSpans> &spans)
{
    auto &colours = newSide ? m_newColours : m_oldColours;
    colours.add(firstLine, spans);
    auto &asked = m_asked[newSide ? 1 : 0];
    if (asked.first > 0 && asked.first <= colours.lines()) { // else nobody has drawn one of these lines
        asked.first = asked.last > colours.lines() ? colours.lines() + 1 : 0;
        redraw({StampRole});
    }
}

highlight::LineSpans DiffModel::spans(bool newSide, int lineNumber) const
{
    const auto &colours = newSide ? m_newColours : m_oldColours;
    if (lineNumber > colours.lines()) {
        auto &asked = m_asked[newSide ? 1 : 0];
        asked.first = asked.first == 0 ? lineNumber : std::min(asked.first, lineNumber);
        asked.last = std::max(asked.last, lineNumber);
        if (!std::exchange(m_telling, true)) // not while something is drawn
            QMetaObject::invokeMethod(const_cast<DiffModel *>(this), [this] {
                m_telling = false;
                Q_EMIT const_cast<DiffModel *>(this)->spansWanted();
            }, Qt::QueuedConnection);
    }
    return colours.of(lineNumber);
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

QStringList DiffModel::hunksBetween(int firstLine, int lastLine) const
{
    QStringList ids;
    int before = -1;
    if (m_aligned && m_aligned->isWithheld()) // a head is no look at the lines
        return ids;
    for (size_t i = runAt(std::max(0, firstLine)); i < m_runs.size() && m_runs[i].row <= lastLine; ++i) {
        const auto &run = m_runs[i];
        if ((run.kind != RunKind::Head && run.kind != RunKind::Block) || run.hunk < 0 || run.hunk == before)
            continue;
        before = run.hunk;
        if (const QString id = hunkId(run.hunk); !id.isEmpty() && !ids.contains(id))
            ids << id;
    }
    return ids;
}

QString DiffModel::hunkText(int hunk) const
{
    constexpr int MostCopied = 20'000;
    QString text = QString::fromUtf8(m_file.path) + u'\n';
    int left = MostCopied;
    const auto add = [&](const review::AlignedRow &row) {
        if (row.kind == RowKind::Context)
            text += u' ' + row.newText + u'\n';
        if (row.kind == RowKind::Changed || row.kind == RowKind::Removed)
            text += u'-' + row.oldText + u'\n';
        if (row.kind == RowKind::Changed || row.kind == RowKind::Added)
            text += u'+' + row.newText + u'\n';
    };
    if (hunk < 0 || hunk >= hunks())
        return text;
    const auto &own = m_file.hunks[size_t(hunk)];
    for (const auto &run : m_runs) {
        const bool lines = run.kind == RunKind::Equal || run.kind == RunKind::Block;
        if (!lines || (run.kind == RunKind::Block && run.hunk != hunk))
            continue;
        int from = 0, to = run.rows;
        if (run.kind == RunKind::Equal) {
            from = std::max(0, own.oldStart - run.oldLine);
            to = std::min(to, own.oldStart + own.oldLines - run.oldLine);
        }
        for (int i = from; i < to && left > 0; ++i, --left)
            add(codeOf(run, i, 0).row);
    }
    if (left == 0)
        text += tr("(the hunk goes on; copied are its first %n line(s))", nullptr, MostCopied) + u'\n';
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
    const auto said = [](const QString &text) { return text::plain(text, 2'000); };
    switch (at.kind) {
    case Kind::Head: return QString(headText(at.hunk) + QStringLiteral(", ") + verdictName(verdict(at.hunk)));
    case Kind::Comment: return tr("Comment by %1: %2").arg(at.author, at.text);
    case Kind::Fold: return tr("%n unchanged line(s) folded", nullptr, at.row.foldedLines);
    case Kind::Note: return at.row.newText;
    case Kind::Code: break;
    }
    const auto &row = at.row;
    const auto where = [&](bool newSide, int number) {
        const auto *moved = movedAt(newSide, number);
        return !moved ? QString() : QString(QStringLiteral(", ") + (newSide ? tr("moved from %1") : tr("moved to %1")).arg(moved->other));
    };
    if (row.kind == RowKind::Removed || row.kind == RowKind::Added) {
        const bool added = row.kind == RowKind::Added;
        const int number = added ? row.newLine : row.oldLine;
        return QString((added ? tr("Added line %1: %2") : tr("Removed line %1: %2")).arg(number).arg(said(added ? row.newText : row.oldText))
                       + where(added, number));
    }
    switch (row.kind) {
    case RowKind::Changed:
        return tr("Line %1 was: %2. Line %3 is: %4").arg(row.oldLine).arg(said(row.oldText)).arg(row.newLine).arg(said(row.newText));
    default: return tr("Line %1: %2").arg(row.newLine).arg(said(row.newText));
    }
}

int DiffModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant DiffModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_count)
        return {};
    const auto &run = m_runs[runAt(index.row())];
    static const QString kinds[] = {QStringLiteral("head"), QStringLiteral("comment"), QStringLiteral("code"),
                                    QStringLiteral("code"), QStringLiteral("fold"), QStringLiteral("note")};
    const auto comment = [&]() -> const review::Comment * {
        return run.kind == RunKind::Comment ? &m_comments[size_t(run.index)] : nullptr;
    };
    switch (role) {
    case KindRole: return kinds[int(run.kind)];
    case StampRole: return m_stamp;
    case HunkRole: return hunkAt(index.row());
    case TextRole:
        if (run.kind == RunKind::Head)
            return headText(run.hunk);
        if (run.kind == RunKind::Fold)
            return tr("%n unchanged line(s)", nullptr, run.lines);
        if (run.kind == RunKind::Note)
            return text::plain(m_aligned->notes().value(run.index), 8'000);
        return comment() ? text::plain(comment()->text, 8'000) : QString();
    case AuthorRole: return comment() ? comment()->author.name : QString();
    case AtRole: return comment() ? double(comment()->at) : 0.0;
    case VerdictRole: {
        const int hunk = hunkAt(index.row());
        return hunk < 0 ? QString() : verdictName(verdict(hunk));
    }
    case ReasonRole: return run.hunk < 0 ? QString() : m_decisions.value(hunkId(run.hunk)).reason;
    case CurrentRole: return hunkAt(index.row()) == m_currentHunk;
    case SpokenRole: return spoken(*line(index.row()));
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
