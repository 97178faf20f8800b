// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/asking.h"

namespace coppice::clients {

void Asking::ask(PermissionRequest request, Answered answered)
{
    using Kind = PermissionAnswer::Kind;
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_all, [](const One &one) { return one.over.load(); });
    if (m_cancelled || m_launch.stopping().stop_requested()) {
        answered({Kind::Cancelled, {}, false});
        return;
    }
    if (!m_job.onPermission) {
        answered({Kind::AllowOnce, {}, false});
        return;
    }
    if (m_all.size() >= mostAtOnce) {
        answered({Kind::RejectOnce, QStringLiteral("Too many questions at once"), false});
        return;
    }
    One &one = m_all.emplace_back();
    one.id = request.id;
    one.thread = std::jthread([this, &one, asked = std::move(request), done = std::move(answered)] {
        m_launch.waits(true);
        PermissionAnswer answer = m_job.onPermission(asked, one.stop.get_token());
        m_launch.waits(false);
        if (one.stop.stop_requested())
            answer.kind = Kind::Cancelled;
        done(answer);
        one.over = true;
    });
}

void Asking::withdraw(const QString &id)
{
    const std::lock_guard lock(m_mutex);
    for (One &one : m_all) {
        if (one.id == id)
            one.stop.request_stop();
    }
}

void Asking::cancelAll()
{
    const std::lock_guard lock(m_mutex);
    m_cancelled = true;
    for (One &one : m_all)
        one.stop.request_stop();
}

void Asking::end()
{
    cancelAll();
    std::list<One> all;
    {
        const std::lock_guard lock(m_mutex);
        all.swap(m_all);
    }
    all.clear(); // joins
}

QString optionFor(PermissionAnswer::Kind kind, const QJsonArray &options)
{
    using Kind = PermissionAnswer::Kind;
    const auto first = [&](QLatin1String wanted) {
        for (const auto &option : options) {
            if (option[u"kind"].toString() == wanted)
                return option[u"id"].toString();
        }
        return QString();
    };
    constexpr QLatin1String allowOnce("allow_once"), allowAlways("allow_always"), rejectOnce("reject_once"), rejectAlways("reject_always");
    QString id;
    if (kind == Kind::AllowAlways)
        id = first(allowAlways);
    if (kind == Kind::AllowAlways || kind == Kind::AllowOnce)
        return id.isEmpty() ? first(allowOnce) : id;
    if (kind == Kind::Cancelled)
        return {};
    id = first(kind == Kind::RejectAlways ? rejectAlways : rejectOnce);
    return id.isEmpty() ? first(kind == Kind::RejectAlways ? rejectOnce : rejectAlways) : id;
}

} // namespace coppice::clients
