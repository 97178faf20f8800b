// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/handles.h"

#include "base/clock.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

namespace coppice::git {

namespace {

QString plain(const char *path)
{
    QString text = QFile::decodeName(path ? path : "");
    while (text.size() > 1 && text.endsWith(u'/'))
        text.chop(1);
    return text;
}

bool looksLikeGitDir(const QString &dir)
{
    return QFileInfo::exists(dir + u"/HEAD")
        && (QFileInfo::exists(dir + u"/commondir")
            || (QFileInfo(dir + u"/objects").isDir() && QFileInfo(dir + u"/refs").isDir()));
}

/// The git directory that opening `path` would use, for saying why it could not be used; empty when there is none.
QString gitDirAt(const QString &path)
{
    const QFileInfo dotGit(path + u"/.git");
    if (dotGit.isDir())
        return dotGit.filePath();
    if (dotGit.isFile()) {
        QFile file(dotGit.filePath());
        if (!file.open(QIODevice::ReadOnly))
            return {};
        const QByteArray line = file.read(8192).trimmed();
        return line.startsWith("gitdir: ") ? QDir(path).absoluteFilePath(QFile::decodeName(line.mid(8))) : QString();
    }
    return looksLikeGitDir(path) ? path : QString();
}

QString readConfig(const QString &file, const char *name)
{
    ConfigPtr config;
    if (git_config_open_ondisk(Out(config), QFile::encodeName(file).constData()) < 0)
        return {};
    ConfigPtr snapshot;
    const char *value = nullptr;
    if (git_config_snapshot(Out(snapshot), config.get()) < 0)
        return {};
    if (git_config_get_string(&value, snapshot.get(), name) < 0)
        return {};
    return QString::fromUtf8(value);
}

Fail explainRefusal(int code, const QString &path)
{
    const QString message = [] {
        const git_error *last = git_error_last();
        return QString::fromUtf8(last && last->message ? last->message : "no reason given");
    }();
    const QString gitDir = gitDirAt(path);
    if (gitDir.isEmpty())
        return failNotFound(QStringLiteral("git.not-a-repository"), QStringLiteral("There is no git repository here"),
                            path, QStringLiteral("Give the folder that holds .git, or a bare repository."));
    QString common = gitDir;
    if (QFile link(gitDir + u"/commondir"); link.open(QIODevice::ReadOnly))
        common = QDir(gitDir).absoluteFilePath(QFile::decodeName(link.read(8192).trimmed()));
    const QString config = common + u"/config";
    const auto extension = [&config](const char *name) { return readConfig(config, name).toLower(); };
    if (extension("extensions.objectformat") == u"sha256")
        return fail(QStringLiteral("git.sha256"), QStringLiteral("This repository uses SHA-256 ids; Coppice reads SHA-1 ones only"),
                    path, QStringLiteral("Clone it into a repository made with `git init --object-format=sha1`."));
    if (extension("extensions.refstorage") == u"reftable")
        return fail(QStringLiteral("git.reftable"), QStringLiteral("This repository keeps its branches in reftables, which Coppice cannot read"),
                    path, QStringLiteral("Run `git refs migrate --ref-format=files` in it."));
    struct stat info {};
    for (const QString &owned : QStringList{path, gitDir}) {
        if (stat(QFile::encodeName(owned).constData(), &info) == 0 && info.st_uid != geteuid())
            return fail(QStringLiteral("git.other-owner"), QStringLiteral("This repository belongs to another user"), path,
                        QStringLiteral("If you trust it, run: git config --global --add safe.directory %1").arg(path));
    }
    const QString version = readConfig(config, "core.repositoryformatversion");
    if (version.toInt() > 1)
        return fail(QStringLiteral("git.format"), QStringLiteral("This repository has format version %1, which is newer than Coppice knows").arg(version.left(20)),
                    path, QStringLiteral("Clone it with an older git, or update Coppice."));
    return fail(QStringLiteral("git.cannot-open"), QStringLiteral("Cannot open this repository (%1, code %2)").arg(message).arg(code),
                path, QStringLiteral("Try `git status` there; an extension in its config may be unknown to Coppice."));
}

Result<RepositoryPtr> makeRepository(const QString &path, const QString &branch, bool bare)
{
    startLibrary();
    git_repository_init_options options;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_MKPATH | (bare ? quint32(GIT_REPOSITORY_INIT_BARE) : 0U);
    const QByteArray head = (branch.startsWith(u"refs/heads/") ? branch.mid(11) : branch).toUtf8();
    options.initial_head = head.constData();
    RepositoryPtr repo;
    if (const int rc = git_repository_init_ext(Out(repo), QFile::encodeName(path).constData(), &options); rc < 0)
        return gitError(rc, QStringLiteral("Cannot make a repository"), path);
    return repo;
}

} // namespace

Fail gitError(int code, const QString &what, const QString &where)
{
    const git_error *last = git_error_last();
    const QString message = last && last->message ? QString::fromUtf8(last->message) : QStringLiteral("code %1").arg(code);
    const QString text = QStringLiteral("%1 (%2)").arg(what, message);
    switch (code) {
    case GIT_ENOTFOUND:
        return failNotFound(QStringLiteral("git.not-found"), text, where);
    case GIT_ELOCKED:
        return fail(QStringLiteral("git.locked"), text, where,
                    QStringLiteral("Another git process works on the repository; try again when it has ended."));
    case GIT_EMODIFIED:
    case GIT_EEXISTS:
        return fail(QStringLiteral("git.ref-moved"), text, where, QStringLiteral("Look at the new state and try again."));
    default:
        return fail(QStringLiteral("git.failed"), text, where);
    }
}

Repository::Repository(std::unique_ptr<Handle> handle) : m_handle(std::move(handle)) { }
Repository::Repository(Repository &&) noexcept = default;
Repository &Repository::operator=(Repository &&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const QString &path)
{
    startLibrary();
    auto handle = std::make_unique<Handle>();
    if (const int rc = git_repository_open_ext(Out(handle->repo), QFile::encodeName(path).constData(),
                                               GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
        rc < 0)
        return explainRefusal(rc, path);
    if (const int rc = git_repository_odb(Out(handle->odb), handle->repo.get()); rc < 0)
        return gitError(rc, QStringLiteral("Cannot open the objects of a repository"), path);
    handle->bare = git_repository_is_bare(handle->repo.get()) != 0;
    if (!handle->bare && git_repository_is_worktree(handle->repo.get()) == 0) {
        // With extensions.worktreeConfig, core.bare moves to a file that libgit2 does not read.
        const QString own = plain(git_repository_path(handle->repo.get())) + u"/config.worktree";
        handle->bare = QFileInfo::exists(own) && readConfig(own, "core.bare") == u"true";
    }
    const QString global = qEnvironmentVariable("GIT_CONFIG_GLOBAL");
    if (QFileInfo(global).isFile()) {
        ConfigPtr config;
        if (git_repository_config(Out(config), handle->repo.get()) == 0)
            git_config_add_file_ondisk(config.get(), QFile::encodeName(global).constData(), GIT_CONFIG_LEVEL_GLOBAL,
                                       handle->repo.get(), 1);
    }
    return Repository(std::move(handle));
}

Result<QString> Repository::discover(const QString &path)
{
    QString dir = QFileInfo(path).canonicalFilePath();
    if (dir.isEmpty())
        return failNotFound(QStringLiteral("git.no-folder"), QStringLiteral("There is no such folder"), path);
    if (!QFileInfo(dir).isDir())
        dir = QFileInfo(dir).path();
    for (;;) {
        if (QFileInfo::exists(dir + u"/.git") || looksLikeGitDir(dir))
            return dir;
        const QString above = QFileInfo(dir).path();
        if (above == dir)
            return failNotFound(QStringLiteral("git.not-a-repository"),
                                QStringLiteral("This folder lies in no git repository"), path,
                                QStringLiteral("Go into a library, or name one with --library."));
        dir = above;
    }
}

Result<Repository> Repository::initBare(const QString &path)
{
    COPPICE_TRY(const RepositoryPtr made, makeRepository(path, QStringLiteral("main"), true));
    return open(path);
}

Result<Repository> Repository::init(const QString &workTree, const QString &branch)
{
    COPPICE_TRY(const RepositoryPtr made, makeRepository(workTree, branch, false));
    return open(workTree);
}

bool Repository::isBare() const
{
    return m_handle->bare;
}

bool Repository::isShallow() const
{
    return !shallowCommits(commonDir()).empty();
}

QString Repository::gitDir() const
{
    return plain(git_repository_path(m_handle->repo.get()));
}

QString Repository::commonDir() const
{
    return plain(git_repository_commondir(m_handle->repo.get()));
}

QString Repository::workTree() const
{
    return m_handle->bare ? QString() : plain(git_repository_workdir(m_handle->repo.get()));
}

git_repository *Repository::raw() const
{
    return m_handle->repo.get();
}

Signature Repository::defaultSignature() const
{
    QByteArray login = qgetenv("LOGNAME");
    if (login.isEmpty())
        login = qgetenv("USER");
    if (login.isEmpty())
        login = "user" + QByteArray::number(qulonglong(getuid()));
    Signature signature{login, login + "@localhost", nowMs() / 1000,
                        QDateTime::currentDateTime().offsetFromUtc() / 60};
    ConfigPtr snapshot;
    if (git_repository_config_snapshot(Out(snapshot), m_handle->repo.get()) == 0) {
        const char *value = nullptr;
        if (git_config_get_string(&value, snapshot.get(), "user.name") == 0 && *value)
            signature.name = value;
        if (git_config_get_string(&value, snapshot.get(), "user.email") == 0 && *value)
            signature.email = value;
    }
    if (const QByteArray name = qgetenv("GIT_AUTHOR_NAME"); !name.isEmpty())
        signature.name = name;
    if (const QByteArray email = qgetenv("GIT_AUTHOR_EMAIL"); !email.isEmpty())
        signature.email = email;
    return signature;
}

} // namespace coppice::git
