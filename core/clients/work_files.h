// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QString>

namespace coppice::clients {

/// The run's work folder as the sandbox sees it, for clients that let Coppice read and write files for them. Paths are
/// those inside the sandbox. Nothing outside the work folder is reached, by whatever path: each part is opened on its own and
/// links are never followed; `.git` at the top is not there. Errors have the codes files.outside, files.missing, files.kind,
/// files.too-large and files.failed.
class WorkFolder
{
public:
    WorkFolder(QString host, QString inside) : m_host(std::move(host)), m_inside(std::move(inside)) { }
    [[nodiscard]] Result<QByteArray> read(const QString &path) const;
    /// Makes folders that are not there.
    [[nodiscard]] Result<> write(const QString &path, const QByteArray &bytes) const;

    static constexpr qint64 cap = 32 << 20;

private:
    [[nodiscard]] Result<QStringList> partsOf(const QString &path) const;
    QString m_host, m_inside;
};

} // namespace coppice::clients
