// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/sealed.h"

#include "base/paths.h"
#include "git/tree_edit.h"
#include "library/settings.h"
#include "review/patch.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>

#include <yaml-cpp/yaml.h>

#include <filesystem>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 sealedAt = 1'767'225'600; // 2026-01-01: says nothing of when the task was made or is run
const QByteArray author = "Coppice";
const QByteArray staged = "templates/next/";

Result<git::TreeEntry> entryOf(git::Repository &repository, const QString &path)
{
    const QFileInfo info(path);
    if (info.isSymLink()) {
        std::error_code problem;
        const auto target = std::filesystem::read_symlink(QFile::encodeName(path).toStdString(), problem);
        if (problem)
            return fail(u"eval.link"_s, u"A link of the task cannot be read"_s, path);
        COPPICE_TRY(const git::Oid blob, repository.writeBlob(QByteArray::fromStdString(target.string())));
        return git::TreeEntry{{}, git::Mode::Link, blob};
    }
    COPPICE_TRY(const QByteArray bytes, readFile(path, 8 << 20));
    COPPICE_TRY(const git::Oid blob, repository.writeBlob(bytes));
    return git::TreeEntry{{}, info.isExecutable() ? git::Mode::Executable : git::Mode::File, blob};
}

Result<git::Oid> withFiles(git::Repository &repository, const git::Oid &tree, const QString &folder, const QStringList &files,
                           const QByteArray &under = {})
{
    std::vector<git::TreeChange> changes;
    for (const QString &file : files) {
        COPPICE_TRY(const auto entry, entryOf(repository, folder + u'/' + file));
        changes.push_back({under + file.toUtf8(), entry});
    }
    return changes.empty() ? Result<git::Oid>(tree) : git::editTree(repository, tree, changes);
}

QStringList filesBelow(const QString &folder)
{
    QStringList files;
    QDirIterator walk(folder, QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QString path = QDir(folder).relativeFilePath(walk.next());
        if (!path.contains(u"__pycache__"_s))
            files << path;
    }
    files.sort();
    return files;
}

Result<git::Oid> patched(git::Repository &repository, const git::Oid &tree, const QString &file)
{
    COPPICE_TRY(const QByteArray diff, readFile(file, 1 << 20));
    auto revision = review::revisionFromDiff(repository, tree, diff);
    if (!revision)
        return std::unexpected(std::move(revision.error()).wrap(u"task.patch"_s, u"A patch of the task does not fit the mock plugin"_s, file,
                                                                 u"Make it anew on the plugin's files as they are."_s));
    COPPICE_TRY(const auto changed, repository.changes(revision->base, revision->result));
    std::vector<git::TreeChange> changes;
    for (const auto &one : changed)
        changes.push_back({one.path, one.after});
    return git::editTree(repository, tree, changes);
}

/// A tree and all below it, as they are: ids stay.
Result<> copyTree(const git::Repository &from, const git::Oid &tree, git::Repository &to)
{
    COPPICE_TRY(const auto entries, from.tree(tree));
    for (const auto &entry : entries) {
        if (entry.mode == git::Mode::Submodule)
            continue;
        if (entry.mode == git::Mode::Tree) {
            COPPICE_CHECK(copyTree(from, entry.id, to));
            continue;
        }
        COPPICE_TRY(const QByteArray bytes, from.blob(entry.id));
        COPPICE_CHECK(to.writeBlob(bytes));
    }
    COPPICE_CHECK(to.writeTree(entries));
    return {};
}

Result<git::Oid> templatesTree(git::Repository &repository, const Instructions &instructions)
{
    if (instructions.kind == Instructions::Kind::Library) {
        COPPICE_TRY(const auto library, git::Repository::open(instructions.repository));
        COPPICE_CHECK(copyTree(library, instructions.templates, repository));
        return instructions.templates;
    }
    COPPICE_TRY(const QString shipped, dataDir(u"templates"_s));
    COPPICE_TRY(const git::Oid empty, repository.writeTree({}));
    COPPICE_TRY(git::Oid tree, withFiles(repository, empty, shipped, filesBelow(shipped)));
    if (instructions.kind == Instructions::Kind::None) {
        // A file that says nothing: with none at all the shipped ones would be given.
        COPPICE_TRY(const git::Oid nothing, repository.writeBlob({}));
        COPPICE_TRY(const git::Oid folder, repository.writeTree({{"none.md", git::Mode::File, nothing}}));
        COPPICE_TRY(tree, git::putTree(repository, tree, "instructions", folder));
    }
    return tree;
}

/// coppice.yaml of a trial's library: from the given one only who works and what that may cost.
Result<QByteArray> settingsText(const QByteArray &given)
{
    YAML::Node out;
    try {
        out["name"] = "eval";
        out["prefixes"].push_back("plugins/*");
        if (const YAML::Node root = given.isEmpty() ? YAML::Node() : YAML::Load(given.toStdString()); root.IsMap()) {
            for (const char *key : {"clients", "budgets", "package_hosts", "run_memory_mb", "stall_minutes"}) {
                if (root[key])
                    out[key] = root[key];
            }
        }
        YAML::Emitter emitter;
        emitter << out;
        return QByteArray(emitter.c_str()) + '\n';
    } catch (const YAML::Exception &error) {
        return fail(u"eval.settings"_s, u"The settings are not YAML: %1"_s.arg(QString::fromStdString(error.msg)), u"coppice.yaml:%1"_s.arg(error.mark.line + 1));
    }
}

