// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/flags.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::review {

namespace {

constexpr int manyLines = 400;
constexpr size_t manyFiles = 30;
constexpr size_t mostFlags = 5000;

bool matches(const QRegularExpression &expression, const QString &path)
{
    return expression.match(path).hasMatch();
}

QRegularExpression pathPattern(const char *pattern)
{
    return QRegularExpression(QStringLiteral("(^|/)(%1)").arg(QLatin1String(pattern)),
                              QRegularExpression::CaseInsensitiveOption);
}

bool isInside(const QByteArray &path, const QByteArray &prefix)
{
    return prefix.isEmpty() || path.startsWith(QByteArray(prefix + '/'));
}

Result<FlagInput> inputOf(const git::Repository &repository, const FilePatch &file)
{
    FlagInput input{file, QString::fromUtf8(file.path), {}, {}, {}, {}};
    COPPICE_TRY(auto texts, textsOf(repository, file));
    const auto before = splitLines(texts.before), after = splitLines(texts.after);
    for (const auto &hunk : texts.hunks) {
        for (const auto &line : hunk.lines) {
            if (line.origin == '+')
                input.added.push_back({line.newLine, shownLine(after[size_t(line.newLine - 1)])});
            else if (line.origin == '-')
                input.removed.push_back({line.oldLine, shownLine(before[size_t(line.oldLine - 1)])});
        }
    }
    input.before = std::move(texts.before);
    input.after = std::move(texts.after);
    return input;
}

} // namespace

QString fileName(const QString &path)
{
    return path.mid(path.lastIndexOf(u'/') + 1);
}

bool isTestPath(const QString &path)
{
    static const auto folder = pathPattern("tests?|specs?|__tests__|testing|e2e)/(");
    static const QRegularExpression name(
        QStringLiteral("(^|/)(test_[^/]*\\.\\w+|conftest\\.py|[^/]*([._-](test|tests|spec|specs)\\.\\w+)"
                       "|[^/]*(Test|Tests|Spec|IT)\\.(java|kt|kts|cs|swift|php|scala)|[^/]*\\.(bats|t))$"));
    return matches(folder, path) || matches(name, path);
}

