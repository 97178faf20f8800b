// SPDX-License-Identifier: GPL-3.0-or-later
#include "heap.h"

#include "worker.h"

#include <QTimer>

#include <cstdlib>
#include <memory>
#include <utility>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace coppice::ui {

void keepHeapSmall()
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    mallopt(M_TRIM_THRESHOLD, 2 * 1024 * 1024);
#endif
}

void giveBackWhenIdle(Worker &worker)
{
#ifdef __GLIBC__
    auto *quiet = new QTimer(&worker);
    quiet->setSingleShot(true);
    quiet->setInterval(500);
    // Giving back is a job as well, after which the worker is idle once more.
    const auto gave = std::make_shared<bool>(false);
    QObject::connect(&worker, &Worker::idle, quiet, [quiet, gave] {
        if (!std::exchange(*gave, false))
            quiet->start();
    });
    QObject::connect(quiet, &QTimer::timeout, &worker, [&worker, gave] {
        if (worker.pending() > 0)
            return;
        *gave = true;
        worker.read(&worker, [] {
            constexpr size_t worth = 8 << 20;
            return mallinfo2().fordblks > worth && malloc_trim(1 << 20) != 0;
        }, [](bool) { });
    });
#else
    (void)worker;
#endif
}

} // namespace coppice::ui
