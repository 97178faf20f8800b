// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/progress.h"

#include <QMap>
#include <QString>

#include <stop_token>
#include <vector>

namespace coppice::demo {

struct Incident {
    QString plugin;
    QString log; ///< recorded by running the plugin
    QString playbook;
    bool recipe = false; ///< solved by a recipe of the library, without an account
    QString production;  ///< the folder that plays production
};
struct Demo {
    QString library;
    QMap<QString, QString> upstreams; ///< id → bare repository
    std::vector<Incident> incidents;
};
/// Makes the demo library in `dir` (must be empty or not exist): library/, upstreams/<id>.git with history,
/// production/<id>/ with each plugin's released version, logs/. Absolute paths. Needs no git identity, no network.
[[nodiscard]] Result<Demo> makeDemo(const QString &dir, std::stop_token stop = {}, Progress &progress = Progress::none());

} // namespace coppice::demo
