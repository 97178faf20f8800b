// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/event.h"

#include <iterator>

namespace coppice::capture {

QString nameOf(Level level)
{
    switch (level) {
    case Level::Trace:
        return QStringLiteral("trace");
    case Level::Debug:
        return QStringLiteral("debug");
    case Level::Info:
        return QStringLiteral("info");
    case Level::Warning:
        return QStringLiteral("warning");
    case Level::Error:
        return QStringLiteral("error");
    case Level::Fatal:
        break;
    }
    return QStringLiteral("fatal");
}

namespace {

struct Spelling {
    QStringView word;
    Level level;
};
constexpr Spelling spellings[] = {
    {u"trace", Level::Trace},     {u"verbose", Level::Trace},   {u"silly", Level::Trace},     {u"finest", Level::Trace},
    {u"finer", Level::Trace},     {u"debug", Level::Debug},     {u"dbg", Level::Debug},       {u"fine", Level::Debug},
    {u"config", Level::Debug},    {u"info", Level::Info},       {u"inf", Level::Info},        {u"information", Level::Info},
    {u"informational", Level::Info}, {u"notice", Level::Info},  {u"log", Level::Info},        {u"default", Level::Info},
    {u"http", Level::Info},       {u"success", Level::Info},    {u"warn", Level::Warning},    {u"warning", Level::Warning},
    {u"wrn", Level::Warning},     {u"error", Level::Error},     {u"err", Level::Error},       {u"severe", Level::Error},
    {u"failure", Level::Error},   {u"fail", Level::Error},      {u"dbug", Level::Debug},     {u"trce", Level::Trace},   {u"exception", Level::Error}, {u"critical", Level::Fatal},  {u"crit", Level::Fatal},
    {u"fatal", Level::Fatal},     {u"ftl", Level::Fatal},       {u"panic", Level::Fatal},     {u"dpanic", Level::Fatal},
    {u"alert", Level::Fatal},     {u"emerg", Level::Fatal},     {u"emergency", Level::Fatal}, {u"t", Level::Trace},
    {u"v", Level::Trace},         {u"d", Level::Debug},         {u"i", Level::Info},          {u"w", Level::Warning},
    {u"e", Level::Error},         {u"f", Level::Fatal},
};

} // namespace

Level levelFrom(const QString &text)
{
    const QString word = text.trimmed().toLower();
    bool isNumber = false;
    const double number = word.toDouble(&isNumber);
    if (isNumber && number < 10) // syslog: 0 to 7, the lower the worse
        return number <= 2 ? Level::Fatal : number <= 3 ? Level::Error : number <= 4 ? Level::Warning
            : number <= 6 ? Level::Info : Level::Debug;
    if (isNumber && number >= 10'000) // logback: 10000 to 40000
        return number >= 40'000 ? Level::Error : number >= 30'000 ? Level::Warning : number >= 20'000 ? Level::Info : Level::Debug;
    if (isNumber && number >= 100) // monolog and Google's: 100 debug, 200 info, 300 notice or warning, 400, 500 and more
        return number >= 550 ? Level::Fatal : number >= 400 ? Level::Error : number >= 300 ? Level::Warning : number >= 200 ? Level::Info : Level::Debug;
    if (isNumber) // pino and bunyan: 10 to 60
        return number < 20 ? Level::Trace : number < 30 ? Level::Debug : number < 40 ? Level::Info
            : number < 50 ? Level::Warning : number < 60 ? Level::Error : Level::Fatal;
    for (const auto &spelling : spellings) {
        if (spelling.word == word)
            return spelling.level;
    }
    return Level::Info;
}

QString nameOf(Group::State state)
{
    switch (state) {
    case Group::State::New:
        return QStringLiteral("new");
    case Group::State::Ticketed:
        return QStringLiteral("ticketed");
    case Group::State::Muted:
        return QStringLiteral("muted");
    case Group::State::Resolved:
        return QStringLiteral("resolved");
    case Group::State::Regressed:
        break;
    }
    return QStringLiteral("regressed");
}

} // namespace coppice::capture
