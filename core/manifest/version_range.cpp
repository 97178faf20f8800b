// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/version_range.h"

#include <QRegularExpression>
#include <QStringList>

#include <array>
#include <compare>
#include <limits>
#include <optional>
#include <vector>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

using Numbers = std::array<qint64, 3>;

/// A semantic version; parts that are left out or are x stand as -1 (in ranges only).
struct Semver {
    Numbers parts{-1, -1, -1};
    QStringList pre;

    [[nodiscard]] bool isWhole() const { return parts[2] >= 0; }
    [[nodiscard]] Semver filled() const
    {
        Semver full = *this;
        for (auto &part : full.parts)
            part = qMax<qint64>(part, 0);
        return full;
    }
};

std::optional<Semver> semver(const QString &text)
{
    static const QRegularExpression shape(
        u"^[vV=\\s]*([0-9]{1,15}|[xX*])(?:\\.([0-9]{1,15}|[xX*]))?(?:\\.([0-9]{1,15}|[xX*]))?(?:-?([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?\\z"_s);
    const auto match = shape.match(text.trimmed());
    if (!match.hasMatch())
        return std::nullopt;
    Semver version;
    for (int i = 0; i < 3; ++i) {
        bool number = false;
        const qint64 part = match.captured(i + 1).toLongLong(&number);
        if (!number)
            break; // what follows an x is one, too
        version.parts[size_t(i)] = part;
    }
    if (!match.captured(4).isEmpty() && version.isWhole())
        version.pre = match.captured(4).split(u'.');
    return version;
}

std::strong_ordering comparePre(const QStringList &a, const QStringList &b)
{
    if (a.isEmpty() || b.isEmpty())
        return int(a.isEmpty()) <=> int(b.isEmpty()); // a release comes after its pre-releases
    for (qsizetype i = 0; i < qMin(a.size(), b.size()); ++i) {
        bool an = false, bn = false;
        const qint64 left = a[i].toLongLong(&an), right = b[i].toLongLong(&bn);
        if (an && bn && left != right)
            return left <=> right;
        if (an != bn)
            return an ? std::strong_ordering::less : std::strong_ordering::greater;
        if (!an) {
            const int order = a[i].compare(b[i]);
            if (order != 0)
                return order <=> 0;
        }
    }
    return a.size() <=> b.size();
}

std::strong_ordering compare(const Semver &a, const Semver &b)
{
    const auto left = a.filled(), right = b.filled();
    if (const auto order = left.parts <=> right.parts; order != 0)
        return order;
    return comparePre(a.pre, b.pre);
}

Semver atLeastOf(Numbers parts)
{
    Semver version;
    version.parts = parts;
    return version;
}

/// The first version above a caret, tilde or plain partial range.
Semver above(const Semver &from, QChar kind)
{
    const auto full = from.filled().parts;
    if (kind == u'^') {
        if (full[0] > 0 || from.parts[1] < 0)
            return atLeastOf({full[0] + 1, 0, 0});
        if (full[1] > 0 || from.parts[2] < 0)
            return atLeastOf({0, full[1] + 1, 0});
        return atLeastOf({0, 0, full[2] + 1});
    }
    if (from.parts[1] < 0)
        return atLeastOf({full[0] + 1, 0, 0});
    return atLeastOf({full[0], full[1] + 1, 0});
}

/// One comparison; `plain` says what a version without a sign means: '=' (npm) or '^' (cargo).
std::optional<bool> fits(const QString &text, const Semver &version, QChar plain)
{
    static const QRegularExpression shape(u"^(\\^|~>?|>=|<=|>|<|=)?\\s*(.*)\\z"_s);
    const auto match = shape.match(text.trimmed());
    QString sign = match.captured(1);
    const QString rest = match.captured(2).trimmed();
    if (rest.isEmpty() || rest == "*"_L1 || rest == "x"_L1 || rest == "X"_L1)
        return sign != "<"_L1 && sign != ">"_L1;
    const auto bound = semver(rest);
    if (!bound)
        return std::nullopt;
    const bool partial = !bound->isWhole();
    if (sign.isEmpty())
        sign = plain == u'^' && !rest.contains(u'*') ? u"^"_s : u"="_s;
    const auto low = bound->filled();
    // An upper bound stands for its pre-releases, too: ^1.2.3 takes no 2.0.0-rc.1.
    const auto below = [&](const Semver &end) { return version.parts < end.parts; };
    if (sign == "^"_L1)
        return compare(version, low) >= 0 && below(above(*bound, u'^'));
    if (sign.startsWith(u'~'))
        return compare(version, low) >= 0 && below(above(*bound, u'~'));
    if (sign == "="_L1)
        return partial ? compare(version, low) >= 0 && below(above(*bound, u'~')) : compare(version, *bound) == 0;
    if (sign == ">="_L1)
        return compare(version, low) >= 0;
    if (sign == "<"_L1)
        return partial ? version.parts < low.parts : compare(version, *bound) < 0;
    if (sign == ">"_L1)
        return partial ? version.parts >= above(*bound, u'~').parts : compare(version, *bound) > 0;
    return partial ? below(above(*bound, u'~')) : compare(version, *bound) <= 0;
}

