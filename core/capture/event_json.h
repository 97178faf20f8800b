// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"

#include <QByteArray>
#include <QJsonObject>

namespace coppice::capture {

// The one form of an event as JSON: in events.db its body, in a spool and on the way from one the whole of it. Written as text,
// since building Qt's objects first took more time than anything else of storing an event.

/// {"causes":[[type,message]…],"frames":[[function,file,line,inApp,column,code]…],"tags":{…},"trace":"…"}
[[nodiscard]] QByteArray bodyJson(const Event &event);
/// The whole event: the same members and all others. No newline in it.
[[nodiscard]] QByteArray eventJson(const Event &event);

/// Frames, causes, trace and tags, from either form. What is missing or of another type stays empty.
void readBody(const QJsonObject &object, Event &event);
[[nodiscard]] Event eventFrom(const QJsonObject &object);

} // namespace coppice::capture
