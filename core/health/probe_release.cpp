// SPDX-License-Identifier: GPL-3.0-or-later
// Changes that no version has yet.
#include "health/line_history.h"
#include "health/probe.h"

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

class Release final : public Probe
{
public:
    QString name() const override { return u"release"_s; }
    QString title() const override { return u"Changes since the last version"_s; }
    QString source() const override { return u"the plugin's history and tags"_s; }
    int version() const override { return 3; }
    Result<QByteArray> roundKey(Round &round) override
    {
        COPPICE_TRY(const auto lines, round.linesKey());
        COPPICE_TRY(const auto tags, round.tagsKey());
        return lines + tags;
    }
    QByteArray key(Round &round, const library::CatalogEntry &entry) override
    {
        const auto lines = round.lines();
        const auto tags = round.tagsKey(entry.plugin.id);
        return lines && tags ? (*lines)->value(entry.plugin.id).split.hex() + entry.manifest.version.source.toUtf8() + *tags : QByteArray();
    }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        const auto release = round.release(entry);
        if (!release)
            return {{}, release.error().message()};
        const auto &found = **release;
        int changes = 0, inward = 0;
        qint64 oldest = 0;
        QString newest;
        for (const auto &commit : found.since) {
            if (makerOf(commit) == Maker::Machinery)
                continue;
            ++changes;
            const QString subject = subjectOf(commit);
            if (isInward(subject)) {
                ++inward;
                continue;
            }
            newest = newest.isEmpty() ? subject : newest;
            if (oldest == 0 || commit.author.seconds * 1000 < oldest)
                oldest = commit.author.seconds * 1000;
        }
        return {{{u"version"_s, factText(found.version, 60)}, {u"commit"_s, found.commit.isNull() ? QString() : found.commit.toString()}, {u"released"_s, found.at},
                 {u"tagged"_s, found.tagged}, {u"first"_s, found.first}, {u"changes"_s, changes}, {u"inward"_s, inward}, {u"oldest"_s, oldest}, {u"newest"_s, newest}},
                {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> release()
{
    return std::make_unique<Release>();
}
}

} // namespace coppice::health
