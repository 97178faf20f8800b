// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/json_file.h"
#include "manifest/locks.h"
#include "manifest/manifest.h"
#include "manifest/purl.h"

#include <QHash>
#include <QSet>

namespace coppice::manifest {

/// Gathers what the readers find. The first reader to set a field wins; later ones that say otherwise are remembered,
/// so that files that disagree can be told. Everything is bounded and cleaned on its way in.
class Builder
{
public:
    explicit Builder(const FileSource &files);

    [[nodiscard]] const FileSource &files() const { return m_files; }
    /// Names in a folder, listed once.
    [[nodiscard]] const QStringList &list(const QString &folder);
    [[nodiscard]] bool has(const QString &rootName) { return list({}).contains(rootName); }
    /// A file that the root or `folder` of it is known to hold; a finding when it is there and cannot be read.
    [[nodiscard]] std::optional<QByteArray> readListed(const QString &path);
    /// The same parsed as a JSON object; a finding when it is none.
    [[nodiscard]] std::optional<JsonFile> readJson(const QString &path);

    void name(const QString &value, const QString &source);
    void version(const QString &value, const QString &source);
    void description(const QString &value, const QString &source);
    void license(const QString &value, const QString &source);
    void command(const QString &name, const QString &line, const QString &source);
    void variable(EnvironmentVariable variable);
    /// Of several mentions the one that matters most counts: runtime before peer, optional, development.
    void dependency(Dependency dependency);
    /// A package that the plugin is, or holds.
    void package(const QString &purl, const QString &version, const QString &source);
    void finding(Finding::Severity severity, const QString &code, const QString &text, const QString &where);

    /// A language's own file is there; `weight` breaks ties (a file that names and versions a package weighs more).
    void language(const QString &word, const QString &source, int weight);
    /// What a registry entry says the package is written in.
    void languageHint(const QString &word) { m_hint = word; }
    [[nodiscard]] const QString &chosenLanguage() const { return m_manifest.language.value; }
    void chooseLanguage();

    [[nodiscard]] bool hasLicense() const { return m_manifest.license.isSet(); }

    /// Checks the whole, and hands it over.
    [[nodiscard]] Manifest take();

private:
    struct Candidate {
        QString word;
        QString source;
        int weight = 0;
    };
    void set(Sourced<QString> &field, const QString &value, const QString &source, qsizetype cap);
    void checkVersions();

    const FileSource &m_files;
    Manifest m_manifest;
    QHash<QString, QStringList> m_lists;
    std::vector<Sourced<QString>> m_versions;
    std::vector<Candidate> m_languages;
    QString m_hint;
    QHash<QString, qsizetype> m_variables;
    QHash<QString, qsizetype> m_dependencies;
    QSet<QString> m_packages;
};

/// True for a value that a release script was to fill in: {{VERSION}}, ${version}, @VERSION@, <version>, __VERSION__.
[[nodiscard]] bool isPlaceholder(const QString &value);
/// A single line of outside text: no control or hidden characters, trimmed, at most `cap` characters.
[[nodiscard]] QString cleanLine(const QString &value, qsizetype cap);
/// Folders that patterns of a workspace name ("packages/*", "crates/**", "!old") and that hold `file`: at most 200, none
/// outside the plugin, none among installed or hidden ones.
[[nodiscard]] QStringList memberFolders(Builder &builder, const QStringList &patterns, const QString &file);
/// Source files by extension in the first few levels: language word → count. Vendored and built folders are left out.
[[nodiscard]] QMap<QString, int> countSources(Builder &builder);

// The readers, one file format each; all tolerate anything.
void readServerJson(Builder &builder);
void readMcpb(Builder &builder);
void readPackageJson(Builder &builder);
void readPyproject(Builder &builder);
void readGoMod(Builder &builder);
void readCargo(Builder &builder);
void readPom(Builder &builder);
void readHints(Builder &builder);
void readLicense(Builder &builder);
/// Commands that follow from the files, once the language is chosen.
void detectCommands(Builder &builder);

} // namespace coppice::manifest
