// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/pdf.h"

#include "base/paths.h"
#include "process/child.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcessEnvironment>

namespace coppice::app {

using namespace Qt::StringLiterals;

namespace {

QMap<QString, QString> environment()
{
    const auto inherited = QProcessEnvironment::systemEnvironment();
    QMap<QString, QString> env;
    for (const auto &name : inherited.keys()) {
        if (!name.startsWith(u"QT_"))
            env[name] = inherited.value(name);
    }
    env[u"QT_QPA_PLATFORM"_s] = u"offscreen"_s; // the printer asks for no display, whatever the window has
    return env;
}

} // namespace

Result<Printed> writePdf(const QString &html, const QString &path, std::stop_token stop)
{
    const QFileInfo file(path);
    const QString target = file.absoluteFilePath();
    if (path.trimmed().isEmpty() || file.isDir())
        return fail(u"pdf.path"_s, u"A PDF is written to a file"_s, path, u"Name a file, for example report.pdf."_s);
    if (!file.absoluteDir().exists())
        return fail(u"pdf.path"_s, u"The folder for the PDF is not there"_s, file.absolutePath(), u"Make it first, or name another."_s);
    COPPICE_TRY(const QString program, helperProgram(u"coppice-printer"_s));
    process::Request request;
    request.argv = {program};
    request.env = environment();
    request.input = html.toUtf8();
    request.limits.time = std::chrono::minutes(5);
    request.limits.residentBytes = 2LL << 30;
    request.outputCap = 256 << 20;
    COPPICE_TRY(const auto outcome, process::run(request, stop));
    if (outcome.cancelled)
        return failCancelled();
    if (!outcome.ok() || outcome.droppedOut > 0 || !outcome.out.startsWith("%PDF-")) {
        const QString why = outcome.timedOut      ? u"It took longer than five minutes"_s
                            : outcome.overMemory  ? u"It took more than 2 GB of memory"_s
                            : outcome.droppedOut > 0 ? u"It is larger than 256 MB"_s
                                                  : QString::fromUtf8(outcome.err).trimmed().left(2000);
        return fail(u"pdf.failed"_s, u"The pages could not be printed. %1"_s.arg(why), target, u"Write the report as HTML instead, and print it from a browser."_s);
    }
    COPPICE_CHECK(writeFileAtomically(target, outcome.out));
    // The last line is the printer's own; before it may stand what Qt had to say.
    const auto told = QJsonDocument::fromJson(outcome.err.trimmed().split('\n').last()).object();
    Printed printed{told[u"pages"].toInt(), {}};
    for (const auto &note : told[u"notes"].toArray())
        printed.notes << note.toString();
    return printed;
}

} // namespace coppice::app
