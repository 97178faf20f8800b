// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_log.h"

#include "text/hidden.h"
#include "text/scrub.h"

#include <QFile>

#include <algorithm>

namespace coppice::runs {

using namespace Qt::StringLiterals;

namespace {
constexpr qint64 Most = 1024 * 1024;
constexpr qint64 Beginning = 128 * 1024;
}

Result<CheckLog> readCheckLog(const Run &run, const QString &check, CheckSide side)
{
    const auto found = std::ranges::find_if(run.checks, [&](const Check &one) { return one.id == check || one.command == check; });
    if (found == run.checks.end()) {
        QStringList known;
        for (const auto &one : run.checks)
            known << one.id;
        return failNotFound(u"run.check"_s, u"Run %1 has no check %2"_s.arg(run.id.shown(), check), run.plugin,
                    known.isEmpty() ? u"It ran no check."_s : u"Its checks: %1."_s.arg(known.join(u", "_s)));
    }
    const bool after = side == CheckSide::After;
    if (!(after ? found->after : found->before))
        return failNotFound(u"run.check_log"_s, after ? u"The check was not run on the result"_s : u"The check was not run on the base"_s,
                    found->command);
    const QString path = after ? found->logAfter : found->logBefore;
    QFile file(path);
    if (path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return failNotFound(u"run.check_log"_s, u"What the check printed is not on this machine any more"_s, path,
                    u"The run's folder was removed, or it ran on another machine. A new run of the playbook prints it again."_s);
    CheckLog log;
    QByteArray bytes;
    if (file.size() > Most) {
        // Cut at ends of lines, so that no secret is shown because half of it was cut away.
        bytes = file.read(Beginning);
        bytes.truncate(std::max<qsizetype>(0, bytes.lastIndexOf('\n') + 1));
        const qint64 from = file.size() - (Most - Beginning);
        file.seek(from);
        const QByteArray end = file.read(Most - Beginning);
        const qsizetype line = end.indexOf('\n') + 1;
        log.leftOut = from + line - bytes.size();
        bytes += "[... " + QByteArray::number(log.leftOut) + " bytes are left out here ...]\n";
        bytes += end.mid(line);
    } else {
        bytes = file.readAll();
    }
    log.text = text::Scrubber().scrub(text::plain(QString::fromUtf8(bytes), 2 * bytes.size())).text;
    return log;
}

} // namespace coppice::runs
