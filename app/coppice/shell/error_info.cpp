// SPDX-License-Identifier: GPL-3.0-or-later
#include "error_info.h"

#include <QJsonObject>
#include <QStringList>

namespace coppice::ui {

ErrorInfo::ErrorInfo(const Error &error)
    : code(error.code), what(error.what), where(error.where), fix(error.fix),
      needsPerson(error.kind == ErrorKind::NeedsPerson)
{
    if (what.isEmpty())
        what = error.code.isEmpty() ? QObject::tr("The operation failed.") : error.code;
    for (auto cause = error.cause; cause; cause = cause->cause) {
        what += u'\n' + cause->what;
        if (where.isEmpty())
            where = cause->where;
        if (fix.isEmpty())
            fix = cause->fix;
    }
    QStringList paths;
    for (const auto &need : error.needs) {
        for (const auto &path : need.toObject().value(QLatin1String("paths")).toArray())
            paths << path.toString();
    }
    if (!paths.isEmpty())
        where += (where.isEmpty() ? QString() : QStringLiteral("\n")) + paths.mid(0, 20).join(u'\n');
}

} // namespace coppice::ui
