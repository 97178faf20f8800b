// SPDX-License-Identifier: GPL-3.0-or-later
// Flags that are found once and kept. What is counted is how often files are looked through, and that nothing is read of a
// repository that has lost its objects.
#include <base/clock.h>
#include <review/risks.h>

#include "review_house.h"
#include "support/test_main.h"

#include <QDir>
#include <QTest>

using namespace coppice;
using namespace coppice::review;
using test::lines;
using test::ReviewHouse;

namespace {

const QByteArray prefix = "plugins/a";

Patch add(ReviewHouse &house, const QString &title, const test::Texts &before, const test::Texts &after, bool tainted = false)
{
    auto revision = house.revision(before, after);
    revision.tainted = tainted;
    return house.reviews->add(house.repository, QStringLiteral("a"), {}, title, revision).value();
}

QStringList told(const std::vector<Flag> &flags)
{
    QStringList all;
    for (const auto &flag : flags)
        all << QStringList{flag.kind, QString::fromLatin1(flag.path.toHex()), QString::number(flag.line), flag.detail, flag.hiddenClass}.join(u'|');
    return all;
}

/// Takes every object out of the repository.
void loseObjects(const ReviewHouse &house)
{
    QVERIFY(QDir(house.scratch.path(QStringLiteral("r.git/objects"))).removeRecursively());
    QVERIFY(QDir().mkpath(house.scratch.path(QStringLiteral("r.git/objects/pack"))));
}

void spoil(ReviewHouse &house, const QString &column, const QVariant &value)
{
    QVERIFY_RESULT(house.state->write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_TRY(const auto rows, connection.exec(QStringLiteral("UPDATE review_risks SET %1 = ?").arg(column), {value}));
        return rows == 1 ? Result<>() : fail(QStringLiteral("test"), QStringLiteral("%1 rows").arg(rows));
    }));
}

} // namespace

class RisksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void foundOnceThenKept()
    {
        ReviewHouse house;
        const QByteArray odd = "plugins/a/\xff\xfe.js"; // no UTF-8
        const auto patch = add(house, QStringLiteral("p"), {{"plugins/a/x", lines(3)}},
                               {{"plugins/a/x", lines(3)}, {odd, "fetch(u)\n// \xe2\x80\xae\n"}, {"plugins/b/y", "y\n"}}, true);
        Risks risks(*house.state);
        const auto found = risks.of(house.repository, patch, prefix);
        QVERIFY_RESULT(found);
        QCOMPARE(risks.looked(), 1);
        QVERIFY(found->size() >= 4);
        QVERIFY(told(*found).join(u'\n').contains(QStringLiteral("hidden-characters|") + QString::fromLatin1(odd.toHex())));
        const auto kept = risks.of(house.repository, patch, prefix);
        QCOMPARE(risks.looked(), 1);
        QCOMPARE(told(*kept), told(*found));
        QCOMPARE(told(*found), told(flagsOf(house.repository, patch, prefix, house.files(patch.last())).value()));
        QCOMPARE(risks.kindsOf(house.repository, patch, prefix).value(), countKinds(*found));
        QCOMPARE(risks.looked(), 1);
    }

    void aQueueOfHundredsReadsNothing()
    {
        ReviewHouse house;
        std::vector<Patch> patches;
        for (int i = 0; i < 120; ++i)
            patches.push_back(add(house, QString::number(i), {{"plugins/a/x", lines(3)}},
                                  {{"plugins/a/x", lines(3, {{2, QByteArray::number(i) + "x\n"}})}, {"plugins/a/.github/workflows/" + QByteArray::number(i) + ".yml", "on: push\n"}}));
        std::vector<Placed> placed;
        for (const auto &patch : patches)
            placed.push_back({&patch, prefix});
        Risks first(*house.state);
        QVERIFY(first.kept(placed).value().isEmpty());
        QHash<QString, FlagKinds> found;
        for (const auto &patch : patches)
            found.insert(patch.id.toString(), first.kindsOf(house.repository, patch, prefix).value());
        QCOMPARE(first.looked(), 120);
        loseObjects(house);
        auto again = std::move(*git::Repository::open(house.scratch.path(QStringLiteral("r.git"))));
        QVERIFY(!filesOf(again, patches[0].last())); // nothing can be read any more
        Risks second(*house.state);
        const auto kept = second.kept(placed);
        QVERIFY_RESULT(kept);
        QCOMPARE(kept->size(), 120);
        QCOMPARE(*kept, found);
        QVERIFY(kept->value(patches[7].id.toString()).value(QStringLiteral("ci")) == 1);
        for (const auto &patch : patches)
            QVERIFY_RESULT(second.of(again, patch, prefix));
        QCOMPARE(second.looked(), 0);
    }

    void otherInputsAreLookedAtAgain()
    {
        ReviewHouse house;
        const auto patch = add(house, QStringLiteral("p"), {{"plugins/a/x", lines(3)}}, {{"plugins/a/x", lines(3, {{2, "V\n"}})}});
        const Placed placed[] = {{&patch, prefix}};
        const auto looksAgain = [&](const Patch &as, const QByteArray &at) {
            Risks risks(*house.state);
            const Placed one[] = {{&as, at}};
            const bool unknown = risks.kept(one).value().isEmpty();
            const bool good = risks.kindsOf(house.repository, as, at).has_value();
            return good && unknown && risks.looked() == 1 && !risks.kept(one).value().isEmpty();
        };
        QVERIFY(looksAgain(patch, prefix));
        QVERIFY(!looksAgain(patch, prefix));
        QVERIFY(looksAgain(patch, "plugins/elsewhere"));
        QVERIFY(Risks(*house.state).kindsOf(house.repository, patch, "plugins/elsewhere").value().contains(QStringLiteral("outside-plugin")));
        QVERIFY(looksAgain(patch, prefix)); // one row a revision: the older place is gone
        QVERIFY(!Risks(*house.state).kindsOf(house.repository, patch, prefix).value().contains(QStringLiteral("outside-plugin")));
        Patch tainted = patch;
        tainted.revisions.back().tainted = true;
        QVERIFY(looksAgain(tainted, prefix));
        QVERIFY(looksAgain(patch, prefix));
        for (const char *column : {"detector", "base", "result", "kinds"}) {
            spoil(house, QString::fromLatin1(column), QStringLiteral("other"));
            QVERIFY2(looksAgain(patch, prefix), column);
        }
        spoil(house, QStringLiteral("flags"), QStringLiteral("no JSON"));
        Risks risks(*house.state);
        QVERIFY_RESULT(risks.of(house.repository, patch, prefix));
        QCOMPARE(risks.looked(), 1);
        QCOMPARE(risks.kept(placed).value().size(), 1);
    }

    void aFurtherRevisionHasFlagsOfItsOwn()
    {
        ReviewHouse house;
        const auto patch = add(house, QStringLiteral("p"), {{"plugins/a/x", lines(3)}}, {{"plugins/a/x", lines(3, {{2, "V\n"}})}});
        Risks risks(*house.state);
        QVERIFY(risks.of(house.repository, patch, prefix)->empty());
        const auto next = house.reviews->addRevision(house.repository, patch.id.toString(),
                                                     house.revision({{"plugins/a/x", lines(3)}}, {{"plugins/a/x", lines(3)}, {"plugins/a/.env", "x=1\n"}}));
        QVERIFY_RESULT(next);
        QVERIFY(risks.kindsOf(house.repository, *next, prefix).value().contains(QStringLiteral("secrets")));
        QCOMPARE(risks.looked(), 2);
    }

    void whatCannotBeReadIsNotKept()
    {
        ReviewHouse house;
        const auto patch = add(house, QStringLiteral("p"), {{"plugins/a/x", lines(3)}}, {{"plugins/a/x", lines(3, {{2, "V\n"}})}});
        const auto other = add(house, QStringLiteral("q"), {{"plugins/a/x", lines(3)}}, {{"plugins/a/x", lines(4)}});
        Risks risks(*house.state);
        QVERIFY_RESULT(risks.kindsOf(house.repository, other, prefix));
        Patch broken = patch;
        broken.revisions.back().result = git::Oid::fromHex("1234567890123456789012345678901234567890");
        QVERIFY(!risks.kindsOf(house.repository, broken, prefix));
        const Placed placed[] = {{&broken, prefix}, {&other, prefix}};
        QCOMPARE(risks.kept(placed).value().keys(), QStringList(other.id.toString()));
        QVERIFY_RESULT(risks.kindsOf(house.repository, patch, prefix)); // it is whole again
    }
};

COPPICE_TEST(RisksTest)
#include "risks_test.moc"
