// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/resolve.h"

#include "base/json.h"
#include "base/paths.h"
#include "git/tree_edit.h"
#include "subtree/merge.h"
#include "sync/decisions.h"
#include "sync/merging.h"
#include "workspace/files.h"
#include "workspace/run_folder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace coppice::sync {

using namespace Qt::StringLiterals;
using workspace::RunFolder;

namespace {

const QString refsPrefix = u"refs/coppice/resolve/"_s;
const QByteArray libraryName = "library";
const QByteArray resolvedName = "resolved";

QString refOf(const QString &plugin)
{
    return refsPrefix + QString::fromLatin1(plugin.toUtf8().toPercentEncoding(QByteArray(), QByteArray("~")));
}

QString folderOf(const Host &host, const QString &plugin)
{
    return QFileInfo(host.library.runsDir()).path() + u"/resolve/"_s + plugin;
}

/// What was begun: a commit whose tree is the merge with its markers, and whose parents keep alive what it is made of.
struct Begun {
    git::Oid commit;
    git::Oid tree;     ///< with markers
    git::Oid ours;     ///< tree
    git::Oid upstream; ///< commit
    QByteArray oursName, theirsName;
    std::vector<std::pair<QByteArray, subtree::MergeConflict::Kind>> conflicts;
    QStringList links; ///< linked paths that took part
    QList<QByteArray> linked; ///< paths that stay links: what they name lies in the folder, and is not merged
};

std::optional<subtree::MergeConflict::Kind> kindOf(const QString &name)
{
    using Kind = subtree::MergeConflict::Kind;
    for (const auto kind : {Kind::Text, Kind::Binary, Kind::DeletedHere, Kind::DeletedUpstream, Kind::Type}) {
        if (subtree::nameOf(kind) == name)
            return kind;
    }
    return std::nullopt;
}

Result<std::optional<Begun>> readBegun(git::Repository &repository, const QString &plugin)
{
    COPPICE_TRY(const auto id, repository.refTarget(refOf(plugin)));
    if (id.isNull())
        return std::optional<Begun>();
    COPPICE_TRY(const auto commit, repository.commit(id));
    const QJsonObject data = QJsonDocument::fromJson(commit.message).object();
    if (commit.parents.size() < 2 || data.isEmpty())
        return fail(u"sync.resolve-broken"_s, u"What %1 holds was not made by Coppice"_s.arg(refOf(plugin)), plugin,
                    u"coppicectl sync resolve %1 --drop removes it."_s.arg(plugin));
    Begun begun;
    begun.commit = id;
    begun.tree = commit.tree;
    COPPICE_TRY(begun.ours, repository.treeOf(commit.parents[0]));
    begun.upstream = commit.parents[1];
    begun.oursName = data[u"ours"].toString().toUtf8();
    begun.theirsName = data[u"theirs"].toString().toUtf8();
    for (const auto &value : data[u"conflicts"].toArray()) {
        if (const auto kind = kindOf(value[u"kind"].toString()))
            begun.conflicts.emplace_back(value[u"path"].toString().toUtf8(), *kind);
    }
    for (const auto &value : data[u"links"].toArray())
        begun.links << value.toString();
    for (const auto &value : data[u"linked"].toArray())
        begun.linked << value.toString().toUtf8();
    return std::optional(std::move(begun));
}

struct ToBegin {
    subtree::MarkedMerge merge;
    git::Oid ours; ///< tree
    git::Oid split, upstream;
    QByteArray oursName, theirsName;
    QStringList links;
    std::vector<git::TreeChange> linked;
    git::Oid earlier; ///< an own commit whose content must stay reachable; null for none
};
Result<git::Oid> writeBegun(git::Repository &repository, const QString &plugin, const ToBegin &what)
{
    const auto who = repository.defaultSignature();
    COPPICE_TRY(const auto ours, repository.writeCommit(what.ours, {what.split}, who, who, "The library's side\n"));
    QJsonArray conflicts;
    for (const auto &conflict : what.merge.conflicts)
        conflicts.append(QJsonObject{{u"path"_s, QString::fromUtf8(conflict.path)}, {u"kind"_s, subtree::nameOf(conflict.kind)}});
    QJsonArray linked;
    for (const auto &link : what.linked)
        linked.append(QString::fromUtf8(link.path));
    const QJsonObject data{{u"ours"_s, QString::fromUtf8(what.oursName)},
                           {u"theirs"_s, QString::fromUtf8(what.theirsName)},
                           {u"conflicts"_s, conflicts},
                           {u"links"_s, QJsonArray::fromStringList(what.links)},
                           {u"linked"_s, linked}};
    COPPICE_TRY(const auto whole, what.linked.empty() ? Result<git::Oid>(what.merge.tree) : git::editTree(repository, what.merge.tree, what.linked));
    std::vector<git::Oid> parents{ours, what.upstream};
    if (!what.earlier.isNull())
        parents.push_back(what.earlier);
    COPPICE_TRY(const auto commit, repository.writeCommit(whole, parents, who, who,
                                                          QJsonDocument(data).toJson(QJsonDocument::Compact) + '\n'));
    COPPICE_CHECK(repository.setRef(refOf(plugin), commit, std::nullopt, u"coppice resolve"_s));
    return commit;
}

/// The folder of what was begun. It counts as made only once it says for which commit.
Result<RunFolder> folderFor(const Host &host, git::Repository &repository, const QString &plugin, const Begun &begun)
{
    const QString path = folderOf(host, plugin);
    const QString mark = path + u"/made-for"_s;
    const auto made = readFile(mark, 100);
    if (made && made->trimmed() == begun.commit.hex()) {
        auto folder = RunFolder::open(path, plugin);
        if (folder)
            return folder;
    }
    COPPICE_CHECK(workspace::removeFolder(path));
    COPPICE_TRY(auto folder, RunFolder::create(repository, begun.commit, path, plugin));
    COPPICE_CHECK(writeFileAtomically(mark, begun.commit.hex() + '\n'));
    return folder;
}

QString answersFile(const RunFolder &folder)
{
    return folder.path() + u"/answers.json"_s;
}

QStringList answersIn(const RunFolder &folder)
{
    QStringList paths;
    if (const auto bytes = readFile(answersFile(folder))) {
        for (const auto &value : QJsonDocument::fromJson(*bytes).array())
            paths << value.toString();
    }
    return paths;
}

bool isOpen(const RunFolder &folder, const git::Repository &repository, const Begun &begun, const QByteArray &path,
            subtree::MergeConflict::Kind kind)
{
    const QString file = folder.work() + u'/' + QFile::decodeName(path);
    const QFileInfo info(file);
    if (kind == subtree::MergeConflict::Kind::Text) {
        if (!info.isFile() || info.isSymLink())
            return false; // deleted or replaced: that is an answer
        const auto text = readFile(file);
        return !text || subtree::hasMarkers(*text, begun.oursName, begun.theirsName);
    }
    if (answersIn(folder).contains(QString::fromUtf8(path)))
        return false;
    const auto written = repository.entryAt(begun.tree, path);
    if (!written || !*written || (*written)->mode == git::Mode::Tree || (*written)->mode == git::Mode::Submodule)
        return true;
    const auto before = repository.blob((*written)->id);
    if ((*written)->mode == git::Mode::Link || info.isSymLink())
        return before && (*written)->mode == git::Mode::Link && QFile::symLinkTarget(file).toUtf8() == *before;
    const auto now = readFile(file);
    return now && before && *now == *before; // changed or deleted by hand: an answer, too
}

Result<Resolving> look(const Host &host, git::Repository &repository, const QString &plugin, const Begun &begun)
{
    COPPICE_TRY(const auto folder, folderFor(host, repository, plugin, begun));
    Resolving resolving{plugin, folder.work(), begun.upstream, {}};
    for (const auto &[path, kind] : begun.conflicts)
        resolving.files.push_back({path, kind, isOpen(folder, repository, begun, path, kind)});
    return resolving;
}

Fail nothingBegun(const QString &plugin)
{
    return failNotFound(u"sync.nothing-begun"_s, u"No conflict of this plugin is being resolved"_s, plugin,
                        u"coppicectl sync resolve %1 begins."_s.arg(plugin));
}

Result<Begun> mustBegun(git::Repository &repository, const QString &plugin)
{
    COPPICE_TRY(auto begun, readBegun(repository, plugin));
    if (!begun)
        return nothingBegun(plugin);
    return std::move(*begun);
}

/// What a person made of the folder, without the paths that stay links. What stands there is the template's, and is
/// changed there.
Result<git::Oid> withoutLinked(git::Repository &repository, const QString &plugin, const QByteArray &prefix, const Begun &begun, const git::Oid &taken)
{
    std::vector<git::TreeChange> gone;
    QJsonArray edited;
    for (const auto &path : begun.linked) {
        COPPICE_TRY(const auto written, repository.entryAt(begun.tree, path));
        COPPICE_TRY(const auto now, repository.entryAt(taken, path));
        if (!written || !now || now->id != written->id || now->mode != written->mode)
            edited.append(QString::fromUtf8(prefix + '/' + path));
        if (now)
            gone.push_back({path, std::nullopt});
    }
    if (!edited.isEmpty())
        return failNeeds(u"sync.linked-edited"_s, u"%1 is a link to a template in the library, and was changed in the folder"_s.arg(edited.first().toString()),
                         plugin,
                         u"Change the template instead; coppicectl sync resolve %1 --ours %2 puts back what it is."_s.arg(plugin, edited.first().toString()),
                         {QJsonObject{{u"kind"_s, u"link"_s}, {u"plugin"_s, plugin}, {u"paths"_s, edited}}});
    return gone.empty() ? Result<git::Oid>(taken) : git::editTree(repository, taken, gone);
}

/// Puts a file, or a folder anew, into the work folder; links in it stay out.
Result<> layOut(git::Repository &repository, const git::TreeEntry &entry, const QString &place)
{
    if (entry.mode == git::Mode::Tree) {
        COPPICE_CHECK(workspace::removeFolder(place));
        COPPICE_CHECK(makeFolder(place));
        COPPICE_TRY(const auto entries, repository.tree(entry.id));
        for (const auto &one : entries)
            COPPICE_CHECK(layOut(repository, one, place + u'/' + QFile::decodeName(one.name)));
        return {};
    }
    if (entry.mode != git::Mode::File && entry.mode != git::Mode::Executable)
        return {};
    COPPICE_TRY(const auto bytes, repository.blob(entry.id));
    COPPICE_CHECK(makeFolder(QFileInfo(place).path()));
    COPPICE_CHECK(writeFileAtomically(place, bytes));
    const auto plain = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther;
    QFile::setPermissions(place, entry.mode == git::Mode::Executable ? plain | QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther : plain);
    return {};
}

QStringList pathsOf(const subtree::MergeResult &merged)
{
    QStringList paths;
    for (const auto *changes : {&merged.adopted, &merged.kept}) {
        for (const auto &change : *changes)
            paths << QString::fromUtf8(change.path);
    }
    paths.sort();
    return paths;
}

Result<> clear(const Host &host, git::Repository &repository, const QString &plugin)
{
    COPPICE_TRY(const auto there, repository.refTarget(refOf(plugin)));
    if (!there.isNull())
        COPPICE_CHECK(repository.deleteRef(refOf(plugin)));
    return workspace::removeFolder(folderOf(host, plugin));
}

} // namespace

