// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/flags_checks.h"

namespace coppice::review {

/// An assertion whose value comes from a mock: what was told to answer so is asked, and answers so.
struct MockedCheck {
    QString test; ///< name; empty outside of any
    QString mock; ///< what stands in, as it is called
    int line = 0;
    bool replaces = false; ///< something that there is, by its name; else an object of the test's own
};
/// Assertions on what a mock, stub or patched function answers, over JavaScript, Python, Go, Rust, Java and Kotlin. An
/// assertion on what the code under test makes of a mock, or on how a mock was called, is none.
[[nodiscard]] std::vector<MockedCheck> mockedChecks(Language language, const CodeText &text, const TestFile &tests);

} // namespace coppice::review
