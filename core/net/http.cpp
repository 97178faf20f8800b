// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"

namespace coppice::net {

QByteArray header(const Headers &headers, QByteArrayView name)
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

} // namespace coppice::net
