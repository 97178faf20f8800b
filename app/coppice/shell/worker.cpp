// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker.h"

namespace coppice::ui {

Worker::Worker(QObject *parent) : QObject(parent)
{
    m_reads.setMaxThreadCount(4);
    m_calls.setMaxThreadCount(16);
}

Worker::~Worker()
{
    m_reads.clear();
    m_reads.waitForDone();
    m_calls.waitForDone();
}

void Worker::finished()
{
    if (--m_pending == 0)
        Q_EMIT idle();
}

} // namespace coppice::ui