Result<git::Oid> withRecipe(git::Repository &repository, const git::Oid &templates, const Task &task, Seat::Hands hands)
{
    COPPICE_TRY(git::Oid folder, repository.writeTree({}));
    QByteArray run = "true";
    if (hands == Seat::Hands::Oracle) {
        const QString solution = task.folder + u"/solution"_s;
        COPPICE_TRY(folder, withFiles(repository, folder, solution, filesBelow(solution)));
        run = "bash \"$RECIPE/solve.sh\"";
    }
    COPPICE_TRY(const git::Oid recipe, repository.writeBlob("description: of an evaluation\nrun: '" + run + "'\n"));
    COPPICE_TRY(folder, git::editTree(repository, folder, {{"recipe.yaml", git::TreeEntry{{}, git::Mode::File, recipe}}}));
    return git::putTree(repository, templates, "recipes/" + (hands == Seat::Hands::Oracle ? oracleRecipe : noopRecipe).toUtf8(), folder);
}

} // namespace

namespace {

Result<git::Oid> templatesIn(const git::Repository &library, const git::Oid &root, const QString &where)
{
    COPPICE_TRY(const auto entry, library.entryAt(root, "templates"));
    if (!entry || entry->mode != git::Mode::Tree)
        return failNotFound(u"eval.instructions"_s, u"The library has no templates there"_s, where, u"Name a commit that has a folder templates/, or say shipped."_s);
    return entry->id;
}

} // namespace

Result<git::Oid> templatesAt(const git::Repository &library, const git::Oid &commit)
{
    COPPICE_TRY(const git::Oid root, library.treeOf(commit));
    return templatesIn(library, root, commit.toString());
}

Result<git::Oid> templatesWith(git::Repository &library, const git::Oid &commit, const review::Revision &patch)
{
    COPPICE_TRY(const git::Oid root, library.treeOf(commit));
    COPPICE_TRY(const auto changed, library.changes(patch.base, patch.result));
    std::vector<git::TreeChange> changes;
    for (const auto &one : changed) {
        if (!one.path.startsWith("templates/"))
            continue;
        changes.push_back({one.path, one.after});
        if (one.path.startsWith(staged) && one.after)
            changes.push_back({"templates/" + one.path.sliced(staged.size()), one.after});
    }
    if (changes.empty())
        return failUsage(u"eval.instructions"_s, u"The patch changes no template"_s, commit.toString(), u"Evaluate it against the library's head instead."_s);
    COPPICE_TRY(const git::Oid with, git::editTree(library, root, changes));
    return templatesIn(library, with, commit.toString());
}

Result<git::Oid> brokenTree(git::Repository &repository, const Task &task)
{
    COPPICE_TRY(git::Oid tree, repository.writeTree({}));
    const QString environment = task.folder + u"/environment"_s;
    const QDir dir(environment);
    if (task.pluginFolder.isEmpty()) {
        QStringList files = filesBelow(environment);
        files.removeIf([](const QString &path) {
            return !path.contains(u'/') && (path == u"Dockerfile" || path == u"production.log" || path.endsWith(u".patch"_s));
        });
        COPPICE_TRY(tree, withFiles(repository, tree, environment, files));
    } else {
        COPPICE_TRY(tree, withFiles(repository, tree, task.pluginFolder, pluginFiles(task.pluginFolder)));
    }
    for (const QString &name : dir.entryList({u"*.patch"_s}, QDir::Files, QDir::Name)) {
        COPPICE_TRY(tree, patched(repository, tree, dir.filePath(name)));
    }
    if (const QString files = dir.filePath(u"files"_s); !task.pluginFolder.isEmpty() && QFileInfo(files).isDir()) {
        COPPICE_TRY(tree, withFiles(repository, tree, files, filesBelow(files)));
    }
    return tree;
}

Result<Sealed> seal(git::Repository &repository, const Task &task, const Instructions &instructions, const Seat &seat)
{
    Sealed sealed;
    COPPICE_TRY(sealed.pluginTree, brokenTree(repository, task));
    COPPICE_TRY(git::Oid templates, templatesTree(repository, instructions));
    if (instructions.kind != Instructions::Kind::None)
        sealed.instructions = templates.toString();
    if (seat.hands != Seat::Hands::Client) {
        COPPICE_TRY(templates, withRecipe(repository, templates, task, seat.hands));
    }
    library::PluginSettings settings;
    settings.present = true;
    settings.id = task.plugin;
    settings.prefix = "plugins/" + task.plugin.toUtf8();
    if (!task.testCommand.isEmpty())
        settings.commands[u"test"_s] = task.testCommand;
    COPPICE_TRY(const QByteArray own, settingsText(seat.settings));
    COPPICE_TRY(git::Oid root, repository.writeTree({}));
    COPPICE_TRY(root, git::putTree(repository, root, settings.prefix, sealed.pluginTree));
    COPPICE_TRY(root, git::putTree(repository, root, "templates", templates));
    COPPICE_TRY(const git::Oid library, repository.writeBlob(own));
    COPPICE_TRY(const git::Oid plugin, repository.writeBlob(library::pluginSettingsYaml(settings)));
    COPPICE_TRY(root, git::editTree(repository, root, {{"coppice.yaml", git::TreeEntry{{}, git::Mode::File, library}},
                                                       {".coppice/plugins/" + task.plugin.toUtf8() + ".yaml", git::TreeEntry{{}, git::Mode::File, plugin}}}));
    const git::Signature by{author, "eval@coppice.invalid", sealedAt, 0};
    COPPICE_TRY(sealed.commit, repository.writeCommit(root, {}, by, by, "chore: the plugin as it stands\n"));
    return sealed;
}

} // namespace coppice::evals
