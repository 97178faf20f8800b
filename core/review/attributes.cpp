// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/attributes.h"

#include <algorithm>

namespace coppice::review {

namespace {

constexpr qint64 largestFile = 1 << 20;
constexpr qsizetype longestLine = 2048; ///< as git has it
constexpr size_t mostRules = 10'000;
constexpr size_t mostCells = 4 << 20;
constexpr int deepestMacro = 8;

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/// A name in quotes, with C's escapes; empty when the quotes are not closed. `at` stands on the first one.
QByteArray quoted(QByteArrayView line, qsizetype &at)
{
    QByteArray text;
    for (++at; at < line.size(); ++at) {
        if (line[at] == '"') {
            ++at;
            return text;
        }
        if (line[at] != '\\' || at + 1 >= line.size()) {
            text += line[at];
            continue;
        }
        const char next = line[++at];
        static constexpr char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
        if (const char *known = std::find(from, from + 7, next); known != from + 7) {
            text += to[known - from];
        } else if (next >= '0' && next <= '3' && at + 2 < line.size()) {
            text += char((next - '0') * 64 + (line[at + 1] - '0') * 8 + (line[at + 2] - '0'));
            at += 2;
        } else {
            text += next;
        }
    }
    return {};
}

/// git's wildmatch, each pair of places tried once, so that no pattern takes long.
class Wild
{
public:
    Wild(QByteArrayView pattern, QByteArrayView text) : m_pattern(pattern), m_text(text) { }
    bool match()
    {
        const size_t cells = size_t(m_pattern.size() + 1) * size_t(m_text.size() + 1);
        if (cells > mostCells)
            return false;
        m_failed.assign(cells, false);
        return from(0, 0);
    }

private:
    bool from(qsizetype p, qsizetype t)
    {
        const size_t cell = size_t(p) * size_t(m_text.size() + 1) + size_t(t);
        if (m_failed[cell])
            return false;
        const bool found = tried(p, t);
        m_failed[cell] = !found;
        return found;
    }

    bool tried(qsizetype p, qsizetype t)
    {
        for (; p < m_pattern.size(); ++p, ++t) {
            const char c = m_pattern[p];
            if (c == '*')
                return star(p, t);
            if (t >= m_text.size())
                return false;
            if (c == '[') {
                const auto end = oneOf(p, m_text[t]);
                if (end < 0)
                    return false;
                p = end;
                continue;
            }
            if (c == '?') {
                if (m_text[t] == '/')
                    return false;
                continue;
            }
            if (c == '\\' && p + 1 < m_pattern.size())
                ++p;
            if (m_pattern[p] != m_text[t])
                return false;
        }
        return t == m_text.size();
    }

    bool star(qsizetype p, qsizetype t)
    {
        qsizetype end = p;
        while (end < m_pattern.size() && m_pattern[end] == '*')
            ++end;
        const bool folders = end - p >= 2 && (p == 0 || m_pattern[p - 1] == '/') && (end == m_pattern.size() || m_pattern[end] == '/');
        if (folders && end == m_pattern.size())
            return t < m_text.size();
        if (folders && from(end + 1, t)) // none in between
            return true;
        for (; t <= m_text.size(); ++t) {
            if (from(end, t))
                return true;
            if (t < m_text.size() && m_text[t] == '/' && !folders)
                return false;
        }
        return false;
    }

