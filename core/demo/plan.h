// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::demo {

/// One commit of a demo plugin's history: the files that it brings ("src/" is a folder, "*" is everything left).
struct PlannedCommit {
    QString message;
    QStringList files;
    QString tag; ///< empty: none
};
/// A mock plugin as resources/demo/demo.json describes it; its files lie in plugins/<id>.
struct PlannedPlugin {
    QString id;
    QString start; ///< command that serves it in production; empty: it is not served
    QString test;
    QStringList owners;
    std::vector<PlannedCommit> history;
    struct Incident {
        QString playbook;
        bool recipe = false;
    };
    std::optional<Incident> incident;
};
/// Reads resources/demo/demo.json. Errors name what is wrong in it.
[[nodiscard]] Result<std::vector<PlannedPlugin>> readPlan(const QString &file);
/// Every file of a mock plugin by relative path, links and hidden files included; not the tasks that lie beside it.
[[nodiscard]] QStringList filesBelow(const QString &folder);
/// True when a path is one of these files, or below one of these folders.
[[nodiscard]] bool isNamedBy(const QString &path, const QStringList &files);

} // namespace coppice::demo
