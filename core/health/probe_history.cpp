// SPDX-License-Identifier: GPL-3.0-or-later
// The last commit that a person made, and the last one of an agent.
#include "health/line_history.h"
#include "health/probe.h"

#include <queue>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostLookedAt = 400;

class History final : public Probe
{
public:
    QString name() const override { return u"history"_s; }
    QString title() const override { return u"Last human and last agent commit"_s; }
    QString source() const override { return u"the plugin's history, here and as fetched"_s; }
    int version() const override { return 2; }
    Result<QByteArray> roundKey(Round &round) override { return round.linesKey(); }
    QByteArray key(Round &round, const library::CatalogEntry &entry) override
    {
        const auto lines = round.lines();
        if (!lines)
            return {};
        const auto line = (*lines)->value(entry.plugin.id);
        return line.split.hex() + line.sync.upstream.hex();
    }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        const auto lines = round.lines();
        if (!lines)
            return {{}, lines.error().message()};
        const auto line = (*lines)->value(entry.plugin.id);
        // The newest first, by the time at which they were committed.
        const auto older = [](const git::Commit &a, const git::Commit &b) { return a.committer.seconds < b.committer.seconds; };
        std::priority_queue<git::Commit, std::vector<git::Commit>, decltype(older)> open(older);
        QSet<git::Oid> seen;
        bool complete = true;
        const auto add = [&](const git::Oid &id) {
            if (id.isNull() || seen.contains(id))
                return;
            seen.insert(id);
            auto commit = round.commitOf(id);
            if (commit)
                open.push(std::move(*commit));
            else
                complete = false; // of a shallow history
        };
        add(line.split);
        if (line.sync.upstream != line.split && round.repository.has(line.sync.upstream))
            add(line.sync.upstream);
        QJsonObject value;
        int looked = 0;
        while (!open.empty() && looked < mostLookedAt && !(value.contains(u"human") && value.contains(u"agent"))) {
            const git::Commit commit = open.top();
            open.pop();
            ++looked;
            const Maker maker = makerOf(commit);
            const QString who = maker == Maker::Human ? u"human"_s : u"agent"_s;
            if (maker != Maker::Machinery && !value.contains(who))
                value[who] = QJsonObject{{u"at"_s, commit.author.seconds * 1000}, {u"who"_s, factText(QString::fromUtf8(commit.author.name), 80)},
                                         {u"subject"_s, subjectOf(commit)}, {u"commit"_s, commit.id.toString()}};
            for (const auto &parent : commit.parents)
                add(parent);
        }
        value[u"looked"_s] = looked;
        value[u"complete"_s] = complete && open.empty();
        return {value, {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> history()
{
    return std::make_unique<History>();
}
}

} // namespace coppice::health
