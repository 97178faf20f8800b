// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"

#include <algorithm>

namespace coppice::ui {

Commands::Commands(QObject *parent) : QObject(parent), m_sheet({"text", "group", "keys", "available"}) { }

bool Commands::Entry::enabled() const
{
    return command && command->property("enabled").toBool();
}

void Commands::add(QObject *command)
{
    m_entries.push_back({command, command->property("text").toString(), command->property("group").toString(),
                         command->property("keysText").toString(), command->property("icon").toString()});
}

void Commands::refreshSheet()
{
    std::erase_if(m_entries, [](const Entry &entry) { return !entry.command; });
    std::vector<const Entry *> shown;
    QStringList live;
    for (const auto &entry : m_entries) {
        if (entry.keys.isEmpty())
            continue;
        shown.push_back(&entry);
        if (entry.enabled() && !live.contains(entry.group))
            live << entry.group;
    }
    std::stable_sort(shown.begin(), shown.end(), [&](auto *a, auto *b) {
        const bool aLive = live.contains(a->group), bLive = live.contains(b->group);
        return aLive != bLive ? aLive : a->group < b->group;
    });
    std::vector<Record> records;
    QStringList seen;
    for (const auto *entry : shown) {
        const QString key = entry->group + u'/' + entry->text + u'/' + entry->keys;
        if (seen.contains(key))
            continue;
        seen << key;
        records.push_back({key, {entry->text, entry->group, entry->keys, entry->enabled()}});
    }
    m_sheet.setRecords(std::move(records));
}

void Commands::activate(QObject *command)
{
    QMetaObject::invokeMethod(command, "activated");
}

} // namespace coppice::ui
