// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <sync/sync.h>

#include <QHash>

namespace coppice::ui {

/// Where each plugin stands against its upstream, and the library against its remote.
class SyncView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *plugins READ plugins CONSTANT)
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(bool onlyDifferent READ onlyDifferent WRITE setOnlyDifferent NOTIFY filterChanged)
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(bool loading READ loading NOTIFY listChanged)
    Q_PROPERTY(double readAt READ readAt NOTIFY listChanged)
    Q_PROPERTY(int total READ total NOTIFY listChanged)
    Q_PROPERTY(int ahead READ ahead NOTIFY listChanged)   ///< plugins with something to push
    Q_PROPERTY(int behind READ behind NOTIFY listChanged) ///< plugins with something to pull
    Q_PROPERTY(QString summary READ summary NOTIFY listChanged)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY listChanged)
    Q_PROPERTY(QString current READ current NOTIFY currentChanged)
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY currentChanged)
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT) ///< of the selected plugin
    Q_PROPERTY(QString told READ told NOTIFY currentChanged)        ///< what the last pull or push did to it
    Q_PROPERTY(coppice::ui::ErrorInfo problem READ problem NOTIFY currentChanged) ///< of it
    Q_PROPERTY(bool conflicting READ conflicting NOTIFY currentChanged) ///< the last pull of it met clashing lines
    Q_PROPERTY(bool hasUpstream READ hasUpstream NOTIFY currentChanged)
    Q_PROPERTY(QString why READ why NOTIFY currentChanged)       ///< what is to be known of its standing
    Q_PROPERTY(QStringList policy READ policy NOTIFY currentChanged) ///< what git_policy says of its commits, both ways; sentences
    Q_PROPERTY(QString advice READ advice NOTIFY currentChanged) ///< what to do next with it, a sentence
    Q_PROPERTY(QString next READ next NOTIFY currentChanged)     ///< the same as a verb: fetch, pull, push or nothing
public:
    explicit SyncView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *plugins() { return &m_plugins; }
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] bool onlyDifferent() const { return m_onlyDifferent; }
    void setOnlyDifferent(bool only);
    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] double readAt() const { return m_readAt; }
    [[nodiscard]] int total() const { return int(m_states.size()); }
    [[nodiscard]] int ahead() const;
    [[nodiscard]] int behind() const;
    [[nodiscard]] QString summary() const;
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] QString current() const { return m_current; }
    [[nodiscard]] int currentIndex() const { return m_plugins.indexOf(m_current); }
    [[nodiscard]] QString told() const { return m_told.value(m_current).what; }
    [[nodiscard]] ErrorInfo problem() const { return m_told.value(m_current).error; }
    [[nodiscard]] bool hasUpstream() const;
    [[nodiscard]] bool conflicting() const { return problem().code == u"sync.conflict"; }

    [[nodiscard]] QString why() const;
    [[nodiscard]] QStringList policy() const;
    [[nodiscard]] QString advice() const;
    [[nodiscard]] QString next() const;

    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void reload();
    Q_INVOKABLE void fetch(bool all);
    Q_INVOKABLE void pull(bool all);
    Q_INVOKABLE void push(bool all);
    Q_INVOKABLE void pullLibrary();
    Q_INVOKABLE void pushLibrary();
    /// What pushing would send, a plugin a line: for the summary before the second key.
    Q_INVOKABLE QStringList pushSummary(bool all) const;

Q_SIGNALS:
    void filterChanged();
    void activeChanged();
    void listChanged();
    void currentChanged();
    void worked(); ///< a fetch, pull or push has ended

private:
    struct Told {
        QString what;
        ErrorInfo error;
    };
    [[nodiscard]] const sync::SyncState *stateOf(const QString &plugin) const;
    [[nodiscard]] QStringList targets(bool all) const;
    void fill();
    void fillFacts();
    void work(const QString &title, const QString &verb, const QStringList &plugins);
    void take(const QJsonObject &answer);
    void libraryWork(const QString &title, const QString &verb);

    RecordModel m_plugins, m_facts;
    std::vector<sync::SyncState> m_states;
    QHash<QString, Told> m_told; ///< by plugin, since the window was opened
    QString m_filter, m_current;
    ErrorInfo m_error;
    double m_readAt = 0;
    bool m_onlyDifferent = false, m_active = false, m_loading = false, m_stale = true;
};

} // namespace coppice::ui
