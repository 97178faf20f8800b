// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/repository.h"
#include "net/http.h"
#include "net/tunnel.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "workspace/package_defaults.h"
#include "workspace/run_folder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

using namespace coppice;

class PrepareTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void nothingToDo();
    void madeOnceAndCopiedLater();
    void lockFileDecides();
    void scriptNamedInTheLineDecides();
    void whatItMadeIsNoPartOfThePatch();
    void trackedFilesStayAsTheyWere();
    void comesBackWithACheckout();
    void storeIsReadOnlyLater();
    void failureSaysWhy();
    void stopEndsIt();
    void networkToListedHostsOnly();
    void sourcesOfThisMachine();
    void packageManagersAreAsked();
    void anotherToolchainIsAnotherEntry();
    void twoRunsPrepareOnce();

private:
    workspace::RunFolder run(const QString &name)
    {
        m_library = std::make_unique<git::Repository>(git::Repository::open(m_scratch->path(QStringLiteral("lib"))).value());
        const auto commit = m_library->resolve(QStringLiteral("HEAD")).value();
        m_base = m_library->treeOf(commit).value();
        auto folder = workspace::RunFolder::create(*m_library, commit, m_scratch->path(QStringLiteral("runs/") + name), QStringLiteral("weather"));
        if (!folder)
            qFatal("%s", qPrintable(folder.error().message()));
        return *folder;
    }
    Result<workspace::Prepared> prepare(const workspace::RunFolder &folder, const QString &line, std::stop_token stop = {})
    {
        library::Plugin plugin;
        plugin.id = QStringLiteral("weather");
        if (!line.isEmpty())
            plugin.commands[QStringLiteral("setup")] = {line, false};
        return workspace::prepare(folder, plugin, m_hosts, stop, Progress::none());
    }
    std::unique_ptr<test::Scratch> m_scratch;
    std::unique_ptr<git::Repository> m_library;
    git::Oid m_base;
    std::atomic<int> m_knocks = 0;
    QStringList m_hosts;
    QByteArray m_home, m_path;
};

void PrepareTest::initTestCase()
{
    QVERIFY2(sandbox::probe().works, qPrintable(sandbox::probe().why));
}

void PrepareTest::init()
{
    m_scratch = std::make_unique<test::Scratch>();
    m_hosts.clear();
    m_home = qgetenv("HOME");
    m_path = qgetenv("PATH");
    m_scratch->quietPackageManagers();
    qputenv("HOME", m_scratch->path(QStringLiteral("home")).toUtf8());
    qputenv("XDG_STATE_HOME", m_scratch->path(QStringLiteral("state")).toUtf8());
    qputenv("XDG_CACHE_HOME", m_scratch->path(QStringLiteral("cache")).toUtf8());
    qputenv("COPPICE_DATA", COPPICE_SOURCE_DIR);
    QDir().mkpath(m_scratch->path(QStringLiteral("home")));
    m_scratch->repository(QStringLiteral("lib"), {{QStringLiteral("package.json"), "{}"},
                                                  {QStringLiteral("package-lock.json"), "{\"lock\": 1}"},
                                                  {QStringLiteral("index.js"), "1\n"},
                                                  {QStringLiteral("setup.sh"), "echo from script > made-by-script\n"},
                                                  {QStringLiteral(".gitignore"), "node_modules\n"}});
}

void PrepareTest::cleanup()
{
    qputenv("HOME", m_home);
    qputenv("PATH", m_path);
}

void PrepareTest::nothingToDo()
{
    const auto folder = run(QStringLiteral("A"));
    const auto prepared = prepare(folder, {});
    QVERIFY_RESULT(prepared);
    QVERIFY(!prepared->needed);
    QVERIFY(prepared->binds.empty());
}

