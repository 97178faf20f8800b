// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/json.h"

#include <QJsonDocument>

namespace coppice {

QByteArray toJsonLine(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Result<QJsonObject> parseJsonObject(const QByteArray &bytes, const QString &where)
{
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(bytes, &problem);
    if (problem.error != QJsonParseError::NoError) {
        const auto line = bytes.left(problem.offset).count('\n') + 1;
        return fail(QStringLiteral("json.syntax"), QStringLiteral("This is not JSON: %1").arg(problem.errorString()),
                    QStringLiteral("%1:%2").arg(where).arg(line));
    }
    if (!document.isObject())
        return fail(QStringLiteral("json.object"), QStringLiteral("A JSON object was expected"), where);
    return document.object();
}

QJsonObject errorToJson(const Error &error)
{
    QJsonObject object{{QStringLiteral("code"), error.code},
                       {QStringLiteral("message"), error.message()},
                       {QStringLiteral("hint"), error.fix},
                       {QStringLiteral("kind"), error.exitCode()}};
    if (!error.needs.isEmpty())
        object[QStringLiteral("needs")] = error.needs;
    return object;
}

Error errorFromJson(const QJsonObject &object)
{
    Error error;
    switch (object[u"kind"].toInt()) {
    case 2:
        error.kind = ErrorKind::Usage;
        break;
    case 3:
        error.kind = ErrorKind::NotFound;
        break;
    case 4:
        error.kind = ErrorKind::NeedsPerson;
        break;
    case 130:
        error.kind = ErrorKind::Cancelled;
        break;
    default:
        break;
    }
    error.code = object[u"code"].toString();
    error.what = object[u"message"].toString();
    error.fix = object[u"hint"].toString();
    error.needs = object[u"needs"].toArray();
    return error;
}

} // namespace coppice
