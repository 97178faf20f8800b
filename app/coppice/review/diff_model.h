// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QtQmlIntegration/qqmlintegration.h>

#include <highlight/highlighter.h>
#include <review/reviews.h>
#include <review/rows.h>

namespace coppice::ui {

/// One file of a patch as the rows of a side-by-side view: a head before each hunk, its comments, the aligned lines, and
/// folds that can be opened. Colours come later and are told by the role `stamp`, which a row draws itself anew for.
class DiffModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY linesChanged)
    Q_PROPERTY(int hunks READ hunks NOTIFY linesChanged)
    Q_PROPERTY(int currentHunk READ currentHunk NOTIFY currentHunkChanged)
    Q_PROPERTY(int digits READ digits NOTIFY linesChanged)           ///< of the longest line number
    Q_PROPERTY(int longestLine READ longestLine NOTIFY linesChanged) ///< in characters, tabs counted as four
    Q_PROPERTY(bool onlyOld READ onlyOld NOTIFY linesChanged)        ///< a deleted file: one column
    Q_PROPERTY(bool onlyNew READ onlyNew NOTIFY linesChanged)        ///< an added file: one column
public:
    enum class Kind { Head, Comment, Code, Fold, Note };
    struct Line {
        Kind kind = Kind::Code;
        review::AlignedRow row; ///< of Code, Fold and Note
        int hunk = -1;
        QString text; ///< of Head and Comment
        QString author;
        double at = 0;
    };
    enum Roles {
        KindRole = Qt::UserRole, ///< head, comment, code, fold, note
        StampRole,               ///< rises when the row is to be drawn anew
        HunkRole,                ///< number of the hunk, -1 for none
        TextRole,                ///< of a head, comment, fold or note
        AuthorRole,              ///< of a comment
        AtRole,                  ///< of a comment
        VerdictRole,             ///< of the row's hunk: accepted, rejected, undecided
        ReasonRole,              ///< of a rejection
        CurrentRole,             ///< the row is of the hunk that keys act on
        SpokenRole,              ///< what a screen reader says
    };

    explicit DiffModel(QObject *parent = nullptr);

    void show(const review::FilePatch &file, std::vector<review::AlignedRow> rows);
    void clear();
    void setVerdicts(const std::vector<review::Decision> &decisions);
    void setComments(const std::vector<review::Comment> &comments);
    void setSpans(std::vector<highlight::LineSpans> oldSpans, std::vector<highlight::LineSpans> newSpans);
    /// Puts the lines in the place of a fold. `all` is the file without folds.
    void openFold(int line, const std::vector<review::AlignedRow> &all);

    [[nodiscard]] const Line *line(int index) const;
    [[nodiscard]] const highlight::LineSpans *spans(bool newSide, int lineNumber) const;
    [[nodiscard]] review::Decision::Verdict verdict(int hunk) const;
    [[nodiscard]] int count() const { return int(m_lines.size()); }
    [[nodiscard]] int hunks() const { return int(m_file.hunks.size()); }
    [[nodiscard]] int currentHunk() const { return m_currentHunk; }
    void setCurrentHunk(int hunk);
    [[nodiscard]] QString hunkId(int hunk) const;
    Q_INVOKABLE int headOf(int hunk) const; ///< row of a hunk's head
    Q_INVOKABLE int hunkAt(int line) const;
    [[nodiscard]] QStringList hunksBetween(int firstLine, int lastLine) const;
    /// The hunk as text with signs, for the clipboard.
    [[nodiscard]] QString hunkText(int hunk) const;
    [[nodiscard]] int digits() const { return m_digits; }
    [[nodiscard]] int longestLine() const { return m_longest; }
    [[nodiscard]] bool onlyOld() const { return m_file.status == review::FilePatch::Status::Deleted; }
    [[nodiscard]] bool onlyNew() const { return m_file.status == review::FilePatch::Status::Added; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void linesChanged();
    void currentHunkChanged();

private:
    void build();
    void measure();
    void redraw(const QList<int> &roles);
    [[nodiscard]] QString headText(int hunk) const;
    [[nodiscard]] QString spoken(const Line &line) const;

    review::FilePatch m_file;
    std::vector<review::AlignedRow> m_rows;
    std::vector<Line> m_lines;
    std::vector<highlight::LineSpans> m_oldSpans, m_newSpans;
    QHash<QString, review::Decision> m_decisions;
    std::vector<review::Comment> m_comments;
    int m_currentHunk = 0, m_digits = 2, m_longest = 0, m_stamp = 0;
};

} // namespace coppice::ui