    /// The place of the closing bracket when the character is one of these; -1 when it is not, or there is no bracket.
    [[nodiscard]] qsizetype oneOf(qsizetype p, char c) const
    {
        qsizetype at = p + 1;
        const bool negated = at < m_pattern.size() && (m_pattern[at] == '!' || m_pattern[at] == '^');
        at += negated ? 1 : 0;
        bool in = false;
        for (const qsizetype first = at; at < m_pattern.size() && (m_pattern[at] != ']' || at == first); ++at) {
            if (m_pattern[at] == '[' && at + 1 < m_pattern.size() && m_pattern[at + 1] == ':') {
                const auto end = m_pattern.indexOf(":]", at + 2);
                if (end > 0) {
                    in = in || isA(m_pattern.sliced(at + 2, end - at - 2), c);
                    at = end + 1;
                    continue;
                }
            }
            if (m_pattern[at] == '\\' && at + 1 < m_pattern.size())
                ++at;
            const char low = m_pattern[at];
            char high = low;
            if (at + 2 < m_pattern.size() && m_pattern[at + 1] == '-' && m_pattern[at + 2] != ']') {
                at += 2;
                if (m_pattern[at] == '\\' && at + 1 < m_pattern.size())
                    ++at;
                high = m_pattern[at];
            }
            in = in || (quint8(c) >= quint8(low) && quint8(c) <= quint8(high));
        }
        return at < m_pattern.size() && in != negated && c != '/' ? at : -1;
    }

    static bool isA(QByteArrayView name, char c)
    {
        const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        if (name == "alpha")
            return upper || lower;
        if (name == "digit")
            return digit;
        if (name == "alnum")
            return upper || lower || digit;
        if (name == "upper")
            return upper;
        if (name == "lower")
            return lower;
        if (name == "space")
            return c == ' ' || (c >= '\t' && c <= '\r');
        if (name == "xdigit")
            return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        return name == "punct" && c > ' ' && c < 0x7f && !upper && !lower && !digit;
    }

