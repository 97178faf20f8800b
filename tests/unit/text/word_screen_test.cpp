// SPDX-License-Identifier: GPL-3.0-or-later
// The screen answers what looking for each word by itself answers. COPPICE_SEED repeats a draw.
#include "support/test_main.h"
#include "text/word_screen.h"

#include <QRandomGenerator>
#include <QTest>

using coppice::text::WordScreen;

class WordScreenTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void answersWhatSearchingAnswers()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                       : QRandomGenerator::global()->generate();
        qInfo("COPPICE_SEED=%u", seed);
        QRandomGenerator random(seed);
        const QString signs = QStringLiteral("abcAB01-_.:=$ \"',é\u0141\U0001F600");
        const auto draw = [&](int most, bool ascii) {
            QString text;
            for (int i = random.bounded(most + 1); i > 0; --i) {
                const QChar c = signs[random.bounded(signs.size())];
                if (!ascii || c.unicode() < 128)
                    text += c;
            }
            return text;
        };
        int found = 0;
        for (int round = 0; round < 300; ++round) {
            WordScreen screen;
            std::vector<std::pair<QString, int>> words;
            for (int i = 0; i < 40; ++i) {
                const QString word = draw(4, true).toLower();
                if (word.size() < 2)
                    continue;
                words.emplace_back(word, random.bounded(WordScreen::mostSets));
                screen.add(word, words.back().second);
            }
            for (int i = 0; i < 20; ++i) {
                const QString text = draw(60, false);
                quint64 sets = 0;
                for (const auto &[word, set] : words)
                    sets |= text.contains(word, Qt::CaseInsensitive) ? 1ULL << set : 0;
                const auto seen = screen.look(text);
                QVERIFY2(seen.sets == sets, qPrintable(text));
                found += sets != 0;
                const auto isAscii = [](QChar c) { return c.unicode() < 128; };
                QCOMPARE(seen.ascii, std::all_of(text.begin(), text.end(), isAscii));
                QCOMPARE(seen.digits, int(std::count_if(text.begin(), text.end(), [](QChar c) { return c == u'0' || c == u'1'; })));
                const bool pair = text.contains(QStringLiteral("\x22,")) || text.contains(QStringLiteral("\x27,"));
                QCOMPARE(seen.separates, text.contains(u'=') || text.contains(u':') || pair);
            }
        }
        QVERIFY(found > 500);
    }
    void longestWord_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("longest");
        QTest::newRow("none") << QStringLiteral(" ,;") << 0;
        QTest::newRow("at the end") << QStringLiteral("a bc_d-e.F9") << 9;
        QTest::newRow("in front") << QStringLiteral("bc_d a") << 4;
        QTest::newRow("parted by another alphabet") << QStringLiteral("abcéabcd") << 4;
    }
    void longestWord()
    {
        QFETCH(QString, text);
        QFETCH(int, longest);
        QCOMPARE(int(WordScreen().look(text).longestWord), longest);
    }
};

COPPICE_TEST(WordScreenTest)
#include "word_screen_test.moc"
