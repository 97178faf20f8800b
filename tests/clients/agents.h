// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Real agent programs, pinned, and what a scripted model has to answer so that each reads, changes and tries a small plugin.

#include <library/settings.h>

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>

namespace coppice::test {

/// Installs pinned packages from the npm registry, once, into a folder of the build; answers that folder's
/// node_modules, or nothing where there is no npm or no registry.
inline QString installed(const QString &name, const QStringList &packages)
{
    const QString dir = QStringLiteral(COPPICE_CLIENTS_DIR) + u'/' + name;
    const QString done = dir + QStringLiteral("/installed");
    if (!QFileInfo::exists(done)) {
        QProcess npm;
        npm.setStandardErrorFile(QProcess::nullDevice());
        npm.start(QStringLiteral("npm"), QStringList{QStringLiteral("install"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund"),
                                                     QStringLiteral("--prefix"), dir} + packages);
        if (!npm.waitForFinished(300'000) || npm.exitCode() != 0)
            return {};
        QFile(done).open(QIODevice::WriteOnly);
    }
    return dir + QStringLiteral("/node_modules");
}

struct Agent {
    library::ClientSettings settings;
    QString dialect;
    QJsonArray look, mend, test; ///< turns that read, change and run
    bool asks = false;           ///< it has a way to be answered
};

inline QJsonObject tool(const char *name, const QJsonObject &input)
{
    return {{QStringLiteral("tool"), QString::fromLatin1(name)}, {QStringLiteral("input"), input}};
}

inline const QString target = QStringLiteral("/src/weather/plugin.py");
inline const QString before = QStringLiteral("return a - b");
inline const QString after = QStringLiteral("return a + b");
inline const QString command = QStringLiteral("python3 test_plugin.py");
inline const QJsonObject done{{QStringLiteral("text"), QStringLiteral("Fixed the sign error and ran the tests.")}};

inline QJsonArray operator+(QJsonArray a, const QJsonArray &b)
{
    for (const auto &one : b)
        a.append(one);
    return a;
}

inline Agent agent(const QString &name)
{
    Agent one;
    one.settings.name = name;
    one.settings.kind = QStringLiteral("acp");
    one.asks = true;
    const QString node22 = installed(QStringLiteral("node22"), {QStringLiteral("node@22.23.3")}) + QStringLiteral("/node/bin/node");
    const auto claudeTools = [&one] {
        one.dialect = QStringLiteral("anthropic");
        one.look = {tool("Read", {{QStringLiteral("file_path"), target}})};
        one.mend = {tool("Edit", {{QStringLiteral("file_path"), target}, {QStringLiteral("old_string"), before}, {QStringLiteral("new_string"), after}})};
        one.test = {tool("Bash", {{QStringLiteral("command"), command}, {QStringLiteral("description"), QStringLiteral("Run the tests")}})};
    };
    const auto geminiTools = [&one] {
        one.dialect = QStringLiteral("gemini");
        one.look = {tool("read_file", {{QStringLiteral("file_path"), target}})};
        one.mend = {tool("replace", {{QStringLiteral("file_path"), target}, {QStringLiteral("instruction"), QStringLiteral("fix the sign")},
                                     {QStringLiteral("old_string"), before}, {QStringLiteral("new_string"), after}})};
        one.test = {tool("run_shell_command", {{QStringLiteral("command"), command}, {QStringLiteral("description"), QStringLiteral("Run the tests")}})};
    };
    const auto codexTools = [&one] {
        one.dialect = QStringLiteral("openai-responses");
        one.look = {tool("exec_command", {{QStringLiteral("cmd"), QStringLiteral("cat plugin.py")}})};
        one.mend = {QJsonObject{{QStringLiteral("tool"), QStringLiteral("apply_patch")},
                                {QStringLiteral("free"), QString(QStringLiteral("*** Begin Patch\n*** Update File: plugin.py\n@@\n def add(a, b):\n-    ") + before + QStringLiteral("\n+    ") + after + QStringLiteral("\n*** End Patch\n"))}}};
        one.test = {tool("exec_command", {{QStringLiteral("cmd"), command}})};
    };
    QString modules;
    if (name == QLatin1String("claude")) {
        one.settings.kind = QStringLiteral("claude");
        modules = installed(name, {QStringLiteral("@anthropic-ai/claude-code@2.1.330")});
        one.settings.command = {modules + QStringLiteral("/@anthropic-ai/claude-code-linux-x64/claude")};
        claudeTools();
    } else if (name == QLatin1String("claude-acp")) {
        modules = installed(name, {QStringLiteral("@agentclientprotocol/claude-agent-acp@0.100.0")});
        one.settings.command = {node22, modules + QStringLiteral("/.bin/claude-agent-acp")};
        claudeTools();
    } else if (name == QLatin1String("gemini-acp") || name == QLatin1String("gemini")) {
        modules = installed(QStringLiteral("gemini"), {QStringLiteral("@google/gemini-cli@0.61.0")});
        one.settings.command = {modules + QStringLiteral("/.bin/gemini")};
        if (name == QLatin1String("gemini")) {
            one.settings.kind = QStringLiteral("exec");
            one.asks = false;
            one.settings.command += {QStringLiteral("-p"), QStringLiteral("{{prompt}}"), QStringLiteral("-o"), QStringLiteral("stream-json"), QStringLiteral("--approval-mode"), QStringLiteral("yolo")};
        } else {
            one.settings.command << QStringLiteral("--acp");
        }
        geminiTools();
    } else if (name == QLatin1String("codex")) {
        modules = installed(name, {QStringLiteral("@openai/codex@0.169.0")});
        one.settings.kind = QStringLiteral("exec");
        one.asks = false;
        one.settings.command = {modules + QStringLiteral("/.bin/codex"), QStringLiteral("exec"), QStringLiteral("--json"), QStringLiteral("--skip-git-repo-check"),
                                QStringLiteral("--ignore-rules"), QStringLiteral("{{prompt}}")};
        codexTools();
    } else if (name == QLatin1String("codex-acp")) {
        modules = installed(name, {QStringLiteral("@agentclientprotocol/codex-acp@2.6.0")});
        one.settings.command = {modules + QStringLiteral("/.bin/codex-acp")};
        one.settings.mode = QStringLiteral("read-only"); // its usual mode does not ask within the folder
        codexTools();
    } else if (name == QLatin1String("opencode")) {
        modules = installed(name, {QStringLiteral("opencode-ai@1.18.33")});
        one.settings.command = {modules + QStringLiteral("/.bin/opencode"), QStringLiteral("acp")};
        one.dialect = QStringLiteral("anthropic");
        one.look = {tool("read", {{QStringLiteral("filePath"), target}})};
        one.mend = {tool("edit", {{QStringLiteral("filePath"), target}, {QStringLiteral("oldString"), before}, {QStringLiteral("newString"), after}})};
        one.test = {tool("bash", {{QStringLiteral("command"), command}, {QStringLiteral("description"), QStringLiteral("Run the tests")}})};
    }
    if (modules.isEmpty())
        one.settings.command.clear();
    return one;
}

} // namespace coppice::test
