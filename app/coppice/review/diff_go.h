// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review_view.h"

namespace coppice::ui {

/// Where a person wants to go in the patch on view: "part of a file's path", ":line", "#hunk", or a path with one of the
/// two after it. The places that fit are offered while the text is typed.
class DiffGo : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::ReviewView *view READ view WRITE setView NOTIFY changed)
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY changed)
    Q_PROPERTY(coppice::ui::RecordModel *places READ places CONSTANT)
    Q_PROPERTY(QString told READ told NOTIFY changed) ///< why nothing fits; empty when something does
public:
    explicit DiffGo(QObject *parent = nullptr);

    /// What a text asks for; kept apart from the window so that it can be tested.
    struct Wanted {
        QStringList parts; ///< of the path, each of which has to be in it; empty for the file on view
        int line = 0, hunk = 0; ///< from 1; 0 for none
        bool wrong = false;     ///< a line or hunk that is no number, or not above zero
    };
    [[nodiscard]] static Wanted wantedBy(const QString &text);
    /// How well a path fits: 0 for not at all, more for a match in its name or at its beginning.
    [[nodiscard]] static int fits(const QString &path, const QStringList &parts);

    Q_INVOKABLE bool go(int row);

    [[nodiscard]] ReviewView *view() const { return m_view; }
    void setView(ReviewView *view);
    [[nodiscard]] QString text() const { return m_text; }
    void setText(const QString &text);
    [[nodiscard]] RecordModel *places() { return &m_places; }
    [[nodiscard]] QString told() const { return m_told; }

Q_SIGNALS:
    void changed();

private:
    void fill();

    ReviewView *m_view = nullptr;
    QString m_text, m_told;
    RecordModel m_places;
};

} // namespace coppice::ui
