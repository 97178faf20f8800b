// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "receivers/batch.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <functional>
#include <vector>

namespace coppice::receivers {

// What is read of OTLP, from JSON and from protobuf alike. Times are nanoseconds since 1970, ids are hexadecimal.
// Source: https://opentelemetry.io/docs/specs/otlp/ (1.9), opentelemetry-proto 1.x.

constexpr qsizetype otlpAttributes = 256; ///< of one record, and members of one list; more are passed over
constexpr size_t otlpSpanEvents = 128;

struct OtlpLog {
    qint64 time = 0;
    qint64 observed = 0;
    int severity = 0; ///< 1 to 24; 0: not said
    QString severityText;
    QJsonValue body;
    QJsonObject attributes;
    QString traceId;
    QString spanId;
};
struct OtlpSpan {
    struct Event {
        qint64 time = 0;
        QString name;
        QJsonObject attributes;
    };
    QString traceId;
    QString spanId;
    QString name;
    int kind = 0; ///< 2: server
    qint64 end = 0;
    QJsonObject attributes;
    std::vector<Event> events; ///< named "exception" only
    int status = 0;            ///< 2: error
    QString statusMessage;
};
/// A point of a metric that may count requests.
struct OtlpPoint {
    QString metric;
    bool counts = false;  ///< a histogram: `value` is its count; else a sum
    bool rising = false;  ///< cumulative: since `start`
    bool monotonic = true; ///< of a sum
    qint64 start = 0;
    qint64 time = 0;
    double value = 0;
    QJsonObject attributes;
};

/// Gets what is in a request, in order, each with the attributes of its resource and the name of its scope.
struct OtlpVisitor {
    std::function<void(const QJsonObject &resource, const QString &scope, const OtlpLog &)> log;
    std::function<void(const QJsonObject &resource, const QString &scope, const OtlpSpan &)> span;
    std::function<void(const QJsonObject &resource, const QString &scope, const OtlpPoint &)> point;
};
enum class OtlpSignal { Logs, Traces, Metrics };

/// Errors: "otlp.malformed", or those of parseBounded. Nothing is visited of a body that is broken as a whole.
[[nodiscard]] Result<> readOtlpJson(const QByteArray &body, OtlpSignal signal, const OtlpVisitor &visitor);
[[nodiscard]] Result<> readOtlpProtobuf(const QByteArray &body, OtlpSignal signal, const OtlpVisitor &visitor);

/// Events, request points: what a request means to us. An error is a log record of severity error or with an exception,
/// an exception in a span, or a span whose status says so. `isJson` says how the body is written.
struct OtlpRequest {
    Batch batch;
    qint64 rejected = 0; ///< records beyond the 5,000 errors that one request may bring
};
[[nodiscard]] Result<OtlpRequest> readOtlp(const QByteArray &body, OtlpSignal signal, bool isJson);

/// Whether a metric counts served requests: the server durations and counters of the semantic conventions.
[[nodiscard]] bool isRequestMetric(const QString &name);

} // namespace coppice::receivers
