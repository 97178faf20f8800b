// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_load.h"
#include "diff_model.h"
#include "shell/error_info.h"
#include "shell/record_model.h"

#include <graph/dependents.h>
#include <review/moves.h>
#include <review/risks.h>

#include <QSet>
#include <QTimer>

namespace coppice::ui {

/// A patch under review: its evidence, files, hunks, and what a person says of them; then applying it and shipping.
class ReviewView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *patches READ patches CONSTANT)
    Q_PROPERTY(bool showAll READ showAll WRITE setShowAll NOTIFY patchesChanged) ///< also shipped and closed ones
    Q_PROPERTY(int patchIndex READ patchIndex NOTIFY patchChanged)
    Q_PROPERTY(QString patch READ patch NOTIFY patchChanged) ///< id
    Q_PROPERTY(QString run READ run NOTIFY patchChanged) ///< id of the run that made the last revision; may be empty
    Q_PROPERTY(QString title READ title NOTIFY patchChanged)
    Q_PROPERTY(QString plugin READ plugin NOTIFY patchChanged)
    Q_PROPERTY(QString state READ state NOTIFY patchChanged)
    Q_PROPERTY(QString tone READ tone NOTIFY patchChanged)
    Q_PROPERTY(QString icon READ icon NOTIFY patchChanged)
    Q_PROPERTY(bool tainted READ tainted NOTIFY patchChanged)
    Q_PROPERTY(int revision READ revision NOTIFY patchChanged)
    Q_PROPERTY(QString commit READ commit NOTIFY patchChanged) ///< it was applied as
    Q_PROPERTY(bool open READ open NOTIFY patchChanged)
    Q_PROPERTY(bool canShip READ canShip NOTIFY patchChanged)
    Q_PROPERTY(bool loading READ loading NOTIFY contentChanged)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY contentChanged)
    Q_PROPERTY(coppice::ui::RecordModel *evidence READ evidence CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *checks READ checks CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *flags READ flags CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *files READ files CONSTANT)
    Q_PROPERTY(int fileIndex READ fileIndex NOTIFY fileChanged)
    Q_PROPERTY(QString filePath READ filePath NOTIFY fileChanged)
    Q_PROPERTY(QString fileNote READ fileNote NOTIFY fileChanged) ///< renamed from, binary, too large, no colours
    Q_PROPERTY(coppice::ui::DiffModel *diff READ diff CONSTANT)
    Q_PROPERTY(coppice::ui::DiffLoad *diffLoad READ diffLoad CONSTANT)
    Q_PROPERTY(bool counting READ counting NOTIFY countsChanged) ///< hunks of some files have not been looked at yet
    Q_PROPERTY(int hunks READ hunks NOTIFY countsChanged)
    Q_PROPERTY(int accepted READ accepted NOTIFY countsChanged)
    Q_PROPERTY(int rejected READ rejected NOTIFY countsChanged)
    Q_PROPERTY(int undecided READ undecided NOTIFY countsChanged)
    Q_PROPERTY(int unseenAccepted READ unseenAccepted NOTIFY countsChanged) ///< accepted and never shown
    Q_PROPERTY(int unseen READ unseen NOTIFY countsChanged)
    Q_PROPERTY(int viewed READ viewed NOTIFY countsChanged) ///< marked as read by a person
    Q_PROPERTY(bool currentViewed READ currentViewed NOTIFY countsChanged)
    /// Only what is new since this revision is shown; 0: the whole patch. Verdicts are given on the whole patch.
    Q_PROPERTY(int since READ since NOTIFY patchChanged)
    Q_PROPERTY(QString sinceText READ sinceText NOTIFY contentChanged)
