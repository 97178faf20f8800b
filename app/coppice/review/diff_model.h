// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_colours.h"

#include <QAbstractListModel>
#include <QCache>
#include <QHash>
#include <QSet>
#include <QtQmlIntegration/qqmlintegration.h>

#include <highlight/highlighter.h>
#include <review/aligned.h>
#include <review/reviews.h>

namespace coppice::ui {

/// One file of a patch as the rows of a view, side by side or unified: a head before each hunk, its comments, the lines,
/// and folds that can be opened. It keeps runs of rows, not rows: what a row shows is made when it is asked for. Colours
/// come later and are told by the role `stamp`, which a row draws itself anew for.
class DiffModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY linesChanged)
    Q_PROPERTY(int hunks READ hunks NOTIFY linesChanged)
    Q_PROPERTY(int currentHunk READ currentHunk NOTIFY currentHunkChanged)
    Q_PROPERTY(int digits READ digits NOTIFY linesChanged)           ///< of the longest line number
    Q_PROPERTY(double longestLine READ longestLine NOTIFY linesChanged) ///< in characters, tabs counted as four
    Q_PROPERTY(bool onlyOld READ onlyOld NOTIFY linesChanged)        ///< a deleted file: one column
    Q_PROPERTY(bool onlyNew READ onlyNew NOTIFY linesChanged)        ///< an added file: one column
    Q_PROPERTY(bool unified READ unified WRITE setUnified NOTIFY linesChanged)
    Q_PROPERTY(int whitespace READ whitespace WRITE setWhitespace NOTIFY linesChanged) ///< review::Whitespace
    Q_PROPERTY(int whitespaceHidden READ whitespaceHidden NOTIFY linesChanged) ///< changed lines shown as unchanged ones
    Q_PROPERTY(int folds READ folds NOTIFY linesChanged)
    Q_PROPERTY(bool heard READ heard NOTIFY heardChanged) ///< a screen reader is there, so that rows are to be put in words
    Q_PROPERTY(int coarseLines READ coarseLines NOTIFY linesChanged) ///< that were not compared one by one
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
    /// A row by what it shows, which stays when rows come and go.
    struct Place {
        int oldLine = 0, newLine = 0, hunk = -1;
        Kind kind = Kind::Code;
    };

    explicit DiffModel(QObject *parent = nullptr);
    ~DiffModel() override;

    using Aligned = std::shared_ptr<const review::AlignedFile>;
    void show(const review::FilePatch &file, Aligned aligned);
    /// The same file, compared anew: place and open folds stay.
    void refresh(const review::FilePatch &file, Aligned aligned);
    void clear();
    void setVerdicts(const std::vector<review::Decision> &decisions);
    void setComments(const std::vector<review::Comment> &comments);
    /// Colours of lines from `firstLine` on, from 1.
    void addSpans(bool newSide, int firstLine, const std::vector<highlight::LineSpans> &spans);
    /// The last line of a side whose colours somebody has asked for since the file was shown; 0 for none.
    [[nodiscard]] int spansAsked(bool newSide) const { return m_asked[newSide ? 1 : 0].last; }
    /// Opens a fold: `by` lines at its end (below zero: at its beginning), or all with 0.
    Q_INVOKABLE void openFold(int line, int by = 0);
    /// Opens `by` lines of the fold before a hunk, or after it with `by` below zero.
    Q_INVOKABLE void openFoldBeside(int hunk, int by);
    Q_INVOKABLE void openAllFolds();
    Q_INVOKABLE void foldAgain();
    /// Lines of the new side that a risk flag names, and blocks that were moved from or to this file (`name` says where to).
    struct Moved {
        bool newSide = false; ///< the lines stand on the new side
        int line = 0, lines = 0;
        int otherFile = 0, otherLine = 0;
        QString other; ///< what the other place is called
    };
    void setFlags(std::vector<int> lines);
    void setMoves(std::vector<Moved> moves);
    [[nodiscard]] const std::vector<int> &flagged() const { return m_flagged; }
    /// The moved block that a line is of; none for most.
    [[nodiscard]] const Moved *movedAt(bool newSide, int lineNumber) const;
    Q_INVOKABLE int moveOf(int row) const; ///< number of the moved block that a row shows; -1 for none
    [[nodiscard]] const std::vector<Moved> &moves() const { return m_moves; }
    /// Rows of lines (new side or not, number), or of the folds they are in; for the overview.
    [[nodiscard]] std::vector<int> rowsNear(const std::vector<std::pair<bool, int>> &lines) const;
    void setUnified(bool unified);
    void setWhitespace(int mode);

    /// What a row shows. Of a line that is too long to be shown at once, what begins at byte `from`.
    [[nodiscard]] std::optional<Line> line(int index, qint64 from = 0) const;
    [[nodiscard]] highlight::LineSpans spans(bool newSide, int lineNumber) const;
    [[nodiscard]] const Aligned &aligned() const { return m_aligned; }
    [[nodiscard]] const review::FilePatch &file() const { return m_file; }
    [[nodiscard]] review::Decision::Verdict verdict(int hunk) const;
    [[nodiscard]] int count() const { return m_count; }
    [[nodiscard]] int hunks() const { return int(m_file.hunks.size()); }
    [[nodiscard]] int currentHunk() const { return m_currentHunk; }
    void setCurrentHunk(int hunk);
    [[nodiscard]] QString hunkId(int hunk) const;
    Q_INVOKABLE int headOf(int hunk) const; ///< row of a hunk's head
    /// What a row has for a role by name, for rows that show more than code.
    Q_INVOKABLE QVariant value(int row, const QString &role) const;
    Q_INVOKABLE QString spokenAt(int row) const;
    [[nodiscard]] bool heard() const;
    Q_INVOKABLE int hunkAt(int line) const;
    /// Where the first long line of these rows begins to differ, in characters; -1 when there is none.
    Q_INVOKABLE double differenceIn(int firstLine, int lastLine) const;
    /// The row that shows a line; opens the fold that it is in. -1 for none.
    Q_INVOKABLE int reach(bool newSide, int lineNumber);
    [[nodiscard]] int rowOf(bool newSide, int lineNumber) const; ///< -1 when folded
    /// Keeps what a row shows across the next reset, and says where it is then.
    Q_INVOKABLE void hold(int line) { m_held = placeOf(line); }
    Q_INVOKABLE int heldRow() const;
    [[nodiscard]] Place placeOf(int line) const;
    [[nodiscard]] QStringList hunksBetween(int firstLine, int lastLine) const;
    /// The hunk as text with signs, for the clipboard.
    [[nodiscard]] QString hunkText(int hunk) const;
    [[nodiscard]] int digits() const { return m_digits; }
    [[nodiscard]] double longestLine() const { return m_aligned ? double(m_aligned->longestLine()) : 0; }
    [[nodiscard]] bool onlyOld() const { return m_file.status == review::FilePatch::Status::Deleted; }
    [[nodiscard]] bool onlyNew() const { return m_file.status == review::FilePatch::Status::Added; }
    [[nodiscard]] bool unified() const { return m_unified; }
    [[nodiscard]] int whitespace() const { return int(m_whitespace); }
    [[nodiscard]] int whitespaceHidden() const { return m_hidden; }
    [[nodiscard]] int folds() const;
    [[nodiscard]] int coarseLines() const { return m_aligned ? m_aligned->coarseLines() : 0; }

    /// Stretches of rows that are changes, for the overview: row, how many, and which kind.
    struct Stretch {
        int row = 0, rows = 0, hunk = -1;
        bool removes = false, adds = false;
    };
    [[nodiscard]] std::vector<Stretch> changes() const;
    /// Hunks that have comments.
    [[nodiscard]] QSet<QString> commented() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void linesChanged();
    void currentHunkChanged();
    void marksChanged(); ///< verdicts or comments, for the overview
    void heardChanged();
    void spansWanted();  ///< colours that are not there yet were asked for

