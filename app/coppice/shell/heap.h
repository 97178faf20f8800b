// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace coppice::ui {

class Worker;

/// Large pieces of memory (texts of a file under review, pictures) go back to the system as soon as they are freed, and
/// threads share two heaps. Left alone, the C library keeps what was ever used: it raises the size from which memory is
/// given back with each large piece that is freed, and has a heap for each thread. To be called before threads are started.
/// Source: https://man7.org/linux/man-pages/man3/mallopt.3.html
void keepHeapSmall();
/// Half a second after the last job, what the jobs have freed inside of the heaps is given back, on one of the worker's
/// threads, where that is worth the milliseconds that it takes.
void giveBackWhenIdle(Worker &worker);

} // namespace coppice::ui
