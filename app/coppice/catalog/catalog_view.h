// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/record_model.h"

#include <library/library.h>

#include <QHash>

namespace coppice::ui {

/// The catalog: all plugins, and what one's own files say of it.
class CatalogView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *plugins READ plugins CONSTANT)
    Q_PROPERTY(int total READ total NOTIFY listChanged)
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(bool byHealth READ byHealth WRITE setByHealth NOTIFY filterChanged) ///< the poorest first, instead of by name
    Q_PROPERTY(QString current READ current WRITE setCurrent NOTIFY currentChanged) ///< the selected plugin's id
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY currentChanged)
    Q_PROPERTY(QString description READ description NOTIFY detailChanged)
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT)             ///< name, value, source
    Q_PROPERTY(coppice::ui::RecordModel *commands READ commands CONSTANT)       ///< its commands, and where from
    Q_PROPERTY(coppice::ui::RecordModel *environment READ environment CONSTANT) ///< declared variables
    Q_PROPERTY(coppice::ui::RecordModel *findings READ findings CONSTANT)       ///< what is wrong, and where
    Q_PROPERTY(coppice::ui::RecordModel *work READ work CONSTANT)               ///< its tickets, runs and patches
    Q_PROPERTY(coppice::ui::RecordModel *problems READ problems CONSTANT)       ///< of settings files
public:
    explicit CatalogView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *plugins() { return &m_plugins; }
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] RecordModel *commands() { return &m_commands; }
    [[nodiscard]] RecordModel *environment() { return &m_environment; }
    [[nodiscard]] RecordModel *findings() { return &m_findings; }
    [[nodiscard]] RecordModel *work() { return &m_work; }
    [[nodiscard]] RecordModel *problems() { return &m_problems; }
    [[nodiscard]] int total() const { return m_total; }
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] bool byHealth() const { return m_byHealth; }
    void setByHealth(bool byHealth);
    [[nodiscard]] QString current() const { return m_current; }
    void setCurrent(const QString &id);
    [[nodiscard]] int currentIndex() const { return m_plugins.indexOf(m_current); }
    [[nodiscard]] QString description() const { return m_description; }
    Q_INVOKABLE void pick(int row);
    /// Adds a plugin by the address of its repository; `done` tells by the signals.
    Q_INVOKABLE void add(const QString &url, const QString &id, const QString &branch, bool squash);
    /// The id that an address suggests: its last part without ".git".
    Q_INVOKABLE static QString idFrom(const QString &url);

Q_SIGNALS:
    void listChanged();
    void filterChanged();
    void currentChanged();
    void detailChanged();

private:
    void readTiers();
    void fill();
    void fillDetail();
    void fillWork();

    RecordModel m_plugins, m_facts, m_commands, m_environment, m_findings, m_work, m_problems;
    QHash<QString, QString> m_tiers; ///< by plugin, as health has measured it last; one that is missing is unknown
    QString m_filter, m_current, m_description;
    int m_total = 0;
    bool m_byHealth = false;
};

} // namespace coppice::ui
