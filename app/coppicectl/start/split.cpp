// SPDX-License-Identifier: GPL-3.0-or-later
#include "../frame.h"
#include "beside.h"

int main(int argc, char **argv)
{
    return coppice::ctl::run(argc, argv, [argv] { coppice::ctl::becomeProgramBeside("coppicectl-commands", argv); });
}
