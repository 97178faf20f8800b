// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/builder.h"

#include <text/hidden.h>
#include <text/scrub.h>

#include <QJsonDocument>
#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostVariables = 500;
constexpr qsizetype mostDependencies = 5000;
constexpr qsizetype mostPackages = 500;
constexpr size_t mostFindings = 200;
constexpr size_t mostVersions = 50;

/// Two spellings of one version compare equal: a leading v, PEP 440's and SemVer's pre-releases, build metadata.
QString comparable(QString version)
{
    static const QRegularExpression preRelease(u"[-_.]?(alpha|beta|a|b|rc|c|pre|dev)[-_.]?(\\d*)$"_s);
    version = version.toLower();
    if (version.startsWith(u'v'))
        version.remove(0, 1);
    version = version.section(u'+', 0, 0);
    if (const auto match = preRelease.match(version); match.hasMatch()) {
        QString word = match.captured(1);
        word = word == "alpha"_L1 ? u"a"_s : word == "beta"_L1 ? u"b"_s : word == "c"_L1 || word == "pre"_L1 ? u"rc"_s : word;
        version = version.left(match.capturedStart()) + u'-' + word + match.captured(2);
    }
    return version;
}

} // namespace

bool isPlaceholder(const QString &value)
{
    static const QRegularExpression shapes(
        u"\\{\\{.*\\}\\}|\\$\\{.*\\}|\\$\\(.*\\)|^@[A-Za-z_.]+@$|^<[^>]*>$|^__[A-Za-z_]+__$|^%[A-Za-z_]+%$|^\\$[A-Za-z_]+$"_s);
    return shapes.match(value).hasMatch();
}

QString cleanLine(const QString &value, qsizetype cap)
{
    // simplified() first: newlines and tabs of an otherwise good text become spaces instead of vanishing.
    return text::plain(value.left(cap * 4).simplified(), cap).trimmed();
}

Builder::Builder(const FileSource &files) : m_files(files) { }

const QStringList &Builder::list(const QString &folder)
{
    const auto there = m_lists.constFind(folder);
    if (there != m_lists.constEnd())
        return *there;
    return *m_lists.insert(folder, m_files.list(folder));
}

std::optional<QByteArray> Builder::readListed(const QString &path)
{
    const qsizetype slash = path.lastIndexOf(u'/');
    const QString folder = slash < 0 ? QString() : path.left(slash);
    if (!list(folder).contains(path.mid(slash + 1)))
        return std::nullopt;
    auto bytes = m_files.read(path);
    if (!bytes)
        finding(Finding::Severity::Warning, u"manifest.unreadable"_s,
                u"The file is no ordinary file, or larger than 1 MiB; it was not read"_s, path);
    else if (bytes->startsWith("\xEF\xBB\xBF"))
        bytes->remove(0, 3);
    return bytes;
}

std::optional<JsonFile> Builder::readJson(const QString &path)
{
    const auto bytes = readListed(path);
    if (!bytes)
        return std::nullopt;
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(*bytes, &error);
    if (!document.isObject()) {
        const int line = 1 + int(bytes->left(error.error ? error.offset : 0).count('\n'));
        finding(Finding::Severity::Error, u"manifest.broken"_s,
                error.error ? QString(u"The file is not JSON: " + error.errorString()) : u"The file holds no JSON object"_s,
                u"%1:%2"_s.arg(path).arg(line));
        return std::nullopt;
    }
    return JsonFile{path, document.object(), JsonLines(*bytes)};
}

void Builder::set(Sourced<QString> &field, const QString &value, const QString &source, qsizetype cap)
{
    const QString clean = cleanLine(value, cap);
    if (clean.isEmpty())
        return;
    if (isPlaceholder(clean)) {
        finding(Finding::Severity::Note, u"manifest.placeholder"_s,
                u"A value that a release script fills in stands here: %1"_s.arg(clean.left(60)), source);
        return;
    }
    if (!field.isSet())
        field = {clean, source};
}

void Builder::name(const QString &value, const QString &source)
{
    set(m_manifest.name, value, source, 200);
}

void Builder::version(const QString &value, const QString &source)
{
    Sourced<QString> read;
    set(read, value, source, 100);
    if (!read.isSet() || m_versions.size() >= mostVersions)
        return;
    m_versions.push_back(read);
    if (!m_manifest.version.isSet())
        m_manifest.version = read;
}

void Builder::description(const QString &value, const QString &source)
{
    set(m_manifest.description, value, source, 1000);
}

void Builder::license(const QString &value, const QString &source)
{
    set(m_manifest.license, value, source, 100);
}

void Builder::command(const QString &name, const QString &line, const QString &source)
{
    if (!m_manifest.commands.contains(name))
        m_manifest.commands.insert(name, {line, source});
}

