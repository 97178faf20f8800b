// SPDX-License-Identifier: GPL-3.0-or-later
// The Sync screen by keys alone: a copy of a template that an upstream changed is decided and pulled, a conflict is laid out
// and taken up, a template's change is staged and promoted.
#include "window_fixture.h"

#include "support/scratch.h"
#include "support/test_main.h"

#include <engine/session.h>
#include <sync/decisions.h>
#include <sync/resolve.h>

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace coppice;
using coppice::test::Window;

namespace {

QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}

} // namespace

class SyncTest : public QObject
{
    Q_OBJECT

    template <class T> static T must(Result<T> result)
    {
        if (!result)
            qFatal("%s", qPrintable(result.error().message()));
        return std::move(*result);
    }
    /// A verb of the engine that the window hosts, to its end.
    static Result<QJsonObject> call(Window &window, const QString &verb, const QJsonObject &args)
    {
        return window.app().session()->call(verb, args);
    }

private Q_SLOTS:
    void decidesAndResolvesByKeys()
    {
        const QTemporaryDir folder;
        const auto demo = test::freshDemo(folder);
        const test::Scratch scratch;
        const auto git = [&](const QString &where, const char *line) { return scratch.git(where, words(line)); };
        Window window({demo.library, QStringLiteral("sync"), QStringLiteral("light"), {}});
        QVERIFY(window.waitUntilReady());
        const auto quiet = [&] { return window.app().activities()->count() == 0 && window.app().worker().pending() == 0; };
        const sync::Host host{window.app().session()->library(), window.app().session()->state()};

        const QString plugin = demo.upstreams.firstKey();
        const QString other = demo.upstreams.lastKey();
        QVERIFY(call(window, QStringLiteral("templates.link"), {{QStringLiteral("plugin"), plugin}, {QStringLiteral("path"), QStringLiteral("RULES.md")},
                                                               {QStringLiteral("template"), QStringLiteral("instructions/AGENTS.md")}}));
        QVERIFY(call(window, QStringLiteral("sync.push"), {{QStringLiteral("plugins"), QJsonArray{plugin}}}));
        git(scratch.path(), QByteArray("clone -q " + demo.upstreams[plugin].toUtf8() + " one").constData());
        scratch.commit(QStringLiteral("one"), QStringLiteral("RULES.md"), "ours is better\n", QStringLiteral("upstream"));
        git(QStringLiteral("one"), "push -q");
        git(scratch.path(), QByteArray("clone -q " + demo.upstreams[other].toUtf8() + " two").constData());
        scratch.commit(QStringLiteral("two"), QStringLiteral("VERSION"), "theirs\n", QStringLiteral("upstream"));
        git(QStringLiteral("two"), "push -q");
        scratch.commit(demo.library, QStringLiteral("plugins/%1/VERSION").arg(other), "ours\n", QStringLiteral("library"));

        // pull all: one asks, one clashes
        window.key(Qt::Key_P, Qt::ShiftModifier);
        QVERIFY(window.waitFor([&] {
            const auto waiting = sync::linkDecisions(host.state);
            return waiting && waiting->size() == 1;
        }));
        QVERIFY(window.waitFor(quiet));
        window.key(Qt::Key_2);
        QVERIFY(window.waitFor([&] { return window.find(QStringLiteral("WaitsChoices")) != nullptr && quiet(); }));
        QTest::qWait(200);
        window.key(Qt::Key_X);
        QVERIFY(window.waitFor([&] {
            const auto waiting = sync::linkDecisions(host.state);
            return waiting && waiting->size() == 1 && waiting->front().choice == sync::LinkChoice::Discard;
        }));
        QVERIFY(window.waitFor(quiet));
        QTest::qWait(200);
        window.key(Qt::Key_P);
        QVERIFY(window.waitFor([&] {
            const auto waiting = sync::linkDecisions(host.state);
            return waiting && waiting->empty();
        }));
        QVERIFY(window.waitFor(quiet));
        QCOMPARE(scratch.git(demo.library, {QStringLiteral("ls-tree"), QStringLiteral("HEAD"), QStringLiteral("plugins/%1/RULES.md").arg(plugin)}).left(6), QByteArray("120000"));

        // the conflict: laid out by a key on the plugin, taken up once a side is taken
        window.key(Qt::Key_1);
        window.app().show(QStringLiteral("sync"), other);
        QTest::qWait(200);
        window.key(Qt::Key_R);
        QVERIFY(window.waitFor([&] {
            const auto all = sync::allResolving(host);
            return all && all->contains(other);
        }));
        QVERIFY(window.waitFor(quiet));
        const auto *const panel = window.find(QStringLiteral("WaitsPanel"));
        QVERIFY(panel);
        auto *const waits = panel->property("view").value<QObject *>();
        QVERIFY(window.waitFor([&] { return waits->property("kind").toString() == u"conflict" && waits->property("openFiles").toInt() == 1; }));
        QTest::qWait(300);
        window.key(Qt::Key_T); // both sides still stand there: nothing is taken up
        QTest::qWait(100);
        QVERIFY(must(sync::allResolving(host)).contains(other));
        window.key(Qt::Key_T, Qt::ShiftModifier); // theirs
        QVERIFY(window.waitFor([&] {
            const auto now = sync::resolving(host, other);
            return now && *now && (*now)->open() == 0;
        }));
        QVERIFY(window.waitFor(quiet));
        QTest::qWait(300);
        window.key(Qt::Key_T);
        QVERIFY(window.waitFor([&] {
            const auto all = sync::allResolving(host);
            return all && all->isEmpty();
        }));
        QVERIFY(window.waitFor(quiet));
        QCOMPARE(scratch.git(demo.library, {QStringLiteral("show"), QStringLiteral("HEAD:plugins/%1/VERSION").arg(other)}), QByteArray("theirs"));
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
    void stagesPromotesAndWithdrawsByKeys()
    {
        const QTemporaryDir folder;
        const auto demo = test::freshDemo(folder);
        const test::Scratch scratch;
        Window window({demo.library, QStringLiteral("sync"), QStringLiteral("dark"), {}});
        QVERIFY(window.waitUntilReady());
        const auto quiet = [&] { return window.app().activities()->count() == 0 && window.app().worker().pending() == 0; };
        const QString plugin = demo.upstreams.firstKey();
        QVERIFY(call(window, QStringLiteral("templates.link"), {{QStringLiteral("plugin"), plugin}, {QStringLiteral("path"), QStringLiteral("RULES.md")},
                                                               {QStringLiteral("template"), QStringLiteral("instructions/AGENTS.md")}}));
        window.app().rescan();
        QVERIFY(window.waitFor(quiet));
        const auto leadsTo = [&] {
            return scratch.git(demo.library, {QStringLiteral("show"), QStringLiteral("HEAD:plugins/%1/RULES.md").arg(plugin)});
        };
        const QByteArray live = "../../templates/instructions/AGENTS.md";
        const QByteArray next = "../../templates/next/instructions/AGENTS.md";
        QCOMPARE(leadsTo(), live);

        window.key(Qt::Key_3);
        QObject *panel = nullptr;
        QVERIFY(window.waitFor([&] {
            panel = window.find(QStringLiteral("TemplatesPanel"));
            return panel && quiet() && panel->property("visible").toBool();
        }));
        QTest::qWait(300);
        auto *const view = panel->property("view").value<QObject *>();
        QVERIFY(view);
        for (int i = 0; i < 40 && view->property("current").toString() != u"instructions/AGENTS.md"; ++i) {
            window.key(Qt::Key_Down);
            QTest::qWait(30);
        }
        QCOMPARE(view->property("current").toString(), QStringLiteral("instructions/AGENTS.md"));
        const auto stage = [&] {
            window.key(Qt::Key_S);
            QTest::qWait(300);
            window.key(Qt::Key_Space); // the only plugin that links to it
            window.key(Qt::Key_Return, Qt::ControlModifier);
            return window.waitFor([&] { return leadsTo() == next; }) && window.waitFor(quiet) && window.waitFor([&] { return view->property("staged").toBool(); });
        };
        QVERIFY(stage());
        QTest::qWait(300);
        window.key(Qt::Key_W);
        QVERIFY(window.waitFor([&] { return leadsTo() == live; }));
        QVERIFY(window.waitFor(quiet) && window.waitFor([&] { return !view->property("staged").toBool(); }));
        QTest::qWait(300);

        QVERIFY(stage());
        scratch.commit(demo.library, QStringLiteral("templates/next/instructions/AGENTS.md"), "# Rules\n\nNew.\n", QStringLiteral("change"));
        QTest::qWait(300);
        window.key(Qt::Key_M);
        QVERIFY(window.waitFor([&] { return leadsTo() == live; }));
        QCOMPARE(scratch.git(demo.library, {QStringLiteral("show"), QStringLiteral("HEAD:templates/instructions/AGENTS.md")}), QByteArray("# Rules\n\nNew."));
        QVERIFY(window.waitFor(quiet));
        QCOMPARE(scratch.git(demo.library, {QStringLiteral("status"), QStringLiteral("--porcelain")}), QByteArray());
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
};
COPPICE_TEST(SyncTest)
#include "sync_test.moc"
