// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commands.h"

namespace coppice::ui {

/// What Ctrl+K finds: commands that can be carried out now, screens, plugins, tickets, error groups, runs, patches.
/// The words of the query may stand anywhere in an entry, in any order; matches at the beginning of a word come first.
class Finder : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *results READ results CONSTANT)
    Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
    Q_PROPERTY(coppice::ui::Commands *commands MEMBER m_commands)
public:
    explicit Finder(QObject *parent = nullptr);
    [[nodiscard]] RecordModel *results() { return &m_results; }
    [[nodiscard]] QString query() const { return m_query; }
    void setQuery(const QString &query);
    /// Collects what there is to find; called when the palette opens.
    Q_INVOKABLE void collect();
    Q_INVOKABLE void run(int row);

Q_SIGNALS:
    void queryChanged();

private:
    struct Item {
        QString key;
        QString text;
        QString kind; ///< shown at the right
        QString hint; ///< keys, or state
        QString icon;
        QPointer<QObject> command;
        int order = 0;
    };
    void collectCommands();
    void collectRecords();
    void match();

    Commands *m_commands = nullptr;
    std::vector<Item> m_items;
    RecordModel m_results;
    QString m_query;
};

/// How well words fit a text: -1 not at all, higher is better.
[[nodiscard]] int fitOf(const QStringList &words, const QString &text);

} // namespace coppice::ui
