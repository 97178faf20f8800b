// SPDX-License-Identifier: GPL-3.0-or-later
#include "screens.h"

#include <algorithm>

namespace coppice::ui {

namespace {
std::vector<const Screen *> &registered()
{
    static std::vector<const Screen *> all;
    return all;
}
} // namespace

Screen::Screen(const char *screenName, int screenPlace, const char *screenTitle, const char *screenPurpose)
    : name(QString::fromLatin1(screenName)), place(screenPlace), title(QString::fromUtf8(screenTitle)),
      purpose(QString::fromUtf8(screenPurpose))
{
    registered().push_back(this);
}

std::vector<const Screen *> Screen::all()
{
    auto screens = registered();
    std::sort(screens.begin(), screens.end(), [](auto *a, auto *b) { return a->place < b->place; });
    return screens;
}

const Screen *Screen::find(const QString &name)
{
    for (const auto *screen : registered()) {
        if (screen->name == name)
            return screen;
    }
    return nullptr;
}

} // namespace coppice::ui
