// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <manifest/manifest.h>

#include <QFile>
#include <QTest>

using namespace coppice;
using namespace coppice::manifest;
using namespace Qt::StringLiterals;

namespace {

using Files = QList<QPair<QString, QByteArray>>;

Manifest read(const Files &files)
{
    test::Scratch scratch;
    for (const auto &[name, bytes] : files)
        scratch.write(u"p/" + name, bytes);
    return readManifest(*folderSource(scratch.path(u"p"_s)));
}

const EnvironmentVariable *variable(const Manifest &manifest, const QString &name)
{
    for (const auto &v : manifest.environment) {
        if (v.name == name)
            return &v;
    }
    return nullptr;
}

QStringList codes(const Manifest &manifest)
{
    QStringList all;
    for (const auto &finding : manifest.findings)
        all << finding.code;
    return all;
}

const Dependency *dependency(const Manifest &manifest, const QString &purl)
{
    for (const auto &d : manifest.dependencies) {
        if (d.purl == purl)
            return &d;
    }
    return nullptr;
}

} // namespace

class ManifestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void serverJsonOfTheNewestDate()
    {
        const auto m = read({{u"server.json"_s, R"({)""\n"
                              R"(  "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",)""\n"
                              R"(  "name": "io.example/weather",)""\n"
                              R"(  "description": "Weather\n\ttools",)""\n"
                              R"(  "version": "1.4.0",)""\n"
                              R"(  "packages": [)""\n"
                              R"(    {"registryType": "pypi", "identifier": "weather", "version": "1.4.0",)""\n"
                              R"(     "environmentVariables": [)""\n"
                              R"(       {"name": "WEATHER_API_KEY", "description": "Key", "isRequired": true, "isSecret": true},)""\n"
                              R"(       {"name": "LOG_LEVEL", "default": "info"})""\n"
                              R"(     ]},)""\n"
                              R"(    {"registryType": "oci", "identifier": "example/weather:1.4.0",)""\n"
                              R"(     "runtimeArguments": [)""\n"
                              R"(       {"type": "named", "name": "-e", "value": "WEATHER_REGION={region}",)""\n"
                              R"(        "variables": {"region": {"description": "Where", "isRequired": true}}})""\n"
                              R"(     ]})""\n"
                              R"(  ])""\n"
                              R"(})"}});
        QCOMPARE(m.name.value, u"io.example/weather"_s);
        QCOMPARE(m.name.source, u"server.json:3"_s);
        QCOMPARE(m.version.value, u"1.4.0"_s);
        QCOMPARE(m.version.source, u"server.json:5"_s);
        QCOMPARE(m.description.value, u"Weather tools"_s);
        QCOMPARE(m.language.value, u"python"_s); // no other file: the registry's word
        QCOMPARE(m.environment.size(), size_t(3));
        const auto *key = variable(m, u"WEATHER_API_KEY"_s);
        QVERIFY(key && key->required && key->secret);
        QCOMPARE(key->source, u"server.json:9"_s);
        QCOMPARE(variable(m, u"LOG_LEVEL"_s)->defaultValue, u"info"_s);
        QVERIFY(variable(m, u"WEATHER_REGION"_s)->required);
        QCOMPARE(variable(m, u"WEATHER_REGION"_s)->description, u"Where"_s);
        QVERIFY(m.findings.empty());
    }

    void serverJsonOfTheFirstDateInSnakeCase()
    {
        const auto m = read({{u".mcp/server.json"_s, R"({"name": "io.example/old",)""\n"
                              R"(  "version_detail": {"version": "0.3.1"},)""\n"
                              R"(  "packages": [{"registry_name": "npm", "name": "old", "version": "0.3.1",)""\n"
                              R"(    "environment_variables": [{"name": "OLD_TOKEN", "is_required": true, "is_secret": true}]}]})"},
                              {u"index.js"_s, "1;"}});
        QCOMPARE(m.version.value, u"0.3.1"_s);
        QCOMPARE(m.version.source, u".mcp/server.json:2"_s);
        QVERIFY(variable(m, u"OLD_TOKEN"_s) && variable(m, u"OLD_TOKEN"_s)->required);
        QCOMPARE(m.language.value, u"node"_s);
    }

    void aPlaceholderIsNoVersion_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("mustache") << QByteArray("{{VERSION}}");
        QTest::newRow("shell") << QByteArray("${VERSION}");
        QTest::newRow("at") << QByteArray("@version@");
        QTest::newRow("angle") << QByteArray("<version>");
        QTest::newRow("dunder") << QByteArray("__VERSION__");
    }
    void aPlaceholderIsNoVersion()
    {
        QFETCH(QByteArray, text);
        const auto m = read({{u"server.json"_s, R"({"name":"io.example/x","version":")" + text + R"(","packages":[{}]})"},
                              {u"package.json"_s, R"({"name":"x","version":"2.0.0"})"}});
        QCOMPARE(m.version.value, u"2.0.0"_s);
        QCOMPARE(m.version.source, u"package.json:1"_s);
        QVERIFY(codes(m).contains(u"manifest.placeholder"_s));
        QVERIFY(!codes(m).contains(u"manifest.versions-differ"_s));
    }

    void versionsThatDisagreeAreAFinding()
    {
        const auto m = read({{u"server.json"_s, R"({"name":"io.example/k","version":"2.9.4","packages":[{"version":"v4.1.4"}]})"},
                              {u"package.json"_s, "{\"name\":\"k\",\n\"version\":\"4.1.4\"}"}});
        QCOMPARE(m.version.value, u"2.9.4"_s);
        QVERIFY(codes(m).contains(u"manifest.versions-differ"_s));
        const auto text = m.findings.back().text;
        QVERIFY2(text.contains("server.json:1 says 2.9.4"_L1) && text.contains("package.json:2 says 4.1.4"_L1), qPrintable(text));
    }

    void spellingsOfOneVersionAgree()
    {
        const auto m = read({{u"server.json"_s, R"({"name":"io.example/k","version":"v1.0.0-rc.1","packages":[{}]})"},
                              {u"pyproject.toml"_s, "[project]\nname = 'k'\nversion = '1.0.0rc1'\n"}});
        QVERIFY(!codes(m).contains(u"manifest.versions-differ"_s));
    }

    void bundleMapsUserConfigToVariables()
    {
        const auto m = read({{u"manifest.json"_s, R"({"manifest_version":"0.3","name":"files","version":"0.1.1","license":"MIT",)""\n"
                              R"( "server":{"type":"node","entry_point":"x.js","mcp_config":{"command":"node","env":{)""\n"
                              R"(   "API_KEY":"${user_config.key}","MODE":"fast","HOME_DIR":"${HOME}/x"}}},)""\n"
                              R"( "user_config":{"key":{"type":"string","title":"Your key","sensitive":true,"required":true}}})"}});
        QCOMPARE(m.name.value, u"files"_s);
        QCOMPARE(m.environment.size(), size_t(3));
        QVERIFY(variable(m, u"API_KEY"_s)->required && variable(m, u"API_KEY"_s)->secret);
        QCOMPARE(variable(m, u"API_KEY"_s)->description, u"Your key"_s);
        QCOMPARE(variable(m, u"API_KEY"_s)->source, u"manifest.json:3"_s);
        QCOMPARE(variable(m, u"MODE"_s)->defaultValue, u"fast"_s);
        QCOMPARE(variable(m, u"HOME_DIR"_s)->defaultValue, QString());
    }

    void aBrowserExtensionsManifestIsNotRead()
    {
        const auto m = read({{u"manifest.json"_s, R"({"manifest_version":3,"name":"Tabs","version":"9.9"})"}});
        QVERIFY(!m.name.isSet() && !m.version.isSet());
    }

    void packageJson()
    {
        const auto m = read({{u"package.json"_s, R"({)""\n"
                              R"( "name": "@lib/x", "version": "1.2.3", "description": "d", "license": "MIT",)""\n"
                              R"( "scripts": {"test": "vitest", "build": "tsc", "start": "node ."},)""\n"
                              R"( "dependencies": {"zod": "^3.0.0", "cool": "npm:@scope/real@^1.0.0"},)""\n"
                              R"( "devDependencies": {"typescript": "^5"}})"},
                              {u"package-lock.json"_s, R"({"lockfileVersion":3,"packages":{"":{},)""\n"
                              R"(   "node_modules/zod":{"version":"3.25.1"}, "node_modules/a/node_modules/zod":{"version":"4.0.0"}}})"}});
        QCOMPARE(m.language.value, u"typescript"_s);
        QCOMPARE(m.license.value, u"MIT"_s);
        QCOMPARE(dependency(m, u"pkg:npm/zod"_s)->locked, u"3.25.1"_s);
        QCOMPARE(dependency(m, u"pkg:npm/zod"_s)->range, u"^3.0.0"_s);
        QCOMPARE(int(dependency(m, u"pkg:npm/zod"_s)->level), int(Dependency::Level::Locked));
        QVERIFY(dependency(m, u"pkg:npm/%40scope/real"_s));
        QCOMPARE(m.commands[u"test"_s].value, u"npm test"_s);
        QCOMPARE(m.commands[u"build"_s].value, u"npm run build"_s);
        QCOMPARE(m.commands[u"setup"_s].value, u"npm ci"_s);
        QCOMPARE(m.commands[u"setup"_s].source, u"package-lock.json"_s);
    }

    void aDeclaredProgramThatIsMissing()
    {
        const auto gone = read({{u"package.json"_s, "{\"name\":\"x\",\"version\":\"1.0.0\",\n\"bin\":{\"x\":\"./src/x.mjs\"}}"}});
        QVERIFY(codes(gone).contains(u"manifest.program-missing"_s));
        QCOMPARE(gone.findings.front().where, u"package.json:2"_s);
        const auto there = read({{u"package.json"_s, R"({"name":"x","version":"1.0.0","bin":"./src/x.mjs"})"}, {u"src/x.mjs"_s, "1"}});
        QVERIFY(there.findings.empty());
        const auto built = read({{u"package.json"_s, R"({"name":"x","version":"1.0.0","bin":"dist/x.js","scripts":{"build":"tsc"}})"}});
        QVERIFY(built.findings.empty());
    }

    void pyprojectOfBothKinds()
    {
        const auto standard = read({{u"pyproject.toml"_s, "[project]\nname = 'Wet_Ther'\nversion = '2.0.0'\nlicense = {text = 'MIT'}\n"
                                                           "dependencies = ['HTTPX[http2]>=0.27; python_version>\"3\"', 'six==1.16.0']\n"},
                                     {u"uv.lock"_s, "version = 1\n[[package]]\nname = 'httpx'\nversion = '0.28.1'\nsource = { registry = 'https://index.example/simple' }\n"}});
        QCOMPARE(standard.version.source, u"pyproject.toml:3"_s);
        QCOMPARE(standard.license.value, u"MIT"_s);
        QCOMPARE(standard.language.value, u"python"_s);
        QCOMPARE(dependency(standard, u"pkg:pypi/httpx"_s)->range, u">=0.27"_s);
        QCOMPARE(dependency(standard, u"pkg:pypi/httpx"_s)->locked, u"0.28.1"_s);
        QCOMPARE(dependency(standard, u"pkg:pypi/six"_s)->locked, u"1.16.0"_s);
        const auto poetry = read({{u"pyproject.toml"_s, "[tool.poetry]\nname='p'\nversion='0.5'\n[tool.poetry.dependencies]\npython='^3.11'\nrich={version='^13'}\n"}});
        QCOMPARE(poetry.version.value, u"0.5"_s);
        QCOMPARE(dependency(poetry, u"pkg:pypi/rich"_s)->range, u"^13"_s);
        QVERIFY(!dependency(poetry, u"pkg:pypi/python"_s));
    }

    void aDynamicVersionIsReadWhereAFileSaysIt()
    {
        const QByteArray head = "[project]\nname='p'\ndynamic=['version']\n";
        const auto file = read({{u"pyproject.toml"_s, head + "[tool.hatch.version]\npath='src/p/__init__.py'\n"},
                                 {u"src/p/__init__.py"_s, "'''doc'''\n\n__version__ = \"3.1.4\"\n"}});
        QCOMPARE(file.version.value, u"3.1.4"_s);
        QCOMPARE(file.version.source, u"src/p/__init__.py:3"_s);
        const auto attr = read({{u"pyproject.toml"_s, head + "[tool.setuptools.dynamic]\nversion={attr='p.__version__'}\n"},
                                 {u"p/__init__.py"_s, "__version__: str = '7.0'\n"}});
        QCOMPARE(attr.version.value, u"7.0"_s);
        const auto tags = read({{u"pyproject.toml"_s, head + "[tool.hatch.version]\nsource='vcs'\n"}});
        QVERIFY(!tags.version.isSet());
        QVERIFY(codes(tags).contains(u"manifest.version-elsewhere"_s));
        const auto outside = read({{u"pyproject.toml"_s, head + "[tool.hatch.version]\npath='../../etc/passwd'\n"}});
        QVERIFY(!outside.version.isSet());
    }

    void goModule()
    {
        const auto m = read({{u"go.mod"_s, "module example.org/lib/x/v2 // the module\n\ngo 1.22\n\nrequire (\n\tgithub.com/a/b v1.2.3\n"
                                           "\tgithub.com/c/d v0.1.0 // indirect\n)\nrequire golang.org/x/net v0.17.0\n"}});
        QCOMPARE(m.name.value, u"example.org/lib/x/v2"_s);
        QVERIFY(!m.version.isSet());
        QCOMPARE(m.language.value, u"go"_s);
        QCOMPARE(m.dependencies.size(), size_t(3));
        QCOMPARE(dependency(m, u"pkg:golang/golang.org/x/net"_s)->range, u"v0.17.0"_s);
        QCOMPARE(m.commands[u"test"_s].value, u"go test ./..."_s);
    }

    void cargo()
    {
        const auto m = read({{u"Cargo.toml"_s, "[package]\nname = 'x'\nversion.workspace = true\n[workspace.package]\nversion = '0.9.0'\n"
                                               "[dependencies]\nserde = '1'\ntk = { package = 'tokio', version = '1.40' }\n"}});
        QCOMPARE(m.version.value, u"0.9.0"_s);
        QCOMPARE(m.language.value, u"rust"_s);
        QVERIFY(dependency(m, u"pkg:cargo/tokio"_s));
        QCOMPARE(m.commands[u"test"_s].value, u"cargo test"_s);
        const auto member = read({{u"Cargo.toml"_s, "[package]\nname = 'x'\nversion.workspace = true\n"}});
        QVERIFY(codes(member).contains(u"manifest.version-elsewhere"_s));
    }

    void pomResolvesItsOwnProperties()
    {
        const auto m = read({{u"pom.xml"_s, "<project>\n<parent><groupId>org.example</groupId><version>9</version></parent>\n"
                                            "<artifactId>x</artifactId>\n<version>${revision}</version>\n"
                                            "<properties><revision>1.${minor}</revision><minor>5</minor></properties>\n"
                                            "<dependencies><dependency><groupId>${project.groupId}</groupId><artifactId>y</artifactId>"
                                            "<version>${project.version}</version></dependency></dependencies></project>"}});
        QCOMPARE(m.name.value, u"x"_s);
        QCOMPARE(m.version.value, u"1.5"_s);
        QCOMPARE(m.version.source, u"pom.xml:4"_s);
        QCOMPARE(dependency(m, u"pkg:maven/org.example/y"_s)->range, u"1.5"_s);
        QCOMPARE(m.language.value, u"java"_s);
        const auto unknown = read({{u"pom.xml"_s, "<project><artifactId>x</artifactId><version>${from.parent}</version></project>"}});
        QVERIFY(!unknown.version.isSet());
        QVERIFY(codes(unknown).contains(u"manifest.unresolved"_s));
        const auto loop = read({{u"pom.xml"_s, "<project><version>${a}</version><properties><a>${b}</a><b>${a}x</b></properties></project>"}});
        QVERIFY(!loop.version.isSet());
    }

    void hintsDeclareVariables()
    {
        const auto m = read({{u"package.json"_s, R"({"name":"x","version":"1.0.0"})"},
                              {u"src/x.mjs"_s, "1"},
                              {u".env.example"_s, "# Where the service lives\nexport BASE_URL=\"https://example.org\"  # note\n\n"
                                                  "API_TOKEN=your-token-here\n#OPTIONAL_FLAG=1\n# Set a=b to win\nEMPTY=\n"},
                              {u"smithery.yaml"_s, "startCommand:\n  type: stdio\n  configSchema:\n    type: object\n    required: [apiKey]\n"
                                                   "    properties:\n      apiKey:\n        type: string\n        description: The key\n"
                                                   "      other:\n        type: string\n  commandFunction: |-\n"
                                                   "    config => ({command: 'node', args: ['x'], env: { SVC_KEY: config.apiKey, 'SVC_OTHER': config['other'] }})\n"},
                              {u".mcp.json"_s, R"({"mcpServers":{"me":{"command":"node","args":["src/x.mjs"],"env":{"MINE":"${MINE}"}},)""\n"
                              R"(                                                                 "other":{"command":"npx","args":["-y","context7"],"env":{"THEIRS":"1"}}}})"}});
        QCOMPARE(variable(m, u"BASE_URL"_s)->defaultValue, u"https://example.org"_s);
        QCOMPARE(variable(m, u"BASE_URL"_s)->description, u"Where the service lives"_s);
        QCOMPARE(variable(m, u"BASE_URL"_s)->source, u".env.example:2"_s);
        QVERIFY(variable(m, u"API_TOKEN"_s)->secret);
        QCOMPARE(variable(m, u"API_TOKEN"_s)->defaultValue, QString());
        QVERIFY(variable(m, u"OPTIONAL_FLAG"_s) && variable(m, u"EMPTY"_s));
        QVERIFY(!variable(m, u"a"_s));
        QVERIFY(variable(m, u"SVC_KEY"_s)->required);
        QCOMPARE(variable(m, u"SVC_KEY"_s)->description, u"The key"_s);
        QVERIFY(variable(m, u"SVC_OTHER"_s) && !variable(m, u"SVC_OTHER"_s)->required);
        QVERIFY(variable(m, u"MINE"_s));
        QVERIFY(!variable(m, u"THEIRS"_s)); // another server's wiring
    }

    void theManifestWinsOverTheHint()
    {
        const auto m = read({{u"server.json"_s, R"({"name":"a/b","version":"1","packages":[{"environmentVariables":[)""\n"
                              R"(                                {"name":"URL","description":"from the server"},{"name":"BARE"}]}]})"},
                              {u".env.example"_s, "# from the example\nURL=x\n# told here\nBARE=\n"}});
        QCOMPARE(variable(m, u"URL"_s)->description, u"from the server"_s);
        QCOMPARE(variable(m, u"URL"_s)->source, u"server.json:2"_s);
        QCOMPARE(variable(m, u"BARE"_s)->description, u"told here"_s); // filled in where the first was silent
    }

    void brokenFilesAreFindingsAndTheRestIsRead()
    {
        const auto m = read({{u"server.json"_s, "{\"name\": \n oops"},
                              {u"pyproject.toml"_s, "[project\nname='x'\n"},
                              {u"pom.xml"_s, "<project><a></b>"},
                              {u"smithery.yaml"_s, "a: [1\nb: }"},
                              {u"package.json"_s, R"({"name":"x","version":"1.0.0"})"}});
        QCOMPARE(m.version.value, u"1.0.0"_s);
        QCOMPARE(codes(m).count(u"manifest.broken"_s), 4);
        QCOMPARE(m.findings.front().where, u"server.json:2"_s);
    }

    void tomlThatItsParserIsSureNotToMeet_data()
    {
        QTest::addColumn<QByteArray>("text");
        int n = 0;
        for (const QByteArray &text : QByteArrayList{"[.a]\n", "[#]\n", "[[$x]]\n", QByteArray("[\0a]\n", 5), "[a.=]\n", "a = [\xff]\n", "= 1\n", "[", "[[", "a.", "\"\\u12", "[tool\xd2\x8coe]\n", "\xc3\xa9 = 1\n", "a \xc3\xa9= 1\n"})
            QTest::addRow("%d", n++) << text;
    }
    void tomlThatItsParserIsSureNotToMeet()
    {
        QFETCH(QByteArray, text);
        const auto m = read({{u"pyproject.toml"_s, text}, {u"Cargo.toml"_s, "[package]\nname='x'\nversion='1.0.0'\n"}});
        QCOMPARE(codes(m), QStringList{u"manifest.broken"_s});
        QCOMPARE(m.version.value, u"1.0.0"_s);
    }

    void wrongTypesDoNoHarm()
    {
        const auto m = read({{u"server.json"_s, R"({"name":7,"version":[1],"packages":{"a":1},"remotes":[3,null]})"},
                              {u"package.json"_s, R"({"name":[],"version":{},"scripts":7,"dependencies":["a"],"bin":[1]})"},
                              {u"manifest.json"_s, R"({"manifest_version":"0.2","server":{"mcp_config":{"env":[1]}},"user_config":3})"},
                              {u"pyproject.toml"_s, "project = 3\ntool = []\ndependency-groups = 'x'\n"},
                              {u"Cargo.toml"_s, "package = []\ndependencies = 'x'\n"}});
        QVERIFY(!m.name.isSet() && !m.version.isSet() && m.environment.empty());
    }

    void depthAndSizeAreBounded()
    {
        const QByteArray deep(200'000, '[');
        QByteArray many = R"({"name":"a/b","version":"1","packages":[{"environmentVariables":[)";
        for (int i = 0; i < 3000; ++i)
            many += (i ? "," : "") + QByteArray("{\"name\":\"V") + QByteArray::number(i) + "\"}";
        many += "]}]}";
        const auto m = read({{u"server.json"_s, many},
                              {u"package.json"_s, "{\"a\":" + deep},
                              {u"pyproject.toml"_s, "a = " + deep},
                              {u"smithery.yaml"_s, deep},
                              {u"Cargo.toml"_s, QByteArray(2 << 20, '#')},
                              {u"pom.xml"_s, "<project>" + QByteArray("<a>").repeated(50'000)}});
        QCOMPARE(m.environment.size(), size_t(500));
        QVERIFY(codes(m).contains(u"manifest.too-many"_s));
        QVERIFY(codes(m).contains(u"manifest.unreadable"_s)); // Cargo.toml is over 1 MiB
        QCOMPARE(codes(m).count(u"manifest.broken"_s), 4);
    }

    void hiddenCharactersAndControlCodesDoNotGetThrough()
    {
        const auto m = read({{u"package.json"_s, "{\"name\":\"a\\u202eb\\u0007c\",\"version\":\"1.0.0\"}"}});
        QVERIFY(!m.name.value.contains(QChar(0x202e)) && !m.name.value.contains(QChar(7)));
        QVERIFY(m.name.value.startsWith(u'a'));
    }

    void theLicenceFileTellsWhereNoManifestDoes()
    {
        QCOMPARE(read({{u"LICENSE"_s, "SPDX-License-Identifier: Apache-2.0\nand more\n"}}).license.value, u"Apache-2.0"_s);
        const auto mit = read({{u"go.mod"_s, "module x\n"}, {u"LICENSE.md"_s, "MIT License\n\nCopyright\n\nPermission is hereby granted, free of\ncharge, to any"}});
        QCOMPARE(mit.license.value, u"MIT"_s);
        QCOMPARE(mit.license.source, u"LICENSE.md"_s);
        QCOMPARE(read({{u"COPYING"_s, "   GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007"}}).license.value, u"GPL-3.0"_s);
        QCOMPARE(read({{u"LICENSE"_s, "Redistribution and use in source\nand binary forms, ... 3. Neither the name of"}}).license.value, u"BSD-3-Clause"_s);
        QVERIFY(!read({{u"LICENSE"_s, "All rights reserved."}}).license.isSet());
        QCOMPARE(read({{u"package.json"_s, R"({"license":"ISC"})"}, {u"LICENSE"_s, "MIT License"}}).license.value, u"ISC"_s);
    }

    void linksAreNotFollowed()
    {
        test::Scratch scratch;
        scratch.write(u"outside.json"_s, R"({"name":"secret","version":"6.6.6"})");
        scratch.write(u"p/readme"_s, "x");
        QVERIFY(QFile::link(scratch.path(u"outside.json"_s), scratch.path(u"p/package.json"_s)));
        const auto m = readManifest(*folderSource(scratch.path(u"p"_s)));
        QVERIFY(!m.version.isSet());
        QVERIFY(codes(m).contains(u"manifest.unreadable"_s));
    }

    void jsonRoundTrip()
    {
        const auto m = read({{u"server.json"_s, R"({"name":"a/b","version":"1.0.0","packages":[{"version":"2.0.0","environmentVariables":[{"name":"K_TOKEN","isRequired":true}]}]})"},
                              {u"package.json"_s, R"({"name":"b","version":"1.0.0","dependencies":{"zod":"3"},"scripts":{"test":"x"}})"}});
        const auto back = fromJson(toJson(m));
        QCOMPARE(toJson(back), toJson(m));
        QCOMPARE(back.environment.size(), size_t(1));
        QVERIFY(back.environment[0].required && back.environment[0].secret);
        QCOMPARE(back.findings.size(), m.findings.size());
        QVERIFY(!m.findings.empty());
    }
};

COPPICE_TEST(ManifestTest)
#include "manifest_test.moc"