public:
    explicit ReviewView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *patches() { return &m_patches; }
    [[nodiscard]] RecordModel *evidence() { return &m_evidence; }
    [[nodiscard]] RecordModel *checks() { return &m_checks; }
    [[nodiscard]] RecordModel *flags() { return &m_flags; }
    [[nodiscard]] RecordModel *files() { return &m_files; }
    [[nodiscard]] DiffModel *diff() { return &m_diff; }
    [[nodiscard]] DiffLoad *diffLoad() { return &m_diffLoad; }
    [[nodiscard]] bool counting() const { return m_counting; }
    [[nodiscard]] bool showAll() const { return m_showAll; }
    void setShowAll(bool all);
    [[nodiscard]] int patchIndex() const { return m_patches.indexOf(m_patch); }
    [[nodiscard]] QString patch() const { return m_patch; }
    [[nodiscard]] QString run() const;
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString plugin() const;
    [[nodiscard]] QString state() const;
    [[nodiscard]] QString tone() const;
    [[nodiscard]] QString icon() const;
    [[nodiscard]] bool tainted() const;
    [[nodiscard]] int revision() const;
    [[nodiscard]] QString commit() const;
    [[nodiscard]] bool open() const;
    [[nodiscard]] bool canShip() const;
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] int fileIndex() const { return m_file; }
    [[nodiscard]] QString filePath() const;
    [[nodiscard]] QString fileNote() const { return m_fileNote; }
    [[nodiscard]] int hunks() const { return m_counts.hunks; }
    [[nodiscard]] int accepted() const { return m_counts.accepted; }
    [[nodiscard]] int rejected() const { return m_counts.rejected; }
    [[nodiscard]] int undecided() const { return m_counts.undecided; } ///< also hunks of which only some lines are decided
    [[nodiscard]] int unseenAccepted() const { return m_counts.unseenAccepted; }
    [[nodiscard]] int unseen() const { return m_counts.unseen; }

    [[nodiscard]] int viewed() const { return m_counts.viewed; }
    [[nodiscard]] bool currentViewed() const { return isViewed(m_diff.hunkId(m_diff.currentHunk())); }
    [[nodiscard]] int since() const { return m_since; }
    [[nodiscard]] QString sinceText() const { return m_sinceText; }

    // For the view models beside this one
    [[nodiscard]] const review::Patch *current() const;
    [[nodiscard]] const review::FilePatch *file() const;
    [[nodiscard]] const std::vector<review::FilePatch> &filePatches() const { return m_filePatches; }
    [[nodiscard]] const std::vector<review::Comment> &comments() const { return m_comments; }
    [[nodiscard]] review::Decision decisionOn(const QString &hunk) const { return m_decisions.value(hunk); }
    [[nodiscard]] bool isViewed(const QString &hunk) const { return m_viewed.contains(hunk); }
    void loadSaid();

    Q_INVOKABLE void pickPatch(int row);
    /// Between the whole patch and what is new since the revision before the last one that a person looked at.
    Q_INVOKABLE void toggleSince();
    Q_INVOKABLE void pickFile(int row);
    Q_INVOKABLE void pickHunk(int hunk);
    /// To a line (from 1; of the new side, or of the old one where there is no new) or else a hunk (from 0) of a file; to its
    /// beginning with neither. The view is asked for the row when the file is there.
    void goTo(int file, int line, int hunk);
    /// To the next or previous hunk, into the next file at the end; answers the row to be seen, -1 for none.
    Q_INVOKABLE int stepHunk(int by);
    Q_INVOKABLE void stepFile(int by);
    /// To the next hunk without a verdict, in any file.
    Q_INVOKABLE int nextUndecided();
    Q_INVOKABLE void accept(int hunk);
    Q_INVOKABLE void reject(int hunk, const QString &reason);
    Q_INVOKABLE void reconsider(int hunk); ///< takes the verdict back
    Q_INVOKABLE void acceptFile();
    Q_INVOKABLE void acceptAll(); ///< everything that has no verdict yet, also what was never shown
    Q_INVOKABLE void rejectAll();
    Q_INVOKABLE void comment(int hunk, const QString &text);
    Q_INVOKABLE void copyHunk(int hunk);
    Q_INVOKABLE void sawLines(int first, int last);
    /// To where the moved block of this row came from, or went to; answers the row to be seen, -1 for none in this file.
    Q_INVOKABLE int followMove(int row);
    Q_INVOKABLE void apply(const QString &message = {}); ///< a person's own words for the commit; empty: its title

Q_SIGNALS:
    void patchesChanged();
    void patchChanged();
    void contentChanged();
    void fileChanged();
    void countsChanged();
    void saidChanged(); ///< verdicts, comments or marks were read again
    void hunkAsked(int line); ///< the view is to bring this row into sight
    void applied(const QString &plugin);

private:
    struct Content;
    struct Said;
    struct Reading; ///< of all files' hunks
    struct Counts {
        int hunks = 0, accepted = 0, rejected = 0, unseen = 0, unseenAccepted = 0, viewed = 0, undecided = 0;
    };
    [[nodiscard]] review::Decision::Verdict verdictOf(const QString &hunk) const;
    void fillPatches();
    void rankPatches();
    [[nodiscard]] static QString rankKey(const review::Patch &patch, const QByteArray &prefix);
    void countDependents();
    [[nodiscard]] review::Rank rankOf(const review::Patch &patch) const; ///< nothing while its flags are not known
    void load();
    void take(Result<Content> content);
    void takeSaid(Said said);
    void fillEvidence(const Said &said);
    void fillFlags();
    void fillFiles();
    void showFile(int index, bool lastHunk);
    void askFor(bool newSide, int line);
    void readAll(); ///< hunks, then flags and moved blocks; once for each load()
    void readHunks(size_t from, std::shared_ptr<Reading> reading);
    void readFlags(std::shared_ptr<Reading> reading);
    void markFile(); ///< flags and moved blocks of the file on view
    void decide(const QStringList &hunks, review::Decision::Verdict verdict, const QString &reason, const QString &told);
    void flushSeen();

    RecordModel m_patches, m_evidence, m_checks, m_flags, m_files;
    DiffModel m_diff;
    DiffLoad m_diffLoad{&m_diff};
    std::vector<review::FilePatch> m_filePatches;
    std::vector<review::Flag> m_flagList;
    std::vector<review::Move> m_moves;
    std::vector<review::Comment> m_comments;
    QHash<QString, review::Decision> m_decisions;
    QSet<QString> m_shown, m_toShow, m_viewed;
    QHash<QString, Result<review::FlagKinds>> m_kinds; ///< by what they are found from
    std::shared_ptr<const library::Catalog> m_counted;
    std::shared_ptr<const graph::Dependents> m_dependents; ///< of m_counted
    std::pair<bool, int> m_wanted; ///< side and line to be seen when the file is there
    int m_wantedHunk = -1;         ///< the same of a hunk
    QTimer m_seenTimer;
    QString m_patch, m_fileNote, m_sinceText;
    ErrorInfo m_error;
    Counts m_counts;
    int m_file = -1, m_revision = 0, m_turn = 0, m_since = 0, m_readTurn = 0;
    bool m_showAll = false, m_loading = false, m_counting = false, m_saidLoading = false, m_saidStale = false, m_ranking = false;
    bool m_flagging = false; ///< the flags of the patch on view are being read, and its rank comes with them
};

} // namespace coppice::ui
