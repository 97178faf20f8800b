// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include <functional>
#include <memory>

namespace coppice::test {

/// A test class that the program's main runs. `program CLASS [FUNCTION…]` runs one class only.
struct Registration {
    Registration(const char *name, std::function<std::unique_ptr<QObject>()> make);
};

/// Runs the registered classes (or the one named first); answers the exit code.
[[nodiscard]] int runAll(QStringList arguments);

} // namespace coppice::test

#define COPPICE_TEST(Class)                                                                                            \
    static const coppice::test::Registration registered_##Class(#Class, [] {                                           \
        return std::unique_ptr<QObject>(new Class);                                                                    \
    });

/// Fails the test with the error's text when a Result holds one.
#define QVERIFY_RESULT(result)                                                                                         \
    do {                                                                                                               \
        const auto &verified_ = (result); /* once: it may do something */                                              \
        QVERIFY2(verified_.has_value(), verified_ ? "" : qPrintable(verified_.error().message()));                     \
    } while (false)
