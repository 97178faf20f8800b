// SPDX-License-Identifier: GPL-3.0-or-later
// The same hunk in many plugins, decided on once; and the order in which patches wait.
#include "review_house.h"

#include <review/queue_order.h>
#include <review/sweeps.h>

#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::review;
using test::lines;
using test::ReviewHouse;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};

/// Patches of plugins under plugins/<id>, and what a sweep needs to know of them.
struct Fleet : ReviewHouse {
    Patch open(const QString &plugin, const test::Texts &before, const test::Texts &after)
    {
        const auto at = [&](const test::Texts &texts) {
            test::Texts placed;
            for (auto it = texts.begin(); it != texts.end(); ++it)
                placed.insert("plugins/" + plugin.toUtf8() + '/' + it.key(), *it);
            return placed;
        };
        prefixes.insert(plugin, "plugins/" + plugin.toUtf8());
        return reviews->add(repository, plugin, {}, QStringLiteral("x"), revision(at(before), at(after))).value();
    }
    std::vector<Sweep> sweeps() { return findSweeps(repository, *reviews, prefixes).value(); }
    Decision::Verdict verdict(const Patch &patch, const QString &hunk) const
    {
        const auto decisions = reviews->decisions(patch.id.toString()).value();
        for (const auto &decision : decisions) {
            if (decision.hunk == hunk)
                return decision.verdict;
        }
        return Decision::Verdict::Undecided;
    }
    QHash<QString, QByteArray> prefixes;
};

} // namespace

class SweepsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void equalHunksAreOneSweep()
    {
        Fleet fleet;
        const auto old = lines(20), fixed = lines(20, {{10, "ten\n"}});
        const auto a = fleet.open("aaaa", {{"x.js", old}}, {{"x.js", fixed}});
        const auto b = fleet.open("bbbb", {{"other.js", old}}, {{"other.js", fixed}}); // another path: equal all the same
        const auto c = fleet.open("cccc", {{"x.js", old}}, {{"x.js", lines(20, {{9, "nine\n"}, {10, "ten\n"}})}});
        const auto d = fleet.open("dddd", {{"x.js", old}}, {{"x.js", lines(20, {{3, "quite\nelse\n"}})}});
        const auto sweeps = fleet.sweeps();
        QCOMPARE(sweeps.size(), size_t(1));
        QCOMPARE(sweeps[0].places.size(), size_t(2));
        QCOMPARE(sweeps[0].places[0].plugin, QStringLiteral("aaaa"));
        QCOMPARE(sweeps[0].undecided(), 2);
        QVERIFY(sweeps[0].sample.contains("-10\n+ten\n"));
        // c has nearly the same in the same file; d has nothing of it.
        QCOMPARE(sweeps[0].outliers.size(), size_t(1));
        QCOMPARE(sweeps[0].outliers[0].place.plugin, QStringLiteral("cccc"));
        QVERIFY2(sweeps[0].outliers[0].difference.contains("+nine\n") || sweeps[0].outliers[0].difference.contains("++nine\n"),
                 qPrintable(sweeps[0].outliers[0].difference));
        Q_UNUSED(c);
        Q_UNUSED(d);

        const auto done = decideSweep(*fleet.journal, ann, sweeps[0], Decision::Verdict::Accepted);
        QVERIFY_RESULT(done);
        QCOMPARE(fleet.verdict(a, sweeps[0].places[0].hunk), Decision::Verdict::Accepted);
        QCOMPARE(fleet.verdict(b, sweeps[0].places[1].hunk), Decision::Verdict::Accepted);
        QCOMPARE(fleet.sweeps()[0].undecided(), 0);
        QVERIFY_RESULT(fleet.journal->undo(ann, done->toString())); // as one
        QCOMPARE(fleet.sweeps()[0].undecided(), 2);
    }

    void aPluginsOwnNameIsNoDifference()
    {
        Fleet fleet;
        const auto text = [](const QByteArray &name, const QByteArray &line) -> QByteArray { return "start(\"" + name + "\");\n" + line + lines(9); };
        for (const char *name : {"weather", "calendar"})
            fleet.open(QString::fromLatin1(name), {{"x", text(name, {})}}, {{"x", text(name, "use " + QByteArray(name) + ";\n")}});
        // A part of a word, and the name of another one, are differences.
        fleet.open("maps", {{"x", text("maps", {})}}, {{"x", text("maps", "use mapsx;\n")}});
        fleet.open("notes", {{"x", text("notes", {})}}, {{"x", text("notes", "use weather;\n")}});
        const auto sweeps = fleet.sweeps();
        QCOMPARE(sweeps.size(), size_t(1));
        QCOMPARE(sweeps[0].places.size(), size_t(2));
        QVERIFY(!sweeps[0].places[0].ownName && sweeps[0].places[1].ownName);
    }

    void wholeFilesNeedTheirPlace()
    {
        Fleet fleet;
        for (const char *name : {"aaaa", "bbbb"})
            fleet.open(QString::fromLatin1(name), {{"k", "k\n"}}, {{"k", "k\n"}, {"ci.yaml", "on: push\n"}});
        fleet.open("cccc", {{"k", "k\n"}}, {{"k", "k\n"}, {"src/ci.yaml", "on: push\n"}});
        const auto sweeps = fleet.sweeps();
        QCOMPARE(sweeps.size(), size_t(1));
        QCOMPARE(sweeps[0].places.size(), size_t(2));
    }

    void onePatchThatHasLandedStopsAll()
    {
        Fleet fleet;
        const auto a = fleet.open("aaaa", {{"x", lines(9)}}, {{"x", lines(9, {{5, "V\n"}})}});
        const auto b = fleet.open("bbbb", {{"x", lines(9)}}, {{"x", lines(9, {{5, "V\n"}})}});
        const auto sweeps = fleet.sweeps();
        QVERIFY_RESULT(fleet.reviews->setState(ann, b.id.toString(), Patch::State::Applied, git::Oid::fromHex("1234567890123456789012345678901234567890")));
        QVERIFY(!decideSweep(*fleet.journal, ann, sweeps[0], Decision::Verdict::Accepted));
        QVERIFY(fleet.reviews->decisions(a.id.toString())->empty());
        QVERIFY(fleet.sweeps().empty()); // one plugin alone is no sweep
    }

    void riskAndWaitingMakeTheOrder()
    {
        const auto flag = [](const char *kind) { return Flag{QString::fromLatin1(kind), "p", 1, {}, {}}; };
        const auto plain = rankOf({}, {});
        QCOMPARE(plain.points(), 0);
        QVERIFY(plain.reasons.isEmpty());
        const auto hidden = rankOf(countKinds({flag("hidden-characters")}), {});
        const auto locks = rankOf(countKinds(std::vector<Flag>(50, flag("lock-file"))), {});
        QVERIFY(hidden.risk > locks.risk);
        QVERIFY(locks.risk > rankOf(countKinds({flag("lock-file")}), {}).risk);
        QCOMPARE(weightOf(QStringLiteral("a-kind-of-later")), 10);
        for (const char *kind : {"network", "process", "secrets", "ci", "hooks"}) // as the detector spells them
            QVERIFY2(weightOf(QString::fromLatin1(kind)) > 10, kind);
        const qint64 day = 24LL * 3600 * 1000;
        QVERIFY(rankOf({}, {10 * day, 0, 0, false}).waits > rankOf({}, {day, 0, 0, false}).waits);
        QVERIFY(rankOf({}, {0, 1000, 0, false}).waits > rankOf({}, {0, 10, 0, false}).waits);
        QVERIFY(rankOf({}, {0, 0, 3, false}).waits > 0);
        const auto both = rankOf(countKinds({flag("hidden-characters"), flag("size")}), {2 * day, 5, 0, true});
        QCOMPARE(both.reasons.first(), QStringLiteral("hidden characters"));
        QCOMPARE(both.points(), both.risk + both.waits);
    }

    void whatCannotBeReadStaysInTheQueue()
    {
        const auto broken = rankOfUnreadable(Error{ErrorKind::Failed, QStringLiteral("x"), QStringLiteral("No such object"), {}, {}}, {0, 1000, 0, false});
        QVERIFY2(broken.reasons.first().startsWith(QStringLiteral("cannot be read: No such object")), qPrintable(broken.reasons.join(u'\n')));
        QCOMPARE(broken.waits, rankOf({}, {0, 1000, 0, false}).waits);
        QVERIFY(broken.waits > 0);
    }
};

COPPICE_TEST(SweepsTest)
#include "sweeps_test.moc"
