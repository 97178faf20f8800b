// SPDX-License-Identifier: GPL-3.0-or-later
// Lock files of bun, Gradle, pdm and PEP 751; catalogs, folders and addresses in those of pnpm and yarn.
#include "support/scratch.h"
#include "support/test_main.h"

#include <manifest/locks.h>

#include <QTest>

using namespace coppice;
using namespace coppice::manifest;
using namespace Qt::StringLiterals;

namespace {

QByteArray json(const char *text)
{
    return QByteArray(text).replace('\'', '"'); // moc stumbles over raw strings
}

using Files = QList<QPair<QString, QByteArray>>;
using Scope = Dependency::Scope;

std::unique_ptr<FileSource> filesOf(const test::Scratch &scratch, const Files &files)
{
    for (const auto &[name, bytes] : files)
        scratch.write(u"p/" + name, bytes);
    return folderSource(scratch.path(u"p"_s));
}
Locks locksOf(const Files &files)
{
    const test::Scratch scratch;
    return readLocks(*filesOf(scratch, files));
}
Manifest manifestOf(const Files &files)
{
    const test::Scratch scratch;
    return readManifest(*filesOf(scratch, files));
}
LockedPackage package(const Locks &locks, const QString &id)
{
    for (const auto &one : locks.packages) {
        if (one.id() == id)
            return one;
    }
    return {};
}
QStringList ids(const Locks &locks)
{
    QStringList all;
    for (const auto &one : locks.packages)
        all << one.id();
    return all;
}
Dependency dependency(const Manifest &manifest, const QString &purl)
{
    for (const auto &one : manifest.dependencies) {
        if (one.purl == purl)
            return one;
    }
    return {};
}

const char *const bunLock = "{ // made by bun\n  'lockfileVersion': 1,\n  'workspaces': {\n"
                            "    '': { 'name': 'app', 'dependencies': { 'a': '^1.0.0', 'odd': 'npm:is-odd@^3.0.0', 'sib': 'file:../sib', }, 'devDependencies': { 'one': 'workspace:*', 't': '5.1.0', }, },\n"
                            "    'packages/one': { 'name': 'one', 'version': '1.1.0', 'dependencies': { 'ms': '2.0.0', }, },\n  },\n"
                            "  'packages': {\n"
                            "    '@s/b': ['@s/b@2.3.0', '', {}, 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA='],\n\n"
                            "    'a': ['a@1.4.0', '', { 'dependencies': { '@s/b': '^2.0.0', 'ms': '^2.1.0' }, 'bin': { 'a': 'a,}.js' } }, 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA='],\n\n"
                            "    'g': ['g@git+https://github.com/o/g.git#0123abc', { 'dependencies': { 'ms': '*' } }, '0123abc'],\n\n"
                            "    'ms': ['ms@2.0.0', '', {}, 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA='],\n\n"
                            "    'odd': ['is-odd@3.0.1', '', {}, 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA='],\n\n"
                            "    'one': ['one@workspace:packages/one'],\n\n"
                            "    'sib': ['sib@file:../sib', { 'dependencies': { 'ms': '^2.1.0' } }],\n\n"
                            "    't': ['t@5.1.0', '', {}, ''],\n\n"
                            "    '@s/b/ms': ['ms@1.0.0', '', {}, ''],\n\n"
                            "    'a/ms': ['ms@2.1.3', '', {}, ''],\n\n"
                            "    'sib/ms': ['ms@2.1.2', '', {}, ''],\n  }\n}\n";

} // namespace

class MoreLocksTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bun()
    {
        const auto locks = locksOf({{u"bun.lock"_s, json(bunLock)}});
        QVERIFY(locks.findings.empty());
        QCOMPARE(ids(locks), (QStringList{u"pkg:npm/%40s/b@2.3.0"_s, u"pkg:npm/a@1.4.0"_s, u"pkg:npm/g@0123abc"_s, u"pkg:npm/is-odd@3.0.1"_s,
                                          u"pkg:npm/ms@1.0.0"_s, u"pkg:npm/ms@2.0.0"_s, u"pkg:npm/ms@2.1.2"_s, u"pkg:npm/ms@2.1.3"_s, u"pkg:npm/t@5.1.0"_s}));
        // A workspace's own needs, and those of a folder beside it; not the folders themselves.
        QCOMPARE(locks.direct, (QStringList{u"pkg:npm/a@1.4.0"_s, u"pkg:npm/is-odd@3.0.1"_s, u"pkg:npm/ms@2.0.0"_s, u"pkg:npm/ms@2.1.2"_s, u"pkg:npm/t@5.1.0"_s}));
        QCOMPARE(package(locks, u"pkg:npm/a@1.4.0"_s).needs, (QStringList{u"pkg:npm/%40s/b@2.3.0"_s, u"pkg:npm/ms@2.1.3"_s})); // its own ms
        QCOMPARE(package(locks, u"pkg:npm/a@1.4.0"_s).hash, QString(40, u'0'));
        QCOMPARE(package(locks, u"pkg:npm/g@0123abc"_s).origin, u"git:https://github.com/o/g"_s);
        QCOMPARE(int(package(locks, u"pkg:npm/t@5.1.0"_s).scope), int(Scope::Development));
        QCOMPARE(int(package(locks, u"pkg:npm/%40s/b@2.3.0"_s).scope), int(Scope::Runtime));
        QCOMPARE(locks.versionFor(u"pkg:npm/ms"_s, u"*"_s), u"2.0.0"_s);
        const auto m = manifestOf({{u"package.json"_s, json("{'name':'app','version':'1.0.0','dependencies':{'odd':'npm:is-odd@^3.0.0'}}")}, {u"bun.lock"_s, json(bunLock)}});
        QCOMPARE(dependency(m, u"pkg:npm/is-odd"_s).locked, u"3.0.1"_s);
    }

    void bunThatIsNone()
    {
        for (const char *text : {"{'packages': {}}", "{'lockfileVersion': 1, /* ", "[1,]", "'\\", "{'lockfileVersion'"}) {
            const auto locks = locksOf({{u"bun.lock"_s, json(text)}});
            QCOMPARE(locks.findings.size(), size_t(1));
            QCOMPARE(locks.findings.front().code, u"manifest.broken"_s);
        }
        // Wrong types, and places above places without end.
        const auto odd = locksOf({{u"bun.lock"_s, json("{'lockfileVersion':1,'workspaces':{'':7},'packages':{'a':3,'b':[],'c':[{}],'d':['@'],'@/x':['y@1','',{'dependencies':{'@':'1'}}],'//':['z@2']}}")}});
        QCOMPARE(ids(odd), (QStringList{u"pkg:npm/y@1"_s, u"pkg:npm/z@2"_s}));
        const auto binary = locksOf({{u"bun.lockb"_s, "\x01\x02"}});
        QCOMPARE(binary.findings.size(), size_t(1));
        QVERIFY(binary.findings.front().text.contains(u"--save-text-lockfile"_s));
        QVERIFY(locksOf({{u"bun.lockb"_s, "\x01\x02"}, {u"bun.lock"_s, json("{'lockfileVersion':1}")}}).findings.empty());
    }

    void gradle()
    {
        const auto locks = locksOf({{u"gradle.lockfile"_s, "# This is a Gradle generated file for dependency locking.\n"
                                                           "com.google.guava:guava:32.1.3-jre=compileClasspath,runtimeClasspath,testCompileClasspath\n"
                                                           "org.junit.jupiter:junit-jupiter:5.10.0=testCompileClasspath,testRuntimeClasspath\n"
                                                           "com.google.guava:guava:31.0-jre=annotationProcessor\n"
                                                           "empty=annotationProcessor,signatures\n"},
                                    {u"buildscript-gradle.lockfile"_s, "org.ow2.asm:asm:9.6=classpath\nempty=\n"}});
        QVERIFY(locks.findings.empty());
        QCOMPARE(ids(locks), (QStringList{u"pkg:maven/com.google.guava/guava@31.0-jre"_s, u"pkg:maven/com.google.guava/guava@32.1.3-jre"_s,
                                          u"pkg:maven/org.junit.jupiter/junit-jupiter@5.10.0"_s, u"pkg:maven/org.ow2.asm/asm@9.6"_s}));
        QCOMPARE(int(package(locks, u"pkg:maven/com.google.guava/guava@32.1.3-jre"_s).scope), int(Scope::Runtime));
        for (const char *id : {"pkg:maven/com.google.guava/guava@31.0-jre", "pkg:maven/org.junit.jupiter/junit-jupiter@5.10.0", "pkg:maven/org.ow2.asm/asm@9.6"})
            QCOMPARE(int(package(locks, QLatin1String(id)).scope), int(Scope::Development));
        QCOMPARE(locks.versionFor(u"pkg:maven/com.google.guava/guava"_s, {}), u"32.1.3-jre"_s);
        const auto broken = locksOf({{u"gradle.lockfile"_s, "# a comment\nnonsense\n"}});
        QCOMPARE(broken.findings.size(), size_t(1));
        QCOMPARE(broken.findings.front().where, u"gradle.lockfile:2"_s);
        QVERIFY(locksOf({{u"gradle.lockfile"_s, "empty=classpath\n"}}).findings.empty());
    }

    void catalogsOfPnpm()
    {
        const QByteArray lock = "lockfileVersion: '9.0'\n\ncatalogs:\n  default:\n    ms:\n      specifier: ^2.1.2\n      version: 2.1.3\n\nimporters:\n\n  .:\n    dependencies:\n"
                                "      lnk:\n        specifier: link:../sib\n        version: link:../sib\n      ms:\n        specifier: 'catalog:'\n        version: 2.1.3\n"
                                "      odd:\n        specifier: npm:is-odd@^3.0.0\n        version: is-odd@3.0.1\n      sib:\n        specifier: file:../sib\n        version: file:../sib\n"
                                "      tree:\n        specifier: github:o/tree\n        version: https://codeload.github.com/o/tree/tar.gz/0123abc(ms@2.1.3)\n"
                                "    devDependencies:\n      semver:\n        specifier: catalog:old\n        version: 7.5.4\n\n"
                                "packages:\n\n  is-odd@3.0.1:\n    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n\n  ms@2.0.0:\n    resolution: {integrity: x}\n\n  ms@2.1.3:\n    resolution: {integrity: x}\n\n"
                                "  semver@7.5.4:\n    resolution: {integrity: x}\n\n  sib@file:../sib:\n    resolution: {directory: ../sib, type: directory}\n\n"
                                "  tree@https://codeload.github.com/o/tree/tar.gz/0123abc:\n    resolution: {tarball: https://codeload.github.com/o/tree/tar.gz/0123abc}\n    version: 3.2.1\n\n"
                                "snapshots:\n\n  is-odd@3.0.1: {}\n\n  ms@2.0.0: {}\n\n  ms@2.1.3: {}\n\n  semver@7.5.4: {}\n\n  sib@file:../sib:\n    dependencies:\n      ms: 2.0.0\n\n"
                                "  tree@https://codeload.github.com/o/tree/tar.gz/0123abc(ms@2.1.3):\n    dependencies:\n      ms: 2.1.3\n";
        const Files files{{u"pnpm-lock.yaml"_s, lock},
                          {u"pnpm-workspace.yaml"_s, "packages:\n  - packages/*\ncatalog:\n  ms: ^2.1.2\ncatalogs:\n  old:\n    semver: '7.5.4'\n  new:\n    semver: ^7.6.0\n"},
                          {u"package.json"_s, json("{'name':'app','version':'1.0.0','dependencies':{'ms':'catalog:','sib':'file:../sib','lnk':'link:../sib2','odd':'npm:is-odd@^3.0.0','tree':'github:o/tree'},"
                                                   "'devDependencies':{'semver':'catalog:old','lost':'catalog:gone'}}")}};
        const auto locks = locksOf(files);
        QVERIFY(locks.findings.empty());
        QCOMPARE(ids(locks), (QStringList{u"pkg:npm/is-odd@3.0.1"_s, u"pkg:npm/ms@2.0.0"_s, u"pkg:npm/ms@2.1.3"_s, u"pkg:npm/semver@7.5.4"_s, u"pkg:npm/tree@3.2.1"_s}));
        QCOMPARE(locks.direct, ids(locks)); // ms 2.0.0 by the folder
        QCOMPARE(package(locks, u"pkg:npm/tree@3.2.1"_s).needs, QStringList{u"pkg:npm/ms@2.1.3"_s});
        QCOMPARE(package(locks, u"pkg:npm/tree@3.2.1"_s).origin, u"git:https://github.com/o/tree"_s);
        const auto m = manifestOf(files);
        QCOMPARE(dependency(m, u"pkg:npm/ms"_s).range, u"^2.1.2"_s);
        QCOMPARE(dependency(m, u"pkg:npm/ms"_s).locked, u"2.1.3"_s);
        QCOMPARE(dependency(m, u"pkg:npm/semver"_s).range, u"7.5.4"_s);
        QCOMPARE(dependency(m, u"pkg:npm/lost"_s).range, u"catalog:gone"_s); // as written, where nobody says
        QCOMPARE(dependency(m, u"pkg:npm/sib"_s).reference, u"path:../sib"_s);
        QCOMPARE(dependency(m, u"pkg:npm/lnk"_s).reference, u"path:../sib2"_s);
        QCOMPARE(dependency(m, u"pkg:npm/tree"_s).locked, u"3.2.1"_s);
        const auto bun = manifestOf({{u"package.json"_s, json("{'name':'app','version':'1.0.0','workspaces':{'packages':[],'catalog':{'ms':'^2.1.0'},'catalogs':{'test':{'t':'^5'}}},'dependencies':{'ms':'catalog:','t':'catalog:test'}}")}});
        QCOMPARE(dependency(bun, u"pkg:npm/ms"_s).range, u"^2.1.0"_s);
        QCOMPARE(dependency(bun, u"pkg:npm/t"_s).range, u"^5"_s);
    }

    void foldersOfYarn()
    {
        const Files files{{u"package.json"_s, json("{'name':'app','dependencies':{'a':'^1.0.0','sib':'file:../sib'},'devDependencies':{'t':'^5.0.0'}}")},
                          {u"yarn.lock"_s, "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0\":\n  version: 1.4.0\n  resolution: \"a@npm:1.4.0\"\n  linkType: hard\n\n"
                                           "\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    a: \"npm:^1.0.0\"\n    sib: \"file:../sib\"\n    t: \"npm:^5.0.0\"\n\n"
                                           "\"ms@npm:^2.1.0\":\n  version: 2.1.3\n  resolution: \"ms@npm:2.1.3\"\n\n\"p@patch:p@npm%3A^1.0.0#./x.patch\":\n  version: 1.0.0\n  resolution: \"p@patch:p@npm%3A1.0.0#./x.patch::version=1.0.0&hash=1\"\n\n"
                                           "\"sib@file:../sib::locator=app%40workspace%3A.\":\n  version: 3.0.0\n  resolution: \"sib@file:../sib#../sib::hash=9b20c2&locator=app%40workspace%3A.\"\n  dependencies:\n    ms: \"npm:^2.1.0\"\n\n"
                                           "\"t@npm:^5.0.0\":\n  version: 5.1.0\n  resolution: \"t@npm:5.1.0\"\n"}};
        const auto locks = locksOf(files);
        QVERIFY(locks.findings.empty());
        QCOMPARE(ids(locks), (QStringList{u"pkg:npm/a@1.4.0"_s, u"pkg:npm/ms@2.1.3"_s, u"pkg:npm/p@1.0.0"_s, u"pkg:npm/t@5.1.0"_s}));
        QCOMPARE(int(package(locks, u"pkg:npm/t@5.1.0"_s).scope), int(Scope::Development)); // only package.json says so
        QVERIFY(locks.direct.contains(u"pkg:npm/ms@2.1.3"_s));
    }

    void otherLocksOfPython()
    {
        const QByteArray hash(64, 'a');
        const auto pdm = locksOf({{u"pdm.lock"_s, "[metadata]\ngroups = ['default', 'dev']\nlock_version = '4.5.0'\n\n[[package]]\nname = 'requests'\nversion = '2.32.3'\ngroups = ['default']\n"
                                                  "dependencies = [\n  'certifi>=2017.4.17',\n  'Charset_Normalizer<4,>=2; python_version > \"3\"',\n]\nfiles = [\n  {file = 'requests-2.32.3.tar.gz', hash = 'sha256:" + hash + "'},\n]\n"
                                                  "[[package]]\nname = 'certifi'\nversion = '2024.1'\ngroups = ['default', 'dev']\n[[package]]\nname = 'charset-normalizer'\nversion = '3.3.2'\ngroups = ['default']\n"
                                                  "[[package]]\nname = 'pytest'\nversion = '8.0'\ngroups = ['dev']\n"}});
        QVERIFY(pdm.findings.empty());
        QCOMPARE(package(pdm, u"pkg:pypi/requests@2.32.3"_s).needs, (QStringList{u"pkg:pypi/certifi@2024.1"_s, u"pkg:pypi/charset-normalizer@3.3.2"_s}));
        QCOMPARE(package(pdm, u"pkg:pypi/requests@2.32.3"_s).hash, QString::fromLatin1(hash));
        QCOMPARE(int(package(pdm, u"pkg:pypi/certifi@2024.1"_s).scope), int(Scope::Runtime));
        QCOMPARE(int(package(pdm, u"pkg:pypi/pytest@8.0"_s).scope), int(Scope::Development));
        const auto pep = locksOf({{u"pylock.toml"_s, "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'attrs'\nversion = '25.1.0'\n[packages.sdist]\nurl = 'https://r.invalid/a.tar.gz'\nhashes = {sha256 = '" + hash + "'}\n"
                                                     "[[packages]]\nname = 'own'\n[packages.directory]\npath = '.'\n[[packages]]\nname = 'g'\nversion = '1'\n[packages.vcs]\ntype = 'git'\nurl = 'https://github.com/o/g.git'\ncommit-id = '1'\n"}});
        QVERIFY(pep.findings.empty());
        QCOMPARE(ids(pep), (QStringList{u"pkg:pypi/attrs@25.1.0"_s, u"pkg:pypi/g@1"_s}));
        QCOMPARE(package(pep, u"pkg:pypi/attrs@25.1.0"_s).hash, QString::fromLatin1(hash));
        QCOMPARE(package(pep, u"pkg:pypi/g@1"_s).origin, u"git:https://github.com/o/g"_s);
    }

    void brokenFilesAreFindings()
    {
        for (const char *name : {"bun.lock", "pdm.lock", "pylock.toml", "gradle.lockfile"}) {
            const auto locks = locksOf({{QLatin1String(name), "<<<<<<< ours\n\x01 = [ {\xff"}});
            QVERIFY(!locks.findings.empty());
            QCOMPARE(locks.findings.front().code, u"manifest.broken"_s);
            QVERIFY(locks.packages.empty());
            (void)locksOf({{QLatin1String(name), QByteArray("[").repeated(20000)}});
            (void)locksOf({{QLatin1String(name), QByteArray("package = 3\npackages = [1, {}]\n")}});
        }
    }
};

COPPICE_TEST(MoreLocksTest)
#include "more_locks_test.moc"
