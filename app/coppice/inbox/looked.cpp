// SPDX-License-Identifier: GPL-3.0-or-later
#include "looked.h"

#include <base/json.h>
#include <base/paths.h>

#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MostLibraries = 50;

QString filePath()
{
    return configHome() + u"/inbox.json"_s;
}

QJsonObject readAll()
{
    const auto bytes = readFile(filePath(), 1 << 20);
    return bytes ? parseJsonObject(*bytes, filePath()).value_or(QJsonObject()) : QJsonObject();
}

} // namespace

Looked readLooked(const QString &library)
{
    const QJsonObject own = readAll()[library].toObject();
    return {own[u"at"].toInteger(), own[u"events"].toInteger(-1), own[u"order"].toString()};
}

void writeLooked(const QString &library, const Looked &looked)
{
    QJsonObject all = readAll();
    all[library] = QJsonObject{{u"at"_s, looked.at}, {u"events"_s, looked.events}, {u"order"_s, looked.order}};
    while (all.size() > MostLibraries) { // the one that nobody looked at for the longest
        QString oldest;
        for (auto it = all.begin(); it != all.end(); ++it) {
            if (oldest.isEmpty() || it->toObject()[u"at"].toInteger() < all[oldest].toObject()[u"at"].toInteger())
                oldest = it.key();
        }
        all.remove(oldest);
    }
    if (const auto made = makeFolder(configHome()); made) {
        if (const auto written = writeFileAtomically(filePath(), QJsonDocument(all).toJson()); !written)
            qWarning("%s", qPrintable(written.error().message()));
    }
}

} // namespace coppice::ui
