// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace coppice::printer {

struct Pages {
    QByteArray pdf;
    int count = 0;
    QStringList notes; ///< what a reader of the pages should know
};

/// Lays HTML out on A4 pages. As app/common/pdf.h says of it. Needs a QGuiApplication.
[[nodiscard]] Pages pagesOf(QString html);

} // namespace coppice::printer
