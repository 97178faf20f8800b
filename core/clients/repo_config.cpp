// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/repo_config.h"

#include "base/paths.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace coppice::clients {

namespace {

constexpr qint64 fileCap = 1 << 20;

Result<> put(const QString &path, const QByteArray &bytes)
{
    COPPICE_CHECK(makeFolder(QFileInfo(path).path()));
    return writeFileAtomically(path, bytes);
}

QJsonObject objectIn(const QString &path)
{
    const auto bytes = QFileInfo::exists(path) ? readFile(path, fileCap) : Result<QByteArray>(QByteArray());
    return bytes ? QJsonDocument::fromJson(*bytes).object() : QJsonObject();
}

/// An untrusted folder's settings, hooks, commands and servers are not read.
Result<> gemini(sandbox::SandboxProfile &profile, bool answered)
{
    // Headless it does not start in such a folder; there its settings are hidden instead.
    if (!answered)
        return {};
    profile.env.remove(QStringLiteral("GEMINI_CLI_TRUST_WORKSPACE"));
    const QString folder = profile.home + QStringLiteral("/.gemini");
    QJsonObject settings = objectIn(folder + QStringLiteral("/settings.json"));
    QJsonObject security = settings[u"security"].toObject();
    security[QStringLiteral("folderTrust")] = QJsonObject{{QStringLiteral("enabled"), true}};
    settings[QStringLiteral("security")] = security;
    COPPICE_CHECK(put(folder + QStringLiteral("/settings.json"), QJsonDocument(settings).toJson()));
    COPPICE_CHECK(put(folder + QStringLiteral("/trustedFolders.json"),
                      QJsonDocument(QJsonObject{{profile.workInside, QStringLiteral("DO_NOT_TRUST")}}).toJson()));
    return {};
}

Result<> codex(const sandbox::SandboxProfile &profile)
{
    const QString file = profile.home + QStringLiteral("/.codex/config.toml");
    if (!QFileInfo::exists(file))
        return {};
    COPPICE_TRY(QByteArray text, readFile(file, fileCap));
    const QByteArray head = "[projects.\"" + profile.workInside.toUtf8() + "\"]\n";
    if (text.contains(head))
        return {};
    text += "\n" + head + "trust_level = \"untrusted\"\n";
    return put(file, text);
}

/// Agents that load their configuration whatever they are told find nothing there: an empty folder or file lies over it in
/// the sandbox. Only over what exists, since a mount point that is not there would be made on the host.
Result<> hide(sandbox::SandboxProfile &profile)
{
    const QString nothing = QFileInfo(profile.home).path() + QStringLiteral("/no-config"); // beside HOME: out of reach inside
    COPPICE_CHECK(makeFolder(nothing + QStringLiteral("/folder")));
    COPPICE_CHECK(writeFileAtomically(nothing + QStringLiteral("/file.json"), "{}\n"));
    for (const char *name : {".codex", ".gemini", ".opencode", "opencode.json", "opencode.jsonc"}) {
        const QFileInfo there(profile.workFolder + u'/' + QLatin1String(name));
        if (!there.exists() || there.isSymLink())
            continue;
        const QString over = nothing + (there.isDir() ? QStringLiteral("/folder") : QStringLiteral("/file.json"));
        profile.binds.push_back({over, QString(profile.workInside + u'/' + QLatin1String(name)), false});
    }
    return {};
}

} // namespace

bool isAgentProgram(const QStringList &argv)
{
    static const QStringList known{QStringLiteral("gemini"), QStringLiteral("codex"), QStringLiteral("opencode"), QStringLiteral("qwen")};
    return std::ranges::any_of(argv.first(std::min<qsizetype>(2, argv.size())),
                               [](const QString &word) { return known.contains(QFileInfo(word).completeBaseName()); });
}

Result<> ignoreRepositoryConfig(sandbox::SandboxProfile &profile, bool answered)
{
    if (!profile.home.isEmpty())
        COPPICE_CHECK(hide(profile));
    for (const char *name : {"OPENCODE_DISABLE_PROJECT_CONFIG", "OPENCODE_DISABLE_AUTOUPDATE", "OPENCODE_DISABLE_MODELS_FETCH",
                             "OPENCODE_DISABLE_DEFAULT_PLUGINS", "OPENCODE_DISABLE_LSP_DOWNLOAD", "OPENCODE_DISABLE_EXTERNAL_SKILLS", "OPENCODE_PURE"})
        profile.env[QString::fromLatin1(name)] = QStringLiteral("1");
    if (profile.home.isEmpty())
        return {};
    COPPICE_CHECK(gemini(profile, answered));
    return codex(profile);
}

} // namespace coppice::clients