/// Pre-releases are taken only where the range names one of the same three numbers.
bool allowsPre(const QStringList &comparisons, const Semver &version)
{
    if (version.pre.isEmpty())
        return true;
    for (const auto &text : comparisons) {
        static const QRegularExpression sign(u"^[\\^~>=<\\s]*"_s);
        const auto bound = semver(QString(text).remove(sign));
        if (bound && !bound->pre.isEmpty() && bound->parts == version.parts)
            return true;
    }
    return false;
}

Accepts bySet(const QStringList &comparisons, const Semver &version, QChar plain)
{
    for (const auto &comparison : comparisons) {
        const auto fit = fits(comparison, version, plain);
        if (!fit)
            return Accepts::Unknown;
        if (!*fit)
            return Accepts::No;
    }
    return allowsPre(comparisons, version) ? Accepts::Yes : Accepts::No;
}

Accepts byNpm(QString range, const Semver &version)
{
    range = range.trimmed();
    if (range.startsWith("workspace:"_L1)) {
        range = range.mid(10);
        if (range == "*"_L1 || range == "^"_L1 || range == "~"_L1 || range.isEmpty())
            return Accepts::Yes; // whatever the workspace holds
    }
    if (range.isEmpty() || range == "*"_L1)
        return version.pre.isEmpty() ? Accepts::Yes : Accepts::No;
    Accepts answer = Accepts::No;
    for (QString part : range.split(u"||"_s)) {
        static const QRegularExpression hyphen(u"^\\s*(\\S+)\\s+-\\s+(\\S+)\\s*\\z"_s);
        static const QRegularExpression gap(u"(\\^|~>?|>=|<=|>|<|=)\\s+"_s);
        QStringList comparisons;
        if (const auto match = hyphen.match(part); match.hasMatch())
            comparisons = {QString(u">=" + match.captured(1)), QString(u"<=" + match.captured(2))};
        else
            comparisons = part.replace(gap, u"\\1"_s).split(u' ', Qt::SkipEmptyParts);
        if (comparisons.isEmpty())
            comparisons << u"*"_s;
        const auto one = bySet(comparisons, version, u'=');
        if (one == Accepts::Yes)
            return one;
        if (one == Accepts::Unknown)
            answer = one;
    }
    return answer;
}

/// A version of Python's (PEP 440), as something that can be compared.
struct Pep440 {
    qint64 epoch = 0;
    std::vector<qint64> release;
    int preKind = 3; ///< -1: development of the release itself, 0 a, 1 b, 2 rc, 3 none
    qint64 pre = 0;
    qint64 post = -1;
    qint64 dev = -1;
    QString local;
};

