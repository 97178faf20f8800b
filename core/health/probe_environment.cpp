// SPDX-License-Identifier: GPL-3.0-or-later
// Variables of the environment: declared by the plugin's files and settings, against used by its code.
#include "health/env_scan.h"
#include "health/probe.h"

#include <QJsonArray>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

/// What systems, shells, package managers and runtimes set: nobody declares them.
bool isOfTheSystem(const QByteArray &name)
{
    static const QSet<QByteArray> names{"HOME", "PATH", "USER", "USERNAME", "LOGNAME", "PWD", "OLDPWD", "SHELL", "LANG", "LANGUAGE", "TERM", "TERM_PROGRAM", "COLORTERM", "TMPDIR",
                                        "TMP", "TEMP", "HOSTNAME", "DISPLAY", "EDITOR", "VISUAL", "PAGER", "TZ", "CI", "NODE_ENV", "NODE_PATH", "NODE_OPTIONS", "NO_COLOR",
                                        "FORCE_COLOR", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "USERPROFILE", "SYSTEMROOT", "WINDIR", "COMSPEC", "HTTP_PROXY",
                                        "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV", "GOPATH", "GOROOT", "JAVA_HOME", "INIT_CWD",
                                        "COLUMNS", "LINES", "WSL_DISTRO_NAME", "SSH_AUTH_SOCK", "KUBERNETES_SERVICE_HOST", "CLICOLOR", "CLICOLOR_FORCE", "NETRC", "CURL_CA_BUNDLE", "ProgramFiles", "SystemRoot"};
    static const QList<QByteArray> beginnings{"XDG_", "LC_", "npm_", "PYTHON", "PYTEST_", "GITHUB_", "CARGO_", "RUST_", "DBUS_", "SSH_"};
    for (const auto &beginning : beginnings) {
        if (name.startsWith(beginning))
            return true;
    }
    return names.contains(name) || names.contains(name.toUpper());
}

/// What packages read by themselves, without a word in the plugin's code.
bool isReadByPackages(const QByteArray &name)
{
    static const QList<QByteArray> beginnings{"AWS_", "AZURE_", "GOOGLE_", "GCP_", "GCLOUD_", "OPENAI_", "ANTHROPIC_", "OTEL_", "SENTRY_", "PG", "NODE_", "UV_", "PIP_",
                                              "SPRING_", "QUARKUS_", "FASTMCP_", "MCP_", "LANGCHAIN_", "LANGSMITH_", "HF_", "DOCKER_", "COMPOSE_", "RAILS_", "FLASK_", "DJANGO_"};
    for (const auto &beginning : beginnings) {
        if (name.startsWith(beginning))
            return true;
    }
    return isOfTheSystem(name) || name == "PORT" || name == "DEBUG" || name == "DATABASE_URL";
}

bool isExample(const QString &source)
{
    const QString name = source.section(u':', 0, 0).section(u'/', -1);
    return name.startsWith(".env"_L1) || name.startsWith("env."_L1) || name.endsWith(".env"_L1) || name.contains("example"_L1) || name.contains("sample"_L1);
}
bool isManifest(const QString &source)
{
    const QString name = source.section(u':', 0, 0).section(u'/', -1);
    return name == "server.json"_L1 || name == "manifest.json"_L1;
}

/// Files that declare or tell, and so are no use.
bool isTelling(const QByteArray &path)
{
    const QByteArray name = path.mid(path.lastIndexOf('/') + 1).toLower();
    if (name.startsWith(".env") || name == "server.json" || name == "manifest.json" || name == "smithery.yaml" || name == "smithery.yml" || name == ".mcp.json" || name == "mcp.json"
        || name.contains("lock") || name.contains("example") || name.contains("sample"))
        return true;
    for (const char *end : {".md", ".rst", ".txt", ".adoc", ".mdx", ".svg", ".sum", ".html"}) {
        if (name.endsWith(end))
            return true;
    }
    return path.startsWith("docs/") || path.startsWith(".agents/");
}

QJsonArray places(const QMap<QByteArray, QString> &found, const QHash<QByteArray, QByteArray> &told = {})
{
    QJsonArray array;
    for (auto it = found.cbegin(); it != found.cend() && array.size() < mostListed; ++it) {
        QJsonObject one{{u"name"_s, factText(QString::fromUtf8(it.key()), 100)}, {u"where"_s, factText(*it)}};
        if (const auto file = told.constFind(it.key()); file != told.cend())
            one[u"told"_s] = factText(QString::fromUtf8(*file));
        array.append(one);
    }
    return array;
}

