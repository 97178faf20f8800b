// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of the review room as a projection of the operations on patches.
#include "review/reviews.h"
#include "review/stored.h"

#include <QJsonArray>

namespace coppice::review {

Result<> mustBeOpen(store::Connection &connection, const QString &patch)
{
    COPPICE_TRY(const auto state,
                connection.value(QStringLiteral("SELECT state FROM review_patches WHERE id = ?"), {patch}));
    if (!state.isValid())
        return failNotFound(QStringLiteral("review.not-found"), QStringLiteral("There is no such patch"), patch);
    if (state.toString() != u"open")
        return fail(QStringLiteral("review.not-open"), QStringLiteral("The patch is %1 already").arg(state.toString()),
                    patch, QStringLiteral("What has landed is changed by another patch."));
    return {};
}

namespace {

Result<> changeComment(store::Connection &connection, const journal::Operation &operation, const QString &patch,
                       const QString &comment, const char *kind, const QString &value)
{
    COPPICE_CHECK(connection.exec(
        QStringLiteral("INSERT INTO review_comment_changes (operation, patch, comment, kind, value, at) VALUES (?, ?, ?, ?, ?, ?)"),
        {operation.id.toString(), patch, comment, QString::fromLatin1(kind), stored(value), operation.at}));
    return {};
}

class ReviewProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return QStringLiteral("review"); }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        const QString patch = operation.entity.mid(operation.entity.indexOf(u':') + 1);
        const auto &payload = operation.payload;
        const auto text = [&](const char *key) { return stored(payload[QLatin1String(key)].toString()); };
        if (operation.verb == u"verdict") {
            COPPICE_CHECK(mustBeOpen(connection, patch));
            for (const auto &hunk : payload[QLatin1String("hunks")].toArray())
                COPPICE_CHECK(connection.exec(
                    QStringLiteral("INSERT INTO review_verdicts (operation, patch, hunk, verdict, lines, reason, changed) "
                                   "VALUES (?, ?, ?, ?, ?, ?, ?)"),
                    {operation.id.toString(), patch, hunk.toString(), text("verdict"), text("lines"), text("reason"),
                     payload[QLatin1String("changed")].toInt()}));
            return QJsonObject();
        }
        if (operation.verb == u"viewed") {
            for (const auto &hunk : payload[QLatin1String("hunks")].toArray())
                COPPICE_CHECK(connection.exec(
                    QStringLiteral("INSERT INTO review_viewed (operation, patch, hunk, viewed) VALUES (?, ?, ?, ?)"),
                    {operation.id.toString(), patch, hunk.toString(), payload[QLatin1String("viewed")].toBool() ? 1 : 0}));
            return QJsonObject();
        }
        if (operation.verb == u"comment") {
            const QString thread = text("thread");
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT INTO review_comments (id, patch, hunk, line, author, text, at, thread, path, "
                               "old_side, place, quote, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
                {operation.id.toString(), patch, text("hunk"), payload[QLatin1String("line")].toInt(),
                 operation.actor.toString(), text("text"), operation.at,
                 thread.isEmpty() ? operation.id.toString() : thread,
                 QByteArray::fromPercentEncoding(text("path").toLatin1()), payload[QLatin1String("oldSide")].toBool() ? 1 : 0,
                 payload[QLatin1String("offset")].toInt(), text("quote"), payload[QLatin1String("revision")].toInt()}));
            if (!thread.isEmpty())
                COPPICE_CHECK(changeComment(connection, operation, patch, thread, "resolved", QString()));
            return QJsonObject();
        }
        if (operation.verb == u"send-back") {
            COPPICE_CHECK(mustBeOpen(connection, patch));
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT INTO review_send_backs (run, patch, revision, author, at, words, hunks, tainted) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
                {text("run"), patch, payload[QLatin1String("revision")].toInt(), operation.actor.toString(), operation.at,
                 text("words"), text("hunks"), payload[QLatin1String("tainted")].toBool() ? 1 : 0}));
            return QJsonObject();
        }
        if (operation.verb == u"revision") {
            COPPICE_CHECK(mustBeOpen(connection, patch));
            COPPICE_TRY(const auto last, connection.value(
                                             QStringLiteral("SELECT max(number) FROM review_revisions WHERE patch = ?"), {patch}));
            const int number = payload[QLatin1String("number")].toInt();
            if (last.toInt() + 1 != number)
                return fail(QStringLiteral("review.other-revision"),
                            QStringLiteral("The patch has revision %1 by now").arg(last.toInt()), patch,
                            QStringLiteral("Read that one, and make the change on it."));
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT INTO review_revisions (patch, number, base, result, run, tainted, at, author, note) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
                {patch, number, text("base"), text("result"), text("run"), payload[QLatin1String("tainted")].toBool() ? 1 : 0,
                 operation.at, operation.actor.toString(), text("note")}));
            return QJsonObject();
        }
        if (operation.verb == u"edit-comment") {
            COPPICE_CHECK(changeComment(connection, operation, patch, text("comment"), "text", text("text")));
            return QJsonObject();
        }
        if (operation.verb == u"resolve") {
            const bool resolved = payload[QLatin1String("resolved")].toBool();
            COPPICE_CHECK(changeComment(connection, operation, patch, text("comment"), "resolved",
                                        resolved ? operation.actor.toString() : QString()));
            return QJsonObject();
        }
        if (operation.verb == u"state") {
            COPPICE_TRY(const auto before, connection.value(
                                               QStringLiteral("SELECT state FROM review_patches WHERE id = ?"), {patch}));
            COPPICE_CHECK(connection.exec(
                QStringLiteral("UPDATE review_patches SET state = ?, applied = coalesce(nullif(?, ''), applied) WHERE id = ?"),
                {text("state"), text("commit"), patch}));
            return QJsonObject{{QStringLiteral("state"), before.toString()}};
        }
        return fail(QStringLiteral("review.unknown-operation"),
                    QStringLiteral("A patch knows no operation \"%1\"").arg(operation.verb), patch);
    }

    Result<> revert(store::Connection &connection, const journal::Operation &original,
                    const QJsonObject &remembered) override
    {
        const QString patch = original.entity.mid(original.entity.indexOf(u':') + 1);
        if (original.verb == u"verdict") {
            COPPICE_CHECK(mustBeOpen(connection, patch));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_verdicts WHERE operation = ?"),
                                          {original.id.toString()}));
            return {};
        }
        const QVariantList by{original.id.toString()};
        if (original.verb == u"viewed") {
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_viewed WHERE operation = ?"), by));
            return {};
        }
        if (original.verb == u"comment") {
            COPPICE_TRY(const auto answers,
                        connection.value(QStringLiteral("SELECT count(*) FROM review_comments WHERE thread = ? AND id <> ?"),
                                         {original.id.toString(), original.id.toString()}));
            if (answers.toInt() > 0)
                return fail(QStringLiteral("review.cannot-undo"), QStringLiteral("The comment has been answered"), patch,
                            QStringLiteral("Resolve its thread instead."));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_comments WHERE id = ?"), by));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_comment_changes WHERE operation = ?"), by));
            return {};
        }
        if (original.verb == u"send-back")
            return fail(QStringLiteral("review.cannot-undo"), QStringLiteral("The agent has been told"), patch,
                        QStringLiteral("Cancel its run: coppicectl run cancel."));
        if (original.verb == u"revision") {
            COPPICE_CHECK(mustBeOpen(connection, patch));
            const int number = original.payload[QLatin1String("number")].toInt();
            COPPICE_TRY(const auto last, connection.value(
                                             QStringLiteral("SELECT max(number) FROM review_revisions WHERE patch = ?"), {patch}));
            if (last.toInt() != number)
                return fail(QStringLiteral("review.cannot-undo"), QStringLiteral("The patch has a later revision"), patch);
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_revisions WHERE patch = ? AND number = ?"),
                                          {patch, number}));
            return {};
        }
        if (original.verb == u"edit-comment" || original.verb == u"resolve") {
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_comment_changes WHERE operation = ?"), by));
            return {};
        }
        if (original.verb != u"state")
            return fail(QStringLiteral("review.cannot-undo"),
                        QStringLiteral("\"%1\" on a patch cannot be undone").arg(original.verb), patch);
        if (original.payload[QLatin1String("state")].toString() != u"closed")
            return fail(QStringLiteral("review.cannot-undo"),
                        QStringLiteral("A patch that has landed is not taken back by undo"), patch,
                        QStringLiteral("Revert its commit, or open the opposite patch."));
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE review_patches SET state = ? WHERE id = ?"),
                                      {remembered[QLatin1String("state")].toString(), patch}));
        return {};
    }
};

} // namespace

std::unique_ptr<journal::Projector> reviewProjector()
{
    return std::make_unique<ReviewProjector>();
}

} // namespace coppice::review
