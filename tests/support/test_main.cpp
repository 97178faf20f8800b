// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <QCoreApplication>
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

int main(int argc, char **argv)
{
    // A test must not depend on, or write to, the settings of whoever runs it.
    qputenv("GIT_CONFIG_NOSYSTEM", "1");
    qputenv("GIT_CONFIG_GLOBAL", "/dev/null");
    qputenv("LC_ALL", "C.UTF-8");
    qputenv("TZ", "UTC");
    qputenv("QTEST_DISABLE_STACK_DUMP", "1"); // a debugger that hangs would hide what failed
    QCoreApplication application(argc, argv);
    return coppice::test::runAll(QCoreApplication::arguments());
}
