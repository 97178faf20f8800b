// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/flags_code.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace coppice::review {

/// An assertion, or a row of a table that one runs over, as it stands in a test file.
struct Check {
    enum class Kind { Assertion, Row } kind = Kind::Assertion;
    QString text;         ///< without spaces: equal texts are equal checks
    QStringList operands; ///< what is compared, without spaces
    int strength = 0;     ///< 5 an exact value, 4 close to one, 3 a range or a part, 2 a type or "another one", 1 truth, 0 cannot fail
    double slack = -1;    ///< how far a value may be off; -1 when nothing says so
    QString compares;     ///< "<", ">=" … with a number, else empty
    double bound = 0;
    QString error;        ///< the error that is expected, empty when any is
    int line = 0;
    int test = -1; ///< index into the tests of the file
};
/// A test as it is declared.
struct TestDeclaration {
    QString name;
    int line = 0;
    int lastLine = 0;
};
struct TestFile {
    std::vector<TestDeclaration> tests;
    std::vector<Check> checks;
};
/// Tests, assertions and rows, in order; at most 20,000 of each.
[[nodiscard]] TestFile readTests(Language language, const CodeText &text);
/// Assertions alone, into a file whose tests are known.
void readAssertions(Language language, const CodeText &text, std::vector<Check> &checks);
void readRows(Language language, const CodeText &text, std::vector<Check> &checks);
/// Numbers and texts that stand in a piece of code.
[[nodiscard]] QStringList literalsOf(const QString &code);
[[nodiscard]] bool isTestPath(const QString &path);
/// What makes a file a test by what it holds: an import of a framework, an attribute.
[[nodiscard]] bool holdsTests(Language language, const CodeText &text);

/// A mark by which a test is not run, or its failing is expected: what it is, and on which line.
struct TestMark {
    QString token;
    int line = 0;
    bool only = false;
};
/// Skips, expected failures, "only this one", in order.
[[nodiscard]] std::vector<TestMark> testMarksIn(Language language, const CodeText &text);
struct FlagInput;
struct Flag;
/// What an added line of a test alone can say: that it stops early, hides an error, never runs, or that a tolerance grows.
void flagTestLines(const FlagInput &input, const TestFile &after, std::vector<Flag> &flags);
/// As it stands in a reason.
[[nodiscard]] QString shortened(const QString &text);

inline constexpr size_t mostChecks = 20'000;

} // namespace coppice::review
