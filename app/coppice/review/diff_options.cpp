// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_options.h"

#include "shell/app_session.h"

#include <base/json.h>
#include <base/paths.h>
#include <review/space.h>

#include <QJsonDocument>

namespace coppice::ui {

namespace {
QString filePath()
{
    return configHome() + QStringLiteral("/review.json");
}
} // namespace

DiffOptions::DiffOptions(QObject *parent) : QObject(parent)
{
    AppSession::instance()->worker().read(
        this,
        [] {
            const auto bytes = readFile(filePath(), 1 << 16);
            return bytes ? parseJsonObject(*bytes, filePath()).value_or(QJsonObject()) : QJsonObject();
        },
        [this](const QJsonObject &kept) {
            if (m_touched) // something was chosen before the file was read
                return;
            m_unified = kept.value(QLatin1String("unified")).toBool();
            m_wrap = kept.value(QLatin1String("wrap")).toBool();
            m_whitespace = int(review::whitespaceNamed(kept.value(QLatin1String("whitespace")).toString()));
            Q_EMIT changed();
        });
}

void DiffOptions::setUnified(bool unified)
{
    if (m_unified == unified)
        return;
    m_unified = unified;
    keep();
}

void DiffOptions::setWrap(bool wrap)
{
    if (m_wrap == wrap)
        return;
    m_wrap = wrap;
    keep();
}

void DiffOptions::setWhitespace(int mode)
{
    if (m_whitespace == mode || mode < 0 || mode > int(review::Whitespace::IgnoreAll))
        return;
    m_whitespace = mode;
    keep();
}

void DiffOptions::keep()
{
    m_touched = true;
    Q_EMIT changed();
    const QJsonObject object{{QStringLiteral("unified"), m_unified},
                             {QStringLiteral("wrap"), m_wrap},
                             {QStringLiteral("whitespace"), review::nameOf(review::Whitespace(m_whitespace))}};
    AppSession::instance()->worker().read(
        this,
        [object]() -> Result<> {
            COPPICE_CHECK(makeFolder(configHome()));
            return writeFileAtomically(filePath(), QJsonDocument(object).toJson());
        },
        [](const Result<> &written) {
            if (!written)
                AppSession::instance()->report(written.error());
        });
}

} // namespace coppice::ui
