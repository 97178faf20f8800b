// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <journal/operation.h>

#include <QTest>

#include <atomic>
#include <thread>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::journal;

namespace {

/// Words on a board: "write" sets one, remembering the word before; a word "carved" cannot be taken back.
class BoardProjector : public Projector
{
public:
    QString entityKind() const override { return QStringLiteral("board"); }
    Result<QJsonObject> apply(store::Connection &connection, const Operation &operation) override
    {
        const QString word = operation.payload[u"word"].toString();
        if (word.isEmpty())
            return failUsage("board.empty", "No word");
        COPPICE_TRY(const QVariant before, connection.value("SELECT word FROM board WHERE id = ?", {operation.entity}));
        COPPICE_CHECK(connection.exec("INSERT OR REPLACE INTO board(id, word) VALUES(?, ?)", {operation.entity, word}));
        return QJsonObject{{"before", before.toString()}};
    }
    Result<> revert(store::Connection &connection, const Operation &original, const QJsonObject &remembered) override
    {
        if (original.payload[u"word"].toString() == u"carved")
            return fail("board.carved", "It is carved in stone");
        COPPICE_CHECK(connection.exec("INSERT OR REPLACE INTO board(id, word) VALUES(?, ?)",
                                      {original.entity, remembered[u"before"].toString()}));
        return {};
    }
};

} // namespace

class JournalTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    std::unique_ptr<store::Database> m_state;
    std::unique_ptr<Journal> m_journal;
    const Actor m_ann{Actor::Kind::Person, "ann"};

    Result<Id> say(const QString &word) { return m_journal->append(m_ann, "board:1", "write", {{"word", word}}); }
    QString word()
    {
        return m_state->read<QString>([](store::Connection &c) -> Result<QString> {
            COPPICE_TRY(const QVariant v, c.value("SELECT word FROM board WHERE id = 'board:1'"));
            return v.toString();
        }).value();
    }

private Q_SLOTS:
    void init()
    {
        m_journal.reset();
        m_state = store::Database::open(m_scratch.path(QString::fromLatin1(QTest::currentTestFunction()) + ".db")).value();
        auto steps = migrations();
        steps.push_back({"state", "board", 1, "CREATE TABLE board(id TEXT PRIMARY KEY, word TEXT NOT NULL);"});
        QVERIFY_RESULT(m_state->migrate(steps));
        m_journal = std::make_unique<Journal>(*m_state);
        m_journal->addProjector(std::make_unique<BoardProjector>());
    }
    void appendsAndProjects()
    {
        const auto first = say("one");
        QVERIFY_RESULT(first);
        const auto second = say("two");
        QVERIFY_RESULT(second);
        QCOMPARE(word(), QStringLiteral("two"));
        const auto all = m_journal->recent(10).value();
        QCOMPARE(all.size(), size_t(2));
        QCOMPARE(all[0].id, *second);
        QCOMPARE(all[1].payload[u"word"].toString(), QStringLiteral("one"));
        QCOMPARE(all[1].actor, m_ann);
        QCOMPARE(m_journal->recent(1).value().size(), size_t(1));
        QCOMPARE(m_journal->recent(10, "board:1").value().size(), size_t(2));
        QVERIFY(m_journal->recent(10, "board:2").value().empty());
    }
    void undoesOnceAndDoesAgain()
    {
        (void)say("one");
        const Id second = say("two").value();
        const auto undone = m_journal->undo(m_ann, second.toString().toLower());
        QVERIFY_RESULT(undone);
        QCOMPARE(word(), QStringLiteral("one"));
        QCOMPARE(m_journal->undo(m_ann, second.toString()).error().code, QStringLiteral("undo.done"));
        const auto again = m_journal->undo(m_ann, undone->toString());
        QVERIFY_RESULT(again);
        QCOMPARE(word(), QStringLiteral("two"));
        QCOMPARE(m_journal->undo(m_ann, undone->toString()).error().code, QStringLiteral("undo.done"));
        QVERIFY_RESULT(m_journal->undo(m_ann, again->toString()));
        QCOMPARE(word(), QStringLiteral("one"));
        const auto all = m_journal->recent(10).value();
        QCOMPARE(all.size(), size_t(5));
        QCOMPARE(all[2].undoes, std::optional(second));
        QCOMPARE(all[2].verb, QStringLiteral("undo"));
    }
    void keepsNothingOfWhatIsRefused()
    {
        (void)say("one");
        QCOMPARE(say({}).error().code, QStringLiteral("board.empty"));
        QVERIFY(!m_journal->append(m_ann, "planet:1", "write", {}));
        QVERIFY(!m_journal->append(m_ann, "board", "write", {{"word", "x"}}));
        QVERIFY(!m_journal->append(m_ann, "board:", "write", {{"word", "x"}}));
        const Id carved = say("carved").value();
        QCOMPARE(m_journal->undo(m_ann, carved.toString()).error().code, QStringLiteral("board.carved"));
        QCOMPARE(m_journal->undo(m_ann, Id::make().toString()).error().kind, ErrorKind::NotFound);
        QCOMPARE(m_journal->recent(10).value().size(), size_t(2));
        QCOMPARE(word(), QStringLiteral("carved"));
    }
    void joinsATransaction()
    {
        const auto failed = m_state->write<void>([&](store::Connection &c) -> Result<> {
            COPPICE_CHECK(m_journal->appendWithin(c, m_ann, "board:1", "write", {{"word", "lost"}}));
            return fail("test.no", "No");
        });
        QVERIFY(!failed);
        QVERIFY(m_journal->recent(10).value().empty());
        QVERIFY(word().isEmpty());
    }
    void cannotBeEdited()
    {
        (void)say("one");
        for (const QString &sql : QStringList{"UPDATE operation SET actor = 'person:eve'", "DELETE FROM operation"}) {
            const auto edited = m_state->write<void>([&](store::Connection &c) -> Result<> {
                COPPICE_CHECK(c.exec(sql));
                return {};
            });
            QVERIFY(!edited);
            QVERIFY(edited.error().what.contains(u"never"));
        }
        QCOMPARE(m_journal->recent(10).value().front().actor, m_ann);
    }
    void undoneOnceByMany()
    {
        const Id id = say("one").value();
        std::atomic<int> won = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { won += m_journal->undo(m_ann, id.toString()) ? 1 : 0; });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(won.load(), 1);
    }
};
COPPICE_TEST(JournalTest)
#include "journal_test.moc"
