// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <library/settings.h>

#include <QTest>

using namespace coppice;
using namespace coppice::library;
using namespace Qt::StringLiterals;

namespace {

QStringList told(const std::vector<Problem> &problems)
{
    QStringList all;
    for (const auto &problem : problems)
        all << QString(problem.where() + (problem.warning ? u" warning: " : u": ") + problem.text);
    return all;
}

} // namespace

class SettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingOfALibrary()
    {
        const auto s = parseLibrarySettings("# ours\n"
                                            "name: Tools\n"
                                            "prefixes: [plugins/*, services/*/src/]\n"
                                            "clients:\n"
                                            "  mine:\n"
                                            "    kind: acp\n"
                                            "    command: [agent, --port, 80]\n"
                                            "    model: {dialect: openai-chat, base_url: \"http://127.0.0.1:9\", key_env: MY_KEY}\n"
                                            "    env: {LEVEL: 3}\n"
                                            "git_policy: {commits: conventional, tags: \"r{version}\", changelog: true, linear: true, branches: [main], on_pull: refuse}\n"
                                            "review: {reviewers: 2, other_than_requester: true}\n"
                                            "sandbox: required\n"
                                            "permissions: ask\n"
                                            "package_hosts: [registry.example]\n"
                                            "max_runs: 4\n"
                                            "scrub:\n"
                                            "  - {name: badge, pattern: 'B-(\\d+)'}\n"
                                            "links: {.agents/shared: templates/instructions}\n"
                                            "links_since: 0012345\n",
                                            u"coppice.yaml"_s);
        QCOMPARE(told(s.problems), QStringList());
        QVERIFY(s.present);
        QCOMPARE(s.name, u"Tools"_s);
        QCOMPARE(s.prefixes, (QStringList{u"plugins/*"_s, u"services/*/src"_s}));
        const auto &client = s.clients[u"mine"_s];
        QCOMPARE(client.kind, u"acp"_s);
        QCOMPARE(client.command, (QStringList{u"agent"_s, u"--port"_s, u"80"_s}));
        QCOMPARE(client.model->dialect, u"openai-chat"_s);
        QCOMPARE(client.model->baseUrl, u"http://127.0.0.1:9"_s);
        QCOMPARE(client.model->keyEnv, u"MY_KEY"_s);
        QCOMPARE(client.env[u"LEVEL"_s], u"3"_s);
        QCOMPARE(s.gitPolicy.commits, u"conventional"_s);
        QCOMPARE(s.gitPolicy.tags, u"r{version}"_s);
        QVERIFY(s.gitPolicy.changelog && s.gitPolicy.linear && s.gitPolicy.makesTags && s.gitPolicy.refusesOnPull);
        QVERIFY(s.review.reviewers == 2 && s.review.otherThanRequester);
        QVERIFY(s.sandboxRequired && s.askPermissions);
        QCOMPARE(s.maxRuns, 4);
        QCOMPARE(s.scrubRules.size(), size_t(1));
        QCOMPARE(s.links.front().name, QByteArray("instructions"));
        QCOMPARE(s.linksSince, u"0012345"_s); // as it is written, not as a number
    }

    void trackersAndTriage()
    {
        const auto s = parseLibrarySettings("trackers:\n"
                                            "  jira: {base_url: \"https://x.example.net/\", user: me@x.example, token: \"keychain:jira\",\n"
                                            "         issue_type: Bug, states: {closed: [Released], close_as: Done}}\n"
                                            "  github: {token: \"env:GH\", labels: [bug]}\n"
                                            "  redmine: {base_url: \"http://127.0.0.1:3055\", token: \"file:/k\"}\n"
                                            "  new_per_hour: 3\n"
                                            "  push: manual\n"
                                            "triage:\n"
                                            "  draft: accepted\n"
                                            "  rules:\n"
                                            "    - name: noise\n"
                                            "      when: {plugin: 'weather*', type: TimeoutError, message: '^timed', tags: {env: staging}, count: 10}\n"
                                            "      then: {snooze: 3d}\n"
                                            "    - {name: serious, when: {level: fatal}, then: {accept: true, assign: ann, draft: true}}\n",
                                            u"coppice.yaml"_s);
        QCOMPARE(told(s.problems), QStringList());
        QCOMPARE(s.trackers.services.size(), 3);
        const auto jira = s.trackers.services[u"jira"_s];
        QCOMPARE(jira.baseUrl, u"https://x.example.net"_s);
        QCOMPARE(jira.token, u"keychain:jira"_s);
        QCOMPARE(jira.states.closed, QStringList{u"Released"_s});
        QCOMPARE(jira.states.closeAs, u"Done"_s);
        QCOMPARE(s.trackers.newPerHour, 3);
        QCOMPARE(s.trackers.pollSeconds, 120);
        QVERIFY(!s.trackers.pushAccepted);
        QVERIFY(s.triage.draftAccepted);
        QCOMPARE(s.triage.rules.size(), size_t(2));
        QCOMPARE(s.triage.rules[0].snoozeMs, 3 * 86'400'000LL);
        QCOMPARE(s.triage.rules[0].tags[u"env"_s], u"staging"_s);
        QCOMPARE(s.triage.rules[0].count, 10);
        QVERIFY(s.triage.rules[1].accept && s.triage.rules[1].draft);
        QCOMPARE(s.triage.rules[1].assign, u"ann"_s);
    }

    void aKeyIsNeverRepeatedNorSentInTheOpen()
    {
        const auto s = parseLibrarySettings("trackers:\n  github: {token: ghp_secret}\n  redmine: {base_url: \"http://tracker.example\", token: \"env:R\"}\n",
                                            u"coppice.yaml"_s);
        const QString all = told(s.problems).join(u'\n');
        QVERIFY2(all.contains(u"keychain:NAME"_s) && all.contains(u"allow_http"_s), qPrintable(all));
        QVERIFY(!all.contains(u"ghp_secret"_s));
        QVERIFY(s.trackers.services[u"github"_s].token.isEmpty());
        QVERIFY(s.trackers.services[u"redmine"_s].token.isEmpty());
        QVERIFY(s.trackers.services[u"redmine"_s].baseUrl.isEmpty());
    }

    void anEmptyFileIsAllDefaults()
    {
        for (const QByteArray &text : {QByteArray(), QByteArray("# nothing\n"), QByteArray("clients:\n")}) {
            const auto s = parseLibrarySettings(text, u"coppice.yaml"_s);
            QCOMPARE(told(s.problems), QStringList());
            QCOMPARE(s.prefixes, QStringList{u"plugins/*"_s});
            QCOMPARE(s.maxRuns, 2);
        }
    }

    void problemsNameTheirLine_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *yaml, int line, const char *says) {
            QTest::newRow(name) << QByteArray(yaml) << line << QString::fromLatin1(says);
        };
        row("no YAML", "name: x\nclients: {a: [}\n", 2, "not YAML");
        row("a list", "- a\n", 1, "keys with values");
        row("unknown key", "name: x\n\nnmae: y\n", 3, "\"nmae\" is not known");
        row("unknown nested key", "git_policy:\n  linear: true\n  squash: true\n", 3, "\"squash\" is not known");
        row("wrong type", "name: x\nprefixes: plugins/*\n", 2, "prefixes has to be a list");
        row("wrong nested type", "git_policy:\n  changelog: maybe\n", 2, "has to be true or false");
        row("enum", "clients:\n  a:\n    kind: magic\n", 3, "one of: exec, acp");
        row("required", "clients:\n  a:\n    command: [x]\n", 2, "lacks the key \"kind\"");
        row("range", "max_runs: 900\n", 1, "from 1 to 64");
        row("prefix outside", "prefixes:\n  - plugins/*\n  - ../x\n", 3, "path in the library");
        row("twice", "name: x\nname: y\n", 2, "second time");
        row("rule without an act", "triage:\n  rules:\n    - {name: a, when: {level: error}, then: {draft: true}}\n", 3, "does nothing");
        row("rule for everything", "triage:\n  rules:\n    - {name: a, when: , then: {mute: true}}\n", 3, "lacks the key \"when\"");
        row("rule with two ends", "triage:\n  rules:\n    - {name: a, when: {count: 2}, then: {mute: true, accept: true}}\n", 3, "rule each other out");
        row("rule with a broken pattern", "triage:\n  rules:\n    - {name: a, when: {message: '('}, then: {mute: true}}\n", 3, "no regular expression");
        row("tracker without address", "trackers:\n  jira: {user: a, token: \"env:J\"}\n", 2, "lacks the key \"base_url\"");
        row("no program", "clients:\n  a: {kind: acp}\n", 2, "lacks the key \"command\"");
        row("bad pattern", "scrub:\n  - name: a\n    pattern: '('\n", 3, "no regular expression");
        row("a key in the place of its variable", "clients:\n  a:\n    kind: exec\n    model: {dialect: gemini, base_url: 'https://x', key_env: sk-123-456}\n", 4, "name of an environment variable");
        row("an address without scheme", "clients:\n  a:\n    kind: exec\n    model:\n      dialect: gemini\n      base_url: localhost\n", 6, "http://");
        row("tags without version", "git_policy:\n  tags: latest\n", 2, "{version}");
        row("tags that git refuses", "git_policy:\n  tags: \"v {version}\"\n", 2, "what git takes");
        row("three reviewers", "name: x\nreview:\n  reviewers: 3\n", 3, "reviewers");
        row("no reviewers", "review:\n  reviewers: 0\n", 2, "reviewers");
        row("a reviewer who is no yes or no", "review:\n  other_than_requester: sometimes\n", 2, "has to be true or false");
        row("unknown key of review", "review:\n  people: 2\n", 2, "\"people\" is not known");
        row("link outside", "links:\n  a: ../x\n", 2, "below templates/");
    }
    void problemsNameTheirLine()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(int, line);
        QFETCH(QString, says);
        const auto s = parseLibrarySettings(yaml, u"coppice.yaml"_s);
        QCOMPARE(s.problems.size(), size_t(1));
        QCOMPARE(s.problems[0].line, line);
        QVERIFY2(s.problems[0].text.contains(says), qPrintable(s.problems[0].text));
        QCOMPARE(s.problems[0].warning, says.contains("not known"_L1));
        QVERIFY(!s.problems[0].text.contains("sk-123"_L1));
    }

    void pullRequestsArePolicyOfAPlugin()
    {
        const QByteArray url = "upstream:\n  url: x\n  ship: pr\n";
        const auto good = parsePluginSettings(url + "  forge: gitlab\n  project: acme/tools/weather\n  labels: [fix]\n", u"p"_s, u"a"_s);
        QCOMPARE(told(good.problems), QStringList());
        QCOMPARE(good.upstream->forge, u"gitlab"_s);
        QCOMPARE(good.upstream->project, u"acme/tools/weather"_s);
        QCOMPARE(good.upstream->labels, QStringList{u"fix"_s});
        const auto again = parsePluginSettings(pluginSettingsYaml(good), u"p"_s, u"a"_s);
        QCOMPARE(again.upstream->project, good.upstream->project);
        QCOMPARE(again.upstream->labels, good.upstream->labels);
        const auto outside = parsePluginSettings(url + "  project: ../x\n", u"p"_s, u"a"_s);
        QCOMPARE(outside.problems.front().line, 4);
        QVERIFY(outside.upstream->project.isEmpty());
        const auto other = parsePluginSettings(url + "  forge: svn\n", u"p"_s, u"a"_s);
        QCOMPARE(other.problems.front().line, 4);
        QVERIFY(other.upstream->forge.isEmpty());
    }

    void aReviewPolicyThatIsNotUnderstoodIsTheStrictOne()
    {
        const auto plain = parseLibrarySettings("name: x\n", u"c"_s);
        QVERIFY(plain.review.reviewers == 1 && !plain.review.otherThanRequester && !plain.gitPolicy.makesTags);
        const auto said = parseLibrarySettings("review: {reviewers: 1, other_than_requester: false}\n", u"c"_s);
        QVERIFY(said.review.reviewers == 1 && !said.review.otherThanRequester);
        const auto slip = parseLibrarySettings("review: {reviewers: two, other_than_requester: yess}\n", u"c"_s);
        QVERIFY(slip.review.reviewers == 2 && slip.review.otherThanRequester);
    }

    void aBadKeyDoesNotSpoilItsNeighbours()
    {
        const auto s = parseLibrarySettings("name: x\nmax_runs: lots\nclients:\n  bad: {kind: 7}\n  good: {kind: exec}\nsurprise: 1\nother: 2\n", u"c"_s);
        QCOMPARE(s.name, u"x"_s);
        QVERIFY(s.clients.contains(u"good"_s) && !s.clients.contains(u"bad"_s));
        QCOMPARE(s.maxRuns, 2);
        QStringList lines;
        for (const auto &problem : s.problems)
            lines << QString::number(problem.line);
        QCOMPARE(lines, (QStringList{u"2"_s, u"4"_s, u"4"_s, u"6"_s, u"7"_s}));
    }

    void hostileYamlIsBounded()
    {
        QByteArray bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 9; ++i)
            bomb += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + QByteArray("*a" + QByteArray::number(i - 1) + ",").repeated(10).chopped(1) + "]\n";
        for (const QByteArray &text : {bomb, QByteArray(100'000, '['), QByteArray("{a: ").repeated(20'000), QByteArray(600 * 1024, 'x'),
                                       QByteArray("a: !!binary \xff\xfe\n"), QByteArray("? [1]\n: 2\n"), QByteArray("a: *nobody\n")}) {
            const auto s = parseLibrarySettings(text, u"c"_s);
            QVERIFY(!s.problems.empty());
            QVERIFY(s.problems.size() < 300);
        }
    }

    void everythingOfAPlugin()
    {
        const QByteArray yaml = "id: weather\n"
                                "prefix: tools/weather\n"
                                "upstream:\n"
                                "  url: ssh://git@example.org/weather.git\n"
                                "  branch: main\n"
                                "  mode: squash\n"
                                "  ship: pr\n"
                                "owners: [ann, \"bo, the other\"]\n"
                                "agent: {client: claude, model: big, budget_usd_day: 2.5}\n"
                                "tracker: {kind: jira, project: WX}\n"
                                "commands: {test: \"make test # all\", deploy: ./deploy.sh}\n"
                                "deploy_to: ../production/weather\n"
                                "env: {prod: {API_KEY: \"keychain:wx\"}}\n"
                                "needs: [geo]\n"
                                "links_since: abc\n"
                                "waivers: [{what: env-unused, why: legacy, until: 2027-01-01}]\n";
        const auto s = parsePluginSettings(yaml, u"f"_s, u"weather"_s);
        QCOMPARE(told(s.problems), QStringList());
        QCOMPARE(s.prefix, QByteArray("tools/weather"));
        QCOMPARE(s.upstream->url, u"ssh://git@example.org/weather.git"_s);
        QCOMPARE(int(s.upstream->mode), int(Upstream::Mode::Squash));
        QCOMPARE(int(s.upstream->ship), int(Upstream::Ship::PullRequest));
        QCOMPARE(s.owners, (QStringList{u"ann"_s, u"bo, the other"_s}));
        QCOMPARE(s.agentBudgetUsdDay, 2.5);
        QCOMPARE(s.tracker, u"jira:WX"_s);
        QCOMPARE(s.commands[u"test"_s], u"make test # all"_s);
        QCOMPARE(s.deployBinds, QStringList{u"../production/weather"_s});
        QCOMPARE(s.env[u"prod"_s][u"API_KEY"_s], u"keychain:wx"_s);
        QCOMPARE(s.needs, QStringList{u"geo"_s});
        QCOMPARE(s.waivers.front().until, u"2027-01-01"_s);

        // What is written reads back as the same.
        const QByteArray written = pluginSettingsYaml(s);
        const auto again = parsePluginSettings(written, u"f"_s, u"weather"_s);
        QCOMPARE(told(again.problems), QStringList());
        QCOMPARE(pluginSettingsYaml(again), written);
        QCOMPARE(again.owners, s.owners);
        QCOMPARE(again.commands, s.commands);
        QCOMPARE(again.deployBinds, s.deployBinds);
        QCOMPARE(again.waivers.size(), size_t(1));
        QCOMPARE(again.upstream->url, s.upstream->url);
    }

    void hardTextsSurviveWriting_data()
    {
        QTest::addColumn<QString>("text");
        int n = 0;
        for (const char *text : {"plain", "a: b", "# no comment", "\"quoted\"", "it's", "yes", "null", "~", "- item", "{a}", "[b]", "tab\there", "line\nbreak", " leading",
                                 "trailing ", "*alias", "&anchor", "!tag", "%percent", "@at", "`tick`", "1.10", "0x1f", "a #b", "back\\slash", "C:\\x", "https://x/y?a=b#c", "ünï",
                                 "a,b", "x:", "=", "|", ">", "true", "sh -c \"$(cat \\\"$A\\\")\"", "\x01\x7f", "https://x/y\n", "plain\n", "12\n"})
            QTest::addRow("%d", n++) << QString::fromUtf8(text);
    }
    void hardTextsSurviveWriting()
    {
        QFETCH(QString, text);
        PluginSettings s;
        s.id = u"x"_s;
        s.prefix = "plugins/x";
        s.commands[u"test"_s] = text;
        s.owners << text << u"b"_s;
        s.waivers.push_back({text, u"why"_s, {}});
        const auto again = parsePluginSettings(pluginSettingsYaml(s), u"f"_s, u"x"_s);
        QCOMPARE(told(again.problems), QStringList());
        QCOMPARE(again.commands[u"test"_s], text);
        QCOMPARE(again.owners, s.owners);
        QCOMPARE(again.waivers.front().what, text);
    }

    void pluginProblems_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("says");
        QTest::newRow("another id") << QByteArray("id: other\n") << 1 << u"name of the file"_s;
        QTest::newRow("prefix outside") << QByteArray("\nprefix: ../other\n") << 2 << u"path in the library"_s;
        QTest::newRow("prefix in .git") << QByteArray("prefix: .git/hooks\n") << 1 << u"path in the library"_s;
        QTest::newRow("secret") << QByteArray("env:\n  prod:\n    KEY: s3cr3t\n") << 3 << u"never the value"_s;
        QTest::newRow("option as url") << QByteArray("upstream:\n  url: --upload-pack=x\n") << 2 << u"no address"_s;
        QTest::newRow("upstream without url") << QByteArray("upstream:\n  branch: main\n") << 1 << u"\"url\""_s;
        QTest::newRow("unknown command") << QByteArray("commands:\n  tset: x\n") << 2 << u"not known"_s;
    }
    void pluginProblems()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(int, line);
        QFETCH(QString, says);
        const auto s = parsePluginSettings(yaml, u".coppice/plugins/x.yaml"_s, u"x"_s);
        QCOMPARE(s.problems.size(), size_t(1));
        QCOMPARE(s.problems[0].where(), u".coppice/plugins/x.yaml:%1"_s.arg(line));
        QVERIFY2(s.problems[0].text.contains(says), qPrintable(s.problems[0].text));
        QVERIFY(!s.problems[0].text.contains("s3cr3t"_L1));
        QCOMPARE(s.id, u"x"_s);
        QCOMPARE(s.prefix, QByteArray("plugins/x"));
        QVERIFY(!s.upstream);
        QVERIFY(s.env.isEmpty());
    }

    void settingKeepsCommentsAndOrder_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QByteArray>("after");
        const auto row = [](const char *name, const char *before, const char *path, const char *value, const char *after) {
            QTest::newRow(name) << QByteArray(before) << QString::fromLatin1(path) << QString::fromLatin1(value) << QByteArray(after);
        };
        row("plain", "# top\na: 1 # one\nb: 2\n", "a", "x", "# top\na: x # one\nb: 2\n");
        row("quoted", "a: \"1 # no\" # one\n", "a", "x y", "a: x y # one\n");
        row("single quotes", "a: 'it''s' # one\n", "a", "x", "a: x # one\n");
        row("nested", "u:\n  # the branch\n  branch: main\n  url: x\n", "u.branch", "dev", "u:\n  # the branch\n  branch: dev\n  url: x\n");
        row("new key in a block", "u:\n  url: x\n\n# next\nv: 1\n", "u.branch", "dev", "u:\n  url: x\n  branch: dev\n\n# next\nv: 1\n");
        row("new key at the root", "u: 1\n", "v", "2", "u: 1\nv: 2\n");
        row("new group", "u: 1", "v.w", "2", "u: 1\nv:\n  w: 2\n");
        row("empty file", "", "v.w", "2", "v:\n  w: 2\n");
        row("only a comment", "# c\n", "v", "2", "# c\nv: 2\n");
        row("flow", "u: {url: x, branch: main} # c\n", "u.branch", "dev", "u: {url: x, branch: dev} # c\n");
        row("flow, new", "u: {url: x}\n", "u.branch", "a, b", "u: {branch: \"a, b\", url: x}\n");
        row("flow, empty", "u: {}\n", "u.a.b", "1", "u: {a: {b: 1}}\n");
        row("key without value", "u: # later\nv: 1\n", "u", "x", "u: x # later\nv: 1\n");
        row("group without members", "u: # later\nv: 1\n", "u.a", "x", "u: # later\n  a: x\nv: 1\n");
        row("deeper neighbours", "u:\n  a:\n    b: 1\n  l:\n  - x\n  - y\nv: 1\n", "u.c", "2", "u:\n  a:\n    b: 1\n  l:\n  - x\n  - y\n  c: 2\nv: 1\n");
        row("boolean", "g:\n  linear: false\n", "g.linear", "true", "g:\n  linear: true\n");
        row("CRLF", "a: 1\r\nb: 2\r\n", "a", "x", "a: x\r\nb: 2\r\n");
        row("word that YAML would turn", "a: 1\n", "a", "no", "a: \"no\"\n");
    }
    void settingKeepsCommentsAndOrder()
    {
        QFETCH(QByteArray, before);
        QFETCH(QString, path);
        QFETCH(QString, value);
        QFETCH(QByteArray, after);
        const auto edited = setInYaml(before, path, value);
        QVERIFY_RESULT(edited);
        QCOMPARE(*edited, after);
    }

    void settingRefusesWhatItWouldSpoil_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QString>("path");
        QTest::newRow("block scalar") << QByteArray("a: |\n  x\n  y\n") << u"a"_s;
        QTest::newRow("anchor") << QByteArray("a: &x 1\nb: *x\n") << u"a"_s;
        QTest::newRow("alias") << QByteArray("a: &x 1\nb: *x\n") << u"b"_s;
        QTest::newRow("a map is no scalar") << QByteArray("a: {b: 1}\n") << u"a"_s;
        QTest::newRow("a scalar is no map") << QByteArray("a: 1\n") << u"a.b"_s;
        QTest::newRow("a plain text over two lines") << QByteArray("a: one\n  two\nb: 1\n") << u"a"_s;
        QTest::newRow("broken") << QByteArray("a: [\n") << u"a"_s;
        QTest::newRow("no path") << QByteArray("a: 1\n") << u"a..b"_s;
    }
    void settingRefusesWhatItWouldSpoil()
    {
        QFETCH(QByteArray, before);
        QFETCH(QString, path);
        QVERIFY(!setInYaml(before, path, u"x"_s).has_value());
    }
};

COPPICE_TEST(SettingsTest)
#include "settings_test.moc"
