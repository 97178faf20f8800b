// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/actor.h"

#include <array>

#include <pwd.h>
#include <unistd.h>

namespace coppice {

namespace {
constexpr std::array<const char *, 4> kindNames{"person", "agent", "rule", "engine"};
}

Actor Actor::self()
{
    // getpwuid is not reentrant; the _r form is safe from any thread.
    passwd entry{};
    passwd *found = nullptr;
    std::array<char, 4096> buffer{};
    if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return {Kind::Person, QString::fromLocal8Bit(entry.pw_name)};
    return {Kind::Person, QString::number(getuid())};
}

Actor Actor::engine()
{
    return {Kind::Engine, QStringLiteral("coppice")};
}

QString Actor::toString() const
{
    return QLatin1String(kindNames[size_t(kind)]) + u':' + name;
}

Actor Actor::fromString(const QString &text)
{
    const auto colon = text.indexOf(u':');
    for (size_t i = 0; i < kindNames.size(); ++i) {
        if (text.left(colon) == QLatin1String(kindNames[i]))
            return {Kind(i), text.mid(colon + 1)};
    }
    return {Kind::Person, text};
}

} // namespace coppice
