// SPDX-License-Identifier: GPL-3.0-or-later
// Two messages that differ in their numbers only are one form: the template miner relies on it. COPPICE_SEED repeats a draw.
#include "capture/template_miner.h"
#include "support/test_main.h"

#include <QRandomGenerator>
#include <QTest>

using namespace coppice::capture;

namespace {

QRandomGenerator seeded()
{
    const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                   : QRandomGenerator::global()->generate();
    qInfo("COPPICE_SEED=%u", seed);
    return QRandomGenerator(seed);
}

/// Every number drawn anew, of one to nine digits.
QString renumbered(const QString &message, QRandomGenerator &random)
{
    QString out;
    bool number = false;
    for (const QChar c : message) {
        const bool digit = c >= u'0' && c <= u'9';
        if (digit && !number) {
            for (int i = random.bounded(1, 10); i > 0; --i)
                out += QChar(u'0' + random.bounded(10));
        } else if (!digit) {
            out += c;
        }
        number = digit;
    }
    return out;
}

QString shown(const QString &message)
{
    return textOf(tokensOf(message));
}

} // namespace

class OutlineTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void numbersDoNotMatter()
    {
        auto random = seeded();
        const QStringList pieces = {QStringLiteral("job"), QStringLiteral("blk_1"), QStringLiteral("10.0.0.1:80"), QStringLiteral("4 ms"), QStringLiteral("a1b2"),
            QStringLiteral("(3)"), QStringLiteral("[1, 2]"), QStringLiteral("x=7"), QStringLiteral("\"k1\": 2"), QStringLiteral("/var/log/1"), QStringLiteral("fe80::1"),
            QStringLiteral("12:34:56"), QStringLiteral("Jan 3"), QStringLiteral("v1.2.3"), QStringLiteral("node-3"), QStringLiteral("#9"), QStringLiteral("deadbeef1234"),
            QStringLiteral("wait...5"), QStringLiteral("'q 1'"), QStringLiteral("1e5"), QStringLiteral("5%"), QStringLiteral("user@h1"), QStringLiteral("a:1:b"),
            QStringLiteral("{1: 2}"), QStringLiteral("GET"), QStringLiteral("C:\\d1\\e"), QStringLiteral("mail.example.com"), QStringLiteral("-1"), QStringLiteral("!"),
            QStringLiteral("1|2"), QStringLiteral("https://h1/p2"), QStringLiteral("é1"), QStringLiteral("1KB (2 MB)"), QStringLiteral("failed")};
        for (int i = 0; i < 20'000; ++i) {
            QString message;
            for (int n = random.bounded(1, 9); n > 0; --n) {
                message += pieces[random.bounded(pieces.size())];
                if (random.bounded(4) != 0)
                    message += u' ';
            }
            const QString other = renumbered(message, random);
            QVERIFY2(shown(message) == shown(other), qPrintable(message + u'\n' + other));
        }
    }
    void sameTemplateWithoutLookingAgain()
    {
        TemplateMiner miner;
        const int first = miner.add(u"took 15 ms for blk_1 of 10.0.0.1");
        QVERIFY(miner.hasChanged());
        QCOMPARE(miner.add(u"took 7 ms for blk_99 of 10.250.0.17"), first);
        QVERIFY(!miner.hasChanged());
        QVERIFY(miner.add(u"lost 7 ms for blk_99 of 10.250.0.17") != first);
        // what stands for a value is none, though it looks like one here
        QCOMPARE(miner.add(u"took <*> ms for blk_<*> of <*>"), first);
    }
};

COPPICE_TEST(OutlineTest)
#include "outline_test.moc"
