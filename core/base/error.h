// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QString>

#include <expected>
#include <memory>

namespace coppice {

/// What kind of failure it is; decides the exit code of coppicectl.
enum class ErrorKind {
    Failed,      ///< the operation failed, or a check found something (1)
    Usage,       ///< the request itself is wrong (2)
    NotFound,    ///< what was named does not exist (3)
    NeedsPerson, ///< a person has to decide or clean up first (4)
    Cancelled,   ///< stopped on request (130)
};

/// A failure that is told to a person: what happened, to what, and what to do next.
struct Error {
    ErrorKind kind = ErrorKind::Failed;
    QString code;  ///< stable word for programs, for example "git.not-a-repository"
    QString what;  ///< one sentence: what happened
    QString where; ///< the path, plugin, url or file:line it happened to; may be empty
    QString fix;   ///< one sentence: what to do; may be empty
    std::shared_ptr<const Error> cause;
    QJsonArray needs; ///< for NeedsPerson: [{"kind","plugin","paths"}], as the terminal contract prints it

    /// "what: where" in one line, causes appended.
    [[nodiscard]] QString message() const;
    /// The exit code of coppicectl for this kind.
    [[nodiscard]] int exitCode() const;
    /// The same error with `outer` told first and this one as its cause. The kind stays.
    [[nodiscard]] Error wrap(QString code, QString what, QString where = {}, QString fix = {}) &&;
};

template <class T = void> using Result = std::expected<T, Error>;
using Fail = std::unexpected<Error>;

[[nodiscard]] Fail fail(QString code, QString what, QString where = {}, QString fix = {});
[[nodiscard]] Fail failUsage(QString code, QString what, QString where = {}, QString fix = {});
[[nodiscard]] Fail failNotFound(QString code, QString what, QString where = {}, QString fix = {});
[[nodiscard]] Fail failNeeds(QString code, QString what, QString where, QString fix, QJsonArray needs);
[[nodiscard]] Fail failCancelled();

} // namespace coppice

#define COPPICE_CAT2(a, b) a##b
#define COPPICE_CAT(a, b) COPPICE_CAT2(a, b)
/// COPPICE_TRY(auto x, call()): x is the value, or the enclosing function returns the error.
#define COPPICE_TRY(declaration, ...) COPPICE_TRY_AS(COPPICE_CAT(tried_, __COUNTER__), declaration, __VA_ARGS__)
#define COPPICE_TRY_AS(name, declaration, ...)                                                                         \
    auto name = (__VA_ARGS__);                                                                                         \
    if (!name)                                                                                                         \
        return std::unexpected(std::move(name).error());                                                               \
    declaration = std::move(*name)
/// COPPICE_CHECK(call()): the enclosing function returns the error, if there is one.
#define COPPICE_CHECK(...) COPPICE_CHECK_AS(COPPICE_CAT(checked_, __COUNTER__), __VA_ARGS__)
#define COPPICE_CHECK_AS(name, ...)                                                                                    \
    do {                                                                                                               \
        if (auto name = (__VA_ARGS__); !name)                                                                          \
            return std::unexpected(std::move(name).error());                                                           \
    } while (false)
