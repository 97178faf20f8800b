// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <git/tree_edit.h>
#include <review/reviews.h>
#include <review/sweeps.h>

#include "support/scratch.h"

#include <QMap>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}

namespace coppice::test {

using Texts = QMap<QByteArray, QByteArray>; ///< by path

/// A library's databases and an empty bare repository, for revisions made of texts.
struct ReviewHouse {
    ReviewHouse() : repository(std::move(*git::Repository::initBare(scratch.path(QStringLiteral("r.git")))))
    {
        state = std::move(*store::Database::open(scratch.path(QStringLiteral("state.db"))));
        auto steps = journal::migrations();
        const auto own = review::migrations();
        steps.insert(steps.end(), own.begin(), own.end());
        if (const auto migrated = state->migrate(steps); !migrated)
            qFatal("%s", qPrintable(migrated.error().message()));
        journal = std::make_unique<journal::Journal>(*state);
        journal->addProjector(review::reviewProjector());
        journal->addProjector(review::sweepProjector());
        reviews = std::make_unique<review::Reviews>(*state, *journal);
    }
    git::Oid tree(const Texts &texts)
    {
        std::vector<git::TreeChange> changes;
        for (auto it = texts.begin(); it != texts.end(); ++it)
            changes.push_back({it.key(), git::TreeEntry{{}, git::Mode::File, repository.writeBlob(*it).value()}});
        return git::editTree(repository, {}, changes).value();
    }
    review::Revision revision(const Texts &before, const Texts &after)
    {
        review::Revision made;
        made.base = tree(before);
        made.result = tree(after);
        return made;
    }
    std::vector<review::FilePatch> files(const review::Revision &revision) const { return review::filesOf(repository, revision).value(); }

    Scratch scratch;
    git::Repository repository;
    std::unique_ptr<store::Database> state;
    std::unique_ptr<journal::Journal> journal;
    std::unique_ptr<review::Reviews> reviews;
};

/// Lines "1" to "count", with some of them replaced: {3: "three\n"}, also by nothing or by several.
inline QByteArray lines(int count, const QMap<int, QByteArray> &other = {})
{
    QByteArray text;
    for (int i = 1; i <= count; ++i)
        text += other.value(i, QByteArray::number(i) + '\n');
    return text;
}

} // namespace coppice::test
