// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

namespace coppice {

QString Error::message() const
{
    QString text = where.isEmpty() ? what : what + u": " + where;
    for (const Error *inner = cause.get(); inner; inner = inner->cause.get()) {
        text += u" (" + (inner->where.isEmpty() ? inner->what : inner->what + u": " + inner->where) + u')';
    }
    return text;
}

int Error::exitCode() const
{
    switch (kind) {
    case ErrorKind::Failed:
        return 1;
    case ErrorKind::Usage:
        return 2;
    case ErrorKind::NotFound:
        return 3;
    case ErrorKind::NeedsPerson:
        return 4;
    case ErrorKind::Cancelled:
        return 130;
    }
    return 1;
}

Error Error::wrap(QString outerCode, QString outerWhat, QString outerWhere, QString outerFix) &&
{
    Error outer{kind, std::move(outerCode), std::move(outerWhat), std::move(outerWhere), std::move(outerFix), {}, needs};
    if (outer.fix.isEmpty())
        outer.fix = fix;
    outer.cause = std::make_shared<const Error>(std::move(*this));
    return outer;
}

Fail fail(QString code, QString what, QString where, QString fix)
{
    return Fail(Error{ErrorKind::Failed, std::move(code), std::move(what), std::move(where), std::move(fix), {}, {}});
}

Fail failUsage(QString code, QString what, QString where, QString fix)
{
    return Fail(Error{ErrorKind::Usage, std::move(code), std::move(what), std::move(where), std::move(fix), {}, {}});
}

Fail failNotFound(QString code, QString what, QString where, QString fix)
{
    return Fail(Error{ErrorKind::NotFound, std::move(code), std::move(what), std::move(where), std::move(fix), {}, {}});
}

Fail failNeeds(QString code, QString what, QString where, QString fix, QJsonArray needs)
{
    return Fail(Error{ErrorKind::NeedsPerson, std::move(code), std::move(what), std::move(where), std::move(fix), {},
                      std::move(needs)});
}

Fail failCancelled()
{
    return Fail(Error{ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"), {}, {}, {}, {}});
}

} // namespace coppice
