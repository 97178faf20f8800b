// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/carry.h"

#include "base/paths.h"
#include "playbooks/values.h"
#include "runs/files.h"
#include "runs/outputs.h"

#include <QFileInfo>

#include <algorithm>

namespace coppice::runs {

namespace {

const QString handFolder = QStringLiteral("/hand");

QString toldToPerson(const QString &hand, const QString &outputs, const playbooks::Step *step, const Run &run)
{
    const QString also = outputs.isEmpty()
        ? QString()
        : QStringLiteral(", and fill in %1 (%2)").arg(outputs, step->outputs.join(QStringLiteral(", ")));
    return QStringLiteral("Change the files in %1%2; when you are done: coppicectl run take %3").arg(hand, also, run.id.shown());
}

} // namespace

/// The file in which a person leaves what the step declares; empty where it declares nothing. What is written there stays.
Result<QString> Carrier::outputsForPerson(const playbooks::Step &step)
{
    if (step.outputs.isEmpty())
        return QString();
    const QString path = outputsFile(outputsOf(step));
    if (QFileInfo(path).size() > 0)
        return path;
    QByteArray form = "# What the step '" + step.id.toUtf8() + "' leaves for later ones: one name=value a line.\n";
    for (const QString &name : step.outputs)
        form += name.toUtf8() + "=\n";
    COPPICE_CHECK(coppice::makeFolder(outputsOf(step)));
    COPPICE_CHECK(writeFileAtomically(path, form));
    return path;
}

Result<playbooks::StepExecutor::Outcome> Carrier::handStep(const playbooks::Step &step)
{
    const QString hand = m_folder->path() + handFolder;
    COPPICE_TRY(const QString outputs, outputsForPerson(step));
    if (!m_run.taken) {
        if (m_run.handed && !m_run.wip.isNull()) // what its client had done
            COPPICE_CHECK(m_folder->checkout(*m_repository, m_run.wip));
        COPPICE_CHECK(makeHandCopy(m_folder->work(), hand));
        return Outcome{false, toldToPerson(hand, outputs, &step, m_run), true};
    }
    COPPICE_TRY(const StepOutputs left, takeOutputs(step, outputsOf(step)));
    QStringList open;
    for (const QString &name : step.outputs) {
        if (playbooks::textOf(left.values[name]).isEmpty())
            open << name;
    }
    if (!open.isEmpty()) { // nothing is lost: the run waits on
        m_run.taken = false;
        COPPICE_CHECK(save());
        return Outcome{false, QStringLiteral("Nothing stands in %1 for %2. ").arg(outputs, open.join(QStringLiteral(", ")))
                                  + toldToPerson(hand, outputs, &step, m_run), true};
    }
    COPPICE_CHECK(m_folder->checkout(*m_repository, treeNow()));
    COPPICE_CHECK(takeHandCopy(hand, m_folder->work()));
    m_run.outcome = clients::nameOf(clients::AgentEnd::Outcome::Completed);
    return takeAll(step);
}

/// A person goes on in a copy of the folder as the client left it.
Result<Run> Carrier::handedOver()
{
    m_run.handed = true;
    COPPICE_CHECK(m_store.clearCancel(m_run.id.toString()));
    if (!m_folder) { // there was nothing yet: the copy is made when the step begins
        m_run.state = Run::State::Queued;
        COPPICE_CHECK(save());
        return m_run;
    }
    m_run.state = Run::State::Waiting;
    const QString hand = m_folder->path() + handFolder;
    COPPICE_CHECK(makeHandCopy(m_folder->work(), hand));
    QString outputs;
    const auto step = std::ranges::find(m_playbook.steps, m_run.step, &playbooks::Step::id);
    if (step != m_playbook.steps.end()) {
        COPPICE_TRY(outputs, outputsForPerson(*step));
    }
    m_run.reason = QStringLiteral("Taken over. ") + toldToPerson(hand, outputs, outputs.isEmpty() ? nullptr : &*step, m_run);
    COPPICE_CHECK(save());
    return m_run;
}

} // namespace coppice::runs
