// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/carry.h"

#include <QDir>

#include <algorithm>

namespace coppice::runs {

using namespace Qt::StringLiterals;

namespace {

/// The raw stream of the last time that the recorded run's client was started; else what it printed.
QString recordingIn(const QString &logs)
{
    for (const QString &form : {u"agent-*.raw.jsonl"_s, u"agent-*.log"_s}) {
        QStringList names = QDir(logs).entryList({form}, QDir::Files);
        names.removeIf([&](const QString &name) { return QFileInfo(logs + u'/' + name).size() == 0; });
        if (!names.isEmpty())
            return logs + u'/' + *std::ranges::max_element(names, [](const QString &a, const QString &b) {
                return std::pair(a.size(), a) < std::pair(b.size(), b); // agent-10 after agent-9
            });
    }
    return {};
}

} // namespace

Result<> Carrier::addReplay(clients::Job &job)
{
    if (!m_client->replays())
        return {};
    m_run.replayed = true;
    COPPICE_CHECK(save());
    job.replayPath = recordingIn(m_house.library.runsDir() + u'/' + m_run.replayOf + u"/logs"_s);
    if (job.replayPath.isEmpty())
        return failNotFound(u"run.no-recording"_s, u"Nothing is recorded of the run that is to be played back"_s, m_run.replayOf,
                            u"Only runs whose client was started can be played back."_s);
    m_updates->note(u"This is a recording of run %1, played back. No agent works here."_s.arg(m_run.replayOf));
    return {};
}

/// The files as the recorded run left them, for the checks to be made on them once more.
Result<> Carrier::takeRecorded()
{
    COPPICE_TRY(const Run recorded, m_store.get(m_run.replayOf));
    const git::Oid &tree = recorded.result.isNull() ? recorded.wip : recorded.result;
    return tree.isNull() || !m_repository->has(tree) ? Result<>() : m_folder->checkout(*m_repository, tree);
}

} // namespace coppice::runs
