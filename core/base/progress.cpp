// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/progress.h"

namespace coppice {

namespace {
class Silent final : public Progress
{
    void report(qint64, qint64, const QString &) override { }
};
} // namespace

Progress &Progress::none()
{
    static Silent silent;
    return silent;
}

} // namespace coppice