std::optional<Pep440> pep440(const QString &text)
{
    static const QRegularExpression shape(
        u"^\\s*v?(?:([0-9]{1,9})!)?([0-9]{1,15}(?:\\.[0-9]{1,15})*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]{0,15}))?"
        "(?:-([0-9]{1,15})|[-_.]?(post|rev|r)[-_.]?([0-9]{0,15}))?(?:[-_.]?(dev)[-_.]?([0-9]{0,15}))?(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\\s*\\z"_s,
        QRegularExpression::CaseInsensitiveOption);
    const auto match = shape.match(text.left(200));
    if (!match.hasMatch())
        return std::nullopt;
    Pep440 version;
    version.epoch = match.captured(1).toLongLong();
    for (const auto &part : match.captured(2).split(u'.'))
        version.release.push_back(part.toLongLong());
    while (version.release.size() > 1 && version.release.back() == 0)
        version.release.pop_back();
    const QString kind = match.captured(3).toLower();
    if (!kind.isEmpty()) {
        version.preKind = kind.startsWith(u'a') ? 0 : kind.startsWith(u'b') ? 1 : 2;
        version.pre = match.captured(4).toLongLong();
    }
    if (!match.captured(5).isEmpty() || !match.captured(6).isEmpty())
        version.post = QString(match.captured(5) + match.captured(7)).toLongLong();
    if (!match.captured(8).isEmpty()) {
        version.dev = match.captured(9).toLongLong();
        if (kind.isEmpty() && version.post < 0)
            version.preKind = -1;
    }
    version.local = match.captured(10).toLower();
    return version;
}

std::strong_ordering compare(const Pep440 &a, const Pep440 &b)
{
    if (const auto order = a.epoch <=> b.epoch; order != 0)
        return order;
    if (const auto order = a.release <=> b.release; order != 0)
        return order;
    if (const auto order = a.preKind <=> b.preKind; order != 0)
        return order;
    if (const auto order = a.pre <=> b.pre; order != 0)
        return order;
    if (const auto order = a.post <=> b.post; order != 0)
        return order;
    const auto devOf = [](const Pep440 &v) { return v.dev < 0 ? std::numeric_limits<qint64>::max() : v.dev; };
    return devOf(a) <=> devOf(b);
}

bool beginsWith(const Pep440 &version, const QString &prefix)
{
    const auto stem = pep440(prefix);
    if (!stem || stem->epoch != version.epoch)
        return false;
    const QStringList parts = prefix.section(u'!', -1).split(u'.');
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const qint64 own = size_t(i) < version.release.size() ? version.release[size_t(i)] : 0;
        if (parts[i].toLongLong() != own)
            return false;
    }
    return true;
}

std::optional<bool> fitsPython(const QString &text, const Pep440 &version, const QString &written)
{
    static const QRegularExpression shape(u"^\\s*(===|==|~=|!=|<=|>=|<|>|\\^|~)?\\s*(.*?)\\s*\\z"_s);
    const auto match = shape.match(text);
    const QString sign = match.captured(1), rest = match.captured(2);
    if (rest == "*"_L1 || rest.isEmpty())
        return sign.isEmpty() || sign == "=="_L1;
    if (sign == "==="_L1)
        return rest.compare(written.trimmed(), Qt::CaseInsensitive) == 0;
    if (rest.endsWith(".*"_L1)) {
        const bool same = beginsWith(version, rest.chopped(2));
        return sign == "!="_L1 ? !same : sign == "=="_L1 || sign.isEmpty() ? std::optional(same) : std::nullopt;
    }
    const auto bound = pep440(rest);
    if (!bound)
        return std::nullopt;
    const auto order = compare(version, *bound);
    if (sign == "=="_L1 || sign.isEmpty()) // Poetry: a plain version is that one
        return order == 0 && (bound->local.isEmpty() || bound->local == version.local);
    if (sign == "!="_L1)
        return order != 0;
    if (sign == ">="_L1)
        return order >= 0;
    if (sign == "<="_L1)
        return order <= 0;
    if (sign == "<"_L1) // no pre-release of the bound itself, unless that is one
        return order < 0 && !(bound->preKind == 3 && version.preKind < 3 && version.release == bound->release && version.epoch == bound->epoch);
    if (sign == ">"_L1)
        return order > 0 && !(bound->post < 0 && version.post >= 0 && version.release == bound->release && version.preKind == bound->preKind);
    const QStringList parts = rest.section(u'!', -1).section(QRegularExpression(u"[^0-9.]"_s), 0, 0).split(u'.', Qt::SkipEmptyParts);
    if (sign == "~="_L1) {
        if (parts.size() < 2)
            return std::nullopt;
        return order >= 0 && beginsWith(version, parts.mid(0, parts.size() - 1).join(u'.'));
    }
    Semver low;
    for (int i = 0; i < 3 && i < parts.size(); ++i)
        low.parts[size_t(i)] = parts[i].toLongLong();
    const auto end = above(low, sign.front()).parts;
    Numbers own{0, 0, 0};
    for (size_t i = 0; i < 3 && i < version.release.size(); ++i)
        own[i] = version.release[i];
    return order >= 0 && own < end;
}