void Builder::variable(EnvironmentVariable variable)
{
    static const QRegularExpression shape(u"^[A-Za-z_][A-Za-z0-9_.-]{0,199}\\z"_s);
    variable.name = variable.name.trimmed();
    if (!shape.match(variable.name).hasMatch()) {
        finding(Finding::Severity::Warning, u"manifest.variable-name"_s,
                u"This is no name of an environment variable: %1"_s.arg(cleanLine(variable.name, 60)), variable.source);
        return;
    }
    variable.description = cleanLine(variable.description, 500);
    variable.secret = variable.secret || text::Scrubber::isSecretKey(variable.name);
    // What stands in a secret's place is a sample at best; it is never carried about.
    variable.defaultValue = variable.secret ? QString() : cleanLine(variable.defaultValue, 200);
    const auto there = m_variables.constFind(variable.name);
    if (there == m_variables.constEnd()) {
        if (m_variables.size() >= mostVariables)
            return;
        m_variables.insert(variable.name, qsizetype(m_manifest.environment.size()));
        m_manifest.environment.push_back(std::move(variable));
        if (m_variables.size() == mostVariables)
            finding(Finding::Severity::Warning, u"manifest.too-many"_s,
                    u"More than %1 environment variables are declared; the rest was not read"_s.arg(mostVariables),
                    m_manifest.environment.back().source);
        return;
    }
    EnvironmentVariable &known = m_manifest.environment[size_t(*there)];
    if (known.description.isEmpty())
        known.description = variable.description;
    if (known.defaultValue.isEmpty() && !known.secret)
        known.defaultValue = variable.defaultValue;
    const auto fileOf = [](const QString &source) { return source.section(u':', 0, 0); };
    if (fileOf(known.source) == fileOf(variable.source))
        known.required = known.required || variable.required; // several packages of one server
    known.secret = known.secret || variable.secret;
}

namespace {

int weightOf(Dependency::Scope scope)
{
    using Scope = Dependency::Scope;
    switch (scope) {
    case Scope::Runtime: return 4;
    case Scope::Peer: return 3;
    case Scope::Optional: return 2;
    case Scope::Development: return 1;
    case Scope::Indirect: break;
    }
    return 0;
}

} // namespace

void Builder::dependency(Dependency dependency)
{
    if (dependency.purl.isEmpty() || dependency.purl.size() > 300)
        return;
    dependency.range = cleanLine(dependency.range, 200);
    dependency.reference = cleanLine(dependency.reference, 500);
    const auto there = m_dependencies.constFind(dependency.purl);
    if (there != m_dependencies.constEnd()) {
        auto &known = m_manifest.dependencies[size_t(*there)];
        if (known.reference.isEmpty())
            known.reference = dependency.reference;
        if (weightOf(dependency.scope) > weightOf(known.scope)) {
            dependency.reference = known.reference;
            known = std::move(dependency);
        }
        return;
    }
    if (m_dependencies.size() >= mostDependencies)
        return;
    m_dependencies.insert(dependency.purl, qsizetype(m_manifest.dependencies.size()));
    m_manifest.dependencies.push_back(std::move(dependency));
}

void Builder::package(const QString &purl, const QString &version, const QString &source)
{
    if (purl.isEmpty() || purl.size() > 300 || isPlaceholder(purlName(purl)) || m_packages.contains(purl) || m_packages.size() >= mostPackages)
        return;
    m_packages.insert(purl);
    m_manifest.packages.push_back({purl, isPlaceholder(version) ? QString() : cleanLine(version, 100), source});
}

void Builder::finding(Finding::Severity severity, const QString &code, const QString &text, const QString &where)
{
    if (m_manifest.findings.size() < mostFindings)
        m_manifest.findings.push_back({severity, code, cleanLine(text, 500), cleanLine(where, 300)});
}

void Builder::language(const QString &word, const QString &source, int weight)
{
    m_languages.push_back({word, source, weight});
}

void Builder::chooseLanguage()
{
    if (m_languages.size() == 1) {
        m_manifest.language = {m_languages.front().word, m_languages.front().source};
        return;
    }
    const auto family = [](const QString &word) { return word == "typescript"_L1 ? u"node"_s : word; };
    if (m_languages.empty()) {
        const auto counts = countSources(*this);
        int most = 0;
        for (auto it = counts.cbegin(); it != counts.cend(); ++it) {
            if (it.value() > most) {
                most = it.value();
                m_manifest.language = {it.key(), u"files"_s};
            }
        }
        if (most == 0 && !m_hint.isEmpty())
            m_manifest.language = {m_hint, u"server.json"_s};
        return;
    }
    // Several languages have a file here: the registry's word, then the weight of the file, then the sources.
    const Candidate *best = nullptr;
    qint64 bestScore = -1;
    const auto counts = countSources(*this);
    for (const auto &candidate : m_languages) {
        qint64 score = candidate.weight * 1000;
        score += qMin(999, counts.value(family(candidate.word)) + counts.value(candidate.word));
        if (family(candidate.word) == m_hint)
            score += 1'000'000;
        if (score > bestScore) {
            bestScore = score;
            best = &candidate;
        }
    }
    m_manifest.language = {best->word, best->source};
}

void Builder::checkVersions()
{
    QStringList told;
    QSet<QString> different;
    for (const auto &version : m_versions) {
        different.insert(comparable(version.value));
        const QString sentence = version.source + u" says "_s + version.value;
        if (!told.contains(sentence))
            told << sentence;
    }
    if (different.size() > 1)
        finding(Finding::Severity::Warning, u"manifest.versions-differ"_s,
                QString(u"The files disagree on the version: "_s + told.join(u", "_s)), m_manifest.version.source);
}

Manifest Builder::take()
{
    checkVersions();
    const auto locks = readLocks(m_files);
    for (const auto &found : locks.findings)
        finding(found.severity, found.code, found.text, found.where);
    // What a workspace's members need of each other is nothing that the plugin needs.
    std::erase_if(m_manifest.dependencies, [this](const Dependency &dependency) { return m_packages.contains(dependency.purl); });
    for (auto &dependency : m_manifest.dependencies) {
        const QString version = locks.versionFor(dependency.purl, dependency.range);
        if (!version.isEmpty() && dependency.locked.isEmpty()) {
            dependency.locked = version;
            dependency.level = Dependency::Level::Locked;
        }
    }
    return std::move(m_manifest);
}

} // namespace coppice::manifest
