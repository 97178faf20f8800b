// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <QTest>

#include <cstdio>
#include <vector>

namespace coppice::test {

namespace {
struct Entry {
    QString name;
    std::function<std::unique_ptr<QObject>()> make;
};
std::vector<Entry> &entries()
{
    static std::vector<Entry> all;
    return all;
}
} // namespace

Registration::Registration(const char *name, std::function<std::unique_ptr<QObject>()> make)
{
    entries().push_back({QString::fromLatin1(name), std::move(make)});
}

int runAll(QStringList arguments)
{
    QString only;
    if (arguments.size() > 1) {
        for (const auto &entry : entries()) {
            if (entry.name == arguments[1]) {
                only = arguments.takeAt(1);
                break;
            }
        }
    }
    // QtTest's handler can wait for ever on a lock that the crash left taken. Without it a crash ends the program at once,
    // and is told as one.
    arguments << QStringLiteral("-nocrashhandler");
    int failures = 0;
    int classes = 0;
    for (const auto &entry : entries()) {
        if (!only.isEmpty() && entry.name != only)
            continue;
        const auto object = entry.make();
        ++classes;
        failures += QTest::qExec(object.get(), arguments);
    }
    if (classes == 0) {
        std::fputs("This program holds no test class.\n", stderr);
        return 1;
    }
    return failures == 0 ? 0 : 1;
}

} // namespace coppice::test
