// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace coppice::receivers {

/// A parameter of a request's target, percent-decoded; empty when it is not there.
[[nodiscard]] inline QByteArray queryValue(const QByteArray &target, QByteArrayView name)
{
    const auto mark = target.indexOf('?');
    if (mark < 0)
        return {};
    for (const auto &pair : target.mid(mark + 1).split('&')) {
        const auto equals = pair.indexOf('=');
        if (equals > 0 && QByteArrayView(pair).first(equals) == name)
            return QByteArray::fromPercentEncoding(pair.mid(equals + 1));
    }
    return {};
}

} // namespace coppice::receivers