void PrepareTest::madeOnceAndCopiedLater()
{
    const QString line = QStringLiteral("mkdir -p node_modules/x && date +%s%N > node_modules/x/when && ln -s x node_modules/y; echo told");
    const auto first = run(QStringLiteral("A"));
    const auto one = prepare(first, line);
    QVERIFY_RESULT(one);
    QVERIFY(one->needed && !one->fromCache);
    QCOMPARE(one->log, QStringLiteral("told\n"));
    const auto second = run(QStringLiteral("B"));
    const auto two = prepare(second, line);
    QVERIFY_RESULT(two);
    QVERIFY(two->fromCache);
    QCOMPARE(two->log, QStringLiteral("told\n"));
    const QByteArray when = m_scratch->read(QStringLiteral("runs/A/work/node_modules/x/when"));
    QVERIFY(!when.isEmpty());
    QCOMPARE(m_scratch->read(QStringLiteral("runs/B/work/node_modules/x/when")), when);
    QVERIFY(QFileInfo(m_scratch->path(QStringLiteral("runs/B/work/node_modules/y"))).isSymLink());
    QVERIFY(!QFileInfo::exists(m_scratch->path(QStringLiteral("runs/A/setup"))));
    // A copy of its own: an agent that changes it changes nobody else's.
    m_scratch->write(QStringLiteral("runs/A/work/node_modules/x/when"), "changed");
    const auto third = run(QStringLiteral("C"));
    QVERIFY_RESULT(prepare(third, line));
    QCOMPARE(m_scratch->read(QStringLiteral("runs/C/work/node_modules/x/when")), when);
}

void PrepareTest::lockFileDecides()
{
    const QString line = QStringLiteral("mkdir node_modules");
    QVERIFY_RESULT(prepare(run(QStringLiteral("A")), line));
    m_scratch->commit(QStringLiteral("lib"), QStringLiteral("index.js"), "2\n", QStringLiteral("code"));
    auto prepared = prepare(run(QStringLiteral("B")), line);
    QVERIFY_RESULT(prepared);
    QVERIFY(prepared->fromCache);
    m_scratch->commit(QStringLiteral("lib"), QStringLiteral("package-lock.json"), "{\"lock\": 2}", QStringLiteral("lock"));
    prepared = prepare(run(QStringLiteral("C")), line);
    QVERIFY_RESULT(prepared);
    QVERIFY(!prepared->fromCache);
    prepared = prepare(run(QStringLiteral("D")), line + QStringLiteral(" && true"));
    QVERIFY_RESULT(prepared);
    QVERIFY(!prepared->fromCache);
}

void PrepareTest::scriptNamedInTheLineDecides()
{
    const QString line = QStringLiteral("bash ./setup.sh");
    QVERIFY_RESULT(prepare(run(QStringLiteral("A")), line));
    m_scratch->commit(QStringLiteral("lib"), QStringLiteral("setup.sh"), "echo other > made-by-script\n", QStringLiteral("script"));
    const auto prepared = prepare(run(QStringLiteral("B")), line);
    QVERIFY_RESULT(prepared);
    QVERIFY(!prepared->fromCache);
    QCOMPARE(m_scratch->read(QStringLiteral("runs/B/work/made-by-script")), QByteArray("other\n"));
}

void PrepareTest::whatItMadeIsNoPartOfThePatch()
{
    const auto folder = run(QStringLiteral("A"));
    QVERIFY_RESULT(prepare(folder, QStringLiteral("mkdir node_modules lib && touch node_modules/x 'made [here]' lib/generated")));
    auto result = folder.resultTree(*m_library, m_base);
    QVERIFY_RESULT(result);
    QCOMPARE(result->tree, m_base);
    // But what an agent makes is.
    m_scratch->write(QStringLiteral("runs/A/work/made by agent"), "x");
    result = folder.resultTree(*m_library, m_base);
    QVERIFY_RESULT(result);
    QVERIFY(result->tree != m_base);
    QCOMPARE(m_library->changes(m_base, result->tree)->size(), size_t(1));
}

void PrepareTest::trackedFilesStayAsTheyWere()
{
    const auto folder = run(QStringLiteral("A"));
    QVERIFY_RESULT(prepare(folder, QStringLiteral("echo '{}' > package-lock.json; rm index.js; touch node_modules")));
    QCOMPARE(m_scratch->read(QStringLiteral("runs/A/work/package-lock.json")), QByteArray("{\"lock\": 1}"));
    QCOMPARE(m_scratch->read(QStringLiteral("runs/A/work/index.js")), QByteArray("1\n"));
}

