// SPDX-License-Identifier: GPL-3.0-or-later
// LeanJson against Qt's reader: the same is accepted, and the same is read. COPPICE_SEED repeats a run, COPPICE_ROUNDS makes it
// longer.
#include "receivers/lean_json.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <array>

using namespace coppice;
using namespace coppice::receivers;

namespace {

const QByteArray sample = R"({"exception":{"values":[{"type":"TypeError","value":"caf\u00e9 \"x\"\n\ud83d\ude00 🙂","stacktrace":{"frames":[{"lineno":12,"colno":-7,
 "in_app":true},{"lineno":1.5e3,"in_app":false}]}}]},"timestamp":1795303774.929,"tags":{"b":"2","a":"1","b":"3"},"extra":{"null":null,"big":12345678901234567890,
 "deep":[[],{},[{"a":[1,2.25,-0.5,"\\\/\b\f\r\t"]}]]},"level":"error"})";

QByteArray mutated(QByteArray text, QRandomGenerator &random)
{
    static const std::array<QByteArray, 24> pieces{"{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00", "\\u0041", "0", "-", ".", "e", "+", "1", "01", "tru", "null", " ", "\n",
                                                   "\xc3", "\xff", "//"};
    const int times = 1 + int(random.bounded(3));
    for (int i = 0; i < times && !text.isEmpty(); ++i) {
        const auto at = qsizetype(random.bounded(quint32(text.size())));
        switch (random.bounded(4)) {
        case 0:
            text.remove(at, 1 + qsizetype(random.bounded(4u)));
            break;
        case 1:
            text.insert(at, pieces[random.bounded(quint32(pieces.size()))]);
            break;
        case 2:
            text[at] = char(random.bounded(256));
            break;
        default:
            text.truncate(random.bounded(8) == 0 ? at : text.size());
            text.insert(at, text.mid(qsizetype(random.bounded(quint32(text.size() + 1))), qsizetype(random.bounded(12u))));
        }
    }
    return text;
}

/// Of what stands behind a backslash Qt takes one byte of several.
bool escapesBeyondAscii(const QByteArray &text)
{
    for (qsizetype i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && uchar(text[i + 1]) >= 0x80)
            return true;
    }
    return false;
}

/// Half a pair of surrogates, which Qt keeps, is no text.
QString whole(const QString &text)
{
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool pair = text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        out += !pair && text[i].isSurrogate() ? QChar(0xFFFD) : text[i];
        if (pair)
            out += text[++i];
    }
    return out;
}

QJsonValue whole(const QJsonValue &value)
{
    if (value.isString())
        return whole(value.toString());
    if (value.isArray()) {
        QJsonArray out;
        const QJsonArray array = value.toArray();
        for (const auto &each : array)
            out.append(whole(QJsonValue(each)));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        out[whole(it.key())] = whole(QJsonValue(*it));
    return out;
}

} // namespace

class LeanJsonTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsWhatQtReads()
    {
        const bool given = qEnvironmentVariableIsSet("COPPICE_SEED");
        const quint32 seed = given ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED")) : QRandomGenerator::global()->generate() & 0x7FFFFFFFu;
        const int rounds = qEnvironmentVariableIsSet("COPPICE_ROUNDS") ? qEnvironmentVariableIntValue("COPPICE_ROUNDS") : 5'000;
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        int read = 0;
        for (int i = 0; i < rounds; ++i) {
            const QByteArray text = i == 0 ? sample : mutated(sample, random);
            if (escapesBeyondAscii(text))
                continue;
            const auto theirs = parseBounded(text);
            const auto ours = LeanJson::parse(text);
            QVERIFY2(theirs.has_value() == ours.has_value(),
                     QByteArray((ours ? "accepted: " : "refused: ") + text + (theirs ? QByteArray() : '\n' + theirs.error().message().toUtf8())).constData());
            if (!ours)
                continue;
            ++read;
            QVERIFY2(ours->root().toQt() == whole(QJsonValue(*theirs)), text.constData());
        }
        QVERIFY(read > rounds / 20);
        QVERIFY(read < rounds);
    }
    void valuesOfEachKind()
    {
        const QByteArray text = R"({"text":"a\u0042","int":-7,"whole":3.0,"far":1e300,"wide":4294967296,"yes":true,"none":null,"list":[1,[2],3],"twice":1,"twice":2,"":"empty"})";
        const auto json = LeanJson::parse(text);
        QVERIFY(json);
        const LeanValue root = json->root();
        QCOMPARE(root["text"].toString(), QStringLiteral("aB"));
        QCOMPARE(root["int"].toInt(), -7);
        QCOMPARE(root["whole"].toInt(), 3);
        QCOMPARE(root["far"].toInt(5), 5);
        QCOMPARE(root["far"].toDouble(), 1e300);
        QCOMPARE(root["wide"].toInt(5), 5);
        QCOMPARE(root["wide"].toInteger(), 4294967296);
        QVERIFY(root["yes"].toBool());
        QVERIFY(root["none"].isNull());
        QVERIFY(!root["nothing"].isThere());
        QVERIFY(!root["nothing"]["deeper"].isThere());
        QCOMPARE(root["list"].list().size(), 3);
        QCOMPARE(root["list"].list()[1].list()[0].toInt(), 2);
        QVERIFY(!root["list"].list()[3].isThere());
        QVERIFY(!root["list"].list()[-1].isThere());
        QCOMPARE(root["twice"].toInt(), 2);
        QCOMPARE(root[""].toString(), QStringLiteral("empty"));
        QStringList names;
        for (const auto &[name, value] : root.members())
            names << QString::fromUtf8(name);
        QCOMPARE(names.join(u','), QStringLiteral(",far,int,list,none,text,twice,whole,wide,yes"));
        const auto half = LeanJson::parse(R"({"a":"\ud83d","b":"\ud83dx\ude00"})");
        QCOMPARE(half->root()["a"].toString(), QString(QChar(0xFFFD)));
        QCOMPARE(half->root()["b"].toString(), QString(QChar(0xFFFD)) + u'x' + QChar(0xFFFD));
    }
    void bounds()
    {
        QVERIFY(LeanJson::parse("{\"a\":\"\\\"[[[[\",\"b\":[1,2]}", {2, 10}));
        QCOMPARE(LeanJson::parse("{\"a\":{\"b\":[]}}", {2, 10}).error().code, QStringLiteral("json.too-deep"));
        QCOMPARE(LeanJson::parse("{\"a\":[1,2,3,4,5,6,7,8,9,10]}", {2, 10}).error().code, QStringLiteral("json.too-many"));
        for (const QByteArray broken : {"", "{", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":\"\\u12", "[1]", "{} x", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "nul"})
            QCOMPARE(LeanJson::parse(broken).error().code, QStringLiteral("json.broken"));
    }
};

COPPICE_TEST(LeanJsonTest)
#include "lean_json_test.moc"