size_t Resolving::open() const
{
    return size_t(std::ranges::count_if(files, &File::open));
}

Result<Resolving> beginResolve(const Host &host, const QString &plugin, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto begun, readBegun(repository, plugin));
    if (begun)
        return look(host, repository, plugin, *begun);
    COPPICE_TRY(auto merging, prepareMerge(host, plugin, {}, stop, progress));
    COPPICE_TRY(const auto merged, subtree::mergeUpstream(repository, merging.request, stop));
    if (!merged.openLinks.empty()) {
        COPPICE_CHECK(noteLinkChanges(host.state, plugin, merging.request.upstream, merged.openLinks));
        return std::unexpected(openLinksError(plugin, merging.request.prefix, merged.openLinks));
    }
    if (merged.conflicts.empty())
        return fail(u"sync.no-conflict"_s, u"Nothing clashes between the library and what was fetched last"_s, plugin,
                    u"coppicectl sync pull %1"_s.arg(plugin));
    ToBegin what;
    what.oursName = libraryName;
    what.theirsName = "upstream " + merging.request.upstream.hex().left(10);
    COPPICE_TRY(what.merge, subtree::mergeMarked(repository, merged.sides.base, merged.sides.ours, merged.sides.theirs, what.oursName,
                                                 what.theirsName));
    what.ours = merged.sides.ours;
    what.split = merging.request.split.commit;
    what.upstream = merging.request.upstream;
    what.links = pathsOf(merged);
    what.linked = merged.sides.links;
    COPPICE_CHECK(writeBegun(repository, plugin, what));
    COPPICE_TRY(const auto now, mustBegun(repository, plugin));
    return look(host, repository, plugin, now);
}