private:
    enum class RunKind { Head, Comment, Equal, Block, Fold, Note };
    /// Rows that follow one another and are of one kind.
    struct Run {
        RunKind kind = RunKind::Equal;
        int row = 0, rows = 0;         ///< in the model
        int oldLine = 0, newLine = 0;  ///< first, of Equal and Fold
        int lines = 0;                 ///< of a Fold
        int index = 0;                 ///< of Block: first in m_shown; of Comment and Note: which
        int hunk = -1;
        int block = -1;                ///< of Block
    };
    /// A row of a block: a pair, and which of its sides.
    struct Shown {
        int pair = 0;
        qint8 side = 0; ///< 0 both, -1 old, 1 new
        bool plain = false; ///< only white space differs, and that is not to be told
    };
    struct Opened {
        int from = 0, to = 0; ///< old lines that were folded, one after the last
    };

    void reset(const review::FilePatch &file, Aligned aligned);
    void rebuild();
    void build();
    void addHead(int hunk);
    void addRun(Run run);
    void addEqual(int oldLine, int newLine, int lines, int head, int tail);
    void addLines(int oldLine, int newLine, int lines);
    void addBlock(int block);
    void showBlock(const review::AlignedFile::Block &block);
    void renumber(size_t from);
    void changeRuns(size_t at, std::vector<Run> by);
    [[nodiscard]] size_t runAt(int line) const;
    [[nodiscard]] bool isHidden(const review::AlignedFile::Pair &pair) const;
    [[nodiscard]] Line codeOf(const Run &run, int offset, qint64 from) const;
    void redraw(const QList<int> &roles);
    [[nodiscard]] QString headText(int hunk) const;
    [[nodiscard]] QString spoken(const Line &line) const;

    review::FilePatch m_file;
    Aligned m_aligned;
    std::vector<Run> m_runs;
    std::vector<Shown> m_shown;
    std::vector<Opened> m_opened;
    struct Ears;
    std::unique_ptr<Ears> m_ears;
    struct Asked {
        int first = 0, last = 0; ///< lines without colours that were drawn: `first` since colours came, `last` since the file is shown
    };
    DiffColours m_oldColours, m_newColours;
    mutable Asked m_asked[2]; ///< old side, new side
    mutable bool m_telling = false;
    QHash<QString, review::Decision> m_decisions;
    std::vector<review::Comment> m_comments;
    std::vector<int> m_flagged;
    std::vector<Moved> m_moves; ///< old side first, by line
    mutable QCache<int, std::pair<qint64, Line>> m_made{256}; ///< rows made lately, with the byte they begin at
    Place m_held;
    bool m_keeps = false; ///< the rows are of the same file as before
    int m_count = 0, m_headed = -1;
    int m_currentHunk = 0, m_digits = 2, m_stamp = 0, m_hidden = 0;
    bool m_unified = false;
    review::Whitespace m_whitespace = review::Whitespace::Show;
};

} // namespace coppice::ui
