// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"

#include <vector>

namespace coppice::engine {

namespace {
std::vector<const Handler *> &registered()
{
    static std::vector<const Handler *> all;
    return all;
}
} // namespace

Handler::Handler(const char *name, bool repeatable, Function work, Beside besides)
    : verb(QString::fromLatin1(name)), resumable(repeatable), function(std::move(work)), beside(besides)
{
    registered().push_back(this);
}

const Handler *Handler::find(const QString &verb)
{
    for (const Handler *handler : registered()) {
        if (handler->verb == verb)
            return handler;
    }
    return nullptr;
}

} // namespace coppice::engine
