// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/actor.h>
#include <base/clock.h>

#include <QJsonArray>

namespace coppice::ctl {

namespace {

/// Who approved what is accepted now, whose word has lapsed, and what is missing.
QString textOf(const QJsonObject &approvals)
{
    QStringList lines;
    const auto name = [](const QJsonValue &who) { return Actor::fromString(who.toString()).name; };
    const QString content = approvals[QLatin1String("content")].toString();
    lines << (content.isEmpty() ? QStringLiteral("Nothing of it is accepted.") : QStringLiteral("What is accepted: content %1").arg(content.left(12)));
    for (const auto &who : approvals[QLatin1String("requested_by")].toArray())
        lines << QStringLiteral("Asked for by %1").arg(name(who));
    for (const auto &one : approvals[QLatin1String("approved")].toArray())
        lines << QStringLiteral("Approved by %1, %2").arg(name(one[QLatin1String("by")]), ageText(qint64(one[QLatin1String("at")].toDouble())));
    for (const auto &one : approvals[QLatin1String("lapsed")].toArray())
        lines << QStringLiteral("Lapsed: %1 approved other content (%2)").arg(name(one[QLatin1String("by")]), one[QLatin1String("content")].toString().left(12));
    const auto missing = approvals[QLatin1String("missing")].toArray();
    for (const auto &what : missing)
        lines << QStringLiteral("Missing: %1").arg(what.toString());
    if (missing.isEmpty() && !content.isEmpty())
        lines << QStringLiteral("It may land.");
    return lines.join(u'\n');
}

const Definition definition([](Verb &root, Context &context) {
    auto *review = group(root, "review", "Patches and what people say of them");
    const auto define = [&](const char *name, const char *verb, const char *description) {
        auto *command = review->addSubcommand(name, description);
        const auto id = std::make_shared<std::string>();
        command->addOption("id", *id, "The patch")->required();
        command->callback([&context, id, verb] {
            context.setAction([id, verb](Context &c) -> Result<int> {
                COPPICE_TRY(const auto approvals, c.call(QString::fromLatin1(verb), {{QStringLiteral("id"), q(*id)}}));
                c.answer(approvals, textOf(approvals));
                return 0;
            });
        });
    };
    define("approve", "review.approve", "Approves what is accepted of a patch now; it lapses when that changes");
    define("approvals", "review.approvals", "Who approved what of a patch, and what is missing");
});

} // namespace

} // namespace coppice::ctl