Result<std::optional<Resolving>> resolving(const Host &host, const QString &plugin)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto begun, readBegun(repository, plugin));
    if (!begun)
        return std::optional<Resolving>();
    COPPICE_TRY(auto now, look(host, repository, plugin, *begun));
    return std::optional(std::move(now));
}

Result<QStringList> allResolving(const Host &host)
{
    COPPICE_TRY(const auto repository, host.library.repository());
    COPPICE_TRY(const auto refs, repository.refs(refsPrefix));
    QStringList plugins;
    for (const auto &[name, commit] : refs)
        plugins << QString::fromUtf8(QByteArray::fromPercentEncoding(name.mid(refsPrefix.size()).toLatin1()));
    return plugins;
}

Result<Resolving> takeSide(const Host &host, const QString &plugin, Side side, const std::vector<QByteArray> &paths)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto begun, mustBegun(repository, plugin));
    COPPICE_TRY(const auto folder, folderFor(host, repository, plugin, begun));
    COPPICE_TRY(const auto theirs, repository.treeOf(begun.upstream));
    QStringList answers = answersIn(folder);
    for (const auto &path : paths) {
        const bool linked = side == Side::Library && begun.linked.contains(path); // put back as it was laid out
        const auto known = std::ranges::find(begun.conflicts, path, [](const auto &one) { return one.first; });
        if (known == begun.conflicts.end() && !linked)
            return failNotFound(u"sync.no-such-conflict"_s, u"This path does not clash"_s, QString::fromUtf8(path),
                                u"coppicectl sync resolve %1 names those that do."_s.arg(plugin));
        COPPICE_TRY(const auto entry, repository.entryAt(linked ? begun.tree : side == Side::Library ? begun.ours : theirs, path));
        const bool file = entry && (entry->mode == git::Mode::File || entry->mode == git::Mode::Executable);
        if (linked && entry && entry->mode == git::Mode::Tree) {
            COPPICE_CHECK(layOut(repository, *entry, folder.work() + u'/' + QFile::decodeName(path)));
            continue;
        }
        if (entry && !file)
            return failUsage(u"sync.no-file"_s, u"That side has a link, a folder or a submodule there"_s, QString::fromUtf8(path),
                             u"Make it in the folder by hand: %1"_s.arg(folder.work()));
        const QString place = folder.work() + u'/' + QFile::decodeName(path);
        if (QFileInfo(place).isDir() && !QFileInfo(place).isSymLink())
            return failUsage(u"sync.no-file"_s, u"A folder stands there"_s, place, u"Remove it by hand first."_s);
        QFile::remove(place);
        if (entry)
            COPPICE_CHECK(layOut(repository, *entry, place));
        if (!linked && !answers.contains(QString::fromUtf8(path)))
            answers << QString::fromUtf8(path);
    }
    COPPICE_CHECK(writeFileAtomically(answersFile(folder), QJsonDocument(QJsonArray::fromStringList(answers)).toJson()));
    return look(host, repository, plugin, begun);
}

