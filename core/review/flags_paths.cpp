// SPDX-License-Identifier: GPL-3.0-or-later
// What a path, a mode or a size alone says of a file.
#include "review/flags.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::review {

namespace {

constexpr size_t manyLinesInAFile = 10'000;

bool matches(const QRegularExpression &expression, const QString &path)
{
    return expression.match(path).hasMatch();
}

QRegularExpression pathPattern(const char *pattern)
{
    return QRegularExpression(QStringLiteral("(^|/)(%1)").arg(QLatin1String(pattern)),
                              QRegularExpression::CaseInsensitiveOption);
}

} // namespace

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
                     "|\\.appveyor\\.ya?ml$|cloudbuild\\.ya?ml$|buildspec\\.ya?ml$|CODEOWNERS$|\\.tekton/|\\.woodpecker/|\\.build\\.ya?ml$|\\.builds/|wercker\\.ya?ml$|\\.azure-pipelines/|\\.azuredevops/|\\.jenkins/|codefresh\\.ya?ml$|\\.codefresh/|\\.harness/|bitrise\\.ya?ml$|codemagic\\.ya?ml$|\\.earthly|\\.screwdriver/|screwdriver\\.ya?ml$|zuul\\.ya?ml$|\\.zuul\\.(ya?ml|d/)|\\.github/(renovate|mergify|settings)[^/]*$|\\.mergify\\.ya?ml$|renovate\\.json5?$|\\.onedev-buildspec\\.yml$|\\.prow\\.ya?ml$|\\.gocd\\.ya?ml$|[^/]*\\.gitlab-ci\\.ya?ml$|\\.cirrus\\.star$|\\.vsts-ci\\.ya?ml$|azure-pipelines/|appveyor[^/]*\\.ya?ml$|\\.concourse/|ci/(pipeline|tasks?)[^/]*\\.ya?ml$"),
         QStringLiteral("Changes what runs in continuous integration, or who must look at changes.")},
        {"hooks",
         pathPattern("\\.husky/|\\.githooks/|\\.?git[-_]?hooks/|hooks/(pre|post|commit-msg|prepare-commit|applypatch|update|fsmonitor)[^/]*$|\\.pre-commit-config\\.ya?ml$|\\.pre-commit-hooks\\.ya?ml$"
                     "|\\.?lefthook(-local)?\\.(ya?ml|toml|json)$|\\.overcommit\\.ya?ml$|\\.huskyrc[^/]*$|\\.simple-git-hooks[^/]*$|simple-git-hooks\\.[cm]?js(on)?$|\\.captainhook\\.json$|captainhook\\.json$|grumphp\\.ya?ml$|\\.cargo-husky/|\\.envrc$|mise\\.toml$|\\.mise\\.toml$"
                     "|\\.pnpmfile\\.c?js$|\\.cargo/config(\\.toml)?$|\\.devcontainer/|\\.?devcontainer\\.json$|\\.gitpod\\.ya?ml$|sitecustomize\\.py$|usercustomize\\.py$|[^/]*\\.pth$|conftest\\.py$|build\\.rs$|binding\\.gyp$|extconf\\.rb$"
                     "|\\.(bashrc|bash_profile|zshrc|profile|zshenv)$|\\.mvn/(jvm\\.config|extensions\\.xml|maven\\.config)$|Directory\\.Build\\.(targets|props)$|init\\.gradle(\\.kts)?$|\\.idea/(runConfigurations|watcherTasks|startup)[^/]*(/|$)|\\.vim(rc)?$|\\.exrc$|\\.nvim\\.lua$|\\.dir-locals\\.el$|\\.gdbinit$|\\.lldbinit$"),
         QStringLiteral("Runs, or decides what runs, on a developer's machine without being called.")},
        {"agent-instructions",
         pathPattern("(AGENTS?|CLAUDE|GEMINI|CODEX|QWEN|COPILOT|CONVENTIONS|SKILL)(\\.local|\\.override)?\\.md$|\\.claude/|\\.agents?/"
                     "|\\.gemini/|\\.codex/|\\.cursor/|\\.cursorrules$|\\.cursorignore$|\\.windsurf/|\\.windsurfrules$|\\.clinerules"
                     "|\\.roo/|\\.roorules|\\.continue/|\\.junie/|\\.kiro/|\\.aider[^/]*$|\\.github/copilot-instructions\\.md$"
                     "|\\.github/(instructions|prompts|chatmodes|agents)/|\\.opencode/|opencode\\.jsonc?$|\\.mcp\\.json$|\\.rules$|\\.skills?/|skills/[^/]+/SKILL\\.md$|\\.cursor[^/]*$|\\.agent\\.md$|mcp\\.json$|\\.vscode/mcp\\.json$|\\.amazonq/|\\.augment(-guidelines$|/)|\\.goosehints$|\\.trae/|\\.qwen/|\\.copilot/|\\.agents?\\.md$|llms-instructions[^/]*$|\\.clinerules|\\.openhands/|\\.devin/|\\.zed/|\\.codeium/|\\.sourcegraph/|\\.tabnine/|\\.factory/|\\.crush/|crush\\.json$|\\.warp/|WARP\\.md$|\\.mcp/|claude_desktop_config\\.json$|\\.ruler/"),
         QStringLiteral("Changes what agents are told or allowed to do.")},
        {"coppice-settings", QRegularExpression(QStringLiteral("^(coppice\\.yaml$|\\.coppice/|templates/)")),
         QStringLiteral("Changes the library's settings or templates, and so other plugins.")},
        {"lock-file",
         pathPattern("package-lock\\.json$|npm-shrinkwrap\\.json$|yarn\\.lock$|pnpm-lock\\.ya?ml$|bun\\.lockb?$|pixi\\.lock$|conda-lock\\.ya?ml$|go\\.work\\.sum$|pubspec\\.lock$|Podfile\\.lock$|Package\\.resolved$|Cartfile\\.resolved$|\\.terraform\\.lock\\.hcl$|Chart\\.lock$|rebar\\.lock$|paket\\.lock$|MODULE\\.bazel\\.lock$|gems\\.locked$|conan\\.lock$|elm-stuff/exact|stack\\.yaml\\.lock$|symfony\\.lock$|buildscript-gradle\\.lockfile$|verification-metadata\\.xml$|deno\\.lock$"
                     "|poetry\\.lock$|uv\\.lock$|pdm\\.lock$|pylock[^/]*\\.toml$|Pipfile\\.lock$|go\\.sum$|Cargo\\.lock$"
                     "|Gemfile\\.lock$|composer\\.lock$|gradle\\.lockfile$|packages\\.lock\\.json$|mix\\.lock$|flake\\.lock$"),
         QStringLiteral("Changes which versions of packages are installed.")},
        {"vendored",
         pathPattern("node_modules/|vendor/|vendored/|_vendor/|third[_-]?party/|Godeps/|Pods/|external/|\\.yarn/(releases|plugins|cache)/|bower_components/|\\.venv/|site-packages/"),
         QStringLiteral("Code of others that is kept in the tree.")},
        {"generated",
         pathPattern("dist/|build/(?!.*(CMakeLists\\.txt|\\.cmake|\\.sh|\\.gradle)$)|out/|[^/]*[.-]min\\.(js|css|mjs|cjs)$|[^/]*\\.bundle\\.js$|__generated__/|generated/|[^/]*\\.map$|[^/]*\\.pb\\.(go|cc|h)$|[^/]*_pb2(_grpc)?\\.pyi?$"
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
    const size_t changed = input.added.size() + input.removed.size();
    if (file.tooLarge)
        flags.push_back({QStringLiteral("size"), file.path, 0, QStringLiteral("Over 10 MB, too large to look at whole: neither compared line by line, nor looked through for secrets, "
                                                             "hidden characters, calls or tests."), {}});
    else if (input.partly)
        flags.push_back({QStringLiteral("size"), file.path, input.lastRead,
                         input.lastRead > 0 ? QStringLiteral("Over 2 MB, too large to look at whole: read as code only around its changes, and not from line %1 on. "
                                                             "Its tests were not compared.").arg(input.lastRead)
                                            : QStringLiteral("Over 2 MB, too large to look at whole: read as code only around its changes. Its tests were not compared."), {}});
    if (changed > manyLinesInAFile)
        flags.push_back({QStringLiteral("size"), file.path, 0, QStringLiteral("%1 changed lines in one file.").arg(changed), {}});
}

void flagGenerated(const FlagInput &input, std::vector<Flag> &flags)
{
    const FilePatch &file = input.file;
    const auto head = QString::fromUtf8(QByteArrayView(input.after).first(std::min<qsizetype>(input.after.size(), 2000)));
    const bool told = std::any_of(flags.begin(), flags.end(), [&](const Flag &flag) {
        return flag.path == file.path && (flag.kind == u"generated" || flag.kind == u"vendored");
    });
    if (told || input.added.empty())
        return;
    // Source: https://go.dev/s/generatedcode and the words that generators write. Only where a comment begins, near the top.
    static const QRegularExpression generated(
        QStringLiteral("^\\W{0,6}.{0,40}@generated\\b|Code generated .{0,200}DO NOT (?:EDIT|MODIFY)|^\\W{1,6}.{0,80}\\b(?:auto-?matically|auto-?)[ -]?generated\\b|^\\W{1,6}(?:this|the) (?:file|code|class|source).{0,60}\\bgenerated\\b"
                       "|^\\W{1,6}generated by\\b|<auto-generated|^\\W{0,6}.{0,60}\\bdo not (?:edit|modify)\\b|^\\W{1,6}generated (?:from|with|using|code)\\b|swagger generated|Generated by the protocol buffer compiler"),
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::MultilineOption);
    const bool prose = input.language == Language::Prose && input.path.endsWith(QLatin1String(".md"));
    if (!prose && generated.match(head.section(u'\n', 0, 14)).hasMatch()) {
        flags.push_back({QStringLiteral("generated"), file.path, 0,
                         QStringLiteral("Says of itself that it is generated: what it is made from should change instead."), {}});
        return;
    }
    // Minified: what a person writes has line ends.
    const bool code = input.language == Language::JavaScript || input.path.endsWith(QLatin1String(".css"));
    if (code && input.after.size() > 5000 && input.after.size() / (input.after.count('\n') + 1) > 500)
        flags.push_back({QStringLiteral("generated"), file.path, 0,
                         QStringLiteral("Lines of hundreds of characters: looks like the output of a bundler or minifier."), {}});
}

} // namespace coppice::review
