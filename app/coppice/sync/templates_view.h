// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <QStringList>

namespace coppice::ui {

/// The library's templates: who links to each, whether it was gated, copies that drifted, changes staged for pilots.
class TemplatesView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *rows READ rows CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *trouble READ trouble CONSTANT) ///< of links and copies, of all templates
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(bool loading READ loading NOTIFY listChanged)
    Q_PROPERTY(int troubles READ troubles NOTIFY listChanged)
    Q_PROPERTY(int stale READ stale NOTIFY listChanged) ///< copies that can be brought up to date
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY listChanged)
    Q_PROPERTY(coppice::ui::ErrorInfo problem READ problem NOTIFY currentChanged)
    Q_PROPERTY(QString current READ current NOTIFY currentChanged)
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY currentChanged)
    Q_PROPERTY(bool staged READ staged NOTIFY currentChanged)
    Q_PROPERTY(QStringList plugins READ plugins NOTIFY currentChanged) ///< that link to it and are no pilots yet
    Q_PROPERTY(QStringList pilots READ pilots NOTIFY currentChanged)
public:
    explicit TemplatesView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *rows() { return &m_rows; }
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] RecordModel *trouble() { return &m_trouble; }
    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] int troubles() const { return m_trouble.count(); }
    [[nodiscard]] int stale() const { return m_stale; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] ErrorInfo problem() const { return m_problem; }
    [[nodiscard]] QString current() const { return m_current; }
    [[nodiscard]] int currentIndex() const { return m_rows.indexOf(m_current); }
    [[nodiscard]] bool staged() const;
    [[nodiscard]] QStringList plugins() const;
    [[nodiscard]] QStringList pilots() const;

    Q_INVOKABLE void reload();
    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void refresh();
    Q_INVOKABLE void stage(const QStringList &pilots);
    Q_INVOKABLE void withdraw();
    Q_INVOKABLE void promote(bool ungated);

Q_SIGNALS:
    void activeChanged();
    void listChanged();
    void currentChanged();

private:
    struct Template {
        QString name;
        QString gate, why;
        QStringList plugins, copies;
        bool there = true; ///< false: only staged so far
        bool staged = false, differs = false;
        QString stagedGate, stagedWhy;
        QStringList pilots;
    };
    struct Read {
        std::vector<Template> templates;
        std::vector<std::pair<QString, QString>> trouble; ///< where, what
        int stale = 0;
    };
    [[nodiscard]] const Template *currentTemplate() const;
    void fill();
    void fillFacts();
    void call(const QString &title, const QString &verb, const QJsonObject &args);

    RecordModel m_rows, m_facts, m_trouble;
    std::vector<Template> m_templates;
    QString m_current;
    ErrorInfo m_error, m_problem;
    int m_stale = 0;
    bool m_active = false, m_loading = false, m_outdated = true;
};

} // namespace coppice::ui
