// SPDX-License-Identifier: GPL-3.0-or-later
// The printer: HTML on stdin becomes a PDF on stdout, and one line of JSON about it on stderr. A process of its own, so
// that the terminal does not pay for fonts and painting, and pages that take too long take nothing down with them.
#include "pages.h"

#include <QFile>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);
    QFile in, out;
    if (!in.open(stdin, QIODevice::ReadOnly) || !out.open(stdout, QIODevice::WriteOnly))
        return 1;
    const QByteArray html = in.readAll();
    if (html.trimmed().isEmpty()) {
        std::fputs("There is nothing to print.\n", stderr);
        return 1;
    }
    const auto pages = coppice::printer::pagesOf(QString::fromUtf8(html));
    if (out.write(pages.pdf) != pages.pdf.size() || !out.flush()) {
        std::fprintf(stderr, "The pages could not be handed over: %s\n", qPrintable(out.errorString()));
        return 1;
    }
    const QJsonObject told{{QStringLiteral("pages"), pages.count}, {QStringLiteral("notes"), QJsonArray::fromStringList(pages.notes)}};
    std::fprintf(stderr, "%s\n", QJsonDocument(told).toJson(QJsonDocument::Compact).constData());
    return 0;
}
