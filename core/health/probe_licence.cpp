// SPDX-License-Identifier: GPL-3.0-or-later
// The licence: what the manifest says, and what the licence's own file says.
#include "health/probe.h"

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

bool isLicenceFile(const QByteArray &path)
{
    const QByteArray name = path.toUpper();
    return !name.contains('/') && (name.startsWith("LICENSE") || name.startsWith("LICENCE") || name.startsWith("COPYING") || name == "UNLICENSE");
}

/// The plugin with nothing but its licence's file, read by the room that knows licences by their words.
class LicenceFileOnly final : public manifest::FileSource
{
public:
    LicenceFileOnly(PluginFiles &files, const PluginFiles::File &file) : m_files(files), m_file(file) { }
    QStringList list(const QString &folder) const override { return folder.isEmpty() ? QStringList{u"LICENSE"_s} : QStringList(); }
    std::optional<QByteArray> read(const QString &path) const override { return path == "LICENSE"_L1 ? m_files.read(m_file) : std::nullopt; }

private:
    PluginFiles &m_files;
    const PluginFiles::File &m_file;
};

class Licence final : public Probe
{
public:
    QString name() const override { return u"licence"_s; }
    QString title() const override { return u"Licence"_s; }
    QString source() const override { return u"the plugin's manifests and licence file"_s; }
    QByteArray key(Round &, const library::CatalogEntry &entry) override { return entry.tree.hex(); }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        QJsonObject value{{u"declared"_s, factText(entry.manifest.license.value, 100)}, {u"source"_s, factText(entry.manifest.license.source)}};
        auto &files = round.files(entry);
        for (const auto &file : files.all()) {
            if (!isLicenceFile(file.path))
                continue;
            value[u"file"_s] = factText(QString::fromUtf8(file.path));
            const QString says = manifest::readManifest(LicenceFileOnly(files, file)).license.value;
            value[u"file_says"_s] = factText(says, 100);
            if (!says.isEmpty())
                break;
        }
        return {value, {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> licence()
{
    return std::make_unique<Licence>();
}
}

} // namespace coppice::health
