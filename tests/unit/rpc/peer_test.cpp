// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <process/child.h>
#include <rpc/peer.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace coppice;
using namespace coppice::rpc;

namespace {

/// Two peers that hear each other once pump() is called.
struct Pair {
    QByteArray toB, toA;
    Peer a{[this](const QByteArray &line) { toB += line; return true; }};
    Peer b{[this](const QByteArray &line) { toA += line; return true; }};
    void pump(qsizetype piece = 1 << 20)
    {
        while (!toA.isEmpty() || !toB.isEmpty()) {
            const QByteArray forB = toB.left(piece), forA = toA.left(piece);
            toB.remove(0, forB.size());
            toA.remove(0, forA.size());
            b.feed(forB);
            a.feed(forA);
        }
    }
};

} // namespace

class PeerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bothSidesAskAndTell()
    {
        Pair pair;
        QStringList heard;
        pair.b.onRequest = [&](const QJsonValue &id, const QString &method, const QJsonObject &params) {
            // Asks back before it answers.
            pair.b.request(QStringLiteral("back"), QJsonObject{}, [&, id, method, params](const Reply &reply) {
                heard << reply.result.toString();
                pair.b.respond(id, QString(method + params[u"x"].toString()));
            });
        };
        pair.a.onRequest = [&](const QJsonValue &id, const QString &, const QJsonObject &) { pair.a.respond(id, QStringLiteral("asked back")); };
        pair.b.onNotification = [&](const QString &method, const QJsonObject &) { heard << method; };
        pair.a.notify(QStringLiteral("hello"), {});
        pair.a.request(QStringLiteral("do "), QJsonObject{{QStringLiteral("x"), QStringLiteral("zwölf\n")}}, [&](const Reply &reply) {
            QVERIFY(reply.ok());
            heard << reply.result.toString();
        });
        pair.pump(3);
        QCOMPARE(heard, QStringList({QStringLiteral("hello"), QStringLiteral("asked back"), QStringLiteral("do zwölf\n")}));
    }

    void unknownRequestsAreRefused()
    {
        Pair pair;
        int code = 0;
        pair.a.request(QStringLiteral("x/y"), {}, [&](const Reply &reply) { code = reply.code(); });
        pair.pump();
        QCOMPARE(code, int(MethodNotFound));
    }

    void noiseIsSurvived()
    {
        QByteArray sent;
        Peer peer([&](const QByteArray &line) { sent += line; return true; });
        int answers = 0, notes = 0, noises = 0;
        peer.onNotification = [&](const QString &, const QJsonObject &) { ++notes; };
        peer.onNoise = [&](QByteArrayView) { ++noises; };
        const qint64 id = peer.request(QStringLiteral("m"), {}, [&](const Reply &) { ++answers; });
        peer.feed("Starting…\n{\"jsonrpc\":\"2.0\", cut\n\n\r\n\xff\xfe\n42\n");
        peer.feed("{\"jsonrpc\":\"2.0\",\"id\":999,\"result\":1}\n");                    // an answer to nothing
        peer.feed("{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"result\":1}\n");                  // with a kind of id that we do not send
        peer.feed("{\"id\":7}\n");                                                     // neither request nor answer
        peer.feed(QByteArray(qsizetype(Peer::lineCap) + 10, 'x'));
        peer.feed("\n[{\"jsonrpc\":\"2.0\",\"method\":\"n\"},{\"jsonrpc\":\"2.0\",\"method\":\"n\"}]\n");
        peer.feed(QByteArray("{\"jsonrpc\":\"2.0\",\"id\":" + QByteArray::number(id) + ",\"result\":null}\n"));
        peer.feed(QByteArray("{\"jsonrpc\":\"2.0\",\"id\":" + QByteArray::number(id) + ",\"result\":null}\n")); // twice
        QCOMPARE(answers, 1);
        QCOMPARE(notes, 2);
        QVERIFY(noises >= 4);
        QVERIFY(sent.contains("-32600")); // told about the one that had an id
    }

    void whoWaitsIsToldOfTheEnd()
    {
        Peer peer([](const QByteArray &) { return true; });
        QList<int> codes;
        peer.request(QStringLiteral("a"), {}, [&](const Reply &reply) { codes << reply.code(); });
        peer.disconnect(QStringLiteral("gone"));
        peer.request(QStringLiteral("b"), {}, [&](const Reply &reply) { codes << reply.code(); });
        QCOMPARE(codes, QList<int>({ConnectionLost, ConnectionLost}));
    }

    void withAChild()
    {
        // A program that speaks the same: it asks, gets its answer, and then gives its own.
        process::Request request;
        request.argv = {QStringLiteral("python3"), QStringLiteral("-c"), QStringLiteral(R"(
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get('method') == 'begin':
        begin = message['id']
        print('noise on stdout')
        print(json.dumps({'jsonrpc': '2.0', 'id': 'q1', 'method': 'ask', 'params': {}}), flush=True)
    elif message.get('id') == 'q1':
        print(json.dumps({'jsonrpc': '2.0', 'id': begin, 'result': message['result'] * 2}), flush=True)
)")};
        request.channel = std::make_shared<process::Channel>();
        Peer peer([&](const QByteArray &line) { return request.channel->write(line); });
        peer.onRequest = [&](const QJsonValue &id, const QString &, const QJsonObject &) { peer.respond(id, 21); };
        int result = 0;
        peer.request(QStringLiteral("begin"), {}, [&](const Reply &reply) {
            result = reply.result.toInt();
            request.channel->close();
        });
        request.onStdout = [&](QByteArrayView piece) { peer.feed(piece); };
        const auto outcome = process::run(request);
        QVERIFY_RESULT(outcome);
        QVERIFY2(outcome->ok(), outcome->err.constData());
        QCOMPARE(result, 42);
    }
};

COPPICE_TEST(PeerTest)
#include "peer_test.moc"