/// Files for people who set the plugin up.
bool isManual(const QByteArray &path)
{
    const QByteArray low = path.toLower(), name = low.mid(low.lastIndexOf('/') + 1);
    const bool text = name.endsWith(".md") || name.endsWith(".rst") || name.endsWith(".mdx") || name.endsWith(".adoc") || name.endsWith(".txt");
    return (name.startsWith("readme") && !low.contains('/')) || (text && low.startsWith("docs/"));
}

/// The first manual that names each of these variables.
QHash<QByteArray, QByteArray> toldBy(PluginFiles &files, const QMap<QByteArray, QString> &names)
{
    QHash<QByteArray, QByteArray> told;
    QSet<QByteArray> open(names.keyBegin(), names.keyEnd());
    for (const auto &file : files.all()) {
        if (open.isEmpty())
            break;
        if (!isManual(file.path))
            continue;
        QSet<QByteArray> found;
        if (const auto text = files.read(file))
            findWords(*text, open, found);
        for (const auto &name : found)
            told.insert(name, file.path);
        open -= found;
    }
    return told;
}

class Environment final : public Probe
{
public:
    QString name() const override { return u"environment"_s; }
    QString title() const override { return u"Environment variables, declared against used"_s; }
    QString source() const override { return u"the plugin's files and settings"_s; }
    int version() const override { return 2; }
    QByteArray key(Round &, const library::CatalogEntry &entry) override
    {
        QByteArray key = entry.tree.hex();
        for (const auto &profile : entry.plugin.settings.env)
            key += profile.keys().join(u',').toUtf8();
        return key;
    }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        auto &files = round.files(entry);
        QMap<QByteArray, QString> used; // name → the first place
        int sources = 0;
        bool dynamic = false;
        for (const auto &file : files.all()) {
            if (file.mode == git::Mode::Link || !isScannedSource(file.path))
                continue;
            const auto text = files.read(file);
            if (!text)
                continue;
            ++sources;
            const auto scan = scanEnvironment(file.path, *text);
            dynamic = dynamic || scan.dynamic;
            for (const auto &use : scan.uses) {
                if (!used.contains(use.name))
                    used.insert(use.name, u"%1:%2"_s.arg(QString::fromUtf8(file.path)).arg(use.line));
            }
        }
        QMap<QByteArray, QString> declared;
        bool manifest = false;
        for (const auto &variable : entry.manifest.environment) {
            declared.insert(variable.name.toUtf8(), variable.source);
            manifest = manifest || isManifest(variable.source);
        }
        manifest = manifest || files.find("server.json") || files.find(".mcp/server.json");
        QSet<QByteArray> set;
        for (const auto &profile : entry.plugin.settings.env) {
            for (const auto &name : profile.keys())
                set.insert(name.toUtf8());
        }
        QMap<QByteArray, QString> undeclared, unused, exampleOnly;
        for (auto it = used.cbegin(); it != used.cend(); ++it) {
            if (!declared.contains(it.key()) && !set.contains(it.key()) && !isOfTheSystem(it.key()))
                undeclared.insert(it.key(), *it);
        }
        QSet<QByteArray> pending, found;
        for (auto it = declared.cbegin(); it != declared.cend(); ++it) {
            if (!used.contains(it.key()) && !isReadByPackages(it.key()))
                pending.insert(it.key());
        }
        if (sources > 0 && !pending.isEmpty()) {
            for (const auto &file : files.all()) {
                if (isTelling(file.path))
                    continue;
                if (const auto text = files.read(file))
                    findWords(*text, pending, found);
            }
            for (const auto &name : pending - found)
                unused.insert(name, declared.value(name));
        }
        if (manifest) {
            for (auto it = declared.cbegin(); it != declared.cend(); ++it) {
                if (isExample(*it))
                    exampleOnly.insert(it.key(), *it);
            }
        }
        return {{{u"declared"_s, declared.size()}, {u"used"_s, used.size()}, {u"sources"_s, sources}, {u"dynamic"_s, dynamic}, {u"complete"_s, files.complete()},
                 {u"undeclared"_s, places(undeclared, toldBy(files, undeclared))}, {u"undeclared_count"_s, undeclared.size()}, {u"unused"_s, places(unused)}, {u"unused_count"_s, unused.size()},
                 {u"example_only"_s, places(exampleOnly)}, {u"example_only_count"_s, exampleOnly.size()}},
                {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> environment()
{
    return std::make_unique<Environment>();
}
}

} // namespace coppice::health
