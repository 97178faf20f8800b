// SPDX-License-Identifier: GPL-3.0-or-later
// What git_policy of coppice.yaml asks, against what the next version would hold.
#include "health/line_history.h"
#include "health/probe.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

/// A line that looks like a heading and holds the version as a word.
bool tellsVersion(const QByteArray &changelog, const QString &version)
{
    const QRegularExpression word(u"(?:^|[^0-9A-Za-z.])v?%1(?![0-9A-Za-z]|\\.[0-9])"_s.arg(QRegularExpression::escape(version.startsWith(u'v') ? version.mid(1) : version)));
    const auto lines = QString::fromUtf8(changelog.left(1 << 20)).split(u'\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const bool heading = lines[i].startsWith(u'#') || (i + 1 < lines.size() && (lines[i + 1].startsWith("==="_L1) || lines[i + 1].startsWith("---"_L1)))
            || (!lines[i].isEmpty() && !lines[i].front().isSpace() && lines[i].front() != u'-' && lines[i].front() != u'*');
        if (heading && word.match(lines[i]).hasMatch())
            return true;
    }
    return false;
}

class GitPolicyProbe final : public Probe
{
public:
    QString name() const override { return u"git_policy"_s; }
    QString title() const override { return u"Git policy"_s; }
    QString source() const override { return u"the plugin's history, and git_policy of coppice.yaml"_s; }
    int version() const override { return 2; }
    Result<QByteArray> roundKey(Round &round) override
    {
        COPPICE_TRY(const auto lines, round.linesKey());
        COPPICE_TRY(const auto tags, round.tagsKey());
        m_policyKey = policyKey(round);
        return lines + tags + m_policyKey;
    }
    QByteArray key(Round &round, const library::CatalogEntry &entry) override
    {
        const auto lines = round.lines();
        const auto tags = round.tagsKey(entry.plugin.id);
        if (!lines || !tags)
            return {};
        const auto line = (*lines)->value(entry.plugin.id);
        return *tags + line.split.hex() + entry.tree.hex() + line.sync.upstreamBranch.toUtf8() + m_policyKey;
    }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        const auto &policy = round.catalog.settings.gitPolicy;
        QStringList asked;
        QJsonArray broken;
        const auto tell = [&](const QString &rule, const QString &what) {
            if (broken.size() < mostListed)
                broken.append(QJsonObject{{u"rule"_s, rule}, {u"what"_s, factText(what, 300)}});
        };
        if (policy.commits == "conventional"_L1 || policy.linear) {
            const auto release = round.release(entry);
            if (!release)
                return {{}, release.error().message()};
            for (const auto &commit : (*release)->since) {
                const bool bookkeeping = makerOf(commit) == Maker::Machinery;
                if (policy.linear && commit.parents.size() > 1)
                    tell(u"linear"_s, u"%1 is a merge"_s.arg(commit.id.shown()));
                if (policy.commits == "conventional"_L1 && !bookkeeping && !isConventionalSubject(subjectOf(commit)))
                    tell(u"commits"_s, u"%1 does not say its type: %2"_s.arg(commit.id.shown(), subjectOf(commit)));
            }
            if (policy.linear)
                asked << u"linear"_s;
            if (policy.commits == "conventional"_L1)
                asked << u"commits"_s;
        }
        const auto lines = round.lines();
        const QString branch = lines ? (*lines)->value(entry.plugin.id).sync.upstreamBranch : QString();
        if (!policy.branches.isEmpty()) {
            asked << u"branches"_s;
            const bool allowed = branch.isEmpty() || std::ranges::any_of(policy.branches, [&](const QString &pattern) {
                return QRegularExpression(QRegularExpression::wildcardToRegularExpression(pattern, QRegularExpression::UnanchoredWildcardConversion)).match(branch).capturedLength() == branch.size();
            });
            if (!allowed)
                tell(u"branches"_s, u"it is sent to the branch %1, which is none of %2"_s.arg(branch, policy.branches.join(u", "_s)));
        }
        if (policy.changelog && entry.manifest.version.isSet()) {
            asked << u"changelog"_s;
            auto &files = round.files(entry);
            bool found = false, told = false;
            for (const auto &file : files.all()) {
                const QByteArray name = file.path.toLower();
                if (name.contains('/') || !(name.startsWith("changelog") || name.startsWith("changes") || name.startsWith("history") || name.startsWith("news")))
                    continue;
                found = true;
                if (const auto text = files.read(file))
                    told = told || tellsVersion(*text, entry.manifest.version.value);
            }
            if (!told)
                tell(u"changelog"_s, found ? u"the changelog says nothing of %1"_s.arg(entry.manifest.version.value) : u"there is no changelog"_s);
        }
        return {{{u"asked"_s, QJsonArray::fromStringList(asked)}, {u"broken"_s, broken}}, {}};
    }

private:
    QByteArray m_policyKey; ///< of this round

    static QByteArray policyKey(Round &round)
    {
        const auto &policy = round.catalog.settings.gitPolicy;
        return (policy.commits + u'|' + policy.branches.join(u',') + u'|' + (policy.linear ? u'l' : u'-') + (policy.changelog ? u'c' : u'-')).toUtf8();
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> git_policy()
{
    return std::make_unique<GitPolicyProbe>();
}
}

} // namespace coppice::health
