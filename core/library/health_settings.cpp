// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/health_settings.h"

#include "library/yaml_file.h"

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

QMap<QString, double> numbers(const YamlFile &file, const QString &path, std::vector<Problem> &problems)
{
    QMap<QString, double> all;
    for (const QString &key : file.keys(path)) {
        const QString at = yamlPath(path, key);
        bool good = false;
        const double value = file.text(at).toDouble(&good);
        if (good && value >= 0 && value <= 1e6)
            all.insert(key, value);
        else
            problems.push_back({file.file(), file.line(at), u"%1 of %2 has to be a number from 0 to 1,000,000"_s.arg(key, path)});
    }
    return all;
}

HealthSettings::Rules rulesAt(const YamlFile &file, const QString &path, std::vector<Problem> &problems)
{
    return {numbers(file, yamlPath(path, u"weights"_s), problems), numbers(file, yamlPath(path, u"limits"_s), problems)};
}

} // namespace

HealthSettings parseHealthSettings(const QByteArray &yaml, const QString &name)
{
    const YamlFile file(yaml, name);
    HealthSettings settings;
    const QString top = u"health"_s;
    if (!file.has(top))
        return settings;
    settings.rules = rulesAt(file, top, settings.problems);
    for (const QString &kind : file.keys(u"health/kinds"_s))
        settings.kinds.insert(kind, rulesAt(file, yamlPath(u"health/kinds"_s, kind), settings.problems));
    const auto tiers = numbers(file, u"health/tiers"_s, settings.problems);
    for (auto it = tiers.cbegin(); it != tiers.cend(); ++it)
        settings.tiers.insert(it.key(), qBound(0, qRound(it.value()), 100));
    for (const QString &signal : file.keys(u"health/at_most"_s))
        settings.atMost.insert(signal, file.text(yamlPath(u"health/at_most"_s, signal)));
    settings.licencesAllowed = file.texts(u"health/licences/allow"_s);
    settings.licencesDenied = file.texts(u"health/licences/deny"_s);
    settings.variablesKnown = file.texts(u"health/variables_known"_s);
    settings.checksEveryDays = qBound(0.0, file.text(u"health/checks_every_days"_s).toDouble(), 3650.0);
    return settings;
}

HealthSettings healthSettingsAt(const git::Repository &repository, const git::Oid &commit)
{
    if (commit.isNull())
        return {};
    const auto tree = repository.treeOf(commit);
    const auto entry = tree ? repository.entryAt(*tree, settingsFile) : std::unexpected(tree.error());
    if (!entry || !*entry || ((*entry)->mode != git::Mode::File && (*entry)->mode != git::Mode::Executable))
        return {};
    const auto bytes = repository.blob((*entry)->id, 1 << 20);
    return bytes ? parseHealthSettings(*bytes, QString::fromUtf8(settingsFile)) : HealthSettings{};
}

} // namespace coppice::library
