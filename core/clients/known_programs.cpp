// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/known_programs.h"

#include "clients/programs.h"
#include "process/child.h"
#include "text/hidden.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::clients {

namespace {

struct Known {
    const char *name;
    const char *program;
    const char *adapter;   ///< a program that has to be there, too, to be driven with questions; may be nullptr
    const char *package;   ///< what the adapter is called where it is got
    int node;              ///< the oldest version of Node that it (or its adapter) runs on; 0: needs none
    const char *variables; ///< that may hold its key
    const char *files;     ///< below HOME, that it writes when it has logged in
    const char *command;   ///< of the entry in coppice.yaml; nullptr: built in
    const char *dialect;
    const char *url;
};

constexpr Known known[] = {
    {"claude", "claude", nullptr, nullptr, 0, "ANTHROPIC_API_KEY CLAUDE_CODE_OAUTH_TOKEN", ".claude/.credentials.json", nullptr, "anthropic", "https://api.anthropic.com"},
    {"gemini", "gemini", nullptr, nullptr, 20, "GEMINI_API_KEY GOOGLE_API_KEY", ".gemini/oauth_creds.json", "[gemini, --acp]", "gemini", "https://generativelanguage.googleapis.com"},
    {"codex", "codex", "codex-acp", "@agentclientprotocol/codex-acp", 20, "OPENAI_API_KEY CODEX_API_KEY", ".codex/auth.json", "[codex-acp]", "openai-responses", "https://api.openai.com/v1"},
    {"opencode", "opencode", nullptr, nullptr, 0, "ANTHROPIC_API_KEY OPENAI_API_KEY", ".local/share/opencode/auth.json", "[opencode, acp]", "anthropic", "https://api.anthropic.com"},
    {"qwen", "qwen", nullptr, nullptr, 20, "OPENAI_API_KEY DASHSCOPE_API_KEY", ".qwen/oauth_creds.json", "[qwen, --acp]", "openai-chat", "https://dashscope.aliyuncs.com/compatible-mode/v1"},
    {"goose", "goose", nullptr, nullptr, 0, "OPENAI_API_KEY ANTHROPIC_API_KEY", ".config/goose/config.yaml", "[goose, acp]", "openai-chat", "https://api.openai.com/v1"},
};

QString heard(const QStringList &argv)
{
    process::Request request;
    request.argv = argv;
    request.limits.time = std::chrono::seconds(8); // the slowest known needs four
    request.limits.processes = 4096;
    request.outputCap = 4096;
    const auto ended = process::run(request);
    if (!ended || !ended->ok())
        return {};
    return text::plain(QString::fromUtf8(ended->out)).section(u'\n', 0, 0).simplified().left(80);
}

/// A script that Node runs.
bool isNodeScript(const QString &program)
{
    QFile file(program);
    return file.open(QIODevice::ReadOnly) && file.readLine(200).contains("node");
}

int nodeVersion(const QString &besides)
{
    // As the script finds it: beside itself (nvm, volta) or on PATH.
    const QString own = QFileInfo(besides).path() + QStringLiteral("/node");
    const QString node = QFileInfo(own).isExecutable() ? own : findProgramAnywhere(QStringLiteral("node"));
    if (node.isEmpty())
        return 0;
    static const QRegularExpression form(QStringLiteral("^v?(\\d+)"));
    return form.match(heard({node, QStringLiteral("--version")})).captured(1).toInt();
}

void findLogin(KnownProgram &found, const Known &one)
{
    found.login = QStringLiteral("none");
    for (const QString &variable : QString::fromLatin1(one.variables).split(u' ')) {
        if (!qEnvironmentVariableIsEmpty(variable.toLatin1().constData())) {
            found.login = QStringLiteral("key");
            found.loginBy = variable;
            return;
        }
    }
    for (const QString &file : QString::fromLatin1(one.files).split(u' ')) {
        if (QFileInfo::exists(QDir::homePath() + u'/' + file)) {
            found.login = QStringLiteral("file");
            found.loginBy = file;
            return;
        }
    }
}

KnownProgram look(const Known &one)
{
    KnownProgram found;
    found.name = QString::fromLatin1(one.name);
    found.program = findProgramAnywhere(QString::fromLatin1(one.program));
    findLogin(found, one);
    if (one.command) {
        const QString variable = QString::fromLatin1(one.variables).section(u' ', 0, 0);
        found.entry = QStringLiteral("  %1:\n    kind: acp\n    command: %2\n    model: {dialect: %3, base_url: %4, key_env: %5}\n")
                          .arg(found.name, QString::fromLatin1(one.command), QString::fromLatin1(one.dialect), QString::fromLatin1(one.url),
                               found.login == QLatin1String("key") ? found.loginBy : variable);
    }
    if (found.program.isEmpty()) {
        found.missing << QStringLiteral("%1 is not installed").arg(found.name);
        return found;
    }
    found.version = versionOf(found.program);
    if (found.version.isEmpty())
        found.missing << QStringLiteral("%1 does not say its version: the installation may be broken").arg(found.program);
    QString script = isNodeScript(found.program) ? found.program : QString();
    if (one.adapter) {
        const QString adapter = findProgramAnywhere(QString::fromLatin1(one.adapter));
        if (adapter.isEmpty())
            found.missing << QStringLiteral("Its adapter %1 is not installed (package %2); without it %3 runs as kind exec only")
                                 .arg(QString::fromLatin1(one.adapter), QString::fromLatin1(one.package), found.name);
        else if (isNodeScript(adapter))
            script = adapter;
    }
    if (one.node > 0 && !script.isEmpty()) {
        const int node = nodeVersion(script);
        if (node == 0)
            found.missing << QStringLiteral("It needs Node %1 or newer, which is not installed").arg(one.node);
        else if (node < one.node)
            found.missing << QStringLiteral("It needs Node %1 or newer; found is %2").arg(one.node).arg(node);
    }
    if (found.login == QLatin1String("none"))
        found.missing << QStringLiteral("Not logged in: set %1, or log in with the program itself").arg(QString::fromLatin1(one.variables).replace(u' ', QStringLiteral(" or ")));
    return found;
}

} // namespace

QString versionOf(const QString &program)
{
    return heard({program, QStringLiteral("--version")});
}

std::vector<KnownProgram> knownPrograms(const QString &only)
{
    std::vector<KnownProgram> all;
    for (const Known &one : known) {
        if (only.isEmpty() || only == QLatin1String(one.name))
            all.push_back(look(one));
    }
    return all;
}

QJsonObject toJson(const KnownProgram &program)
{
    return {{QStringLiteral("name"), program.name},
            {QStringLiteral("program"), program.program},
            {QStringLiteral("installed"), !program.program.isEmpty()},
            {QStringLiteral("version"), program.version},
            {QStringLiteral("login"), QJsonObject{{QStringLiteral("state"), program.login}, {QStringLiteral("by"), program.loginBy}}},
            {QStringLiteral("ready"), program.missing.isEmpty()},
            {QStringLiteral("missing"), QJsonArray::fromStringList(program.missing)},
            {QStringLiteral("entry"), program.entry}};
}

} // namespace coppice::clients
