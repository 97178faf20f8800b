// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/policy.h"

#include "base/counted.h"
#include "text/hidden.h"

#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::sync {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostLookedAt = 2000;
constexpr size_t mostNamed = 20;
constexpr qsizetype saidAtMost = 3;

QString subjectOf(const git::Commit &commit)
{
    return text::plain(QString::fromUtf8(commit.message.left(1000)).section(u'\n', 0, 0), 200).simplified();
}

void note(PolicyFinding &finding, const git::Oid &id, const QString &subject)
{
    ++finding.count;
    if (finding.commits.size() < mostNamed)
        finding.commits.push_back({id, subject});
}

QString fixOfSubjects(Way way, const QString &plugin, bool refuses)
{
    if (way == Way::Incoming)
        return refuses ? u"Ask its owners to reword them, or take them in by hand; git_policy.on_pull: tell only tells it."_s
                       : u"They are taken in as they are; a pull request or push of yours is judged by its own commits."_s;
    return u"Reword them where they are not pushed to the library's remote yet (git rebase -i, or git commit --amend), for example as \"fix(%1): …\"; else send them once with "
           "coppicectl sync push %1."_s.arg(plugin);
}

QString fixOfMerges(Way way, const QString &plugin, bool refuses)
{
    if (way == Way::Incoming)
        return refuses ? u"Ask its owners to rebase, or take them in by hand; git_policy.on_pull: tell only tells it."_s : u"They are taken in as they are."_s;
    return way == Way::Pull ? u"Squash or rebase the pull request when it is merged."_s
                            : u"Ship through a pull request that is squashed or rebased (upstream.ship: pr), or send them once with coppicectl sync push %1."_s.arg(plugin);
}

} // namespace

bool isConventional(const QString &subject)
{
    static const QRegularExpression pattern(u"^(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\\([^()\\s][^()]*\\))?!?: \\S|^Revert \".+\"$"_s);
    return pattern.match(subject).hasMatch();
}

QString PolicyFinding::told() const
{
    QStringList named;
    for (const auto &commit : commits) {
        if (named.size() == saidAtMost)
            break;
        named << u"%1 \"%2\""_s.arg(commit.id.shown(), commit.subject);
    }
    if (count > size_t(named.size()) && !named.isEmpty())
        named << u"and %1 more"_s.arg(count - size_t(named.size()));
    QString all = named.isEmpty() ? what : u"%1: %2."_s.arg(what.chopped(what.endsWith(u'.') ? 1 : 0), named.join(u", "_s));
    if (!fix.isEmpty())
        all += u' ' + fix;
    return all;
}

Result<std::vector<PolicyFinding>> checkCommits(const git::Repository &repository, const library::GitPolicy &policy, Way way, const QString &plugin, const git::Oid &tip,
                                                const std::vector<git::Oid> &known)
{
    std::vector<PolicyFinding> findings;
    const bool subjects = policy.commits == "conventional"_L1;
    if ((!subjects && !policy.linear) || tip.isNull() || !repository.has(tip))
        return findings;
    std::vector<git::Oid> hidden;
    for (const auto &one : known) {
        if (!one.isNull() && repository.has(one))
            hidden.push_back(one);
    }
    const bool refuses = way == Way::Incoming ? policy.refusesOnPull : true;
    const QString whose = way == Way::Incoming ? u"of the upstream"_s : u"that would be sent"_s;
    PolicyFinding odd, merges;
    COPPICE_TRY(const auto ids, repository.walk(tip, hidden, mostLookedAt));
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        COPPICE_TRY(const auto commit, repository.commit(*id));
        const QString subject = subjectOf(commit);
        if (commit.parents.size() > 1)
            note(merges, *id, subject);
        else if (!isConventional(subject))
            note(odd, *id, subject);
    }
    if (subjects && odd.count > 0) {
        odd.rule = u"commits"_s;
        odd.refuses = refuses;
        odd.what = u"git_policy.commits asks for conventional subjects, and %1 %2 %3 none."_s.arg(counted(qint64(odd.count), "commit"), whose, odd.count == 1 ? u"has"_s : u"have"_s);
        odd.fix = fixOfSubjects(way, plugin, refuses);
        findings.push_back(std::move(odd));
    }
    if (policy.linear && merges.count > 0) {
        merges.rule = u"linear"_s;
        merges.refuses = refuses && way != Way::Pull;
        merges.what = u"git_policy.linear allows no merges, and there %1 %2 %3."_s.arg(merges.count == 1 ? u"is"_s : u"are"_s, counted(qint64(merges.count), "merge"), whose);
        merges.fix = fixOfMerges(way, plugin, merges.refuses);
        findings.push_back(std::move(merges));
    }
    return findings;
}

QJsonObject toJson(const PolicyFinding &finding)
{
    QJsonArray commits;
    for (const auto &commit : finding.commits)
        commits << QJsonObject{{u"commit"_s, commit.id.toString()}, {u"subject"_s, commit.subject}};
    return {{u"rule"_s, finding.rule}, {u"what"_s, finding.what}, {u"fix"_s, finding.fix}, {u"refuses"_s, finding.refuses}, {u"commits"_s, commits}, {u"count"_s, qint64(finding.count)}};
}

QJsonArray toJson(const std::vector<PolicyFinding> &findings)
{
    QJsonArray all;
    for (const auto &finding : findings)
        all << toJson(finding);
    return all;
}

} // namespace coppice::sync