Accepts byPython(const QString &range, const QString &written)
{
    const auto version = pep440(written);
    if (!version)
        return Accepts::Unknown;
    Accepts answer = Accepts::No;
    for (const auto &part : range.split(u"||"_s)) {
        Accepts one = Accepts::Yes;
        bool namesPre = false;
        for (const auto &comparison : part.split(u',', Qt::SkipEmptyParts)) {
            const auto fit = fitsPython(comparison, *version, written);
            if (!fit)
                one = Accepts::Unknown;
            else if (!*fit && one != Accepts::Unknown)
                one = Accepts::No;
            static const QRegularExpression sign(u"^[\\s=<>~!^]*"_s);
            const auto bound = pep440(QString(comparison).remove(sign));
            namesPre = namesPre || (bound && (bound->preKind < 3 || bound->dev >= 0));
        }
        // Installers take pre-releases only where the range names one.
        if (one == Accepts::Yes && (version->preKind < 3 || version->dev >= 0) && !namesPre)
            one = Accepts::No;
        if (one == Accepts::Yes)
            return one;
        if (one == Accepts::Unknown)
            answer = one;
    }
    return answer;
}

Accepts byMaven(const QString &range, const QString &written)
{
    const auto number = [](const QString &text) { return pep440(QString(text).remove(u".RELEASE"_s).remove(u".Final"_s)); };
    if (range.isEmpty())
        return Accepts::Unknown; // a parent's word
    if (!range.startsWith(u'[') && !range.startsWith(u'('))
        return range.trimmed() == written.trimmed() ? Accepts::Yes : Accepts::No;
    const auto version = number(written);
    static const QRegularExpression interval(u"([\\[(])\\s*([^,\\])]*)\\s*(,?)\\s*([^,\\])]*)\\s*([\\])])"_s);
    bool any = false;
    for (auto it = interval.globalMatch(range.left(500)); it.hasNext();) {
        const auto match = it.next();
        any = true;
        const auto low = number(match.captured(2)), high = number(match.captured(4));
        if (!version || (!low && !match.captured(2).isEmpty()) || (!high && !match.captured(4).isEmpty()))
            return Accepts::Unknown;
        bool fit = true;
        if (match.captured(3).isEmpty()) {
            fit = low && compare(*version, *low) == 0;
        } else {
            if (low)
                fit = match.captured(1) == "["_L1 ? compare(*version, *low) >= 0 : compare(*version, *low) > 0;
            if (high)
                fit = fit && (match.captured(5) == "]"_L1 ? compare(*version, *high) <= 0 : compare(*version, *high) < 0);
        }
        if (fit)
            return Accepts::Yes;
    }
    return any ? Accepts::No : Accepts::Unknown;
}

} // namespace

Accepts accepts(const QString &type, const QString &range, const QString &version)
{
    if (range.size() > 500 || version.isEmpty() || version.size() > 100)
        return Accepts::Unknown;
    if (type == "pypi"_L1)
        return byPython(range, version);
    if (type == "maven"_L1)
        return byMaven(range, version);
    const auto number = semver(version);
    if (!number || !number->isWhole())
        return Accepts::Unknown;
    if (type == "npm"_L1)
        return byNpm(range, *number);
    if (type == "cargo"_L1) {
        if (range.trimmed().isEmpty())
            return Accepts::Unknown;
        return bySet(range.split(u',', Qt::SkipEmptyParts), *number, u'^');
    }
    if (type == "golang"_L1) {
        const auto lowest = semver(range);
        if (!lowest)
            return Accepts::Unknown;
        // From version 2 on another major version is another module.
        const bool sameModule = qMax<qint64>(lowest->parts[0], 1) == qMax<qint64>(number->parts[0], 1);
        return sameModule && compare(*number, *lowest) >= 0 ? Accepts::Yes : Accepts::No;
    }
    return Accepts::Unknown;
}

QString nameOf(Accepts accepts)
{
    constexpr const char *names[] = {"yes", "no", "unknown"};
    return QString::fromLatin1(names[int(accepts)]);
}

} // namespace coppice::manifest
