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
        QVERIFY(sync::takeSide(host, other, sync::Side::Upstream, {"VERSION"}));
        window.key(Qt::Key_C); // look again
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
};
COPPICE_TEST(SyncTest)
#include "sync_test.moc"