Result<PluginOutcome> finishResolve(const Host &host, const journal::Lease &lease, const QString &plugin, std::stop_token stop,
                                    Progress &progress)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto begun, mustBegun(repository, plugin));
    COPPICE_TRY(const auto now, look(host, repository, plugin, begun));
    COPPICE_TRY(auto merging, prepareMerge(host, plugin, begun.upstream, stop, progress));
    auto &request = merging.request;
    std::vector<QByteArray> open;
    for (const auto &file : now.files) {
        if (file.open)
            open.push_back(request.prefix + '/' + file.path);
    }
    if (!open.empty())
        return std::unexpected(conflictError(plugin, open, u"Both sides still stand in these files; bring them together in %1"_s.arg(now.folder)));

    COPPICE_TRY(const auto folder, folderFor(host, repository, plugin, begun));
    COPPICE_TRY(const auto taken, folder.resultTree(repository, begun.tree));
    COPPICE_TRY(const auto planned, subtree::mergeUpstream(repository, request, stop));
    PluginOutcome outcome;
    outcome.plugin = plugin;
    if (planned.upToDate) { // taken up before the process died, or merged by somebody else
        const auto landing = readFile(folder.path() + u"/landing"_s, 100);
        bool ours = false;
        if (landing) {
            const auto commit = git::Oid::fromHex(landing->trimmed());
            if (repository.has(commit)) {
                COPPICE_TRY(ours, repository.isAncestor(commit, request.head));
            }
        }
        if (!ours)
            return fail(u"sync.merged-meanwhile"_s, u"The library has this upstream commit already"_s, plugin,
                        u"Look whether the library has what you did in %1; coppicectl sync resolve %2 --drop throws that folder away."_s.arg(
                            now.folder, plugin));
        outcome.what = u"It was taken up already."_s;
        COPPICE_CHECK(clear(host, repository, plugin));
        return outcome;
    }
    if (!planned.openLinks.empty()) {
        COPPICE_CHECK(noteLinkChanges(host.state, plugin, request.upstream, planned.openLinks));
        return std::unexpected(openLinksError(plugin, request.prefix, planned.openLinks));
    }
    if (pathsOf(planned) != begun.links)
        return fail(u"sync.links-decided-anew"_s, u"Decisions on linked paths were changed since this was begun"_s, plugin,
                    u"Undo that, or throw the folder away (coppicectl sync resolve %1 --drop) and begin anew."_s.arg(plugin));

    COPPICE_TRY(git::Oid content, withoutLinked(repository, plugin, request.prefix, begun, taken.tree));
    if (planned.sides.ours != begun.ours) { // the library's plugin moved on
        COPPICE_TRY(const auto again, subtree::mergeMarked(repository, begun.ours, content, planned.sides.ours, resolvedName, libraryName));
        if (!again.conflicts.empty()) {
            const auto who = repository.defaultSignature();
            COPPICE_TRY(const auto kept, repository.writeCommit(content, {begun.commit}, who, who, "What was resolved\n"));
            COPPICE_CHECK(writeBegun(repository, plugin, {again, planned.sides.ours, request.split.commit, begun.upstream, resolvedName,
                                                          libraryName, begun.links, planned.sides.links, kept}));
            COPPICE_TRY(const auto fresh, mustBegun(repository, plugin));
            COPPICE_CHECK(look(host, repository, plugin, fresh));
            std::vector<QByteArray> paths;
            for (const auto &conflict : again.conflicts)
                paths.push_back(request.prefix + '/' + conflict.path);
            return std::unexpected(conflictError(
                plugin, paths, u"The library changed meanwhile what you resolved; both stand in the folder now: %1"_s.arg(now.folder)));
        }
        content = again.tree;
    }
    request.byHand = content;
    COPPICE_TRY(const auto merged, subtree::mergeUpstream(repository, request, stop));
    COPPICE_CHECK(writeFileAtomically(folder.path() + u"/landing"_s, merged.commit.hex() + '\n'));
    COPPICE_CHECK(landMerge(host, lease, repository, merging, merged, outcome, stop));
    if (!taken.leftOut.empty())
        outcome.what += u" Left out, since a repository cannot hold it: %1."_s.arg(QString::fromUtf8(taken.leftOut.front().left(200)));
    COPPICE_CHECK(clear(host, repository, plugin));
    return outcome;
}

Result<> dropResolve(const Host &host, const QString &plugin)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto there, repository.refTarget(refOf(plugin)));
    if (there.isNull())
        return nothingBegun(plugin);
    return clear(host, repository, plugin);
}

} // namespace coppice::sync