void flagPath(const FlagInput &input, std::vector<Flag> &flags)
{
    struct Rule {
        const char *kind;
        QRegularExpression pattern;
        QString detail;
    };
    static const std::vector<Rule> rules{
        {"ci",
         pathPattern("\\.github/(workflows|actions)/|\\.github/dependabot\\.ya?ml$|\\.gitlab-ci[^/]*\\.ya?ml$|\\.gitlab/ci/"
                     "|\\.circleci/|\\.travis\\.ya?ml$|\\.ci/|\\.buildkite/|\\.drone\\.ya?ml$|\\.woodpecker(/|\\.ya?ml$)"
                     "|\\.forgejo/workflows/|\\.gitea/workflows/|\\.teamcity/|\\.semaphore/|\\.cirrus\\.ya?ml$"
                     "|Jenkinsfile[^/]*$|azure-pipelines[^/]*\\.ya?ml$|bitbucket-pipelines\\.ya?ml$|appveyor\\.ya?ml$"
                     "|\\.appveyor\\.ya?ml$|cloudbuild\\.ya?ml$|buildspec\\.ya?ml$|CODEOWNERS$"),
         QStringLiteral("Changes what runs in continuous integration, or who must look at changes.")},
        {"hooks",
         pathPattern("\\.husky/|\\.githooks/|hooks/(pre|post|commit-msg|prepare-commit)[^/]*$|\\.pre-commit-config\\.ya?ml$"
                     "|\\.?lefthook\\.ya?ml$|\\.overcommit\\.ya?ml$|\\.gitattributes$|\\.gitmodules$|\\.envrc$|\\.npmrc$"
                     "|\\.yarnrc(\\.ya?ml)?$|\\.pnpmfile\\.cjs$|pip\\.conf$|\\.cargo/config(\\.toml)?$|\\.vscode/|\\.idea/"
                     "|\\.devcontainer/|sitecustomize\\.py$|usercustomize\\.py$|[^/]*\\.pth$"),
         QStringLiteral("Runs, or decides what runs, on a developer's machine without being called.")},
        {"agent-instructions",
         pathPattern("(AGENTS?|CLAUDE|GEMINI|CODEX|QWEN|COPILOT|CONVENTIONS|SKILL)(\\.local|\\.override)?\\.md$|\\.claude/|\\.agents?/"
                     "|\\.gemini/|\\.codex/|\\.cursor/|\\.cursorrules$|\\.cursorignore$|\\.windsurf/|\\.windsurfrules$|\\.clinerules"
                     "|\\.roo/|\\.roorules|\\.continue/|\\.junie/|\\.kiro/|\\.aider[^/]*$|\\.github/copilot-instructions\\.md$"
                     "|\\.github/(instructions|prompts|chatmodes|agents)/|\\.opencode/|opencode\\.jsonc?$|\\.mcp\\.json$|\\.rules$"),
         QStringLiteral("Changes what agents are told or allowed to do.")},
        {"coppice-settings", QRegularExpression(QStringLiteral("^(coppice\\.yaml$|\\.coppice/|templates/)")),
         QStringLiteral("Changes the library's settings or templates, and so other plugins.")},
        {"lock-file",
         pathPattern("package-lock\\.json$|npm-shrinkwrap\\.json$|yarn\\.lock$|pnpm-lock\\.ya?ml$|bun\\.lockb?$|deno\\.lock$"
                     "|poetry\\.lock$|uv\\.lock$|pdm\\.lock$|pylock[^/]*\\.toml$|Pipfile\\.lock$|go\\.sum$|Cargo\\.lock$"
                     "|Gemfile\\.lock$|composer\\.lock$|gradle\\.lockfile$|packages\\.lock\\.json$|mix\\.lock$|flake\\.lock$"),
         QStringLiteral("Changes which versions of packages are installed.")},
        {"vendored",
         pathPattern("node_modules/|vendor/|third[_-]?party/|bower_components/|\\.venv/|site-packages/"),
         QStringLiteral("Code of others that is kept in the tree.")},
        {"generated",
         pathPattern("dist/|build/|out/|[^/]*\\.min\\.(js|css)$|[^/]*\\.map$|[^/]*\\.pb\\.(go|cc|h)$|[^/]*_pb2(_grpc)?\\.pyi?$"
                     "|[^/]*\\.(generated|gen|g)\\.\\w+$"),
         QStringLiteral("Looks like a generated file: what it is made from should change instead.")},
        {"secrets",
         pathPattern("\\.env(\\.(?!example|sample|template|dist)[^/]*)?$|id_(rsa|dsa|ecdsa|ed25519)$|[^/]*\\.(pem|p12|pfx|jks|keystore|kdbx)$"
                     "|\\.netrc$|\\.pgpass$|credentials(\\.json)?$|\\.htpasswd$"),
         QStringLiteral("A file of this name usually holds secrets.")},
    };
    const FilePatch &file = input.file;
    const QString oldPath = QString::fromUtf8(file.oldPath);
    for (const auto &rule : rules) {
        const bool leaves = file.status == FilePatch::Status::Deleted
            && (qstrcmp(rule.kind, "secrets") == 0 || qstrcmp(rule.kind, "vendored") == 0 || qstrcmp(rule.kind, "generated") == 0);
        if (!leaves && (matches(rule.pattern, input.path) || matches(rule.pattern, oldPath)))
            flags.push_back({QLatin1String(rule.kind), file.path, 0, rule.detail, {}});
    }
    const auto head = QString::fromUtf8(QByteArrayView(input.after).first(std::min<qsizetype>(input.after.size(), 2000)));
    static const QRegularExpression generated(QStringLiteral("@generated\\b|Code generated .{0,200}DO NOT EDIT"));
    if (!input.added.empty() && generated.match(head).hasMatch())
        flags.push_back({QStringLiteral("generated"), file.path, 0,
                         QStringLiteral("Says of itself that it is generated: what it is made from should change instead."), {}});
    using git::Mode;
    if (file.binary && file.status != FilePatch::Status::Deleted && file.newMode != Mode::Submodule)
        flags.push_back({QStringLiteral("binary"), file.path, 0, QStringLiteral("A binary file, which cannot be read here."), {}});
    if (file.newMode == Mode::Submodule && file.status != FilePatch::Status::Deleted)
        flags.push_back({QStringLiteral("submodule"), file.path, 0, QStringLiteral("Brings in the code of another repository."), {}});
    if (file.newMode == Mode::Executable && (file.oldMode != Mode::Executable || file.status == FilePatch::Status::Added))
        flags.push_back({QStringLiteral("executable"), file.path, 0, QStringLiteral("Becomes executable."), {}});
    if (file.newMode == Mode::Link && file.status != FilePatch::Status::Deleted)
        flags.push_back({QStringLiteral("link"), file.path, 0,
                         QStringLiteral("A symbolic link to %1.").arg(QString::fromUtf8(input.after).left(200)), {}});
    const auto changed = input.added.size() + input.removed.size();
    if (file.tooLarge)
        flags.push_back({QStringLiteral("size"), file.path, 0, QStringLiteral("Over 10 MB, so not compared line by line."), {}});
    else if (changed > manyLines)
        flags.push_back({QStringLiteral("size"), file.path, 0, QStringLiteral("%1 changed lines in one file.").arg(changed), {}});
}

Result<std::vector<Flag>> flagsOf(const git::Repository &repository, const Patch &patch, const QByteArray &pluginPrefix,
                                  const std::vector<FilePatch> &files)
{
    std::vector<Flag> flags;
    if (patch.last().tainted)
        flags.push_back({QStringLiteral("tainted"), {}, 0,
                         QStringLiteral("The agent had read text from outside (logs, trackers, upstreams) when it made this."), {}});
    size_t lines = 0;
    for (const auto &file : files) {
        for (const auto &path : {file.path, file.oldPath}) {
            if (!isInside(path, pluginPrefix)) {
                flags.push_back({QStringLiteral("outside-plugin"), file.path, 0,
                                 QStringLiteral("Lies outside %1.").arg(QString::fromUtf8(pluginPrefix)), {}});
                break;
            }
        }
        COPPICE_TRY(const auto input, inputOf(repository, file));
        lines += input.added.size() + input.removed.size();
        flagPath(input, flags);
        flagHidden(input, flags);
        flagSecrets(input, flags);
        flagTests(input, flags);
        flagDependencies(input, flags);
        flagReach(input, flags);
        if (flags.size() > mostFlags) {
            flags.resize(mostFlags);
            flags.push_back({QStringLiteral("size"), {}, 0,
                             QStringLiteral("More than 5000 flags; those of later files are not shown."), {}});
            return flags;
        }
    }
    if (files.size() > manyFiles || lines > 4 * manyLines)
        flags.push_back({QStringLiteral("size"), {}, 0,
                         QStringLiteral("A large patch: %1 files, %2 changed lines.").arg(files.size()).arg(lines), {}});
    return flags;
}

} // namespace coppice::review
