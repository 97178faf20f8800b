// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QQuickTextDocument>
#include <QSyntaxHighlighter>
#include <QTimer>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// Text that is edited, with nothing hidden in it. In the field a character that is not seen, or that turns the order of others
/// round, is replaced by a stand-in that is a sign of its own and turns nothing round: a code point of the private planes, put
/// back when the text is read. All three classes are coloured as the difference colours them, and named in `told`.
/// A text that uses the private planes itself is not changed: then such characters are only coloured and named.
class EditMarks : public QSyntaxHighlighter
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QQuickTextDocument *field READ field WRITE setField NOTIFY changed)
    Q_PROPERTY(QString text READ text NOTIFY changed) ///< what was meant, without stand-ins
    Q_PROPERTY(QString told READ told NOTIFY changed) ///< what is in it, and in which lines; empty when there is nothing
    Q_PROPERTY(QColor ground MEMBER m_ground NOTIFY changed)
    Q_PROPERTY(QColor danger MEMBER m_danger NOTIFY changed)
    Q_PROPERTY(QColor dangerGround MEMBER m_dangerGround NOTIFY changed)
    Q_PROPERTY(QColor warning MEMBER m_warning NOTIFY changed)
    Q_PROPERTY(QColor warningGround MEMBER m_warningGround NOTIFY changed)
public:
    explicit EditMarks(QObject *parent = nullptr);
    ~EditMarks() override;

    /// The text as the field is to show it. Decides whether stand-ins are used.
    Q_INVOKABLE QString shown(const QString &text);

    [[nodiscard]] QQuickTextDocument *field() const { return m_field; }
    void setField(QQuickTextDocument *field);
    [[nodiscard]] QString text() const;
    [[nodiscard]] QString told() const { return m_told; }

    /// Every character that is hidden or reorders by its stand-in, and back.
    [[nodiscard]] static QString withStandIns(const QString &text);
    [[nodiscard]] static QString withoutStandIns(const QString &text);

Q_SIGNALS:
    void changed();

protected:
    void highlightBlock(const QString &text) override;

private:
    void look();
    void replaceIn(int position, int added);

    QQuickTextDocument *m_field = nullptr;
    QString m_told;
    QColor m_ground, m_danger, m_dangerGround, m_warning, m_warningGround;
    QTimer m_later;
    bool m_standing = true, m_replacing = false;
};

} // namespace coppice::ui
