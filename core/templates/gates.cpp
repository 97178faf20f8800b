// SPDX-License-Identifier: GPL-3.0-or-later
#include "templates/gates.h"

#include "journal/operation.h"
#include "library/library.h"
#include "review/reviews.h"

#include <algorithm>

namespace coppice::templates {

using namespace Qt::StringLiterals;

namespace {

constexpr int commitsLookedAt = 20'000;
const QByteArray templatesFolder = "templates/";
const QByteArray next = "next/";

using Entry = std::optional<git::TreeEntry>;

bool same(const Entry &a, const Entry &b)
{
    return a ? b && a->id == b->id && a->mode == b->mode : !b;
}

Result<Entry> entryIn(const git::Repository &repository, const git::Oid &commit, const QByteArray &path)
{
    if (commit.isNull())
        return Entry();
    COPPICE_TRY(const auto root, repository.treeOf(commit));
    return repository.entryAt(root, path);
}

/// Goes back along the branch until each name's last change is found.
Result<> findChanges(const git::Repository &repository, const git::Oid &head, std::map<QByteArray, Gate> &gates)
{
    git::Oid at = head;
    size_t open = gates.size();
    for (int i = 0; open > 0 && !at.isNull() && i < commitsLookedAt; ++i) {
        COPPICE_TRY(const auto commit, repository.commit(at));
        const git::Oid parent = commit.parents.empty() ? git::Oid() : commit.parents.front();
        COPPICE_TRY(const auto now, entryIn(repository, at, "templates"));
        COPPICE_TRY(const auto before, entryIn(repository, parent, "templates"));
        if (!same(now, before)) {
            COPPICE_TRY(const auto settled, entryIn(repository, parent, library::settingsFile));
            for (auto &[name, gate] : gates) {
                if (!gate.commit.isNull())
                    continue;
                COPPICE_TRY(const auto mine, entryIn(repository, at, templatesFolder + name));
                COPPICE_TRY(const auto was, entryIn(repository, parent, templatesFolder + name));
                if (same(mine, was))
                    continue;
                gate.commit = at;
                --open;
                if (!settled) { // the commit that made the library
                    gate.state = Gate::State::Initial;
                    gate.why = u"As the library began."_s;
                } else {
                    gate.why = u"Changed by the commit %1, which was not reviewed here."_s.arg(at.shown());
                }
            }
        }
        at = parent;
    }
    return {};
}

} // namespace

QString nameOf(Gate::State state)
{
    constexpr const char *names[] = {"initial", "gated", "reviewed", "ungated"};
    return QLatin1String(names[int(state)]);
}

bool passes(Gate::State state, library::LibrarySettings::TemplateGate asked)
{
    using Asked = library::LibrarySettings::TemplateGate;
    switch (state) {
    case Gate::State::Initial:
    case Gate::State::Gated:
        return true;
    case Gate::State::Reviewed:
        return asked != Asked::Eval;
    case Gate::State::Ungated:
        break;
    }
    return asked == Asked::None;
}

QString nameOf(library::LibrarySettings::TemplateGate asked)
{
    using Asked = library::LibrarySettings::TemplateGate;
    return asked == Asked::None ? u"nothing"_s : asked == Asked::Review ? u"reviewed"_s : u"reviewed and evaluated"_s;
}

Result<std::map<QByteArray, Gate>> gatesOf(git::Repository &repository, store::Database &state, const git::Oid &head,
                                           const std::vector<QByteArray> &names)
{
    std::map<QByteArray, Gate> gates;
    for (const auto &name : names)
        gates[name] = {};
    if (head.isNull() || gates.empty())
        return gates;
    COPPICE_CHECK(findChanges(repository, head, gates));

    journal::Journal journal(state); // only read
    review::Reviews reviews(state, journal);
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        if (patch.applied.isNull() || !repository.has(patch.applied))
            continue;
        COPPICE_TRY(const auto commit, repository.commit(patch.applied));
        const git::Oid parent = commit.parents.empty() ? git::Oid() : commit.parents.front();
        COPPICE_TRY(const auto after, entryIn(repository, patch.applied, "templates"));
        COPPICE_TRY(const auto before, entryIn(repository, parent, "templates"));
        if (same(after, before))
            continue;
        COPPICE_TRY(const auto evidence, reviews.evidence(patch.id.toString()));
        const auto passed = std::ranges::find_if(evidence, [](const review::Evidence &one) {
            return one.kind == u"eval" && one.verdict == review::Evidence::Verdict::Good;
        });
        for (auto &[name, gate] : gates) {
            if (gate.state != Gate::State::Ungated && gate.state != Gate::State::Reviewed)
                continue;
            COPPICE_TRY(const auto content, entryIn(repository, head, templatesFolder + name));
            // what was reviewed under next/ is what is promoted
            const QByteArray plain = name.startsWith(next) ? name.sliced(next.size()) : name;
            for (const auto &place : {plain, QByteArray(next + plain)}) {
                COPPICE_TRY(const auto landed, entryIn(repository, patch.applied, templatesFolder + place));
                COPPICE_TRY(const auto was, entryIn(repository, parent, templatesFolder + place));
                if (!content || !same(landed, content) || same(landed, was))
                    continue;
                if (passed != evidence.end()) {
                    gate.state = Gate::State::Gated;
                    gate.why = u"Reviewed as %1, and evaluated: %2"_s.arg(patch.id.shown(), passed->title);
                } else {
                    gate.state = Gate::State::Reviewed;
                    gate.why = u"Reviewed as %1, and not evaluated."_s.arg(patch.id.shown());
                }
            }
        }
    }
    return gates;
}

} // namespace coppice::templates
