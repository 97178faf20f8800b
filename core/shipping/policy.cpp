// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/policy.h"

#include <QRegularExpression>

#include <algorithm>
#include <iterator>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

bool isAllowedBranch(const library::GitPolicy &policy, const QString &branch)
{
    return policy.branches.isEmpty() || std::ranges::any_of(policy.branches, [&](const QString &pattern) {
               const QString form = QRegularExpression::escape(pattern).replace("\\*"_L1, ".*"_L1);
               return QRegularExpression(QRegularExpression::anchoredPattern(form)).match(branch).hasMatch();
           });
}

QString tagName(const library::GitPolicy &policy, const QString &version)
{
    static const QRegularExpression usable(u"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,99}\\z"_s);
    if (!usable.match(version).hasMatch() || version.contains(".."_L1) || version.endsWith(u'.') || version.endsWith(".lock"_L1))
        return {};
    return QString(policy.tags).replace("{version}"_L1, version);
}

QString versionOfTag(const library::GitPolicy &policy, const QString &tag)
{
    const auto at = policy.tags.indexOf("{version}"_L1);
    const QString before = policy.tags.left(at), after = policy.tags.mid(at + 9);
    if (at < 0 || !tag.startsWith(before) || !tag.endsWith(after) || tag.size() <= before.size() + after.size())
        return {};
    return tag.mid(before.size(), tag.size() - before.size() - after.size());
}

Result<QByteArray> changelogPath(const git::Repository &repository, const git::Oid &tree)
{
    COPPICE_TRY(const auto entries, repository.tree(tree));
    for (const char *name : {"CHANGELOG.md", "CHANGELOG", "CHANGES.md", "CHANGES", "HISTORY.md", "CHANGELOG.rst", "CHANGELOG.txt", "NEWS.md"}) {
        for (const auto &entry : entries) {
            if (entry.name.compare(name, Qt::CaseInsensitive) == 0 && (entry.mode == git::Mode::File || entry.mode == git::Mode::Executable))
                return entry.name;
        }
    }
    return QByteArray();
}

QString changelogPart(const QString &changelog, const QString &version)
{
    // "## [1.2.0] - 2026-01-01", "## v1.2.0", "1.2.0 (2026-01-01)" with a line of dashes below.
    const QRegularExpression heading(u"^(#{1,4}\\s*)?\\[?[vV]?%1\\]?(?![0-9A-Za-z.+-]*[0-9A-Za-z]).*$"_s.arg(QRegularExpression::escape(version)),
                                     QRegularExpression::MultilineOption);
    static const QRegularExpression anyHeading(u"^(#{1,4}\\s*)?\\[?[vV]?\\d+\\.\\d+[^\\s\\]]*\\]?(\\s*[-(–].*|\\s*:?\\s*)$"_s, QRegularExpression::MultilineOption);
    const auto found = heading.match(changelog);
    if (version.isEmpty() || !found.hasMatch())
        return {};
    const auto from = found.capturedEnd();
    const auto next = anyHeading.match(changelog, from);
    QString part = changelog.mid(from, next.hasMatch() ? next.capturedStart() - from : -1).trimmed();
    static const QRegularExpression underline(u"^[-=~]{3,}\\s*"_s);
    return part.remove(underline).trimmed();
}

Result<std::optional<sync::PolicyFinding>> checkChangelog(const git::Repository &repository, const library::GitPolicy &policy, const QString &plugin, const git::Oid &tree,
                                                          const QString &version)
{
    if (!policy.changelog || version.isEmpty())
        return std::optional<sync::PolicyFinding>();
    COPPICE_TRY(const auto path, changelogPath(repository, tree));
    QString text;
    if (!path.isEmpty()) {
        COPPICE_TRY(const auto entry, repository.entryAt(tree, path));
        COPPICE_TRY(const auto bytes, repository.blob(entry->id, 4 << 20));
        text = QString::fromUtf8(bytes);
    }
    if (!changelogPart(text, version).isEmpty())
        return std::optional<sync::PolicyFinding>();
    sync::PolicyFinding finding;
    finding.rule = u"changelog"_s;
    finding.refuses = true;
    finding.what = u"git_policy.changelog asks for an entry, and %1 has none for %2."_s.arg(path.isEmpty() ? u"the plugin's changelog, which is missing,"_s : QString::fromUtf8(path), version);
    finding.fix = u"coppicectl ship %1 --propose-version proposes one."_s.arg(plugin);
    return std::optional(std::move(finding));
}

Result<std::vector<sync::PolicyFinding>> checkPolicy(const git::Repository &repository, const library::GitPolicy &policy, const Sending &sending)
{
    std::vector<sync::PolicyFinding> findings;
    if (!isAllowedBranch(policy, sending.branch)) {
        sync::PolicyFinding finding;
        finding.rule = u"branches"_s;
        finding.refuses = true;
        finding.what = u"git_policy.branches allows %1, and the upstream's branch is %2."_s.arg(policy.branches.join(u", "_s), sending.branch);
        finding.fix = u"Set upstream.branch in .coppice/plugins/%1.yaml to one of them, or add it there."_s.arg(sending.plugin);
        findings.push_back(std::move(finding));
    }
    if (!sending.anything)
        return findings;
    COPPICE_TRY(auto commits, sync::checkCommits(repository, policy, sending.asPull ? sync::Way::Pull : sync::Way::Outgoing, sending.plugin, sending.split, sending.known));
    std::ranges::move(commits, std::back_inserter(findings));
    if (sending.newVersion) {
        COPPICE_TRY(const auto tree, repository.treeOf(sending.split));
        COPPICE_TRY(auto changelog, checkChangelog(repository, policy, sending.plugin, tree, sending.version));
        if (changelog)
            findings.push_back(std::move(*changelog));
    }
    return findings;
}

} // namespace coppice::shipping
