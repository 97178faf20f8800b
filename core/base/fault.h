// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace coppice {

// Places at which a test ends this process as `kill -9` does, so that what follows a crash is tried at every one of them
// and not only at random moments.
//
// Whatever lasts goes through few functions: a transaction of a database, a reference of a repository, a program that is
// run, a request to a forge. These call faultPoint() before and after, so that no new write can be forgotten; FaultStep
// names what it belongs to. A point's name is "<step>/<what>", for example "ship.tag/reference.after".
//
//   COPPICE_DIE_AT=NAME:N      SIGKILL to this process when the point NAME is passed for the N-th time
//   COPPICE_FAULT_LOG=FILE     a line with the name of each point that is passed
//
// Compiled in only where the tests are built (COPPICE_TESTS); otherwise, and where neither variable was set when the
// process started, passing a point costs one call. It can do nothing but end the process that its own environment belongs
// to, at moments at which losing power could end it, too.

/// Names what is done on this thread until it is destroyed; a step within a step has its own name. `name` is a literal.
class FaultStep
{
public:
    explicit FaultStep(const char *name) noexcept;
    ~FaultStep();
    FaultStep(const FaultStep &) = delete;
    FaultStep &operator=(const FaultStep &) = delete;

private:
    [[maybe_unused]] const char *m_outer;
};
/// `what` is a literal such as "write.before". Safe from any thread.
void faultPoint(const char *what) noexcept;

} // namespace coppice
