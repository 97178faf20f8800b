// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <sync/decisions.h>
#include <sync/resolve.h>
#include <templates/copies.h>

namespace coppice {
class Progress;
namespace engine {
class Session;
}
}

namespace coppice::ui {

/// What of the plugins' syncing waits for a person: changed copies of templates, edited copies, conflicts laid out.
class WaitsView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *rows READ rows CONSTANT)
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(bool loading READ loading NOTIFY listChanged)
    Q_PROPERTY(int open READ open NOTIFY listChanged) ///< rows that nobody has answered
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY listChanged)
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY currentChanged)
    Q_PROPERTY(QString kind READ kind NOTIFY currentChanged) ///< link, copy, conflict; empty for none
    Q_PROPERTY(QString plugin READ plugin NOTIFY currentChanged)
    Q_PROPERTY(QString choice READ choice NOTIFY currentChanged)
    Q_PROPERTY(QString heading READ heading NOTIFY currentChanged)
    Q_PROPERTY(QString folder READ folder NOTIFY currentChanged) ///< of a conflict
    Q_PROPERTY(int openFiles READ openFiles NOTIFY currentChanged)
    Q_PROPERTY(bool decided READ decided NOTIFY currentChanged) ///< all of the plugin's links: a pull carries it out
    Q_PROPERTY(QString effect READ effect NOTIFY currentChanged) ///< plugins that get what is adopted
    Q_PROPERTY(coppice::ui::RecordModel *files READ files CONSTANT) ///< of a conflict
    Q_PROPERTY(coppice::ui::RecordModel *lines READ lines CONSTANT) ///< what differs, as a diff
public:
    explicit WaitsView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *rows() { return &m_rows; }
    [[nodiscard]] RecordModel *files() { return &m_files; }
    [[nodiscard]] RecordModel *lines() { return &m_lines; }
    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] int open() const;
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] int currentIndex() const { return m_rows.indexOf(m_current); }
    [[nodiscard]] QString kind() const;
    [[nodiscard]] QString plugin() const;
    [[nodiscard]] QString choice() const;
    [[nodiscard]] QString heading() const;
    [[nodiscard]] QString folder() const;
    [[nodiscard]] int openFiles() const;
    [[nodiscard]] bool decided() const;
    [[nodiscard]] QString effect() const;

    /// What waits of one plugin: conflict, link, copy; empty for nothing. Follows `open`.
    Q_INVOKABLE QString waitingFor(const QString &plugin) const;
    Q_INVOKABLE void reload();
    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void choose(const QString &choice); ///< adopt, keep, discard
    Q_INVOKABLE void carryOut();                    ///< pulls the plugin
    Q_INVOKABLE void begin(const QString &plugin);  ///< lays a conflict out
    Q_INVOKABLE void takeSide(const QString &path, bool upstream);
    Q_INVOKABLE void takeNext(bool upstream); ///< of the first file that is open
    Q_INVOKABLE void finish();
    Q_INVOKABLE void drop();
    Q_INVOKABLE void openFolder();

Q_SIGNALS:
    void activeChanged();
    void listChanged();
    void currentChanged();
    void worked(); ///< the library may have changed
    void begun();  ///< a conflict lies ready

private:
    struct Row {
        QString kind, plugin, path, target;
        QString choice;
        qint64 at = 0;
        QStringList effect;              ///< other plugins that link to the template
        std::vector<QString> diff;       ///< lines that begin with ' ', '-', '+' or '@'
        std::optional<sync::Resolving> conflict;
        [[nodiscard]] QString key() const { return QStringList{kind, plugin, path}.join(u':'); }
    };
    static Result<std::vector<Row>> read(engine::Session &session, std::stop_token stop, Progress &progress);
    [[nodiscard]] const Row *current() const;
    void fill();
    void fillDetail();
    void call(const QString &title, const QString &verb, const QJsonObject &args);

    RecordModel m_rows, m_files, m_lines;
    std::vector<Row> m_all;
    QString m_current;
    ErrorInfo m_error;
    bool m_active = false, m_loading = false, m_stale = true;
};

} // namespace coppice::ui
