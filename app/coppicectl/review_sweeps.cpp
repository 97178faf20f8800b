// SPDX-License-Identifier: GPL-3.0-or-later
#include "review_sweeps.h"

#include <base/counted.h>
#include <engine/session.h>
#include <review/sweeps.h>
#include <text/hidden.h>

#include <QJsonArray>

#include <algorithm>

namespace coppice::ctl {

namespace {

QString nameOf(review::Decision::Verdict verdict)
{
    using Verdict = review::Decision::Verdict;
    switch (verdict) {
    case Verdict::Accepted: return QStringLiteral("accepted");
    case Verdict::Rejected: return QStringLiteral("rejected");
    case Verdict::Partly: return QStringLiteral("partly");
    case Verdict::Undecided: break;
    }
    return QStringLiteral("undecided");
}

Result<std::vector<review::Sweep>> sweepsOf(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop()));
    QHash<QString, QByteArray> prefixes;
    for (const auto &entry : catalog.entries)
        prefixes.insert(entry.plugin.id, entry.plugin.prefix);
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto repository, session->library().repository());
    return review::findSweeps(repository, reviews, prefixes, context.stop());
}

QJsonObject jsonOf(const review::Sweep::Place &place)
{
    return {{QStringLiteral("review"), place.patch}, {QStringLiteral("plugin"), place.plugin},
            {QStringLiteral("path"), QString::fromUtf8(place.path)}, {QStringLiteral("hunk"), place.hunk},
            {QStringLiteral("verdict"), nameOf(place.verdict)}, {QStringLiteral("own_name"), place.ownName}};
}

Result<int> list(Context &context, const QString &only)
{
    COPPICE_TRY(const auto sweeps, sweepsOf(context));
    QJsonArray array;
    QStringList lines;
    for (const auto &sweep : sweeps) {
        if (!only.isEmpty() && !sweep.id.startsWith(only))
            continue;
        QJsonArray places, outliers;
        QStringList plugins;
        for (const auto &place : sweep.places) {
            places << jsonOf(place);
            plugins << place.plugin;
        }
        lines << QStringLiteral("%1  %2, %3 without a verdict: %4").arg(sweep.id.left(12), counted(qint64(sweep.places.size()), "place"))
                     .arg(sweep.undecided()).arg(plugins.join(QStringLiteral(", ")));
        for (const auto &line : sweep.sample.split(u'\n', Qt::SkipEmptyParts))
            lines << QStringLiteral("    ") + line;
        for (const auto &one : sweep.outliers) {
            auto object = jsonOf(one.place);
            object[QStringLiteral("difference")] = one.difference;
            outliers << object;
            lines << QStringLiteral("  differs in %1 (%2):").arg(one.place.plugin, text::plain(QString::fromUtf8(one.place.path), 400));
            for (const auto &line : one.difference.split(u'\n', Qt::SkipEmptyParts))
                lines << QStringLiteral("    ") + line;
        }
        array << QJsonObject{{QStringLiteral("id"), sweep.id}, {QStringLiteral("sample"), sweep.sample},
                             {QStringLiteral("undecided"), sweep.undecided()}, {QStringLiteral("places"), places},
                             {QStringLiteral("outliers"), outliers}};
    }
    context.answer({{QStringLiteral("sweeps"), array}},
                   lines.isEmpty() ? QStringLiteral("No hunk stands in the open patches of two plugins.") : lines.join(u'\n'));
    return 0;
}

struct Options {
    std::string id;
};

const Definition definition([](Verb &root, Context &context) {
    auto *review = group(root, "review", "Patches and what people say of them");
    const auto options = std::make_shared<Options>();
    auto *command = review->addSubcommand("sweeps", "The same hunks in the open patches of several plugins, and plugins that differ");
    command->addOption("id", options->id, "Only this sweep");
    command->callback([&context, options] { context.setAction([options](Context &c) { return list(c, q(options->id)); }); });
});

} // namespace

Result<int> decideSweep(Context &context, const QString &id, review::Decision::Verdict verdict, const QString &reason)
{
    COPPICE_TRY(const auto sweeps, sweepsOf(context));
    std::vector<QString> ids;
    for (const auto &sweep : sweeps)
        ids.push_back(sweep.id);
    COPPICE_TRY(const auto whole, matchId(id, ids, QStringLiteral("sweep")));
    const auto sweep = std::ranges::find(sweeps, whole, &review::Sweep::id);
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto operation, review::decideSweep(session->journal(), Actor::self(), *sweep, verdict, reason));
    context.answer({{QStringLiteral("id"), whole},
                    {QStringLiteral("operation"), operation.toString()},
                    {QStringLiteral("hunks"), qint64(sweep->places.size())},
                    {QStringLiteral("outliers"), qint64(sweep->outliers.size())},
                    {QStringLiteral("verdict"), nameOf(verdict)}},
                   QStringLiteral("Now %1: %2. %3").arg(nameOf(verdict), counted(qint64(sweep->places.size()), "hunk"),
                                                       sweep->outliers.empty() ? QStringLiteral("No plugin differs.")
                                                                               : QStringLiteral("Not decided on: %1 that differ.").arg(sweep->outliers.size())));
    return 0;
}

} // namespace coppice::ctl
