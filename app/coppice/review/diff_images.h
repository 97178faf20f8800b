// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <review/patch.h>

#include <QImage>
#include <QObject>
#include <QQuickPaintedItem>

namespace coppice::ui {

/// Both versions of a picture, decoded on a worker and bounded: at most 32 MB of file and 64 million pixels, shown at 2,048
/// pixels a side. Nothing that a picture refers to is loaded; an SVG that refers to anything outside is not drawn.
class DiffImages : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(bool shown READ shown NOTIFY changed)
    Q_PROPERTY(QString oldText READ oldText NOTIFY changed) ///< what it is, or why it is not drawn; empty when there is none
    Q_PROPERTY(QString newText READ newText NOTIFY changed)
public:
    struct Side {
        QImage image;
        QString text;
    };
    explicit DiffImages(QObject *parent = nullptr) : QObject(parent) { }

    void open(const review::FilePatch &file); ///< shows nothing when it is no picture
    [[nodiscard]] static bool isPicture(const QByteArray &path);
    /// Decodes one version. From any thread.
    [[nodiscard]] static Side decode(const QByteArray &path, const QByteArray &bytes);
    [[nodiscard]] bool shown() const { return !m_old.text.isEmpty() || !m_new.text.isEmpty(); }
    [[nodiscard]] QString oldText() const { return m_old.text; }
    [[nodiscard]] QString newText() const { return m_new.text; }
    [[nodiscard]] const QImage &image(bool newSide) const { return newSide ? m_new.image : m_old.image; }

Q_SIGNALS:
    void changed();

private:
    Side m_old, m_new;
    int m_turn = 0;
};

/// One of them, fitted, on a chequered ground so that what is transparent is seen.
class DiffPicture : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::DiffImages *source READ source WRITE setSource NOTIFY changed)
    Q_PROPERTY(bool newSide MEMBER m_new NOTIFY changed)
public:
    explicit DiffPicture(QQuickItem *parent = nullptr) : QQuickPaintedItem(parent) { }
    void paint(QPainter *painter) override;
    [[nodiscard]] DiffImages *source() const { return m_source; }
    void setSource(DiffImages *source);

Q_SIGNALS:
    void changed();

private:
    DiffImages *m_source = nullptr;
    bool m_new = false;
};

} // namespace coppice::ui
