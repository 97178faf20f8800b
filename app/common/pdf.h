// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>
#include <QStringList>

#include <stop_token>

namespace coppice::app {

struct Printed {
    int pages = 0;
    QStringList notes; ///< what a reader of the pages should know: characters that no font here has
};

/// Prints HTML on A4 pages and writes them as a PDF: whole, or not at all. At the foot of each page stand the document's
/// <title> and "page n of m"; rows of a table's <thead> stand on each page that the table goes on to.
///
/// HTML and CSS are what QTextDocument knows (https://doc.qt.io/qt-6/richtext-html-subset.html): tables, no flex, no
/// position, lengths in px of 1/96 inch, the page being 680 px wide; `page-break-before: always` on blocks. Besides, an
/// inline <svg width="…" height="…"> (px) is drawn as a picture, with attributes for its colours: classes do not reach
/// into it. Nothing else is loaded, neither from files nor from the network.
///
/// Blocks the calling thread for as long as the helper program coppice-printer works; needs no display and no
/// QGuiApplication. Errors: pdf.path (no such folder, or it cannot be written), pdf.failed.
[[nodiscard]] Result<Printed> writePdf(const QString &html, const QString &path, std::stop_token stop = {});

} // namespace coppice::app
