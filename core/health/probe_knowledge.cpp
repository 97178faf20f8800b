// SPDX-License-Identifier: GPL-3.0-or-later
// What an agent, or a newcomer, is told by the plugin itself: AGENTS.md, .agents/spec.md, .agents/knowledge.
#include "health/probe.h"

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

class Knowledge final : public Probe
{
public:
    QString name() const override { return u"knowledge"_s; }
    QString title() const override { return u"Instructions and knowledge"_s; }
    QString source() const override { return u"the plugin's files"_s; }
    QByteArray key(Round &, const library::CatalogEntry &entry) override { return entry.tree.hex(); }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        auto &files = round.files(entry);
        QJsonObject value;
        const auto *agents = files.find("AGENTS.md");
        value[u"agents"_s] = agents != nullptr;
        if (agents) {
            value[u"agents_link"_s] = agents->mode == git::Mode::Link;
            if (const auto text = files.read(*agents))
                value[u"agents_words"_s] = qint64(text->simplified().split(' ').size());
        }
        for (const char *other : {"CLAUDE.md", "GEMINI.md", ".cursorrules", ".github/copilot-instructions.md", ".windsurfrules"}) {
            if (!agents && files.find(other) && !value.contains(u"other"))
                value[u"other"_s] = QLatin1String(other);
        }
        int knowledge = 0;
        for (const auto &file : files.all())
            knowledge += file.path.startsWith(".agents/knowledge/") && file.path.endsWith(".md");
        value[u"knowledge"_s] = knowledge;
        const auto spec = files.read(QByteArrayView(".agents/spec.md"));
        value[u"spec"_s] = spec && !spec->trimmed().isEmpty();
        bool readme = false;
        for (const auto &file : files.all())
            readme = readme || (!file.path.contains('/') && file.path.toLower().startsWith("readme"));
        value[u"readme"_s] = readme;
        return {value, {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> knowledge()
{
    return std::make_unique<Knowledge>();
}
}

} // namespace coppice::health
