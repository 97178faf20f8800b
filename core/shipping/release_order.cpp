// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/release_order.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace coppice::shipping {

namespace {

struct Version {
    QList<qulonglong> numbers;
    QStringList before; ///< identifiers of a pre-release; empty for a release
};

std::optional<Version> versionOf(const QString &release)
{
    // The last thing in the text that looks like a version, so that a name in front may hold digits.
    static const QRegularExpression pattern(
        QStringLiteral("(?:^|[@/_\\s:=-])[vV]?(\\d{1,18}(?:\\.\\d{1,18}){0,5})(?:-?((?:a|b|rc|alpha|beta|dev|pre|next|canary)[0-9A-Za-z.-]*|"
                       "(?<=-)[0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]*)?$"));
    const auto match = pattern.match(release.trimmed().left(300));
    if (!match.hasMatch())
        return std::nullopt;
    Version version;
    for (const auto &part : match.captured(1).split(u'.'))
        version.numbers << part.toULongLong();
    while (version.numbers.size() > 1 && version.numbers.back() == 0)
        version.numbers.removeLast(); // 1.2 and 1.2.0 are the same
    if (!match.captured(2).isEmpty())
        version.before = match.captured(2).split(u'.');
    return version;
}

template <class T> int order(const T &a, const T &b)
{
    return a < b ? -1 : b < a ? 1 : 0;
}

int orderOfIdentifiers(const QString &a, const QString &b)
{
    bool numberA = false, numberB = false;
    const auto valueA = a.toULongLong(&numberA), valueB = b.toULongLong(&numberB);
    if (numberA && numberB)
        return order(valueA, valueB);
    if (numberA != numberB)
        return numberA ? -1 : 1;
    return order(a, b);
}

} // namespace

std::optional<int> compareReleases(const QString &a, const QString &b)
{
    if (a.trimmed() == b.trimmed())
        return 0;
    const auto left = versionOf(a), right = versionOf(b);
    if (!left || !right)
        return std::nullopt;
    for (qsizetype i = 0; i < std::max(left->numbers.size(), right->numbers.size()); ++i) {
        if (const int found = order(left->numbers.value(i, 0), right->numbers.value(i, 0)))
            return found;
    }
    if (left->before.isEmpty() != right->before.isEmpty())
        return left->before.isEmpty() ? 1 : -1; // 1.0.0-rc.1 comes before 1.0.0
    for (qsizetype i = 0; i < std::min(left->before.size(), right->before.size()); ++i) {
        if (const int found = orderOfIdentifiers(left->before[i], right->before[i]))
            return found;
    }
    return order(left->before.size(), right->before.size());
}

} // namespace coppice::shipping
