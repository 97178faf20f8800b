// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace coppice::manifest {

/// What a go.mod says (go.dev/ref/mod#go-mod-file), read line by line; lines that are none are left out.
struct GoMod {
    struct Requirement {
        QString path, version;
        bool indirect = false;
        int line = 0;
    };
    struct Replacement {
        QString path, of; ///< `of`: only this version; empty: every one
        QString to, version;
        bool isFolder = false; ///< `to` is a path: "../sibling"
    };
    QString module;
    int moduleLine = 0;
    std::vector<Requirement> needs;
    std::vector<Replacement> replacements;

    [[nodiscard]] std::optional<Replacement> replacement(const QString &path, const QString &version) const;
};
[[nodiscard]] GoMod parseGoMod(const QByteArray &bytes);

} // namespace coppice::manifest
