// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review_view.h"

namespace coppice::ui {

/// What a reviewer does beside whole verdicts: lines of a hunk, threads, viewed marks, an own text, sending back. Works on
/// the patch, file and hunk that its ReviewView shows.
class ReviewDesk : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::ReviewView *view READ view WRITE setView NOTIFY viewChanged)
    Q_PROPERTY(coppice::ui::RecordModel *lines READ lines CONSTANT)     ///< changed lines of the current hunk
    Q_PROPERTY(int chosen READ chosen NOTIFY linesChanged)              ///< how many of them
    Q_PROPERTY(coppice::ui::RecordModel *threads READ threads CONSTANT) ///< a row for each comment, by thread
    Q_PROPERTY(int openThreads READ openThreads NOTIFY threadsChanged)
    Q_PROPERTY(QString editText READ editText NOTIFY editChanged)       ///< the new side of the current hunk
    Q_PROPERTY(QString backText READ backText NOTIFY backChanged)       ///< what the agent would be told
    Q_PROPERTY(bool busy READ busy NOTIFY busyChanged)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY busyChanged)
public:
    explicit ReviewDesk(QObject *parent = nullptr);

    [[nodiscard]] ReviewView *view() const { return m_view; }
    void setView(ReviewView *view);
    [[nodiscard]] RecordModel *lines() { return &m_lines; }
    [[nodiscard]] RecordModel *threads() { return &m_threads; }
    [[nodiscard]] int chosen() const { return int(m_chosen.size()); }
    [[nodiscard]] int openThreads() const { return m_openThreads; }
    [[nodiscard]] QString editText() const { return m_editText; }
    [[nodiscard]] QString backText() const { return m_backText; }
    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }

    Q_INVOKABLE void loadLines();
    Q_INVOKABLE void toggleLine(int row);
    Q_INVOKABLE void toggleAllLines();
    Q_INVOKABLE void decideLines(bool accept, const QString &reason);
    Q_INVOKABLE void loadThreads();
    /// On the current hunk's line (of the new file; 0: the hunk), on the file or on the patch.
    Q_INVOKABLE void comment(const QString &about, int line, const QString &text);
    Q_INVOKABLE void reply(int row, const QString &text);
    Q_INVOKABLE void resolve(int row, bool resolved);
    Q_INVOKABLE void toggleViewed();
    Q_INVOKABLE void loadEdit();
    Q_INVOKABLE void edit(const QString &text);
    Q_INVOKABLE void loadBack(const QString &message);
    Q_INVOKABLE void sendBack(const QString &message);

Q_SIGNALS:
    void viewChanged();
    void linesChanged();
    void threadsChanged();
    void editChanged();
    void backChanged();
    void busyChanged();
    void edited();
    void sentBack();

private:
    void setBusy(bool busy, const ErrorInfo &error = {});
    void fillLines();
    [[nodiscard]] QString hunk() const; ///< id of the current one
    /// Carries out an operation on the patch and reads again what was said.
    void say(const QString &told, std::function<Result<>(review::Reviews &, const git::Repository &)> work);

    ReviewView *m_view = nullptr;
    RecordModel m_lines, m_threads;
    std::vector<std::pair<int, QString>> m_changed; ///< number of each line of the hunk, and its text with the sign
    QSet<int> m_chosen;
    QString m_linesOf; ///< id of the hunk that `lines` are of
    QString m_editText, m_editOf, m_backText;
    bool m_editCrLf = false, m_busy = false;
    int m_openThreads = 0;
    ErrorInfo m_error;
};

} // namespace coppice::ui
