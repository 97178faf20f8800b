// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/line_history.h"

#include "health/probe.h"

#include <QMap>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostLookedAt = 500;
constexpr size_t mostSince = 200;

/// A tree with nothing but one file.
class OneFile final : public manifest::FileSource
{
public:
    OneFile(const git::Repository &repository, QString path, git::Oid id) : m_repository(repository), m_path(std::move(path)), m_id(id) { }
    QStringList list(const QString &folder) const override
    {
        const QString own = m_path.contains(u'/') ? m_path.section(u'/', 0, -2) : QString();
        return folder == own ? QStringList{m_path.section(u'/', -1)} : QStringList();
    }
    std::optional<QByteArray> read(const QString &path) const override
    {
        if (path != m_path)
            return std::nullopt;
        auto bytes = m_repository.blob(m_id, 1 << 20);
        return bytes ? std::optional(*bytes) : std::nullopt;
    }

private:
    const git::Repository &m_repository;
    QString m_path;
    git::Oid m_id;
};

} // namespace

bool isTagOf(const QString &tag, const QString &version)
{
    if (version.isEmpty() || !tag.endsWith(version))
        return false;
    const QString before = tag.chopped(version.size());
    if (before.isEmpty())
        return true;
    const QChar last = before.back();
    // v1.0.0, release-1.0.0, tool@1.0.0; neither 11.0.0 nor 2.1.0.0
    if (last == u'v' || last == u'V')
        return before.size() == 1 || !before.at(before.size() - 2).isLetterOrNumber();
    return !last.isLetterOrNumber() && last != u'.';
}

QString subjectOf(const git::Commit &commit)
{
    return factText(QString::fromUtf8(commit.message.left(commit.message.indexOf('\n') < 0 ? 300 : qMin<qsizetype>(300, commit.message.indexOf('\n')))), 120);
}

namespace {

/// Whether any of these words, in small letters, stands in a text: most commits need no more than this.
template <size_t N> bool holdsAny(const QByteArray &small, const char *const (&words)[N])
{
    return std::ranges::any_of(words, [&](const char *word) { return small.contains(word); });
}

} // namespace

