// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/inflate.h"
#include "support/test_main.h"

#include <QTest>

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

using namespace coppice;
using net::Encoding;

namespace {

QByteArray deflated(const QByteArray &text, int windowBits)
{
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(qsizetype(deflateBound(&stream, uLong(text.size()))) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.constData()));
    stream.avail_in = uInt(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(qsizetype(stream.total_out));
    deflateEnd(&stream);
    return out;
}

QByteArray packed(const QByteArray &text, const QByteArray &how)
{
    if (how == "gzip")
        return deflated(text, MAX_WBITS + 16);
    if (how == "deflate")
        return deflated(text, MAX_WBITS);
    if (how == "raw")
        return deflated(text, -MAX_WBITS);
    if (how == "br") {
        size_t size = BrotliEncoderMaxCompressedSize(size_t(text.size()));
        QByteArray out(qsizetype(size), '\0');
        BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, size_t(text.size()), reinterpret_cast<const uint8_t *>(text.constData()), &size,
                              reinterpret_cast<uint8_t *>(out.data()));
        out.resize(qsizetype(size));
        return out;
    }
    QByteArray out(qsizetype(ZSTD_compressBound(size_t(text.size()))), '\0');
    out.resize(qsizetype(ZSTD_compress(out.data(), size_t(out.size()), text.constData(), size_t(text.size()), 3)));
    return out;
}

Encoding encodingOf(const QByteArray &how)
{
    return *net::encodingFrom(how == "raw" ? QByteArray("deflate") : how);
}

} // namespace

class InflateTest : public QObject
{
    Q_OBJECT

    static void ways()
    {
        QTest::addColumn<QByteArray>("how");
        for (const char *how : {"gzip", "deflate", "raw", "br", "zstd"})
            QTest::newRow(how) << QByteArray(how);
    }

private Q_SLOTS:
    void namesOfEncodings()
    {
        QCOMPARE(net::encodingFrom(""), Encoding::Identity);
        QCOMPARE(net::encodingFrom(" GZip "), Encoding::Gzip);
        QCOMPARE(net::encodingFrom("identity"), Encoding::Identity);
        QCOMPARE(net::encodingFrom("br"), Encoding::Brotli);
        QCOMPARE(net::encodingFrom("zstd"), Encoding::Zstd);
        QVERIFY(!net::encodingFrom("gzip, gzip"));
        QVERIFY(!net::encodingFrom("compress"));
    }
    void comesBackAsItWas_data() { ways(); }
    void comesBackAsItWas()
    {
        QFETCH(QByteArray, how);
        QByteArray text;
        for (int i = 0; i < 20'000; ++i)
            text += QByteArray::number(i * 7919 % 65'537) + ' ';
        for (const QByteArray &each : {text, QByteArray("x"), QByteArray()}) {
            const auto out = net::inflate(packed(each, how), encodingOf(how), 10 << 20);
            QVERIFY_RESULT(out);
            QCOMPARE(*out, each);
        }
    }
    void stopsAtTheCap_data() { ways(); }
    void stopsAtTheCap()
    {
        QFETCH(QByteArray, how);
        QByteArray text;
        for (int i = 0; i < 300'000; ++i)
            text += QByteArray::number(i * 7919 % 65'537) + ' ';
        const auto out = net::inflate(packed(text, how), encodingOf(how), text.size() - 1);
        QVERIFY(!out);
        QCOMPARE(out.error().code, QStringLiteral("inflate.too-large"));
        QVERIFY(net::inflate(packed(text, how), encodingOf(how), text.size()));
    }
    void whatGrowsTooMuchIsRefusedBeforeTheCap_data() { ways(); }
    void whatGrowsTooMuchIsRefusedBeforeTheCap()
    {
        QFETCH(QByteArray, how);
        const auto out = net::inflate(packed(QByteArray(64 << 20, '\0'), how), encodingOf(how), 1LL << 40);
        QVERIFY(!out);
        QCOMPARE(out.error().code, QStringLiteral("inflate.too-large"));
    }
    void cutAndBrokenBodiesAreErrors_data() { ways(); }
    void cutAndBrokenBodiesAreErrors()
    {
        QFETCH(QByteArray, how);
        QByteArray text;
        for (int i = 0; i < 5'000; ++i)
            text += QByteArray::number(i * 7919 % 65'537) + ' ';
        const QByteArray whole = packed(text, how);
        for (const qsizetype size : {whole.size() - 1, whole.size() / 2, qsizetype(3), qsizetype(0)}) {
            const auto cut = net::inflate(whole.left(size), encodingOf(how), 1 << 20);
            QVERIFY2(!cut || (size == 0 && cut->isEmpty() && how == "zstd"), qPrintable(QStringLiteral("%1 bytes").arg(size)));
        }
        const auto noise = net::inflate(QByteArray("\xff\xfe this is nothing of the kind \x01\x02", 40), encodingOf(how), 1 << 20);
        QVERIFY(!noise);
        QCOMPARE(noise.error().code, QStringLiteral("inflate.broken"));
        const auto more = net::inflate(QByteArray(whole + "garbage behind its end"), encodingOf(how), 1 << 20);
        QVERIFY(!more);
    }
    void membersOfGzipFollowEachOther()
    {
        const auto out = net::inflate(QByteArray(packed("one ", "gzip") + packed("two", "gzip")), Encoding::Gzip, 100);
        QVERIFY_RESULT(out);
        QCOMPARE(*out, QByteArray("one two"));
    }
    void plainBodiesHaveTheCapToo()
    {
        QVERIFY(net::inflate("1234", Encoding::Identity, 4));
        QVERIFY(!net::inflate("12345", Encoding::Identity, 4));
    }
};

COPPICE_TEST(InflateTest)
#include "inflate_test.moc"
