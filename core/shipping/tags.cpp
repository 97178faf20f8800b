// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/tags.h"

#include "base/clock.h"
#include "git/user_git.h"
#include "sync/upstreams.h"

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

QString keptRef(const QString &plugin, const QString &name)
{
    return u"refs/coppice/tags/%1/%2"_s.arg(plugin, name);
}

/// The commit that a tag of the remote names in the end; null when it is none.
Result<git::Oid> commitOf(const runs::House &house, git::Repository &repository, const QString &url, const QString &plugin, const QString &name,
                          const git::Oid &object, std::stop_token stop)
{
    if (!repository.has(object)) {
        const QString kept = keptRef(plugin, u"theirs/"_s + name);
        COPPICE_CHECK(git::fetch(house.library.commonDir(), url, {QString(u"+refs/tags/"_s + name + u':' + kept)}, stop, Progress::none()));
    }
    COPPICE_TRY(auto fresh, house.library.repository());
    const auto commit = fresh.resolve(object.toString() + u"^{commit}"_s);
    return commit ? *commit : git::Oid();
}

} // namespace

Result<Tag> makeTag(const runs::House &house, const QString &plugin, const QString &name, const git::Oid &commit, const QString &message)
{
    COPPICE_TRY(auto repository, house.library.repository());
    const auto who = repository.defaultSignature();
    const QByteArray bytes = "object " + commit.hex() + "\ntype commit\ntag " + name.toUtf8() + "\ntagger " + who.name + " <" + who.email + "> "
        + QByteArray::number(nowMs() / 1000) + " +0000\n\n" + message.toUtf8() + '\n';
    Tag tag{name, {}, commit};
    COPPICE_TRY(tag.object, repository.writeRaw("tag", bytes));
    COPPICE_CHECK(repository.setRef(keptRef(plugin, u"ours/"_s + name), tag.object, std::nullopt, u"coppice: tag"_s));
    return tag;
}

Result<TagOutcome> pushTag(const runs::House &house, const QString &url, const QString &plugin, const Tag &tag, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(auto repository, house.library.repository());
    const QString ref = u"refs/tags/"_s + tag.name;
    for (int tries = 0; tries < 2; ++tries) {
        COPPICE_TRY(const auto remote, git::lsRemote(house.library.commonDir(), url, stop));
        const git::Oid known = remote.refs.value(ref);
        if (known == tag.object)
            return TagOutcome{false, true, {}};
        if (!known.isNull()) {
            COPPICE_TRY(const auto names, commitOf(house, repository, url, plugin, tag.name, known, stop));
            if (names == tag.commit)
                return TagOutcome{false, true, {}};
            return TagOutcome{false, false, u"The tag %1 is there already, on %2: it stays. A new version gets a tag of its own: coppicectl ship %3 --propose-version"_s
                                                .arg(tag.name, names.isNull() ? known.shown() : names.shown(), plugin)};
        }
        // The null lease: only where there is none. Somebody who is quicker is looked at again.
        const auto pushed = sync::pushJournaled({house.library, house.state}, repository, url, tag.object, ref, {}, {}, stop, progress);
        if (pushed)
            return TagOutcome{true, true, {}};
        if (pushed.error().code != "git.push-rejected"_L1 || tries > 0)
            return std::unexpected(pushed.error());
    }
    return TagOutcome{};
}

} // namespace coppice::shipping
