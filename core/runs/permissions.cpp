// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/permissions.h"

#include <QDir>

#include <algorithm>

namespace coppice::runs {

using namespace Qt::StringLiterals;

namespace {

/// Inside the work folder or a place that dies with the run; `.git` is not part of the work.
bool isOwnPlace(const QString &workInside, const QString &path)
{
    const QString whole = QDir::cleanPath(path.startsWith(u'/') ? path : QString(workInside + u'/' + path));
    const auto within = [&whole](const QString &folder) { return whole == folder || whole.startsWith(folder + u'/'); };
    if (within(workInside))
        return !within(workInside + u"/.git"_s);
    return within(u"/tmp"_s) || within(u"/home/agent"_s) || within(u"/coppice/out"_s);
}

} // namespace

bool isGranted(const PermissionPolicy &policy, const clients::PermissionRequest &request)
{
    const bool looks = request.kind == u"read" || request.kind == u"search" || request.kind == u"think";
    const bool changes = request.kind == u"edit" || request.kind == u"delete" || request.kind == u"move";
    const bool inside = std::ranges::all_of(request.paths, [&](const QString &path) { return isOwnPlace(policy.workInside, path); });
    if (looks) // the whole system inside the sandbox may be read; what may not be is not there
        return true;
    if (policy.ask)
        return false;
    if (changes)
        return inside;
    return request.kind == u"execute"; // in the sandbox, whatever it names
}

} // namespace coppice::runs
