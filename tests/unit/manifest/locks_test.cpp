// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <manifest/locks.h>
#include <manifest/purl.h>

#include <QTest>

using namespace coppice;
using namespace coppice::manifest;
using namespace Qt::StringLiterals;

namespace {

/// JSON with its quotes spelled ' for the sake of moc, which stumbles over raw strings.
QByteArray json(const char *text)
{
    return QByteArray(text).replace('\'', '"');
}

using Files = QList<QPair<QString, QByteArray>>;
using Scope = Dependency::Scope;

Locks locksOf(const Files &files)
{
    test::Scratch scratch;
    for (const auto &[name, bytes] : files)
        scratch.write(u"p/" + name, bytes);
    return readLocks(*folderSource(scratch.path(u"p"_s)));
}
Manifest manifestOf(const Files &files)
{
    test::Scratch scratch;
    for (const auto &[name, bytes] : files)
        scratch.write(u"p/" + name, bytes);
    return readManifest(*folderSource(scratch.path(u"p"_s)));
}
const LockedPackage *package(const Locks &locks, const QString &id)
{
    for (const auto &p : locks.packages) {
        if (p.id() == id)
            return &p;
    }
    return nullptr;
}
const Dependency *dependency(const Manifest &manifest, const QString &purl)
{
    for (const auto &d : manifest.dependencies) {
        if (d.purl == purl)
            return &d;
    }
    return nullptr;
}
QStringList ids(const Locks &locks)
{
    QStringList all;
    for (const auto &p : locks.packages)
        all << p.id();
    return all;
}

const QByteArray packageJson = json("{'name':'app','version':'1.0.0','dependencies':{'zod':'^3.0.0','a':'^1.0.0'},'devDependencies':{'t':'^5.0.0'}}");

} // namespace

class LocksTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void purlsAsSpecified()
    {
        QCOMPARE(purl(u"npm"_s, u"@Scope/Name"_s), u"pkg:npm/%40scope/name"_s);
        QCOMPARE(purl(u"pypi"_s, u"Ruamel.YAML_clib"_s), u"pkg:pypi/ruamel-yaml-clib"_s);
        QCOMPARE(purl(u"golang"_s, u"github.com/Azure/go"_s), u"pkg:golang/github.com/azure/go"_s);
        QCOMPARE(purl(u"maven"_s, u"org.Example/x"_s), u"pkg:maven/org.Example/x"_s);
        QCOMPARE(purlWithVersion(u"pkg:cargo/x"_s, u"1.0.0+build 2"_s), u"pkg:cargo/x@1.0.0%2Bbuild%202"_s);
        QCOMPARE(purlName(u"pkg:npm/%40scope/name@1.0?x=y#z"_s), u"@scope/name"_s);
        QCOMPARE(purlType(u"pkg:maven/g/a"_s), u"maven"_s);
        QVERIFY(purl(u"npm"_s, u"//"_s).isEmpty());
    }

    void npmTwoAndThree()
    {
        const auto locks = locksOf({{u"package-lock.json"_s, json("{'lockfileVersion':3,'packages':{"
            "'':{'name':'app','dependencies':{'zod':'^3','a':'^1'},'devDependencies':{'t':'^5'}},"
            "'lib/own':{'name':'own','version':'0.1.0','dependencies':{'b':'^1'}},"
            "'node_modules/own':{'resolved':'lib/own','link':true},"
            "'node_modules/zod':{'version':'3.25.1','resolved':'https://r.invalid/zod.tgz','integrity':'sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=='},"
            "'node_modules/a':{'version':'1.2.0','dependencies':{'b':'^2','zod':'*','absent':'1'}},"
            "'node_modules/a/node_modules/b':{'version':'2.0.0'},"
            "'node_modules/b':{'version':'1.9.0'},"
            "'node_modules/al':{'name':'@real/one','version':'4.0.0','resolved':'git+ssh://git@github.com/real/one.git#abc'},"
            "'node_modules/t':{'version':'5.0.0','dev':true}}}")}});
        QVERIFY(locks.findings.empty());
        QCOMPARE(ids(locks), (QStringList{u"pkg:npm/%40real/one@4.0.0"_s, u"pkg:npm/a@1.2.0"_s, u"pkg:npm/b@1.9.0"_s, u"pkg:npm/b@2.0.0"_s,
                                          u"pkg:npm/t@5.0.0"_s, u"pkg:npm/zod@3.25.1"_s}));
        QCOMPARE(package(locks, u"pkg:npm/a@1.2.0"_s)->needs, (QStringList{u"pkg:npm/b@2.0.0"_s, u"pkg:npm/zod@3.25.1"_s}));
        QCOMPARE(int(package(locks, u"pkg:npm/t@5.0.0"_s)->scope), int(Scope::Development));
        QCOMPARE(package(locks, u"pkg:npm/zod@3.25.1"_s)->hashName, u"SHA-512"_s);
        QCOMPARE(package(locks, u"pkg:npm/zod@3.25.1"_s)->hash, QString(128, u'0'));
        QCOMPARE(package(locks, u"pkg:npm/%40real/one@4.0.0"_s)->origin, u"git:https://github.com/real/one"_s);
        QCOMPARE(locks.direct, (QStringList{u"pkg:npm/a@1.2.0"_s, u"pkg:npm/b@1.9.0"_s, u"pkg:npm/t@5.0.0"_s, u"pkg:npm/zod@3.25.1"_s}));
        QCOMPARE(locks.versionFor(u"pkg:npm/b"_s, u"^2"_s), u"1.9.0"_s); // what the root sees
    }

    void npmOneIsATree()
    {
        const auto locks = locksOf({{u"npm-shrinkwrap.json"_s, json("{'lockfileVersion':1,'dependencies':{"
            "'a':{'version':'1.0.0','requires':{'b':'^2','c':'1'},'dependencies':{'b':{'version':'2.0.0','requires':{'c':'1'}}}},"
            "'b':{'version':'1.0.0','dev':true},'c':{'version':'1.1.0'},"
            "'g':{'version':'git+https://host.invalid/o/g.git#12'}}}")}});
        QCOMPARE(package(locks, u"pkg:npm/a@1.0.0"_s)->needs, (QStringList{u"pkg:npm/b@2.0.0"_s, u"pkg:npm/c@1.1.0"_s}));
        QCOMPARE(package(locks, u"pkg:npm/b@2.0.0"_s)->needs, QStringList{u"pkg:npm/c@1.1.0"_s});
        QCOMPARE(int(package(locks, u"pkg:npm/b@1.0.0"_s)->scope), int(Scope::Development));
    }

    void yarnClassic()
    {
        const auto m = manifestOf({{u"package.json"_s, packageJson},
                                   {u"yarn.lock"_s, "# yarn lockfile v1\n\n\na@^1.0.0:\n  version \"1.4.0\"\n"
                                                    "  resolved \"https://r.invalid/a.tgz#1111111111111111111111111111111111111111\"\n"
                                                    "  dependencies:\n    \"@s/b\" \"^2.0.0\"\n\n"
                                                    "\"@s/b@^2.0.0\", \"@s/b@^2.1.0\":\n  version \"2.3.0\"\n\n"
                                                    "zod@^2.0.0:\n  version \"2.9.0\"\n\nzod@^3.0.0:\n  version \"3.1.0\"\n\nt@^5.0.0:\n  version \"5.1.0\"\n"}});
        QCOMPARE(dependency(m, u"pkg:npm/zod"_s)->locked, u"3.1.0"_s); // by range, not by name
        QCOMPARE(dependency(m, u"pkg:npm/zod"_s)->range, u"^3.0.0"_s);
        QCOMPARE(int(dependency(m, u"pkg:npm/t"_s)->scope), int(Scope::Development));
        const auto locks = locksOf({{u"package.json"_s, packageJson},
                                    {u"yarn.lock"_s, "# yarn lockfile v1\na@^1.0.0:\n  version \"1.4.0\"\n  resolved \"https://r.invalid/a.tgz#1111111111111111111111111111111111111111\"\n"
                                                     "  dependencies:\n    \"@s/b\" \"^2.0.0\"\n\"@s/b@^2.0.0\", \"@s/b@^2.1.0\":\n  version \"2.3.0\"\nt@^5.0.0:\n  version \"5.1.0\"\n"}});
        QCOMPARE(package(locks, u"pkg:npm/a@1.4.0"_s)->needs, QStringList{u"pkg:npm/%40s/b@2.3.0"_s});
        QCOMPARE(package(locks, u"pkg:npm/a@1.4.0"_s)->hashName, u"SHA-1"_s);
        QCOMPARE(int(package(locks, u"pkg:npm/t@5.1.0"_s)->scope), int(Scope::Development));
        QCOMPARE(int(package(locks, u"pkg:npm/%40s/b@2.3.0"_s)->scope), int(Scope::Runtime));
    }

    void yarnBerry()
    {
        const auto locks = locksOf({{u"yarn.lock"_s, "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n"
                                                     "\"a@npm:^1.0.0, a@npm:^1.2.0\":\n  version: 1.4.0\n  resolution: \"a@npm:1.4.0\"\n"
                                                     "  dependencies:\n    \"@s/b\": \"npm:^2.0.0\"\n  checksum: 10c0/aa\n  languageName: node\n  linkType: hard\n\n"
                                                     "\"@s/b@npm:^2.0.0\":\n  version: 2.3.0\n  resolution: \"@s/b@npm:2.3.0\"\n\n"
                                                     "\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    a: \"npm:^1.0.0\"\n"}});
        QCOMPARE(ids(locks), (QStringList{u"pkg:npm/%40s/b@2.3.0"_s, u"pkg:npm/a@1.4.0"_s}));
        QCOMPARE(locks.direct, QStringList{u"pkg:npm/a@1.4.0"_s});
        QCOMPARE(locks.versionFor(u"pkg:npm/a"_s, u"^1.2.0"_s), u"1.4.0"_s);
        QCOMPARE(package(locks, u"pkg:npm/a@1.4.0"_s)->needs, QStringList{u"pkg:npm/%40s/b@2.3.0"_s});
    }

    void pnpm_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("9") << QByteArray("lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n\nimporters:\n\n  .:\n    dependencies:\n      '@s/b':\n        specifier: ^2.0.0\n        version: 2.3.0(zod@3.1.0)\n"
                                         "      sib:\n        specifier: workspace:*\n        version: link:../sib\n    devDependencies:\n      t:\n        specifier: ^5\n        version: 5.1.0\n\n"
                                         "packages:\n\n  '@s/b@2.3.0':\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n    peerDependencies:\n      zod: '*'\n\n  t@5.1.0:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n\n"
                                         "  zod@3.1.0:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n\nsnapshots:\n\n  '@s/b@2.3.0(zod@3.1.0)':\n    dependencies:\n      zod: 3.1.0\n\n  t@5.1.0: {}\n\n  zod@3.1.0: {}\n");
        QTest::newRow("6") << QByteArray("lockfileVersion: '6.0'\n\ndependencies:\n  '@s/b':\n    specifier: ^2.0.0\n    version: 2.3.0(zod@3.1.0)\n\ndevDependencies:\n  t:\n    specifier: ^5\n    version: 5.1.0\n\n"
                                         "packages:\n\n  /@s/b@2.3.0(zod@3.1.0):\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n    dependencies:\n      zod: 3.1.0\n    dev: false\n\n"
                                         "  /t@5.1.0:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n    dev: true\n\n  /zod@3.1.0:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n    dev: false\n");
        QTest::newRow("5") << QByteArray("lockfileVersion: 5.4\n\nspecifiers:\n  '@s/b': ^2.0.0\n  t: ^5\n\ndependencies:\n  '@s/b': 2.3.0_zod@3.1.0\n\ndevDependencies:\n  t: 5.1.0\n\n"
                                         "packages:\n\n  /@s/b/2.3.0_zod@3.1.0:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n    dependencies:\n      zod: 3.1.0\n    dev: false\n\n"
                                         "  /t/5.1.0:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n    dev: true\n\n  /zod/3.1.0:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n    dev: false\n");
    }
    void pnpm()
    {
        QFETCH(QByteArray, text);
        const auto locks = locksOf({{u"pnpm-lock.yaml"_s, text}});
        QVERIFY(locks.findings.empty());
        QCOMPARE(ids(locks), (QStringList{u"pkg:npm/%40s/b@2.3.0"_s, u"pkg:npm/t@5.1.0"_s, u"pkg:npm/zod@3.1.0"_s}));
        QCOMPARE(locks.direct, (QStringList{u"pkg:npm/%40s/b@2.3.0"_s, u"pkg:npm/t@5.1.0"_s}));
        QCOMPARE(package(locks, u"pkg:npm/%40s/b@2.3.0"_s)->needs, QStringList{u"pkg:npm/zod@3.1.0"_s});
        QCOMPARE(int(package(locks, u"pkg:npm/t@5.1.0"_s)->scope), int(Scope::Development));
        QCOMPARE(int(package(locks, u"pkg:npm/zod@3.1.0"_s)->scope), int(Scope::Runtime));
        QCOMPARE(package(locks, u"pkg:npm/zod@3.1.0"_s)->hash, QString(40, u'0'));
        QCOMPARE(locks.versionFor(u"pkg:npm/%40s/b"_s, u"^2.0.0"_s), u"2.3.0"_s);
    }

    void uv()
    {
        const QByteArray hash(64, 'a');
        const auto locks = locksOf({{u"uv.lock"_s, "version = 1\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\nsource = { editable = \".\" }\n"
                                                   "dependencies = [{ name = \"httpx\" }, { name = \"Two\", version = \"2.0\" }]\n[package.dev-dependencies]\ndev = [{ name = \"pytest\" }]\n"
                                                   "[[package]]\nname = \"httpx\"\nversion = \"0.28.1\"\nsource = { registry = \"https://r.invalid/simple\" }\ndependencies = [{ name = \"anyio\", marker = \"x\" }]\n"
                                                   "sdist = { url = \"https://r.invalid/h.tar.gz\", hash = \"sha256:" + hash + "\" }\n"
                                                   "[[package]]\nname = \"anyio\"\nversion = \"4.0\"\n[[package]]\nname = \"two\"\nversion = \"1.0\"\n[[package]]\nname = \"two\"\nversion = \"2.0\"\n"
                                                   "[[package]]\nname = \"pytest\"\nversion = \"8.0\"\nsource = { git = \"https://github.com/o/pytest?rev=1#abc\" }\n"}});
        QCOMPARE(locks.direct, (QStringList{u"pkg:pypi/httpx@0.28.1"_s, u"pkg:pypi/pytest@8.0"_s, u"pkg:pypi/two@2.0"_s}));
        QCOMPARE(package(locks, u"pkg:pypi/httpx@0.28.1"_s)->needs, QStringList{u"pkg:pypi/anyio@4.0"_s});
        QCOMPARE(package(locks, u"pkg:pypi/httpx@0.28.1"_s)->hash, QString::fromLatin1(hash));
        QCOMPARE(int(package(locks, u"pkg:pypi/pytest@8.0"_s)->scope), int(Scope::Development));
        QCOMPARE(package(locks, u"pkg:pypi/pytest@8.0"_s)->origin, u"git:https://github.com/o/pytest"_s);
    }

    void poetryPipfileAndRequirements()
    {
        const auto poetry = locksOf({{u"poetry.lock"_s, "[[package]]\nname = \"Rich\"\nversion = \"13.0\"\ncategory = \"main\"\n[package.dependencies]\npygments = \">=2\"\n"
                                                        "[[package]]\nname = \"pygments\"\nversion = \"2.17\"\ngroups = [\"dev\"]\n"}});
        QCOMPARE(package(poetry, u"pkg:pypi/rich@13.0"_s)->needs, QStringList{u"pkg:pypi/pygments@2.17"_s});
        QCOMPARE(int(package(poetry, u"pkg:pypi/pygments@2.17"_s)->scope), int(Scope::Development));
        const auto pipfile = locksOf({{u"Pipfile.lock"_s, json("{'default':{'six':{'version':'==1.16.0'}},'develop':{'pytest':{'version':'==8.0'}}}")}});
        QCOMPARE(int(package(pipfile, u"pkg:pypi/pytest@8.0"_s)->scope), int(Scope::Development));
        const QByteArray hash(64, 'b');
        const auto plain = locksOf({{u"requirements.txt"_s, "# made by a tool\nsix==1.16.0 \\\n    --hash=sha256:" + hash + "\nhttpx>=0.27 ; python_version > '3'\n-e ../sibling\nflask[async]==3.0 # why\n"}});
        QCOMPARE(ids(plain), (QStringList{u"pkg:pypi/flask@3.0"_s, u"pkg:pypi/six@1.16.0"_s}));
        QCOMPARE(package(plain, u"pkg:pypi/six@1.16.0"_s)->hash, QString::fromLatin1(hash));
    }

    void cargo()
    {
        const QByteArray sum(64, 'c');
        const auto locks = locksOf({{u"Cargo.lock"_s, "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"serde\",\n \"rand 0.8.5\",\n]\n"
                                                      "[[package]]\nname = \"serde\"\nversion = \"1.0.200\"\nsource = \"registry+https://r.invalid\"\nchecksum = \"" + sum + "\"\ndependencies = [\"rand 0.7.0\"]\n"
                                                      "[[package]]\nname = \"rand\"\nversion = \"0.7.0\"\nsource = \"registry+https://r.invalid\"\n"
                                                      "[[package]]\nname = \"rand\"\nversion = \"0.8.5\"\nsource = \"git+https://github.com/r/rand?branch=x#1\"\n"}});
        QCOMPARE(locks.direct, (QStringList{u"pkg:cargo/rand@0.8.5"_s, u"pkg:cargo/serde@1.0.200"_s}));
        QCOMPARE(locks.versionFor(u"pkg:cargo/rand"_s, u"*"_s), u"0.8.5"_s);
        QCOMPARE(package(locks, u"pkg:cargo/serde@1.0.200"_s)->needs, QStringList{u"pkg:cargo/rand@0.7.0"_s});
        QCOMPARE(package(locks, u"pkg:cargo/rand@0.8.5"_s)->origin, u"git:https://github.com/r/rand"_s);
    }

    void goReplaces()
    {
        const auto m = manifestOf({{u"go.mod"_s, "module example.org/x\nrequire (\n\ta.org/y v1.0.0\n\tb.org/z v1.1.0 // indirect\n\tc.org/w v0.1.0\n)\n"
                                                 "replace a.org/y => ../y\nreplace c.org/w v0.1.0 => d.org/w v0.2.0\n"}});
        QCOMPARE(dependency(m, u"pkg:golang/a.org/y"_s)->reference, u"path:../y"_s);
        QCOMPARE(int(dependency(m, u"pkg:golang/b.org/z"_s)->scope), int(Scope::Indirect));
        QCOMPARE(dependency(m, u"pkg:golang/c.org/w"_s)->locked, u"v0.2.0"_s);
        QCOMPARE(dependency(m, u"pkg:golang/c.org/w"_s)->range, u"v0.1.0"_s);
        QCOMPARE(m.packages.size(), size_t(1));
    }

    void membersOfAWorkspaceAreThePluginsOwn()
    {
        const auto m = manifestOf({{u"package.json"_s, json("{'name':'root','private':true,'workspaces':['packages/*','!packages/old']}")},
                                   {u"packages/one/package.json"_s, json("{'name':'@w/one','version':'1.0.0','dependencies':{'zod':'^3','@w/two':'workspace:*','sib':'file:../../../sib'}}")},
                                   {u"packages/two/package.json"_s, json("{'name':'@w/two','version':'2.0.0','devDependencies':{'zod':'^3'}}")},
                                   {u"packages/old/package.json"_s, json("{'name':'@w/old','dependencies':{'left':'1'}}")}});
        QStringList own;
        for (const auto &p : m.packages)
            own << p.purl;
        QCOMPARE(own, (QStringList{u"pkg:npm/root"_s, u"pkg:npm/%40w/one"_s, u"pkg:npm/%40w/two"_s}));
        QVERIFY(!dependency(m, u"pkg:npm/%40w/two"_s) && !dependency(m, u"pkg:npm/left"_s));
        QCOMPARE(int(dependency(m, u"pkg:npm/zod"_s)->scope), int(Scope::Runtime));
        QCOMPARE(dependency(m, u"pkg:npm/sib"_s)->reference, u"path:../sib"_s);
        const auto crates = manifestOf({{u"Cargo.toml"_s, "[workspace]\nmembers=['crates/*']\n[workspace.dependencies]\nserde={version='1.0.9'}\nown={path='../own'}\n"},
                                        {u"crates/a/Cargo.toml"_s, "[package]\nname='a'\nversion='1.0.0'\n[dependencies]\nserde={workspace=true}\nown.workspace=true\nb={path='../b'}\n"},
                                        {u"crates/b/Cargo.toml"_s, "[package]\nname='b'\nversion='1.0.0'\n"}});
        QCOMPARE(dependency(crates, u"pkg:cargo/serde"_s)->range, u"1.0.9"_s);
        QCOMPARE(dependency(crates, u"pkg:cargo/own"_s)->reference, u"path:../own"_s);
        QVERIFY(!dependency(crates, u"pkg:cargo/b"_s));
        const auto poms = manifestOf({{u"pom.xml"_s, "<project><groupId>g</groupId><artifactId>root</artifactId><version>1</version><modules><module>m</module></modules>"
                                                     "<properties><j>2.0</j></properties><dependencyManagement><dependencies><dependency><groupId>x</groupId><artifactId>j</artifactId><version>${j}</version>"
                                                     "<scope>test</scope></dependency></dependencies></dependencyManagement></project>"},
                                      {u"m/pom.xml"_s, "<project><parent><groupId>g</groupId><artifactId>root</artifactId><version>1</version></parent><artifactId>m</artifactId>"
                                                       "<dependencies><dependency><groupId>x</groupId><artifactId>j</artifactId></dependency><dependency><groupId>${nobody}</groupId><artifactId>k</artifactId></dependency></dependencies></project>"}});
        QCOMPARE(dependency(poms, u"pkg:maven/x/j"_s)->range, u"2.0"_s);
        QCOMPARE(int(dependency(poms, u"pkg:maven/x/j"_s)->scope), int(Scope::Development));
        QCOMPARE(poms.packages.size(), size_t(2));
        QCOMPARE(poms.packages[1].version, u"1"_s);
    }

    void brokenFilesAreFindings_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"package-lock.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock", "poetry.lock", "Pipfile.lock", "Cargo.lock"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void brokenFilesAreFindings()
    {
        QFETCH(QString, name);
        const auto locks = locksOf({{name, "<<<<<<< ours\n\x01 = [ {\xff"}});
        QVERIFY(!locks.findings.empty());
        QCOMPARE(locks.findings.front().code, u"manifest.broken"_s);
        QVERIFY(locks.packages.empty());
        // Deep nesting and wrong types are no fault of ours either.
        (void)locksOf({{name, QByteArray("[").repeated(20000)}});
        (void)locksOf({{name, (json("{'packages':{'node_modules/a':7,'node_modules/':{'version':[]}},'dependencies':3,'default':[1]}"))}});
        (void)locksOf({{name, QByteArray("package = 3\n")}});
    }
};

COPPICE_TEST(LocksTest)
#include "locks_test.moc"