void PrepareTest::comesBackWithACheckout()
{
    const auto folder = run(QStringLiteral("A"));
    QVERIFY_RESULT(prepare(folder, QStringLiteral("mkdir node_modules && echo genuine > node_modules/x")));
    m_scratch->write(QStringLiteral("runs/A/work/node_modules/x"), "always passes");
    QVERIFY_RESULT(folder.checkout(*m_library, m_base));
    QCOMPARE(m_scratch->read(QStringLiteral("runs/A/work/node_modules/x")), QByteArray("genuine\n"));
}

void PrepareTest::storeIsReadOnlyLater()
{
    const auto folder = run(QStringLiteral("A"));
    const auto prepared = prepare(folder, QStringLiteral("mkdir -p $GOMODCACHE && echo module > $GOMODCACHE/m"));
    QVERIFY_RESULT(prepared);
    const auto outcome = sandbox::run(workspace::checkProfile(folder, *prepared),
                                      {QStringLiteral("bash"), QStringLiteral("-c"), QStringLiteral("cat $GOMODCACHE/m; echo no > $GOMODCACHE/m; echo $GOPROXY")});
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("module\noff\n"));
    QVERIFY(outcome->err.contains("Read-only"));
}

void PrepareTest::failureSaysWhy()
{
    const auto folder = run(QStringLiteral("A"));
    auto prepared = prepare(folder, QStringLiteral("mkdir node_modules; exit 3"));
    QVERIFY(!prepared);
    QCOMPARE(prepared.error().code, QStringLiteral("prepare.failed"));
    QVERIFY(prepared.error().what.contains(u'3'));
    QVERIFY(!QFileInfo::exists(folder.work() + QStringLiteral("/node_modules")));
    // Nothing half made is taken for whole by the next.
    prepared = prepare(folder, QStringLiteral("mkdir node_modules; exit 3"));
    QVERIFY(!prepared);
    QCOMPARE(QDir(m_scratch->path(QStringLiteral("cache/coppice/prepare"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot), QStringList());
}

void PrepareTest::stopEndsIt()
{
    std::stop_source source;
    const auto folder = run(QStringLiteral("A"));
    std::jthread stopper([&] {
        while (!QFileInfo::exists(m_scratch->path(QStringLiteral("runs/A/setup/work/begun"))))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        source.request_stop();
    });
    const auto prepared = prepare(folder, QStringLiteral("touch begun; sleep 1000"), source.get_token());
    QVERIFY(!prepared);
    QCOMPARE(prepared.error().kind, ErrorKind::Cancelled);
}

void PrepareTest::networkToListedHostsOnly()
{
    for (const char *variable : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY"})
        qunsetenv(variable);
    std::mutex mutex;
    QByteArrayList asked;
    net::HttpServer server([&](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
        const std::lock_guard lock(mutex);
        asked << request.target;
        answer.send({200, {}, "package\n"});
    }, {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    m_hosts = {QStringLiteral("127.0.0.1:%1").arg(*port)};
    const auto folder = run(QStringLiteral("A"));
    const auto prepared = prepare(folder, QStringLiteral("curl -sS --fail http://127.0.0.1:%1/pkg > node_modules; "
                                                         "curl -sS --noproxy '*' -m 5 http://127.0.0.1:%1/direct").arg(*port));
    QVERIFY(!prepared); // the second one has no way
    QVERIFY(prepared.error().fix.contains(QStringLiteral("log")));
    QCOMPARE(asked, QByteArrayList{"/pkg"});
    const auto fine = prepare(folder, QStringLiteral("curl -sS --fail http://127.0.0.1:%1/pkg > node_modules").arg(*port));
    QVERIFY_RESULT(fine);
    QCOMPARE(m_scratch->read(QStringLiteral("runs/A/work/node_modules")), QByteArray("package\n"));
    const auto other = prepare(folder, QStringLiteral("curl -sS --fail http://unlisted.example/pkg"));
    QVERIFY(!other);
    QVERIFY2(other.error().fix.contains(QStringLiteral("unlisted.example:80")), qPrintable(other.error().fix));
}

void PrepareTest::sourcesOfThisMachine()
{
    for (const char *variable : {"npm_config_registry", "NPM_CONFIG_REGISTRY", "PIP_INDEX_URL", "GOPROXY", "npm_config_userconfig"})
        qunsetenv(variable);
    qputenv("MIRROR_HOST", "npm.mirror.example");
    m_scratch->write(QStringLiteral("home/.npmrc"), "registry=https://user:secret@${MIRROR_HOST}:8443/npm/\n"
                                                    "@corp:registry=http://corp.example\n//npm.mirror.example:8443/:_authToken=secret\n"
                                                    "https-proxy=http://proxy.example:3128\nstrict-ssl=false\n; comment\n");
    m_scratch->write(QStringLiteral("home/.config/pip/pip.conf"), "[global]\nindex-url = https://pip.example/simple\n");
    m_scratch->write(QStringLiteral("home/.config/go/env"), "GOPROXY=https://go.example|direct\n");
    const auto sources = workspace::hostPackageSources(m_scratch->path(QStringLiteral("home")));
    for (const char *host : {"npm.mirror.example:8443", "corp.example:80", "pip.example:443", "go.example:443"})
        QVERIFY2(sources.hosts.contains(QLatin1String(host)), host);
    const QByteArray npmrc = sources.homeFiles[QStringLiteral(".npmrc")];
    QVERIFY(npmrc.contains("registry=https://npm.mirror.example:8443/npm/\n"));
    QVERIFY(npmrc.contains("@corp:registry=http://corp.example\n"));
    QVERIFY(npmrc.contains("strict-ssl=false\n"));
    QVERIFY2(!npmrc.contains("secret"), "a credential would be readable for the set-up command");
    QCOMPARE(sources.env[QStringLiteral("PIP_INDEX_URL")], QStringLiteral("https://pip.example/simple"));
    QCOMPARE(sources.env[QStringLiteral("GOPROXY")], QStringLiteral("https://go.example"));
    QCOMPARE(sources.proxy, QStringLiteral("http://proxy.example:3128"));
    QVERIFY(workspace::hostPackageSources(m_scratch->path(QStringLiteral("nobody"))).proxy.isEmpty());
}

void PrepareTest::packageManagersAreAsked()
{
    net::HttpServer index([](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
        answer.send({request.target == "/simple/pip/" ? 200 : 404, {},
                     R"({"files":[{"url":"https://files.index.example/a.whl"},{"url":"https://files.index.example/b.whl"},{"url":"relative/c.whl"}]})"});
    }, {});
    const auto port = index.listenTcp(0);
    QVERIFY_RESULT(port);
    const auto tool = [this](const char *name, const QByteArray &body) {
        const QString path = QStringLiteral("tools/") + QLatin1String(name);
        m_scratch->write(path, "#!/bin/sh\n" + body);
        QFile::setPermissions(m_scratch->path(path), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    };
    tool("npm", "[ \"$*\" = 'config get registry' ] && echo https://user:secret@npm.example/x/\n");
    tool("yarn", "echo https://broken.example; exit 1\n");
    tool("go", "[ \"$*\" = 'env GOPROXY GOSUMDB' ] && printf 'https://go.example:8443|http://second.example,direct\\nsum.example+1234\\n'\n");
    tool("gem", "printf '*** CURRENT SOURCES ***\\n\\nhttps://gems.example/\\n'\n");
    tool("composer", "printf '[home] https://not.example\\n[repositories.x.org.url] https://php.example\\n'\n");
    tool("python3", "[ \"$*\" = '-m pip install --help' ] && cat <<'END'\nsee https://manual.example\n  -i, --index-url <url>  Base URL (default\n"
                    "                http://127.0.0.1:" + QByteArray::number(*port) + "/simple). More at https://also.example\nEND\n");
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", m_scratch->path(QStringLiteral("tools")).toUtf8() + ":/usr/bin:/bin");
    const auto hosts = workspace::askedPackageHosts({});
    workspace::PackageSources configured;
    configured.env[QStringLiteral("PIP_INDEX_URL")] = QStringLiteral("http://127.0.0.1:%1/none/").arg(*port);
    const auto withOwnIndex = workspace::askedPackageHosts(configured);
    qputenv("PATH", path);
    const QString local = QStringLiteral("127.0.0.1:%1").arg(*port);
    QCOMPARE(hosts, (QStringList{QStringLiteral("npm.example:443"), QStringLiteral("go.example:8443"), QStringLiteral("second.example:80"),
                                 QStringLiteral("sum.example"), QStringLiteral("gems.example:443"), QStringLiteral("php.example:443"), local,
                                 QStringLiteral("files.index.example")}));
    QVERIFY(withOwnIndex.contains(local));
    QVERIFY2(!withOwnIndex.contains(QStringLiteral("files.index.example")), "that page does not exist there");
    for (const auto &host : hosts)
        QVERIFY_RESULT(net::AllowedHost::parse(host));
}

void PrepareTest::anotherToolchainIsAnotherEntry()
{
    const QString line = QStringLiteral("mkdir -p node_modules && deno > node_modules/by");
    const auto install = [this](const char *folder) {
        const QString name = QStringLiteral("tools/%1/bin/deno").arg(QLatin1String(folder));
        m_scratch->write(name, QByteArray("#!/bin/sh\necho version ") + folder + "\n");
        QFile::setPermissions(m_scratch->path(name), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return QFileInfo(m_scratch->path(name)).path().toUtf8();
    };
    const QByteArray path = qgetenv("PATH");
    QList<bool> fromCache;
    for (const char *version : {"one", "two", "one"}) {
        qputenv("PATH", install(version) + ":/usr/bin:/bin");
        const auto prepared = prepare(run(QStringLiteral("run-%1").arg(fromCache.size())), line);
        qputenv("PATH", path);
        QVERIFY_RESULT(prepared);
        QCOMPARE(m_scratch->read(QStringLiteral("runs/run-%1/work/node_modules/by").arg(fromCache.size())), QByteArray("version ") + version + '\n');
        fromCache << prepared->fromCache;
        if (fromCache.size() == 2)
            QVERIFY2(!fromCache.last(), "what one version made was given to a run with another");
    }
}

void PrepareTest::twoRunsPrepareOnce()
{
    // Each set-up knocks at a door outside; who comes second finds what the first has made.
    net::HttpServer door([this](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        ++m_knocks;
        answer.send({200, {}, "in\n"});
    }, {});
    const auto port = door.listenTcp(0);
    QVERIFY_RESULT(port);
    for (const char *variable : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY"})
        qunsetenv(variable);
    m_hosts = {QStringLiteral("127.0.0.1:%1").arg(*port)};
    m_knocks = 0;
    const QString line = QStringLiteral("curl -sS --fail http://127.0.0.1:%1/x > node_modules && sleep 0.5").arg(*port);
    std::vector<workspace::RunFolder> folders;
    for (const char *name : {"A", "B", "C"})
        folders.push_back(run(QLatin1String(name)));
    std::vector<Result<workspace::Prepared>> answers(folders.size(), fail(QStringLiteral("not-run"), {}));
    {
        std::vector<std::jthread> threads;
        for (size_t i = 0; i < folders.size(); ++i)
            threads.emplace_back([&, i] { answers[i] = prepare(folders[i], line); });
    }
    int made = 0;
    for (const auto &answer : answers) {
        QVERIFY_RESULT(answer);
        made += !answer->fromCache;
    }
    QCOMPARE(made, 1);
    QCOMPARE(m_knocks.load(), 1);
    for (const char *name : {"A", "B", "C"})
        QCOMPARE(m_scratch->read(QStringLiteral("runs/%1/work/node_modules").arg(QLatin1String(name))), QByteArray("in\n"));
}

COPPICE_TEST(PrepareTest)
#include "prepare_test.moc"
