// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/ship_settings.h"

#include <QRegularExpression>

namespace coppice::library {

using namespace Qt::StringLiterals;

bool isTagPattern(const QString &text)
{
    static const QRegularExpression refused(u"[\\x00-\\x20\\x7f~^:?*\\[\\\\]|\\.\\.|//|@\\{|\\.$|\\.lock$|/$|^/|^-|/\\.|^\\."_s);
    return text.count("{version}"_L1) == 1 && !QString(text).replace("{version}"_L1, "1.0.0"_L1).contains(refused) && text.size() <= 200;
}

ReviewPolicy readReviewPolicy(const YamlFile &file)
{
    // What is asked for in words that are not understood is asked for: a slip of the pen opens no door.
    ReviewPolicy policy;
    const QString reviewers = file.text(u"review/reviewers"_s);
    policy.reviewers = reviewers.isEmpty() || reviewers == "1"_L1 ? 1 : 2;
    const QString other = u"review/other_than_requester"_s;
    policy.otherThanRequester = file.flag(other, file.has(other));
    return policy;
}

void readShipping(const YamlFile &file, Upstream &upstream, std::vector<Problem> &problems)
{
    if (file.text(u"upstream/ship"_s) == "pr"_L1)
        upstream.ship = Upstream::Ship::PullRequest;
    const QString forge = file.text(u"upstream/forge"_s);
    upstream.forge = forge == "github"_L1 || forge == "gitlab"_L1 ? forge : QString();
    static const QRegularExpression project(u"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(/[A-Za-z0-9_.-]{1,255}){1,20}\\z"_s);
    if (const QString text = file.text(u"upstream/project"_s); project.match(text).hasMatch())
        upstream.project = text;
    else if (!text.isEmpty())
        problems.push_back({file.file(), file.line(u"upstream/project"_s), u"upstream.project has to be owner/name (GitHub) or group/name (GitLab)"_s});
    upstream.labels = file.texts(u"upstream/labels"_s);
}

} // namespace coppice::library
