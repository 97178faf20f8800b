// SPDX-License-Identifier: GPL-3.0-or-later
// Template links through push and pull: the copy that upstream has, and what becomes of changes to it.
#include "bench.h"
#include "support/test_main.h"

#include <sync/answers.h>
#include <sync/decisions.h>

#include <QTest>

using namespace coppice;
using namespace coppice::test;
using State = sync::SyncState::State;
using Choice = sync::LinkChoice;

namespace {

QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}

/// A plugin whose rules.md links to a template, in step with its upstream.
class Linked : public Bench
{
public:
    Linked()
    {
        journal.addProjector(sync::linkProjector());
        add(upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1\n"}}), QStringLiteral("a"));
        commit(QStringLiteral("templates/rules.md"), "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
        link(QStringLiteral("rules.md"), QStringLiteral("../../templates/rules.md"));
        (void)push();
        scratch.git(QStringLiteral("a"), words("pull -q --ff-only up main"));
    }
    void link(const QString &path, const QString &target)
    {
        const QString file = scratch.path(QStringLiteral("library/plugins/a/") + path);
        QFile::remove(file);
        QVERIFY(QFile::link(target, file));
        git(QStringLiteral("library"), words("add -A"));
        git(QStringLiteral("library"), {QStringLiteral("commit"), QStringLiteral("-qm"), QString(QStringLiteral("link ") + path)});
    }
    [[nodiscard]] QByteArray sent(const QString &path) const { return git(QStringLiteral("a.git"), {QStringLiteral("show"), QString(QStringLiteral("HEAD:") + path)}); }
    [[nodiscard]] QByteArray modeOf(const QString &path) const
    {
        return git(QStringLiteral("library"), {QStringLiteral("ls-tree"), QStringLiteral("HEAD"), QString(QStringLiteral("plugins/a/") + path)}).left(6);
    }
    [[nodiscard]] QByteArray template_() const { return scratch.read(QStringLiteral("library/templates/rules.md")); }
    Result<Id> decide(const QByteArray &path, Choice choice)
    {
        return sync::decideLink(*state, journal, Actor::self(), QStringLiteral("a"), path, choice);
    }
    journal::Journal journal{*state};
};

const QByteArray changedByUpstream = "one\ntwo\nthree\nfour\nfive\nsix\nSEVEN of upstream\n";

} // namespace

class LinkDecisionsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void linkCopyLinkMakesNoCommit()
    {
        Linked bench;
        const auto before = bench.status(QStringLiteral("a")).split;
        bench.git(QStringLiteral("library"), words("rm -q plugins/a/rules.md"));
        bench.commit(QStringLiteral("plugins/a/rules.md"), bench.template_());
        QCOMPARE(bench.modeOf(QStringLiteral("rules.md")), "100644");
        QCOMPARE(bench.status(QStringLiteral("a")).split, before);
        bench.link(QStringLiteral("rules.md"), QStringLiteral("../../templates/rules.md"));
        QCOMPARE(bench.modeOf(QStringLiteral("rules.md")), "120000");
        const auto state = bench.status(QStringLiteral("a"));
        QCOMPARE(state.split, before);
        QVERIFY(state.state == State::Clean);
    }
    void templateMovesOnBetweenPushAndPull()
    {
        Linked bench;
        bench.commit(QStringLiteral("templates/rules.md"), "one, edited\ntwo\nthree\nfour\nfive\nsix\nseven\n");
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("x"), "2\n");
        const auto outcome = bench.pull().front();
        QVERIFY(!outcome.error && outcome.changed);
        QCOMPARE(bench.modeOf(QStringLiteral("rules.md")), "120000");
        QVERIFY(!bench.push().front().error);
        QVERIFY(bench.sent(QStringLiteral("rules.md")).startsWith("one, edited\n"));
        QVERIFY(bench.status(QStringLiteral("a")).state == State::Clean);
        QVERIFY(must(sync::linkDecisions(*bench.state)).empty());
    }
    void upstreamEditsTheCopy_data()
    {
        QTest::addColumn<int>("choice");
        QTest::addColumn<bool>("templateMoved");
        for (const bool moved : {false, true}) {
            QTest::addRow("adopt%s", moved ? ", template moved" : "") << int(Choice::Adopt) << moved;
            QTest::addRow("keep%s", moved ? ", template moved" : "") << int(Choice::KeepOwn) << moved;
            QTest::addRow("discard%s", moved ? ", template moved" : "") << int(Choice::Discard) << moved;
        }
    }
    void upstreamEditsTheCopy()
    {
        QFETCH(const int, choice);
        QFETCH(const bool, templateMoved);
        Linked bench;
        const QByteArray top = templateMoved ? "one, edited\n" : "one\n";
        const QByteArray both = top + "two\nthree\nfour\nfive\nsix\nSEVEN of upstream\n";
        const QByteArray plain = top + "two\nthree\nfour\nfive\nsix\nseven\n";
        if (templateMoved)
            bench.commit(QStringLiteral("templates/rules.md"), plain);
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("rules.md"), changedByUpstream);
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("x"), "2\n");
        const auto head = bench.head();
        const auto asked = bench.pull().front();
        QVERIFY(asked.error && asked.error->kind == ErrorKind::NeedsPerson);
        QCOMPARE(asked.error->needs[0][u"kind"].toString(), QStringLiteral("link"));
        QCOMPARE(asked.links, std::vector<QByteArray>{"plugins/a/rules.md"});
        QCOMPARE(bench.head(), head);
        const auto open = must(sync::linkDecisions(*bench.state));
        QCOMPARE(open.size(), 1);
        QCOMPARE(open.front().target, "templates/rules.md");
        QVERIFY(!open.front().choice);

        QVERIFY(bench.decide("rules.md", Choice(choice)));
        QVERIFY(must(sync::linkDecisions(*bench.state)).front().choice == Choice(choice));
        const auto pulled = bench.pull().front();
        QVERIFY2(!pulled.error, pulled.error ? qPrintable(pulled.error->message()) : "");
        QCOMPARE(bench.dirt(), QByteArray());
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/x")), "2\n");
        QVERIFY(must(sync::linkDecisions(*bench.state)).empty());
        const bool adopt = Choice(choice) == Choice::Adopt;
        const bool keep = Choice(choice) == Choice::KeepOwn;
        QCOMPARE(bench.modeOf(QStringLiteral("rules.md")), keep ? "100644" : "120000");
        QCOMPARE(bench.template_(), adopt ? both : plain);
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/rules.md")), adopt || keep ? both : plain);
        QVERIFY(!bench.push().front().error);
        QCOMPARE(bench.sent(QStringLiteral("rules.md")), (adopt || keep ? both : plain).trimmed());
        QVERIFY(bench.status(QStringLiteral("a")).state == State::Clean);
    }
    void aDecisionHoldsForOneContentAndCanBeUndone()
    {
        Linked bench;
        QVERIFY(bench.decide("rules.md", Choice::Discard).error().kind == ErrorKind::NotFound); // nothing waits
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("rules.md"), changedByUpstream);
        QVERIFY(bench.pull().front().error);
        const auto first = must(bench.decide("rules.md", Choice::Discard));
        QVERIFY(must(sync::linkDecisions(*bench.state)).front().choice);
        const auto undone = must(bench.journal.undo(Actor::self(), first.toString()));
        QVERIFY(!must(sync::linkDecisions(*bench.state)).front().choice);
        QVERIFY(bench.pull().front().error);
        QVERIFY(bench.journal.undo(Actor::self(), undone.toString())); // decided again

        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("rules.md"), "something else\n");
        const auto asked = bench.pull().front(); // upstream moved on: asked anew
        QVERIFY(asked.error && asked.error->kind == ErrorKind::NeedsPerson);
        const auto second = must(bench.decide("rules.md", Choice::Discard));
        QVERIFY(!bench.pull().front().error);
        const auto late = bench.journal.undo(Actor::self(), second.toString());
        QVERIFY(!late && late.error().code == QStringLiteral("link.carried-out"));
    }
    void upstreamDeletesTheCopy()
    {
        Linked bench;
        bench.git(QStringLiteral("a"), words("rm -q rules.md"));
        bench.git(QStringLiteral("a"), words("commit -qm gone"));
        bench.git(QStringLiteral("a"), words("push -q up main"));
        QVERIFY(bench.pull().front().error);
        const auto refused = bench.decide("rules.md", Choice::Adopt);
        QVERIFY(!refused && refused.error().code == QStringLiteral("link.deleted"));
        QVERIFY(bench.decide("rules.md", Choice::KeepOwn));
        QVERIFY(!bench.pull().front().error);
        QCOMPARE(bench.modeOf(QStringLiteral("rules.md")), QByteArray());
        QVERIFY(!bench.template_().isEmpty());
    }
    void aFolderIsAdoptedFileByFile()
    {
        Linked bench;
        bench.commit(QStringLiteral("templates/shared/one.md"), "one\n");
        bench.commit(QStringLiteral("templates/deep.md"), "deep\n");
        QVERIFY(QFile::link(QStringLiteral("../deep.md"), bench.scratch.path(QStringLiteral("library/templates/shared/deep.md"))));
        bench.link(QStringLiteral("shared"), QStringLiteral("../../templates/shared"));
        QVERIFY(!bench.push().front().error);
        QCOMPARE(bench.sent(QStringLiteral("shared/deep.md")), "deep");
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("shared/deep.md"), "deeper\n");
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("shared/new/two.md"), "two\n");
        QVERIFY(bench.pull().front().error);
        QVERIFY(bench.decide("shared", Choice::Adopt));
        const auto pulled = bench.pull().front();
        QVERIFY2(!pulled.error, pulled.error ? qPrintable(pulled.error->message()) : "");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/templates/deep.md")), "deeper\n"); // what the nested link names
        QCOMPARE(bench.scratch.read(QStringLiteral("library/templates/shared/new/two.md")), "two\n");
        QCOMPARE(bench.git(QStringLiteral("library"), words("ls-tree HEAD templates/shared/deep.md")).left(6), "120000");
        QCOMPARE(bench.modeOf(QStringLiteral("shared")), "120000");
        QVERIFY(!bench.push().front().error);
        QVERIFY(bench.status(QStringLiteral("a")).state == State::Clean);
    }
    void aPlainPushOfSomebodyElseIsNamedAndHealed()
    {
        Linked bench;
        bench.commit(QStringLiteral("plugins/a/x"), "plain\n");
        const auto library = bench.head();
        const QByteArray out = bench.git(QStringLiteral("library"), words("subtree split -q --prefix=plugins/a"));
        const QByteArray raw = out.right(40);
        bench.git(QStringLiteral("library"), {QStringLiteral("push"), QStringLiteral("-q"), QStringLiteral("--force"),
                                              bench.scratch.path(QStringLiteral("a.git")), QString::fromLatin1(raw + ":refs/heads/main")});
        bench.commit(QStringLiteral("plugins/a/x"), "later\n");
        (void)must(sync::fetchUpstreams(bench.host(), {}, {}, Progress::none()));
        const auto state = bench.status(QStringLiteral("a"));
        QVERIFY2(state.state == State::Diverged, qPrintable(sync::nameOf(state.state)));
        QVERIFY(state.parted);
        QVERIFY2(state.why.contains(QStringLiteral("plain git subtree push")), qPrintable(state.why));
        QVERIFY(!state.parted->library.isNull());
        QVERIFY(sync::toJson(state)[u"parted"].isObject());
        const auto pulled = bench.pull().front();
        QVERIFY2(!pulled.error, pulled.error ? qPrintable(pulled.error->message()) : "");
        QCOMPARE(bench.modeOf(QStringLiteral("rules.md")), "120000");
        QVERIFY(!bench.push().front().error);
        QCOMPARE(bench.sent(QStringLiteral("rules.md")), bench.template_().trimmed());
        QVERIFY(bench.status(QStringLiteral("a")).state == State::Clean);
        Q_UNUSED(library)
    }
    void aLinkCommittedAsTextIsNotPushed()
    {
        Linked bench;
        bench.git(QStringLiteral("library"), words("rm -q plugins/a/rules.md"));
        bench.commit(QStringLiteral("plugins/a/rules.md"), "../../templates/rules.md");
        const auto outcome = bench.push().front();
        QVERIFY(outcome.error && outcome.error->code == QStringLiteral("sync.links-as-text"));
        QCOMPARE(outcome.error->needs[0][u"paths"][0].toString(), QStringLiteral("plugins/a/rules.md"));
    }
};
COPPICE_TEST(LinkDecisionsTest)
#include "decisions_test.moc"
