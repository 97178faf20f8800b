// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the plugin's manifests can be read and agree.
#include "health/probe.h"

#include <QJsonArray>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

class ManifestProbe final : public Probe
{
public:
    QString name() const override { return u"manifest"_s; }
    QString title() const override { return u"Manifests, and whether they agree"_s; }
    QString source() const override { return u"the plugin's manifests"_s; }
    QByteArray key(Round &, const library::CatalogEntry &entry) override { return entry.tree.hex(); }
    Measured measure(Round &, const library::CatalogEntry &entry) override
    {
        static constexpr const char *severities[] = {"note", "warning", "error"};
        const auto &manifest = entry.manifest;
        QJsonArray findings;
        int warnings = 0, errors = 0;
        for (const auto &finding : manifest.findings) {
            warnings += finding.severity == manifest::Finding::Severity::Warning;
            errors += finding.severity == manifest::Finding::Severity::Error;
            if (finding.severity != manifest::Finding::Severity::Note && findings.size() < mostListed)
                findings.append(QJsonObject{{u"code"_s, finding.code}, {u"severity"_s, QLatin1String(severities[int(finding.severity)])}, {u"text"_s, factText(finding.text, 300)},
                                            {u"where"_s, factText(finding.where)}});
        }
        return {{{u"name"_s, manifest.name.value}, {u"version"_s, manifest.version.value}, {u"version_source"_s, manifest.version.source},
                 {u"language"_s, manifest.language.value}, {u"warnings"_s, warnings}, {u"errors"_s, errors}, {u"findings"_s, findings}},
                {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> manifest()
{
    return std::make_unique<ManifestProbe>();
}
}

} // namespace coppice::health