Maker makerOf(const git::Commit &commit)
{
    const QByteArray &message = commit.message;
    if (commit.parents.size() > 1 || message.contains("\ngit-subtree-dir:") || message.startsWith("Squashed '"))
        return Maker::Machinery;
    // Claude and Devin are people's names, too: as an author's name they are an agent's only where nothing else follows.
    static const QRegularExpression trailer(
        u"^(?:Coppice-Run|Generated[- ](?:by|with)|Assisted-by|Agent|AI-Assisted)\\s*:"
        u"|^Co-authored-by:\\s*(?:[^<\\n]*\\b(?:codex|copilot|cursor agent|aider)\\b|(?:claude(?: code)?|devin(?: ai)?|gemini(?: cli)?|cursor)\\s*<"
        u"|.*(?:noreply@anthropic\\.com|noreply@openai\\.com|cursoragent@cursor\\.com|\\[bot\\]))"
        u"|Generated with \\[?(?:Claude Code|Codex|Gemini CLI)"_s,
        QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression name(u"\\[bot\\]|\\b(?:dependabot|renovate|greenkeeper|github-actions|semantic-release|codex|gemini-cli|copilot|aider)\\b|^(?:claude(?: code)?|devin(?: ai)?|gemini|cursor(?: agent)?)$"_s,
                                         QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression mail(u"noreply@anthropic\\.com|noreply@openai\\.com|cursoragent@cursor\\.com|\\[bot\\]@|^bot@|@users\\.noreply\\.renovate"_s, QRegularExpression::CaseInsensitiveOption);
    // each expression above has one of these words in all that it can match
    static constexpr const char *authors[] = {"bot", "renovate", "greenkeeper", "github-actions", "semantic-release", "codex", "gemini", "copilot", "aider", "claude", "devin", "cursor", "noreply@"};
    static constexpr const char *trailers[] = {"coppice-run", "generated", "assisted", "agent", "co-authored-by"};
    const auto &author = commit.author;
    if (holdsAny(QByteArray(author.name.left(200) + ' ' + author.email.left(200)).toLower(), authors)
        && (name.match(QString::fromUtf8(author.name.left(200))).hasMatch() || mail.match(QString::fromUtf8(author.email.left(200))).hasMatch()))
        return Maker::Agent;
    if (!holdsAny(message.left(16384).toLower(), trailers))
        return Maker::Human;
    return trailer.match(QString::fromUtf8(message.left(16384))).hasMatch() ? Maker::Agent : Maker::Human;
}

bool isConventionalSubject(const QString &subject)
{
    static const QRegularExpression shape(u"^[a-zA-Z]+(?:\\([^()]+\\))?!?: \\S"_s);
    return shape.match(subject).hasMatch();
}

bool isInward(const QString &subject)
{
    static const QRegularExpression shape(u"^(?:docs?|tests?|style|chore|ci|build)(?:\\([^()]+\\))?:"_s, QRegularExpression::CaseInsensitiveOption);
    return shape.match(subject).hasMatch();
}

Result<const std::vector<std::pair<QString, git::Oid>> *> Round::tags(const QString &plugin)
{
    if (!m_tags) {
        // refs/coppice/tags/<plugin>/[ours|theirs/]<name>, all in one go
        static const QString prefix = u"refs/coppice/tags/"_s;
        COPPICE_TRY(const auto all, repository.refs(prefix));
        m_tags.emplace();
        for (const auto &[name, id] : all) {
            const auto commit = repository.resolve(name + u"^{commit}"_s);
            if (commit)
                (*m_tags)[name.mid(prefix.size()).section(u'/', 0, 0)].emplace_back(name.section(u'/', -1), *commit);
        }
    }
    static const std::vector<std::pair<QString, git::Oid>> none;
    const auto own = m_tags->constFind(plugin);
    return own == m_tags->cend() ? &none : &*own;
}

Result<QByteArray> Round::tagsKey(const QString &plugin)
{
    COPPICE_TRY(const auto *own, tags(plugin));
    QMap<QString, QByteArray> sorted;
    const auto add = [&](const QString &of, const std::vector<std::pair<QString, git::Oid>> &list) {
        for (const auto &[name, commit] : list)
            sorted[of] += name.toUtf8() + '=' + commit.hex() + '\n';
    };
    if (!plugin.isEmpty()) {
        add(plugin, *own);
    } else {
        for (auto it = m_tags->cbegin(); it != m_tags->cend(); ++it)
            add(it.key(), *it);
    }
    return sorted.values().join();
}

Result<git::Commit> Round::commitOf(const git::Oid &id)
{
    constexpr qsizetype most = 4000;
    if (const auto known = m_commits.constFind(id); known != m_commits.cend())
        return *known;
    COPPICE_TRY(auto read, repository.commit(id));
    if (m_commits.size() >= most)
        m_commits.clear();
    m_commits.insert(id, read);
    return read;
}

Result<const Round::Release *> Round::release(const library::CatalogEntry &entry)
{
    if (m_releaseOf == entry.plugin.id)
        return &m_release;
    m_releaseOf.clear();
    m_release = {};
    COPPICE_TRY(const auto *all, lines());
    const git::Oid split = all->value(entry.plugin.id).split;
    m_release.version = entry.manifest.version.value;
    const QString file = entry.manifest.version.source.section(u':', 0, 0);
    if (!split.isNull()) {
        // A tag on the version stands before what the file's history says; where no file names one (Go), the newest tag does.
        COPPICE_TRY(const auto *known, tags(entry.plugin.id));
        qint64 newest = -1;
        for (const auto &[tag, id] : *known) {
            if (!file.isEmpty() && !isTagOf(tag, entry.manifest.version.value))
                continue;
            const auto tagged = commitOf(id);
            if (!tagged || tagged->committer.seconds <= newest || !repository.isAncestor(id, split).value_or(false))
                continue;
            newest = tagged->committer.seconds;
            m_release.commit = id;
            m_release.tagged = true;
            if (file.isEmpty())
                m_release.version = tag;
        }
    }
    if (!split.isNull() && !m_release.version.isEmpty()) {
        git::Oid at = split;
        const auto blobAt = [&](const git::Commit &commit) -> Result<git::Oid> {
            COPPICE_TRY(const auto found, repository.entryAt(commit.tree, file.toUtf8()));
            return found ? found->id : git::Oid();
        };
        COPPICE_TRY(auto commit, commitOf(at));
        COPPICE_TRY(git::Oid blob, blobAt(commit));
        QHash<git::Oid, QString> read; // each state of the file is compared with the one before and the one after
        const auto told = [&](const git::Oid &id) {
            if (id.isNull())
                return QString();
            if (const auto known = read.constFind(id); known != read.cend())
                return *known;
            return *read.insert(id, manifest::readManifest(OneFile(repository, file, id)).version.value);
        };
        // A file that another one points to (a version in Python's code) tells nothing by itself: there the version's words count.
        const bool byItself = m_release.tagged || told(blob) == m_release.version;
        const auto versionOf = [&](const git::Oid &id) {
            if (byItself || id.isNull())
                return told(id);
            const auto text = repository.blob(id, 1 << 20);
            return text && text->contains(m_release.version.toUtf8()) ? m_release.version : QString();
        };
        for (size_t looked = 0; m_release.commit.isNull() && looked < mostLookedAt; ++looked) {
            if (stop.stop_requested())
                return failCancelled();
            if (commit.parents.empty()) {
                m_release.commit = at;
                m_release.first = true;
                break;
            }
            auto parent = commitOf(commit.parents.front());
            if (!parent) // history that is not here
                break;
            COPPICE_TRY(const git::Oid before, blobAt(*parent));
            if (before != blob && versionOf(before) != versionOf(blob)) {
                m_release.commit = at;
                break;
            }
            at = commit.parents.front();
            commit = std::move(*parent);
            blob = before;
        }
        if (!m_release.commit.isNull()) {
            COPPICE_TRY(const auto released, commitOf(m_release.commit));
            m_release.at = released.committer.seconds * 1000;
            if (m_release.commit != split) {
                auto since = repository.walk(split, {m_release.commit}, 0);
                if (!since)
                    return std::unexpected(since.error());
                for (auto it = since->rbegin(); it != since->rend() && m_release.since.size() < mostSince; ++it) {
                    COPPICE_TRY(auto one, commitOf(*it));
                    m_release.since.push_back(std::move(one));
                }
            }
        }
    }
    m_releaseOf = entry.plugin.id;
    return &m_release;
}

} // namespace coppice::health