    QByteArrayView m_pattern, m_text;
    std::vector<bool> m_failed;
};

} // namespace

Attributes::Attributes(const git::Repository &repository, std::vector<git::Oid> trees) : m_repository(repository), m_trees(std::move(trees))
{
    m_macros.insert("binary", {{"diff", "unset"}, {"merge", "unset"}, {"text", "unset"}});
}

bool Attributes::matches(const QByteArray &pattern, const QByteArray &path)
{
    if (pattern.isEmpty() || pattern.endsWith('/') || pattern.startsWith('!'))
        return false;
    if (!pattern.contains('/'))
        return Wild(pattern, QByteArrayView(path).sliced(path.lastIndexOf('/') + 1)).match();
    return Wild(QByteArrayView(pattern).sliced(pattern.startsWith('/') ? 1 : 0), path).match();
}

std::vector<Attributes::Rule> Attributes::parse(const QByteArray &text, bool root)
{
    std::vector<Rule> rules;
    int number = 0;
    const auto lines = text.split('\n');
    for (const auto &line : lines) {
        ++number;
        qsizetype at = 0;
        while (at < line.size() && isBlank(line[at]))
            ++at;
        if (at == line.size() || line[at] == '#' || line.size() > longestLine || rules.size() >= mostRules)
            continue;
        Rule rule;
        rule.line = number;
        if (line[at] == '"') {
            rule.pattern = quoted(line, at);
        } else {
            const qsizetype begin = at;
            while (at < line.size() && !isBlank(line[at]))
                ++at;
            rule.pattern = line.sliced(begin, at - begin);
        }
        while (at < line.size()) {
            const qsizetype begin = at;
            while (at < line.size() && !isBlank(line[at]))
                ++at;
            const QByteArray word = line.sliced(begin, at - begin);
            while (at < line.size() && isBlank(line[at]))
                ++at;
            if (word.isEmpty())
                continue;
            const qsizetype equals = word.indexOf('=');
            if (word.startsWith('-'))
                rule.given.push_back({word.sliced(1), "unset"});
            else if (word.startsWith('!'))
                rule.given.push_back({word.sliced(1), {}});
            else if (equals > 0)
                rule.given.push_back({word.first(equals), word.sliced(equals + 1)});
            else
                rule.given.push_back({word, "set"});
        }
        if (rule.pattern.startsWith("[attr]")) {
            if (root)
                m_macros.insert(rule.pattern.sliced(6), rule.given);
            continue;
        }
        rules.push_back(std::move(rule));
    }
    return rules;
}

Result<const std::vector<Attributes::Rule> *> Attributes::rulesOf(const QByteArray &folder)
{
    if (const auto known = m_rules.constFind(folder); known != m_rules.cend())
        return &*known;
    std::vector<Rule> rules;
    const QByteArray file = folder.isEmpty() ? QByteArray(".gitattributes") : folder + "/.gitattributes";
    for (const auto &tree : m_trees) {
        if (tree.isNull())
            continue;
        COPPICE_TRY(const auto entry, m_repository.entryAt(tree, file));
        if (!entry || (entry->mode != git::Mode::File && entry->mode != git::Mode::Executable)) // git follows no link to one either
            continue;
        COPPICE_TRY(const auto size, m_repository.blobSize(entry->id));
        if (size <= largestFile) {
            COPPICE_TRY(const auto text, m_repository.blob(entry->id, largestFile));
            rules = parse(text, folder.isEmpty());
        }
        break;
    }
    return &*m_rules.insert(folder, std::move(rules));
}

void Attributes::apply(State &state, const std::vector<Given> &given, const QByteArray &by, int depth) const
{
    for (const auto &one : given) {
        state[one.name] = {one.value, by};
        const auto macro = m_macros.constFind(one.name);
        if (one.value == "set" && macro != m_macros.cend() && depth < deepestMacro)
            apply(state, *macro, by, depth + 1);
    }
}

Result<Attributes::State> Attributes::stateOf(const QByteArray &path)
{
    State state;
    for (qsizetype slash = -1;;) {
        const QByteArray folder = slash < 0 ? QByteArray() : path.first(slash), below = path.sliced(slash + 1);
        COPPICE_TRY(const auto *rules, rulesOf(folder));
        for (const auto &rule : *rules) {
            if (matches(rule.pattern, below))
                apply(state, rule.given, (folder.isEmpty() ? QByteArray() : folder + '/') + ".gitattributes:" + QByteArray::number(rule.line), 0);
        }
        slash = path.indexOf('/', slash + 1);
        if (slash < 0)
            return state;
    }
}

Result<std::pair<QByteArray, QByteArray>> Attributes::value(const QByteArray &path, const QByteArray &attribute)
{
    COPPICE_TRY(const auto state, stateOf(path));
    const auto found = state.find(attribute);
    return found == state.end() ? std::pair<QByteArray, QByteArray>() : found->second;
}

Result<FileAttributes> Attributes::of(const QByteArray &path)
{
    COPPICE_TRY(const auto state, stateOf(path));
    const auto said = [&](const char *name) {
        const auto found = state.find(name);
        return found == state.end() ? std::pair<QByteArray, QByteArray>() : found->second;
    };
    const auto isTrue = [&](const char *name) {
        const QByteArray value = said(name).first;
        return value == "set" || value == "true";
    };
    FileAttributes attributes;
    const auto diff = said("diff");
    attributes.binary = diff.first == "unset";
    if (attributes.binary)
        attributes.binaryBy = diff.second;
    // What git calls its drivers, as others call the languages.
    static const QHash<QByteArray, QString> drivers{
        {"cpp", QStringLiteral("C++")},       {"csharp", QStringLiteral("C#")},         {"golang", QStringLiteral("Go")},
        {"objc", QStringLiteral("Objective-C")}, {"tex", QStringLiteral("LaTeX")},      {"bibtex", QStringLiteral("BibTeX")},
        {"bash", QStringLiteral("Bash")},     {"Shell", QStringLiteral("Bash")},        {"dts", QStringLiteral("Device Tree")}, {"fortran", QStringLiteral("Fortran (Free Format)")}, {"ada", QStringLiteral("Ada")}};
    QByteArray language = said("linguist-language").first;
    if (language.isEmpty() || language == "set" || language == "unset")
        language = diff.first == "set" || diff.first == "unset" ? QByteArray() : diff.first;
    attributes.language = drivers.value(language, QString::fromUtf8(language));
    attributes.generated = isTrue("linguist-generated");
    attributes.vendored = isTrue("linguist-vendored");
    return attributes;
}

} // namespace coppice::review
