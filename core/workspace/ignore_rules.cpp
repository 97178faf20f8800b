// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/ignore_rules.h"

namespace coppice::workspace {

namespace {

constexpr qint64 largestFile = 1 << 20;
constexpr qsizetype mostFiles = 2000;

} // namespace

QByteArray usualExcludes()
{
    return "node_modules/\n.venv/\n__pycache__/\n*.py[co]\n.pytest_cache/\n.mypy_cache/\n.ruff_cache/\n.tox/\n.nyc_output/\n"
           ".DS_Store\n";
}

QByteArray literalPattern(const QByteArray &path)
{
    QByteArray pattern = "/";
    for (const char c : path) {
        if (c == '\\' || c == '*' || c == '?' || c == '[' || c == ' ')
            pattern += '\\';
        pattern += c;
    }
    return pattern + '\n';
}

IgnoreRules::Patterns IgnoreRules::read(const QByteArray &text)
{
    Patterns patterns;
    const bool marked = text.startsWith("\xef\xbb\xbf");
    for (const auto &line : (marked ? text.mid(3) : text).split('\n')) {
        if (auto pattern = IgnorePattern::parse(line))
            patterns.push_back(std::move(*pattern));
    }
    return patterns;
}

Result<> IgnoreRules::add(const git::Repository &repository, const git::Oid &tree, const QByteArray &folder)
{
    COPPICE_TRY(const auto entries, repository.tree(tree));
    for (const auto &entry : entries) {
        const QByteArray path = folder.isEmpty() ? entry.name : QByteArray(folder + '/' + entry.name);
        if (entry.mode == git::Mode::Tree) {
            COPPICE_CHECK(add(repository, entry.id, path));
        } else if (entry.name == ".gitignore" && (entry.mode == git::Mode::File || entry.mode == git::Mode::Executable)) {
            if (m_files.size() >= mostFiles)
                return fail(QStringLiteral("workspace.ignore"), QStringLiteral("There are more than %1 .gitignore files").arg(mostFiles),
                            QString::fromUtf8(path));
            COPPICE_TRY(const QByteArray text, repository.blob(entry.id, largestFile));
            m_files[folder] = read(text);
        }
    }
    return {};
}

Result<IgnoreRules> IgnoreRules::make(const git::Repository &repository, const git::Oid &tree, const QByteArray &exclude)
{
    IgnoreRules rules;
    rules.m_exclude = read(exclude);
    COPPICE_CHECK(rules.add(repository, tree, {}));
    return rules;
}

/// The last pattern that matches decides; files nearer to the path come before those further up.
bool IgnoreRules::ignoresItself(const QByteArray &path, bool folder) const
{
    const auto decide = [&](const Patterns &patterns, QByteArrayView relative) -> std::optional<bool> {
        for (auto it = patterns.rbegin(); it != patterns.rend(); ++it) {
            if (it->matches(relative, folder))
                return !it->isNegated();
        }
        return std::nullopt;
    };
    for (qsizetype slash = path.lastIndexOf('/');; slash = slash > 0 ? path.lastIndexOf('/', slash - 1) : -1) {
        const auto file = m_files.constFind(slash > 0 ? path.left(slash) : QByteArray());
        if (file != m_files.cend()) {
            if (const auto decided = decide(*file, QByteArrayView(path).sliced(slash + 1)))
                return *decided;
        }
        if (slash <= 0)
            break;
    }
    return decide(m_exclude, path).value_or(false);
}

bool IgnoreRules::ignores(const QByteArray &path, bool folder) const
{
    if (folder) {
        const auto known = m_folders.constFind(path);
        if (known != m_folders.cend())
            return *known;
    }
    const auto slash = path.lastIndexOf('/');
    const bool ignored = (slash > 0 && ignores(path.left(slash), true)) || ignoresItself(path, folder);
    if (folder)
        m_folders[path] = ignored;
    return ignored;
}

} // namespace coppice::workspace
