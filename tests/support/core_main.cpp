// SPDX-License-Identifier: GPL-3.0-or-later
// The main of test programs without a window. A program with a main of its own does not link this file.
#include "support/test_main.h"

#include <QCoreApplication>

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
