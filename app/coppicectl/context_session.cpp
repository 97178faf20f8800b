// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <engine/session.h>

#include <QDir>

namespace coppice::ctl {

Result<engine::Session *> Context::session()
{
    if (!m_session) {
        COPPICE_TRY(auto opened, engine::Session::open(library.isEmpty() ? QDir::currentPath() : library));
        COPPICE_CHECK(opened->recoverIfOrphaned());
        m_session = std::move(opened);
    }
    return m_session.get();
}

Result<QJsonObject> Context::call(const QString &verb, const QJsonObject &args)
{
    COPPICE_TRY(auto *open, session());
    return open->call(verb, args, stop(), progress());
}

} // namespace coppice::ctl
