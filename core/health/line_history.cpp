// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/line_history.h"

#include "health/probe.h"

#include <QRegularExpression>

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

QString subjectOf(const git::Commit &commit)
{
    return factText(QString::fromUtf8(commit.message.left(commit.message.indexOf('\n') < 0 ? 300 : qMin<qsizetype>(300, commit.message.indexOf('\n')))), 120);
}

Maker makerOf(const git::Commit &commit)
{
    const QByteArray &message = commit.message;
    if (commit.parents.size() > 1 || message.contains("\ngit-subtree-dir:") || message.startsWith("Squashed '"))
        return Maker::Machinery;
    static const QRegularExpression trailer(
        u"^(?:Coppice-Run|Generated[- ](?:by|with)|Assisted-by|Agent|AI-Assisted)\\s*:|^Co-authored-by:.*(?:\\bclaude\\b|\\bcodex\\b|\\bgemini\\b|\\bcopilot\\b|\\bcursor\\b|\\baider\\b|\\bdevin\\b|noreply@anthropic\\.com|noreply@openai\\.com|\\[bot\\])|Generated with \\[?(?:Claude Code|Codex|Gemini CLI)"_s,
        QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression name(u"\\[bot\\]|\\b(?:dependabot|renovate|greenkeeper|github-actions|semantic-release|claude|codex|gemini-cli|copilot|aider|devin)\\b"_s,
                                         QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression mail(u"noreply@anthropic\\.com|noreply@openai\\.com|\\[bot\\]@|^bot@|@users\\.noreply\\.renovate"_s, QRegularExpression::CaseInsensitiveOption);
    const auto &author = commit.author;
    if (name.match(QString::fromUtf8(author.name.left(200))).hasMatch() || mail.match(QString::fromUtf8(author.email.left(200))).hasMatch())
        return Maker::Agent;
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
    if (!split.isNull() && !file.isEmpty()) {
        // A tag of ours on the version stands before what the file's history says.
        const QString tags = u"refs/coppice/tags/"_s + entry.plugin.id + u'/';
        COPPICE_TRY(const auto known, repository.refs(tags));
        for (const auto &[name, id] : known) {
            const auto commit = repository.resolve(name + u"^{commit}"_s);
            if (commit && name.mid(tags.size()).contains(m_release.version) && repository.isAncestor(*commit, split).value_or(false)) {
                m_release.commit = *commit;
                m_release.tagged = true;
            }
        }
        git::Oid at = split;
        const auto blobAt = [&](const git::Commit &commit) -> Result<git::Oid> {
            COPPICE_TRY(const auto found, repository.entryAt(commit.tree, file.toUtf8()));
            return found ? found->id : git::Oid();
        };
        const auto versionOf = [&](const git::Oid &blob) { return blob.isNull() ? QString() : manifest::readManifest(OneFile(repository, file, blob)).version.value; };
        COPPICE_TRY(auto commit, repository.commit(at));
        COPPICE_TRY(git::Oid blob, blobAt(commit));
        for (size_t looked = 0; m_release.commit.isNull() && looked < mostLookedAt; ++looked) {
            if (stop.stop_requested())
                return failCancelled();
            if (commit.parents.empty()) {
                m_release.commit = at;
                break;
            }
            auto parent = repository.commit(commit.parents.front());
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
            COPPICE_TRY(const auto released, repository.commit(m_release.commit));
            m_release.at = released.committer.seconds * 1000;
            if (m_release.commit != split) {
                auto since = repository.walk(split, {m_release.commit}, 0);
                if (!since)
                    return std::unexpected(since.error());
                for (auto it = since->rbegin(); it != since->rend() && m_release.since.size() < mostSince; ++it) {
                    COPPICE_TRY(auto one, repository.commit(*it));
                    m_release.since.push_back(std::move(one));
                }
            }
        }
    }
    m_releaseOf = entry.plugin.id;
    return &m_release;
}

} // namespace coppice::health
