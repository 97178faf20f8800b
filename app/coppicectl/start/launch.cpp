// SPDX-License-Identifier: GPL-3.0-or-later
// coppicectl itself: it becomes the program that has the command. All commands together are linked to some fifty
// libraries, and loading these takes longer than a split in which nothing is new; so that one has a program of its own.
#include "beside.h"

#include <cerrno>
#include <cstdio>
#include <string_view>

namespace {

constexpr char allCommands[] = "coppicectl-commands";
constexpr char splitAlone[] = "coppicectl-split";

/// The words begin with "sync split", whatever options stand between; what does not look like it is for the others.
bool asksForSplit(char **argument)
{
    constexpr std::string_view wanted[] = {"sync", "split"};
    size_t found = 0;
    for (++argument; *argument && found < 2; ++argument) {
        const std::string_view word = *argument;
        if (word == "--library") {
            if (!*++argument)
                return false;
        } else if (word == wanted[found]) {
            ++found;
        } else if (word != "--json" && !word.starts_with("--library=")) {
            return false;
        }
    }
    return found == 2;
}

} // namespace

int main(int, char **argv)
{
    const char *const name = asksForSplit(argv) ? splitAlone : allCommands;
    coppice::ctl::becomeProgramBeside(name, argv);
    std::fprintf(stderr, "coppicectl: The program %s cannot be started (%s)\nIt belongs beside coppicectl. Install Coppice again.\n", name,
                 std::strerror(errno));
    return 1;
}
