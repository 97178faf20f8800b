// SPDX-License-Identifier: GPL-3.0-or-later
#include "local_settings.h"

#include <base/json.h>
#include <base/paths.h>

#include <QJsonArray>
#include <QJsonDocument>

namespace coppice::ui {

namespace {
constexpr qsizetype MostRecents = 12;

QString filePath()
{
    return configHome() + QStringLiteral("/window.json");
}
} // namespace

LocalSettings LocalSettings::read()
{
    LocalSettings settings;
    const auto bytes = readFile(filePath(), 1 << 20);
    const auto object = bytes ? parseJsonObject(*bytes, filePath()).value_or(QJsonObject()) : QJsonObject();
    for (const auto &recent : object.value(QLatin1String("recents")).toArray())
        settings.recents << recent.toString();
    settings.recents.removeAll(QString());
    settings.theme = object.value(QLatin1String("theme")).toString();
    settings.width = object.value(QLatin1String("width")).toInt();
    settings.height = object.value(QLatin1String("height")).toInt();
    return settings;
}

void LocalSettings::write() const
{
    const QJsonObject object{{QStringLiteral("recents"), QJsonArray::fromStringList(recents)},
                             {QStringLiteral("theme"), theme},
                             {QStringLiteral("width"), width},
                             {QStringLiteral("height"), height}};
    if (const auto made = makeFolder(configHome()); made) {
        if (const auto written = writeFileAtomically(filePath(), QJsonDocument(object).toJson()); !written)
            qWarning("%s", qPrintable(written.error().message()));
    }
}

void LocalSettings::opened(const QString &library)
{
    recents.removeAll(library);
    recents.prepend(library);
    recents = recents.mid(0, MostRecents);
}

} // namespace coppice::ui
