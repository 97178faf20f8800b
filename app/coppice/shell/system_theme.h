// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace coppice::ui {

/// What the desktop asks for, by the settings portal; told again when it changes. Light where no portal answers.
/// Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
class SystemTheme : public QObject
{
    Q_OBJECT
public:
    explicit SystemTheme(QObject *parent = nullptr);
    [[nodiscard]] bool dark() const { return m_dark; }
    /// Asks the portal, without waiting, and listens.
    void start();

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void settingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void setDark(bool dark);
    bool m_dark = false;
};

} // namespace coppice::ui
