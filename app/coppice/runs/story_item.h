// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// One thing in a run's story. All text is from outside and has been made plain and short enough to show.
///
/// By kind:
/// - step: a section begins; title is the step's id, status how it stands, detail why
/// - text, thought, user, note: what was said
/// - raw: what was printed, as lines
/// - plan: entries with states (pending, in_progress, completed)
/// - tool: title, toolKind, status; input, output; where it works: locations
/// - diff: path; entries are the lines of a unified view, each with its sign in front
/// - permission: title, toolKind; status is the answer, detail who gave it
/// - check: title is the command; before and after; logs to look at
/// - end: of a turn: status and detail
struct StoryItem {
    Q_GADGET
    QML_VALUE_TYPE(storyItem)
    Q_PROPERTY(QString key MEMBER key CONSTANT)
    Q_PROPERTY(QString kind MEMBER kind CONSTANT)
    Q_PROPERTY(QString title MEMBER title CONSTANT)
    Q_PROPERTY(QString text MEMBER text CONSTANT)
    Q_PROPERTY(QString status MEMBER status CONSTANT)
    Q_PROPERTY(QString detail MEMBER detail CONSTANT)
    Q_PROPERTY(QString toolKind MEMBER toolKind CONSTANT)
    Q_PROPERTY(QString path MEMBER path CONSTANT)
    Q_PROPERTY(QString input MEMBER input CONSTANT)
    Q_PROPERTY(QString output MEMBER output CONSTANT)
    Q_PROPERTY(QString before MEMBER before CONSTANT)
    Q_PROPERTY(QString after MEMBER after CONSTANT)
    Q_PROPERTY(QStringList entries MEMBER entries CONSTANT)
    Q_PROPERTY(QStringList states MEMBER states CONSTANT)
    Q_PROPERTY(QStringList locations MEMBER locations CONSTANT)
    Q_PROPERTY(double at MEMBER at CONSTANT)
    Q_PROPERTY(double took MEMBER took CONSTANT)
    Q_PROPERTY(int attempt MEMBER attempt CONSTANT)
    Q_PROPERTY(int added MEMBER added CONSTANT)
    Q_PROPERTY(int removed MEMBER removed CONSTANT)
    Q_PROPERTY(bool more MEMBER more CONSTANT)
    Q_PROPERTY(bool open MEMBER open CONSTANT)
public:
    QString key; ///< unique in its story
    QString kind;
    QString title, text, status, detail;
    QString toolKind; ///< read, edit, delete, move, search, execute, think, fetch, other
    QString path;
    QString input, output;
    QString before, after; ///< passed, failed, or empty: not run
    QStringList entries, states, locations;
    double at = 0;    ///< ms
    double took = -1; ///< ms; -1: not known, or not over
    int attempt = 0;
    int added = 0, removed = 0; ///< lines of a diff
    bool more = false;          ///< there is more than is shown while it is folded
    bool open = false;          ///< unfolded

    friend bool operator==(const StoryItem &, const StoryItem &) = default;
    [[nodiscard]] qsizetype weight() const; ///< characters that it holds
};

} // namespace coppice::ui

Q_DECLARE_METATYPE(coppice::ui::StoryItem)
