// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <review/reviews.h>
#include <runs/knowledge.h>
#include <store/migration.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <sys/stat.h>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::runs;

namespace {

/// A library with one plugin, and its reviews.
struct House {
    test::Scratch scratch;
    QString path = scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/weather/a.py"), "a\n"},
                                                                  {QStringLiteral("plugins/weather/.agents/knowledge/old.md"), "Old.\n"}});
    git::Repository repository = std::move(*git::Repository::open(path));
    std::unique_ptr<store::Database> state = database();
    journal::Journal journal{*state};
    review::Reviews reviews{*state, journal};
    KnowledgeSource source;

    House()
    {
        const auto root = repository.treeOf(*repository.resolve(QStringLiteral("HEAD")));
        source = {QStringLiteral("weather"), "plugins/weather", (*repository.entryAt(*root, "plugins/weather"))->id, Id::make().toString(), false};
    }
    std::unique_ptr<store::Database> database() const
    {
        auto opened = store::Database::open(scratch.path(QStringLiteral("state.db")));
        auto migrations = journal::migrations();
        for (const auto &one : review::migrations())
            migrations.push_back(one);
        if (!opened || !(*opened)->migrate(migrations))
            qFatal("the database cannot be made");
        return std::move(*opened);
    }
};

} // namespace

class KnowledgeTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesPlainFilesAndSaysWhatItLeft()
    {
        const test::Scratch scratch;
        sandbox::SandboxProfile profile;
        profile.home = scratch.path(QStringLiteral("home"));
        QVERIFY_RESULT(offerKnowledge(profile));
        QCOMPARE(profile.env.value(QStringLiteral("COPPICE_KNOWLEDGE")), QStringLiteral("/home/agent/knowledge"));
        QVERIFY(collectKnowledge(profile.home)->files.isEmpty());
        scratch.write(QStringLiteral("home/knowledge/of-the-first-step.md"), "x");
        QVERIFY_RESULT(offerKnowledge(profile));
        QCOMPARE(collectKnowledge(profile.home)->files.keys(), QList<QByteArray>{"of-the-first-step.md"});
        QVERIFY(QFile::remove(scratch.path(QStringLiteral("home/knowledge/of-the-first-step.md"))));

        scratch.write(QStringLiteral("home/knowledge/months.md"), "Months\x1b[31m are from 1.\xe2\x80\xae\n\n\n");
        scratch.write(QStringLiteral("home/knowledge/empty.md"), " \n");
        scratch.write(QStringLiteral("home/knowledge/run.sh"), "rm -rf /\n");
        scratch.write(QStringLiteral("home/knowledge/Upper.md"), "x");
        scratch.write(QStringLiteral("home/knowledge/deep/a.md"), "x");
        scratch.write(QStringLiteral("home/knowledge/huge.md"), QByteArray(40'000, 'x'));
        scratch.write(QStringLiteral("home/knowledge/key.md"), "The key is AKIAIOSFODNN7EXAMPLE, use it.\n");
        scratch.write(QStringLiteral("secret"), "of the host\n");
        QVERIFY(QFile::link(scratch.path(QStringLiteral("secret")), scratch.path(QStringLiteral("home/knowledge/link.md"))));
        QCOMPARE(::mkfifo(QFile::encodeName(scratch.path(QStringLiteral("home/knowledge/pipe.md"))).constData(), 0600), 0);
        const auto taken = collectKnowledge(profile.home);
        QVERIFY_RESULT(taken);
        QCOMPARE(taken->files.keys(), (QList<QByteArray>{"key.md", "months.md"}));
        QCOMPARE(taken->files.value("months.md"), QByteArray("Months are from 1.\n"));
        QVERIFY(!taken->files.value("key.md").contains("AKIAIOSFODNN7EXAMPLE"));
        const QString left = taken->leftOut.join(u'\n');
        for (const char *name : {"run.sh", "Upper.md", "deep", "huge.md", "link.md", "pipe.md"})
            QVERIFY2(left.contains(QLatin1String(name)), qPrintable(left));
    }

    void takesAFewAndFollowsNoFolderLink()
    {
        const test::Scratch scratch;
        for (int i = 0; i < 20; ++i)
            scratch.write(QStringLiteral("home/knowledge/n%1.md").arg(i), "x\n");
        const auto taken = collectKnowledge(scratch.path(QStringLiteral("home")));
        QVERIFY_RESULT(taken);
        QCOMPARE(taken->files.size(), 8);
        QCOMPARE(taken->leftOut.size(), 12);
        QVERIFY(QDir().mkpath(scratch.path(QStringLiteral("other"))));
        QVERIFY(QFile::link(scratch.path(QStringLiteral("home/knowledge")), scratch.path(QStringLiteral("other/knowledge"))));
        QVERIFY(collectKnowledge(scratch.path(QStringLiteral("other")))->files.isEmpty());
        sandbox::SandboxProfile profile;
        profile.home = scratch.path(QStringLiteral("other"));
        QVERIFY_RESULT(offerKnowledge(profile));
        QVERIFY(profile.env.isEmpty());
        QVERIFY(collectKnowledge(scratch.path(QStringLiteral("nowhere")))->files.isEmpty());
    }

    void becomesAPatchOfItsOwnOnce()
    {
        House house;
        house.source.tainted = true;
        const KnowledgeProposal proposal{{{"months.md", "Months are from 1.\n"}, {"old.md", "Old.\n"}}, {}};
        const auto patch = proposeKnowledge(house.repository, house.reviews, house.source, proposal);
        QVERIFY_RESULT(patch);
        QVERIFY(patch->has_value());
        QVERIFY((*patch)->last().tainted);
        QVERIFY((*patch)->last().run.isEmpty()); // the run's own patch is the fix
        const auto changes = house.repository.changes((*patch)->last().base, (*patch)->last().result);
        QVERIFY_RESULT(changes);
        QCOMPARE(changes->size(), 1u);
        QCOMPARE(changes->front().path, QByteArray("plugins/weather/.agents/knowledge/months.md"));
        const auto evidence = house.reviews.evidence((*patch)->id.toString());
        QCOMPARE(evidence->size(), 1u);
        QCOMPARE(evidence->front().link, QString(QStringLiteral("run:") + house.source.run));

        const auto again = proposeKnowledge(house.repository, house.reviews, house.source, proposal);
        QVERIFY(again && *again);
        QCOMPARE((*again)->id.toString(), (*patch)->id.toString());
        QCOMPARE(house.reviews.list()->size(), 1u);
        house.source.run = Id::make().toString();
        QVERIFY(proposeKnowledge(house.repository, house.reviews, house.source, proposal));
        QCOMPARE(house.reviews.list()->size(), 2u);
    }

    void nothingNewIsNoPatch()
    {
        House house;
        const auto same = proposeKnowledge(house.repository, house.reviews, house.source, {{{"old.md", "Old.\n"}}, {}});
        QVERIFY_RESULT(same);
        QVERIFY(!same->has_value());
        QVERIFY(!proposeKnowledge(house.repository, house.reviews, house.source, {})->has_value());
        QVERIFY(house.reviews.list()->empty());
    }
};

COPPICE_TEST(KnowledgeTest)
#include "knowledge_test.moc"
