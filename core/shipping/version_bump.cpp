// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/version_bump.h"

#include "text/hidden.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

QString nameOf(Bump bump)
{
    switch (bump) {
    case Bump::None: return u"none"_s;
    case Bump::Patch: return u"patch"_s;
    case Bump::Minor: return u"minor"_s;
    case Bump::Major: break;
    }
    return u"major"_s;
}

Bump ToldCommit::bump() const
{
    if (breaking)
        return Bump::Major;
    if (type == "feat"_L1)
        return Bump::Minor;
    static const QStringList silent{u"build"_s, u"chore"_s, u"ci"_s, u"docs"_s, u"style"_s, u"test"_s};
    return silent.contains(type) ? Bump::None : Bump::Patch; // what does not say may be anything that users see
}

ToldCommit tellCommit(const QByteArray &message)
{
    const QString text = text::plain(QString::fromUtf8(message.left(64 * 1024)));
    static const QRegularExpression head(u"^([A-Za-z]{2,20})(?:\\(([^()\\n]{1,100})\\))?(!)?:[ \\t]+(\\S.*)$"_s);
    static const QRegularExpression footer(u"^BREAKING[ -]CHANGE:[ \\t]*(.*)$"_s, QRegularExpression::MultilineOption);
    ToldCommit told;
    const QString subject = text.section(u'\n', 0, 0).simplified().left(200);
    const auto match = head.match(subject);
    told.what = match.hasMatch() ? match.captured(4) : subject;
    if (match.hasMatch()) {
        told.type = match.captured(1).toLower();
        told.scope = match.captured(2);
        told.breaking = !match.captured(3).isEmpty();
    }
    if (const auto broken = footer.match(text, text.indexOf(u'\n') < 0 ? text.size() : text.indexOf(u'\n')); broken.hasMatch()) {
        told.breaking = true;
        told.breakingWhat = broken.captured(1).simplified().left(200);
    }
    return told;
}

Bump bumpOf(const std::vector<ToldCommit> &commits, Bump atLeast)
{
    Bump most = atLeast;
    for (const auto &commit : commits)
        most = std::max(most, commit.bump());
    return most;
}

std::optional<QString> bumped(const QString &version, Bump bump)
{
    static const QRegularExpression form(u"^[vV]?(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})(?:\\.(0|[1-9]\\d{0,8}))?([-.]?[0-9A-Za-z][0-9A-Za-z.-]*)?(\\+[0-9A-Za-z.-]+)?\\z"_s);
    const auto match = form.match(version);
    if (!match.hasMatch())
        return std::nullopt;
    qlonglong major = match.captured(1).toLongLong(), minor = match.captured(2).toLongLong(), patch = match.captured(3).toLongLong();
    const bool before = !match.captured(4).isEmpty(); // 1.2.0-rc.1 becomes 1.2.0 unless more than that has changed
    if (bump == Bump::Major && major == 0)
        bump = Bump::Minor;
    if (bump == Bump::Major && !(before && minor == 0 && patch == 0)) {
        ++major;
        minor = patch = 0;
    } else if (bump == Bump::Minor && !(before && patch == 0)) {
        ++minor;
        patch = 0;
    } else if (bump == Bump::Patch && !before) {
        ++patch;
    }
    return u"%1.%2.%3"_s.arg(major).arg(minor).arg(patch);
}

} // namespace coppice::shipping
