// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"
#include "review/edits.h"
#include "runs/send_back.h"
#include "sandbox/sandbox.h"
#include "scheduler/scheduler.h"

#include "base/paths.h"

namespace coppice::engine {

namespace {

/// {id, run, message?, client?, playbook?, command?} → {id: run, review}: `run` is the id that the run is to get, made by
/// who asks, so that a command that is carried out again after the engine died starts no second one.
Result<QJsonObject> sendBack(const Call &call)
{
    if (!sandbox::probe().works)
        return failNeeds(QStringLiteral("sandbox.unavailable"), sandbox::probe().why, {},
                         QStringLiteral("Runs need bubblewrap: nothing of a plugin is run outside a sandbox."),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("sandbox")}}});
    runs::SendBackRequest request;
    request.patch = call.args[u"id"].toString();
    request.run = call.args[u"run"].toString();
    request.message = call.args[u"message"].toString();
    request.client = call.args[u"client"].toString();
    request.playbook = call.args[u"playbook"].toString();
    request.command = call.args[u"command"].toString();
    COPPICE_TRY(const runs::Run run, runs::sendBack(call.house, call.actor, request, call.stop, call.progress));
    call.scheduler.wake();
    return QJsonObject{{QStringLiteral("id"), run.id.toString()}, {QStringLiteral("review"), request.patch}};
}

/// {id, revision, file | text_base64, path | hunk} → {id, revision, operation}: a person's text for a file, or for the
/// new side of a hunk. `revision` is the one that was read: made again on a later one it would be another change.
Result<QJsonObject> edit(const Call &call)
{
    review::Reviews reviews(call.house.state, call.house.journal);
    COPPICE_TRY(const auto patch, reviews.get(call.args[u"id"].toString()));
    const int read = call.args[u"revision"].toInt();
    if (read > 0 && read != patch.last().number)
        return fail(QStringLiteral("review.other-revision"),
                    QStringLiteral("The patch has revision %1 by now").arg(patch.last().number), patch.id.toString(),
                    QStringLiteral("Read that one, and make the change on it."));
    QByteArray text = QByteArray::fromBase64(call.args[u"text_base64"].toString().toLatin1());
    if (const QString file = call.args[u"file"].toString(); !file.isEmpty()) {
        COPPICE_TRY(text, readFile(file, 10 << 20));
    }
    COPPICE_TRY(auto repository, call.house.library.repository());
    COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
    const QString hunk = call.args[u"hunk"].toString();
    COPPICE_TRY(const auto revision, hunk.isEmpty()
                                         ? review::editedFile(repository, patch, files, call.args[u"path"].toString().toUtf8(), text)
                                         : review::editedHunk(repository, patch, files, hunk, text));
    COPPICE_TRY(const auto operation, reviews.edit(call.actor, repository, patch, revision));
    return QJsonObject{{QStringLiteral("id"), patch.id.toString()},
                       {QStringLiteral("revision"), patch.last().number + 1},
                       {QStringLiteral("operation"), operation.toString()}};
}

const Handler sendBackHandler("review.send-back", true, sendBack);
const Handler editHandler("review.edit", false, edit);

} // namespace

} // namespace coppice::engine
