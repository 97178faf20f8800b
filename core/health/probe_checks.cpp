// SPDX-License-Identifier: GPL-3.0-or-later
// Whether set-up and tests pass: what was found when they were run last, in the sandbox. Nothing is run here.
#include "health/checks.h"
#include "health/probe.h"

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

class Checks final : public Probe
{
public:
    QString name() const override { return u"checks"_s; }
    QString title() const override { return u"Set-up and tests"_s; }
    QString source() const override { return u"the sandbox, when they were asked for"_s; }
    Result<> begin(Round &round) override
    {
        COPPICE_TRY(m_done, checksDone(round.house.state));
        return {};
    }
    Measured measure(Round &, const library::CatalogEntry &entry) override
    {
        const QString setup = entry.plugin.commands.value(u"setup"_s).line;
        const QString test = entry.plugin.commands.value(u"test"_s).line;
        QJsonObject value{{u"setup_command"_s, factText(setup, 300)}, {u"test_command"_s, factText(test, 300)}};
        const auto done = m_done.constFind(entry.plugin.id);
        if (done == m_done.cend())
            return {value, {}};
        value[u"at"_s] = done->at;
        value[u"current"_s] = done->tree == entry.tree.toString() && done->setupCommand == setup && done->testCommand == test;
        value[u"setup"_s] = done->setup;
        value[u"setup_reason"_s] = factText(done->setupReason, 300);
        value[u"test"_s] = done->test;
        value[u"test_reason"_s] = factText(done->testReason, 300);
        return {value, {}};
    }

private:
    QHash<QString, ChecksDone> m_done;
};

} // namespace

namespace probes {
std::unique_ptr<Probe> checks()
{
    return std::make_unique<Checks>();
}
}

} // namespace coppice::health
