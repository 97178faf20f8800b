// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <git/repository.h>
#include <git/user_git.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

using namespace coppice;
using namespace coppice::git;

class UserGitTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    int m_count = 0;
    QString m_dir;    ///< a repository with a work tree
    QString m_remote; ///< a bare clone of it
    Oid m_head;

    Oid more(const QString &dir, const QByteArray &bytes) { return Oid::fromHex(m_scratch.commit(dir, "a", bytes, "more")); }
    Result<> push(const Oid &commit, const Oid &expected, const QString &ref = QStringLiteral("refs/heads/main"), const QString &to = {})
    {
        return git::push(m_dir + QStringLiteral("/.git"), to.isEmpty() ? m_remote : to, commit, ref, expected, {}, Progress::none());
    }
    QByteArray remoteHead() const { return m_scratch.git(m_remote, {"rev-parse", "main"}); }
    void hook(const QString &gitDir, const QString &name, const QByteArray &script)
    {
        const QString file = gitDir + QStringLiteral("/hooks/") + name;
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write("#!/bin/sh\n" + script);
        out.close();
        QVERIFY(out.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

private Q_SLOTS:
    void init()
    {
        ++m_count;
        m_dir = m_scratch.repository(QStringLiteral("r%1").arg(m_count), {{"a", "1\n"}});
        m_remote = m_scratch.path(QStringLiteral("up%1.git").arg(m_count));
        m_scratch.git(m_dir, {"clone", "-q", "--bare", m_dir, m_remote});
        m_head = Oid::fromHex(m_scratch.git(m_dir, {"rev-parse", "HEAD"}));
    }

    void runsInTheNamedRepositoryOnly()
    {
        qputenv("GIT_DIR", "/nowhere");
        qputenv("GIT_INDEX_FILE", "/nowhere/index");
        const auto out = userGitChecked(m_dir + QStringLiteral("/.git"), m_dir, {"status", "--porcelain"});
        qunsetenv("GIT_DIR");
        qunsetenv("GIT_INDEX_FILE");
        QVERIFY_RESULT(out);
        QVERIFY(out->isEmpty());
        const auto failed = userGitChecked(m_dir + QStringLiteral("/.git"), {}, {"cat-file", "-p", "nonsense"});
        QCOMPARE(failed.error().code, QStringLiteral("git.failed"));
        QVERIFY(failed.error().what.contains(u"nonsense"));
        QCOMPARE(userGitChecked({}, {}, {"hash-object", "--stdin"}, {}, "x").value().trimmed(),
                 m_scratch.git(m_dir, {"hash-object", m_scratch.write("x", "x")}));
        QVERIFY(userGitVersion().value()[0] >= 2);
    }
    void hooksAndMonitorsDoNotRun()
    {
        const QString mark = m_scratch.path(QStringLiteral("ran%1").arg(m_count));
        const QByteArray touch = "touch '" + QFile::encodeName(mark) + "'\nexit 1\n";
        hook(m_dir + QStringLiteral("/.git"), QStringLiteral("pre-push"), touch);
        hook(m_dir + QStringLiteral("/.git"), QStringLiteral("monitor"), touch);
        hook(m_dir + QStringLiteral("/.git"), QStringLiteral("reference-transaction"), touch);
        m_scratch.git(m_dir, {"config", "core.fsmonitor", m_dir + QStringLiteral("/.git/hooks/monitor")});
        const Repository repo = Repository::open(m_dir).value();
        QVERIFY_RESULT(userGitChecked(m_dir + QStringLiteral("/.git"), m_dir, {"status", "--porcelain"}));
        QVERIFY_RESULT(push(m_head, {}, QStringLiteral("refs/heads/other")));
        QVERIFY_RESULT(fetch(m_dir + QStringLiteral("/.git"), m_remote, {"+refs/heads/*:refs/coppice/up/*"}, {}, Progress::none()));
        QVERIFY(!QFileInfo::exists(mark));
        QCOMPARE(repo.refTarget("refs/coppice/up/other").value(), m_head);
    }
    void refusesAddressesThatRunSomething_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("ext") << "ext::sh -c touch% x";
        QTest::newRow("another helper") << "fd::17";
        QTest::newRow("an option") << "--upload-pack=touch x";
        QTest::newRow("empty") << "";
        QTest::newRow("a newline") << "https://example.org/a\nb";
    }
    void refusesAddressesThatRunSomething()
    {
        QFETCH(QString, url);
        const QString gitDir = m_dir + QStringLiteral("/.git");
        QCOMPARE(fetch(gitDir, url, {"main"}, {}, Progress::none()).error().kind, ErrorKind::Usage);
        QCOMPARE(lsRemote(m_dir + QStringLiteral("/.git"), url, {}).error().code, QStringLiteral("git.url"));
        QCOMPARE(push(m_head, {}, QStringLiteral("refs/heads/x"), url.isEmpty() ? QStringLiteral("-") : url).error().code, QStringLiteral("git.url"));
    }
    void fetchesAndLists()
    {
        m_scratch.git(m_dir, {"tag", "-a", "-m", "t", "v1"});
        m_scratch.git(m_dir, {"push", "-q", m_remote, "v1"});
        const auto refs = lsRemote(m_dir + QStringLiteral("/.git"), m_remote, {});
        QVERIFY_RESULT(refs);
        QCOMPARE(refs->headBranch, QStringLiteral("refs/heads/main"));
        QCOMPARE(refs->refs.value("HEAD"), m_head);
        QCOMPARE(refs->refs.value("refs/heads/main"), m_head);
        QCOMPARE(refs->refs.value("refs/tags/v1").hex(), m_scratch.git(m_dir, {"rev-parse", "v1"}));
        QCOMPARE(refs->refs.size(), 3);

        const QString clone = m_scratch.path(QStringLiteral("clone%1").arg(m_count));
        m_scratch.git(m_dir, {"clone", "-q", m_remote, clone});
        const Oid newer = more(clone, "2\n");
        m_scratch.git(clone, {"push", "-q", "origin", "main"});
        struct Listener : Progress {
            QStringList said;
            void report(qint64, qint64, const QString &what) override { said << what; }
        } listener;
        const QString gitDir = m_dir + QStringLiteral("/.git");
        QVERIFY_RESULT(fetch(gitDir, m_remote, {"+refs/heads/main:refs/coppice/up"}, {}, listener));
        QCOMPARE(Repository::open(m_dir).value().refTarget("refs/coppice/up").value(), newer);
        QVERIFY(listener.said.contains(QStringLiteral("counting objects")) || listener.said.contains(QStringLiteral("unpacking objects")));
        QVERIFY(!QFileInfo::exists(gitDir + QStringLiteral("/FETCH_HEAD")));
        QVERIFY(Repository::open(m_dir).value().refTarget("refs/tags/v1").value() == refs->refs.value("refs/tags/v1"));
        QCOMPARE(fetch(gitDir, m_remote, {"refs/heads/none:refs/x"}, {}, Progress::none()).error().code, QStringLiteral("git.remote"));
    }
    void listingKnowsTheRepositorysSettings()
    {
        m_scratch.git(m_dir, {"config", "url." + m_remote + ".insteadOf", "https://upstream.invalid/x.git"});
        const auto refs = lsRemote(m_dir + QStringLiteral("/.git"), QStringLiteral("https://upstream.invalid/x.git"), {});
        QVERIFY_RESULT(refs);
        QCOMPARE(refs->refs.value("refs/heads/main"), m_head);
    }
    void listsAnEmptyRemote()
    {
        const QString empty = m_scratch.path(QStringLiteral("empty%1").arg(m_count));
        QVERIFY_RESULT(Repository::initBare(empty));
        const auto refs = lsRemote(m_dir + QStringLiteral("/.git"), empty, {});
        QVERIFY_RESULT(refs);
        QVERIFY(refs->refs.isEmpty());
    }
    void saysWhatIsUnreachableWithoutSecrets()
    {
        const auto missing = lsRemote(m_dir + QStringLiteral("/.git"), m_scratch.path("no-such-repository"), {});
        QCOMPARE(missing.error().code, QStringLiteral("git.remote"));
        QVERIFY(missing.error().message().contains(u"no-such-repository"));
        const auto refused = fetch(m_dir + QStringLiteral("/.git"), QStringLiteral("http://ann:s3cr3t@t0ken@127.0.0.1:1/x.git"), {"main"}, {}, Progress::none());
        QVERIFY(!refused);
        const QString all = refused.error().message() + refused.error().fix;
        QVERIFY2(!all.contains(u"s3cr3t") && !all.contains(u"t0ken"), qPrintable(all));
        QVERIFY(all.contains(u"127.0.0.1"));
    }
    void pushesForwardOnly()
    {
        const Oid second = more(m_dir, "2\n");
        QVERIFY_RESULT(push(second, m_head));
        QCOMPARE(remoteHead(), second.hex());
        QVERIFY_RESULT(push(second, m_head)); // the same again, as after a crash: it is there
        QCOMPARE(push(m_head, second).error().code, QStringLiteral("git.push-rejected")); // backwards
        QCOMPARE(remoteHead(), second.hex());
        QVERIFY_RESULT(push(m_head, {}, QStringLiteral("refs/heads/made")));
        QCOMPARE(push(second, {}, QStringLiteral("refs/heads/made")).error().code, QStringLiteral("git.push-rejected")); // must not exist
        QCOMPARE(push({}, second).error().code, QStringLiteral("git.push-empty"));
        QCOMPARE(push(second, {}, QStringLiteral("main")).error().kind, ErrorKind::Usage);
        QCOMPARE(remoteHead(), second.hex());
    }
    void aRemoteThatMovedIsToldApart()
    {
        const QString clone = m_scratch.path(QStringLiteral("other%1").arg(m_count));
        m_scratch.git(m_dir, {"clone", "-q", m_remote, clone});
        const Oid theirs = more(clone, "theirs\n");
        m_scratch.git(clone, {"push", "-q", "origin", "main"});
        const Oid mine = more(m_dir, "mine\n");
        QCOMPARE(push(mine, m_head).error().code, QStringLiteral("git.push-rejected"));
        QCOMPARE(push(mine, theirs).error().code, QStringLiteral("git.push-rejected")); // not even known here
        QCOMPARE(remoteHead(), theirs.hex());
    }
    void aRemoteThatRefusesIsToldApart()
    {
        hook(m_remote, QStringLiteral("pre-receive"), "echo 'not on a Friday' >&2\nexit 1\n");
        const auto refused = push(more(m_dir, "2\n"), m_head);
        QCOMPARE(refused.error().code, QStringLiteral("git.push-refused"));
        QVERIFY2(refused.error().what.contains(u"not on a Friday"), qPrintable(refused.error().what));
        QCOMPARE(remoteHead(), m_head.hex());
        const QString work = m_scratch.path(QStringLiteral("work%1").arg(m_count));
        m_scratch.git(m_dir, {"clone", "-q", m_remote, work});
        QCOMPARE(push(more(m_dir, "3\n"), m_head, QStringLiteral("refs/heads/main"), work).error().code, QStringLiteral("git.push-refused"));
    }
    void canBeStopped()
    {
        std::stop_source source;
        source.request_stop();
        const auto stopped = lsRemote(m_dir + QStringLiteral("/.git"), m_remote, source.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().exitCode(), 130);
    }
};
COPPICE_TEST(UserGitTest)
#include "user_git_test.moc"
