// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/knowledge.h"

#include "base/clock.h"
#include "base/paths.h"
#include "git/tree_edit.h"
#include "text/hidden.h"
#include "text/scrub.h"
#include "workspace/files.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace coppice::runs {

namespace {

const QString folderName = QStringLiteral("knowledge");
const QByteArray knowledgePath = ".agents/knowledge/";
constexpr qint64 fileCap = 32 << 10;
constexpr qsizetype mostFiles = 8;
constexpr qsizetype mostLeftOut = 20;

/// Why a file is not taken; empty when it may be.
QString whyNot(const workspace::FoundFile &file, qsizetype taken)
{
    static const QRegularExpression form(QStringLiteral("^[a-z0-9][a-z0-9._-]{0,63}\\.md\\z"));
    const QString name = text::plain(QString::fromUtf8(file.path), 100).simplified();
    if (!S_ISREG(file.info.st_mode))
        return QStringLiteral("%1: only plain files are taken.").arg(name);
    if (file.path.contains('/') || !form.match(QString::fromUtf8(file.path)).hasMatch())
        return QStringLiteral("%1: a knowledge file is a Markdown file by a lower-case name, in no folder.").arg(name);
    if (file.info.st_size > fileCap)
        return QStringLiteral("%1: a knowledge file has at most %2 KiB.").arg(name).arg(fileCap >> 10);
    if (taken >= mostFiles)
        return QStringLiteral("%1: one run proposes at most %2 files.").arg(name).arg(mostFiles);
    return {};
}

} // namespace

Result<> offerKnowledge(sandbox::SandboxProfile &profile)
{
    const QFileInfo there(profile.home + u'/' + folderName);
    if (there.isSymLink() || (there.exists() && !there.isDir())) // the agent's doing: it has no place to propose in
        return {};
    COPPICE_CHECK(makeFolder(there.filePath()));
    profile.env[QStringLiteral("COPPICE_KNOWLEDGE")] = QStringLiteral("/home/agent/") + folderName;
    return {};
}

Result<KnowledgeProposal> collectKnowledge(const QString &home)
{
    KnowledgeProposal proposal;
    const QString folder = home + u'/' + folderName;
    const QFileInfo there(folder);
    if (there.isSymLink() || !there.isDir())
        return proposal;
    const text::Scrubber scrubber;
    COPPICE_CHECK(workspace::walkFolder(
        folder,
        [&](const workspace::FoundFile &file) -> Result<workspace::Descend> {
            const QString wrong = whyNot(file, proposal.files.size());
            if (!wrong.isEmpty()) {
                if (proposal.leftOut.size() < mostLeftOut)
                    proposal.leftOut << wrong;
                return workspace::Descend::No;
            }
            COPPICE_TRY(const QByteArray bytes, workspace::readFound(file, fileCap));
            const QString plain = scrubber.scrub(text::plain(QString::fromUtf8(bytes), fileCap)).text.trimmed();
            if (!plain.isEmpty())
                proposal.files[file.path] = plain.toUtf8() + '\n';
            return workspace::Descend::No;
        },
        2));
    return proposal;
}

Result<std::optional<review::Patch>> proposeKnowledge(git::Repository &repository, review::Reviews &reviews,
                                                      const KnowledgeSource &source, const KnowledgeProposal &proposal)
{
    std::vector<git::TreeChange> changes;
    for (auto it = proposal.files.begin(); it != proposal.files.end(); ++it) {
        COPPICE_TRY(const git::Oid blob, repository.writeBlob(*it));
        changes.push_back({knowledgePath + it.key(), git::TreeEntry{{}, git::Mode::File, blob}});
    }
    if (changes.empty())
        return std::nullopt;
    COPPICE_TRY(const git::Oid tree, git::editTree(repository, source.baseTree, changes));
    if (tree == source.baseTree)
        return std::nullopt;
    COPPICE_TRY(const git::Oid empty, repository.writeTree({}));
    review::Revision revision;
    COPPICE_TRY(revision.base, git::putTree(repository, empty, source.prefix, source.baseTree));
    COPPICE_TRY(revision.result, git::putTree(repository, empty, source.prefix, tree));
    revision.tainted = source.tainted;
    revision.at = nowMs();

    const QString link = QStringLiteral("run:") + source.run;
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        if (patch.plugin != source.plugin || patch.last().result != revision.result || patch.last().base != revision.base)
            continue;
        COPPICE_TRY(const auto evidence, reviews.evidence(patch.id.toString()));
        for (const auto &one : evidence) {
            if (one.kind == QLatin1String("knowledge") && one.link == link)
                return patch; // made before a crash
        }
    }
    COPPICE_TRY(const auto patch, reviews.add(repository, source.plugin, {}, QStringLiteral("%1: knowledge proposed by a run").arg(source.plugin), revision));
    COPPICE_CHECK(reviews.addEvidence(patch.id.toString(),
                                      {QStringLiteral("knowledge"), QStringLiteral("Proposed by an agent"), review::Evidence::Verdict::Neutral,
                                       source.tainted ? QStringLiteral("The run had read text from outside: look for instructions that somebody else wants followed.")
                                                      : QStringLiteral("What is accepted is given to every later run on this plugin."),
                                       link, revision.at}));
    return patch;
}

} // namespace coppice::runs
