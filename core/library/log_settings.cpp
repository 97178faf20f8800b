// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/log_settings.h"

#include "library/yaml_file.h"

#include <algorithm>

namespace coppice::library {

namespace {

std::optional<YamlFile> fileAt(const git::Repository &repository, const git::Oid &commit, const QByteArray &path)
{
    if (commit.isNull())
        return {};
    const auto tree = repository.treeOf(commit);
    const auto entry = tree ? repository.entryAt(*tree, path) : std::unexpected(tree.error());
    if (!entry || !*entry || ((*entry)->mode != git::Mode::File && (*entry)->mode != git::Mode::Executable))
        return {};
    const auto bytes = repository.blob((*entry)->id, 1 << 20);
    if (!bytes)
        return {};
    return YamlFile(*bytes, QString::fromUtf8(path));
}

} // namespace

std::vector<LogSettings> logSettingsAt(const git::Repository &repository, const git::Oid &commit, const QString &plugin, std::vector<Problem> *problems)
{
    std::vector<LogSettings> all;
    const auto file = fileAt(repository, commit, pluginSettingsFile(plugin));
    if (!file)
        return all;
    for (qsizetype i = 0; i < file->size(QStringLiteral("logs")); ++i) {
        const QString at = QStringLiteral("logs/%1").arg(i);
        const LogSettings one{file->text(at + QStringLiteral("/file")), file->text(at + QStringLiteral("/journal")), file->text(at + QStringLiteral("/host")),
                              file->text(at + QStringLiteral("/release"))};
        const bool named = one.file.isEmpty() != one.journal.isEmpty() && (one.file.isEmpty() || one.file.startsWith(u'/')) && !one.host.startsWith(u'-');
        if (named)
            all.push_back(one);
        else if (problems)
            problems->push_back({file->file(), file->line(at), QStringLiteral("A log is a file by its absolute path, or a journal by its unit")});
    }
    return all;
}

RetentionSettings retentionAt(const git::Repository &repository, const git::Oid &commit)
{
    RetentionSettings settings;
    const auto file = fileAt(repository, commit, settingsFile);
    if (!file)
        return settings;
    const auto number = [&](const char *key, qint64 otherwise) {
        bool isNumber = false;
        const qint64 value = file->text(QStringLiteral("retention/") + QLatin1String(key)).toLongLong(&isNumber);
        return isNumber && value >= 0 ? value : otherwise;
    };
    settings.days = int(qMin<qint64>(number("days", settings.days), 36'500));
    settings.bytes = number("plugin_megabytes", settings.bytes >> 20) << 20;
    settings.samples = int(std::clamp<qint64>(number("samples", settings.samples), 1, 10'000));
    return settings;
}

} // namespace coppice::library
