// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fault.h"

#ifdef COPPICE_FAULT_POINTS

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace coppice {

namespace {

thread_local const char *currentStep = "";

struct Plan {
    std::string name; ///< of the point to die at; empty: none
    int left = 0;     ///< passings until then
    int log = -1;
};

/// Read once: nobody is killed by a variable that is set later.
Plan readPlan()
{
    Plan plan;
    if (const char *at = std::getenv("COPPICE_DIE_AT")) {
        const std::string_view text(at);
        const auto colon = text.rfind(':');
        if (colon != std::string_view::npos) {
            plan.name = text.substr(0, colon);
            std::from_chars(text.data() + colon + 1, text.data() + text.size(), plan.left);
        }
    }
    if (const char *file = std::getenv("COPPICE_FAULT_LOG"))
        plan.log = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return plan;
}

const Plan &plan()
{
    static const Plan one = readPlan();
    return one;
}

} // namespace

FaultStep::FaultStep(const char *name) noexcept : m_outer(currentStep)
{
    currentStep = name;
}

FaultStep::~FaultStep()
{
    currentStep = m_outer;
}

void faultPoint(const char *what) noexcept
{
    const Plan &now = plan();
    if (now.name.empty() && now.log < 0)
        return;
    static std::atomic_int passed = 0;
    std::string name = std::string(currentStep) + '/' + what;
    if (now.log >= 0) {
        const std::string line = name + '\n';
        [[maybe_unused]] const auto written = ::write(now.log, line.data(), line.size());
    }
    if (name == now.name && ++passed == now.left) {
        ::kill(::getpid(), SIGKILL);
        ::pause(); // the signal is on its way
    }
}

} // namespace coppice

#else

namespace coppice {

FaultStep::FaultStep(const char *) noexcept : m_outer(nullptr) { }
FaultStep::~FaultStep() = default;
void faultPoint(const char *) noexcept { }

} // namespace coppice

#endif
