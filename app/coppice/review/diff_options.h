// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// How a person wants differences shown, kept on this machine in review.json of the configuration folder.
class DiffOptions : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool unified READ unified WRITE setUnified NOTIFY changed)
    Q_PROPERTY(bool wrap READ wrap WRITE setWrap NOTIFY changed) ///< long lines go on below
    Q_PROPERTY(int whitespace READ whitespace WRITE setWhitespace NOTIFY changed) ///< review::Whitespace
public:
    explicit DiffOptions(QObject *parent = nullptr);

    [[nodiscard]] bool unified() const { return m_unified; }
    void setUnified(bool unified);
    [[nodiscard]] bool wrap() const { return m_wrap; }
    void setWrap(bool wrap);
    [[nodiscard]] int whitespace() const { return m_whitespace; }
    void setWhitespace(int mode);

Q_SIGNALS:
    void changed();

private:
    void keep();

    bool m_unified = false, m_wrap = false, m_touched = false;
    int m_whitespace = 0;
};

} // namespace coppice::ui
