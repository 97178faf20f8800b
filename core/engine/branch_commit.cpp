// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/branch_commit.h"

#include "sync/upstreams.h"

namespace coppice::engine {

using namespace Qt::StringLiterals;

Result<git::Oid> commitTree(const Call &call, git::Repository &repository, const git::Oid &head, const git::Oid &tree,
                            const QByteArray &message)
{
    const auto &house = call.house;
    if (house.library.branch().isEmpty())
        return fail(u"library.detached"_s, u"No branch is checked out, so there is none to commit to"_s, house.library.path(),
                    u"Check out the library's branch first."_s);
    const auto who = repository.defaultSignature();
    COPPICE_TRY(const git::Oid commit, repository.writeCommit(tree, {head}, who, who, message));
    COPPICE_CHECK(sync::landJournaled({house.library, house.state}, house.lease, repository, head, commit,
                                      u"coppice: "_s + QString::fromUtf8(message.split('\n').front()), call.stop));
    return commit;
}

Result<FoundPlugin> findPlugin(const Call &call, const QString &id)
{
    COPPICE_TRY(auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    const auto *entry = catalog.find(id);
    if (!entry)
        return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin"_s, id, u"See coppicectl plugins list."_s);
    const library::Plugin plugin = entry->plugin;
    return FoundPlugin{std::move(catalog), plugin};
}

} // namespace coppice::engine
