// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/copied_commit.h"

#include <QByteArrayView>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>
#include <iconv.h>
#include <optional>

namespace coppice::subtree {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/// How long the valid UTF-8 sequence at the start of `bytes` is; 0 when there is none. Surrogates and the
/// non-characters are as invalid for git as overlong forms.
qsizetype sequenceLength(QByteArrayView bytes)
{
    const auto lead = uchar(bytes[0]);
    if (lead < 0x80)
        return 1;
    const qsizetype length = lead >= 0xf8 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
    if (length == 0 || bytes.size() < length)
        return 0;
    char32_t code = lead & (0xff >> (length + 1));
    for (qsizetype i = 1; i < length; ++i) {
        if ((uchar(bytes[i]) & 0xc0) != 0x80)
            return 0;
        code = (code << 6) | (uchar(bytes[i]) & 0x3f);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[size_t(length)] || code > 0x10ffff || (code & 0x1ff800) == 0xd800 || (code & 0xfffe) == 0xfffe
        || (code >= 0xfdd0 && code <= 0xfdef))
        return 0;
    return length;
}

bool isUtf8Name(QByteArray name)
{
    name = name.toLower();
    return name == "utf-8" || name == "utf8";
}

/// The bytes in UTF-8; none when iconv does not know the name or the bytes do not fit it.
std::optional<QByteArray> reencoded(QByteArrayView bytes, const QByteArray &encoding)
{
    auto converter = iconv_open("UTF-8", encoding.constData());
    if (converter == iconv_t(-1) && qstricmp(encoding.constData(), "latin-1") == 0)
        converter = iconv_open("UTF-8", "ISO-8859-1");
    if (converter == iconv_t(-1))
        return std::nullopt;
    QByteArray out(bytes.size() * 2 + 32, Qt::Uninitialized);
    auto *from = const_cast<char *>(bytes.data());
    auto left = size_t(bytes.size());
    size_t done = 0;
    std::optional<QByteArray> answer;
    while (true) {
        char *to = out.data() + done;
        size_t room = size_t(out.size()) - done;
        const size_t code = iconv(converter, &from, &left, &to, &room);
        done = size_t(to - out.data());
        if (code != size_t(-1)) {
            out.truncate(qsizetype(done));
            answer = out;
            break;
        }
        if (errno != E2BIG)
            break;
        out.resize(out.size() * 2);
    }
    iconv_close(converter);
    return answer;
}

/// A header's value; the first of that name before the blank line.
QByteArrayView header(QByteArrayView commit, QByteArrayView name)
{
    while (!commit.isEmpty()) {
        const auto end = commit.indexOf('\n');
        const auto line = end < 0 ? commit : commit.first(end);
        if (line.isEmpty())
            break;
        if (line.size() > name.size() && line.startsWith(name) && line[name.size()] == ' ')
            return line.sliced(name.size() + 1);
        commit = end < 0 ? QByteArrayView() : commit.sliced(end + 1);
    }
    return {};
}

QByteArrayView message(QByteArrayView commit)
{
    const auto blank = commit.indexOf("\n\n");
    auto text = blank < 0 ? QByteArrayView() : commit.sliced(blank + 2);
    const auto zero = text.indexOf('\0');
    return zero < 0 ? text : text.first(zero);
}

/// The whole commit as git log reads it: in UTF-8 where its encoding header says otherwise.
/// `changed` holds the bytes where they are not the commit's own.
QByteArrayView inUtf8(QByteArrayView commit, QByteArray &changed)
{
    const QByteArray encoding = header(commit, "encoding").toByteArray();
    if (!encoding.isEmpty() && !isUtf8Name(encoding)) {
        if (auto converted = reencoded(commit, encoding)) {
            changed = std::move(*converted);
            return changed;
        }
    }
    return commit;
}

struct Ident {
    QByteArray name;
    QByteArray email;
    qint64 seconds = 0;
    int tz = 0; ///< as written: -0530 is -530
    bool dated = false;
};

/// Takes a person line apart: the name before the first '<', the mail up to the next '>', the date after the last.
Ident parseIdent(QByteArrayView line)
{
    Ident ident;
    const auto open = line.indexOf('<');
    const auto close = open < 0 ? -1 : line.indexOf('>', open + 1);
    if (close < 0)
        return ident;
    auto nameEnd = open;
    while (nameEnd > 0 && isSpace(line[nameEnd - 1]))
        --nameEnd;
    ident.name = line.first(nameEnd).toByteArray();
    ident.email = line.sliced(open + 1, close - open - 1).toByteArray();

    auto at = line.lastIndexOf('>') + 1;
    const auto skipSpace = [&] {
        while (at < line.size() && isSpace(line[at]))
            ++at;
    };
    const auto digits = [&] {
        const auto from = at;
        while (at < line.size() && line[at] >= '0' && line[at] <= '9')
            ++at;
        return line.sliced(from, at - from);
    };
    skipSpace();
    const auto date = digits();
    if (date.isEmpty())
        return ident;
    skipSpace();
    if (at >= line.size() || (line[at] != '+' && line[at] != '-'))
        return ident;
    const bool negative = line[at++] == '-';
    const auto zone = digits();
    if (zone.isEmpty())
        return ident;
    bool fits = true;
    ident.dated = true;
    ident.seconds = date.toByteArray().toLongLong(&fits);
    if (!fits)
        ident.seconds = 0;
    const qint64 tz = zone.toByteArray().toLongLong(&fits);
    ident.tz = fits && tz < INT_MAX ? int(negative ? -tz : tz) : 0;
    return ident;
}

/// What the shell's `read` leaves of a line: no blanks at the ends, backslashes gone.
QByteArray readByShell(const QByteArray &line)
{
    if (!line.isEmpty() && !line.contains('\\') && uchar(line.front()) > ' ' && uchar(line.back()) > ' ')
        return line;
    QByteArray out;
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    qsizetype at = 0;
    while (at < line.size() && isBlank(line[at]))
        ++at;
    qsizetype kept = 0; // up to here blanks at the end are escaped ones
    for (; at < line.size(); ++at) {
        if (line[at] == '\\') {
            if (++at < line.size()) {
                out.append(line[at]);
                kept = out.size();
            }
            continue;
        }
        out.append(line[at]);
        if (!isBlank(line[at]))
            kept = out.size();
    }
    out.truncate(kept);
    return out;
}

/// Names and mails without what git calls crud at their ends, and without what would break the line.
QByteArray withoutCrud(const QByteArray &text, bool keepDots)
{
    const auto isCrud = [keepDots](char c) {
        return uchar(c) <= 32 || c == ',' || c == ':' || c == ';' || c == '<' || c == '>' || c == '"' || c == '\\'
            || c == '\'' || (c == '.' && !keepDots);
    };
    qsizetype from = 0;
    qsizetype to = text.size();
    while (from < to && isCrud(text[from]))
        ++from;
    while (to > from && isCrud(text[to - 1]))
        --to;
    QByteArray out = text.sliced(from, to - from);
    out.removeIf([](char c) { return c == '\n' || c == '<' || c == '>'; });
    return out;
}

/// The date after git has printed it as RFC 2822 and read it again: "-0000" becomes "+0000"; a zone that is none is
/// taken as the clock it shows, in UTC. `accepted` turns false where git cannot read its own form.
QByteArray dateThroughText(const Ident &ident, bool &accepted)
{
    const int distance = std::abs(ident.tz);
    qint64 minutes = qint64(distance / 100) * 60 + distance % 100;
    if (ident.tz < 0)
        minutes = -minutes;
    const qint64 shown = ident.seconds + minutes * 60;
    constexpr qint64 year2100 = 4102444800;
    if (!ident.dated || shown < 0 || shown >= year2100)
        accepted = false;

    // four digits are printed at least; more are no zone for the reader
    const bool plain = distance <= 9999 && distance % 100 < 60 && distance / 100 < 24 && ident.tz != -1;
    const qint64 seconds = plain || !accepted ? ident.seconds : shown;
    const int offset = plain ? int(minutes) : 0;
    const int size = std::abs(offset);
    return QByteArray::number(seconds) + ' ' + (offset < 0 ? '-' : '+')
        + QByteArray::number(size / 60 * 100 + size % 60).rightJustified(4, '0');
}

} // namespace

QByteArray repairedUtf8(const QByteArray &bytes)
{
    QByteArrayView rest(bytes);
    QByteArray out;
    qsizetype good = 0;
    bool repaired = false;
    while (good < rest.size()) {
        // eight plain characters at once: that is most of what people write
        for (quint64 eight = 0; rest.size() - good >= 8; good += 8) {
            std::memcpy(&eight, rest.data() + good, 8);
            if (eight & 0x8080808080808080U)
                break;
        }
        if (good == rest.size())
            break;
        if (const auto length = sequenceLength(rest.sliced(good))) {
            good += length;
            continue;
        }
        repaired = true;
        const auto c = uchar(rest[good]);
        out.append(rest.data(), good);
        out.append(char(0xc0 + (c >> 6)));
        out.append(char(0x80 + (c & 0x3f)));
        rest = rest.sliced(good + 1);
        good = 0;
    }
    if (!repaired)
        return bytes;
    out.append(rest.data(), rest.size());
    return out;
}

QByteArray messageInUtf8(QByteArrayView original)
{
    QByteArray changed;
    return message(inUtf8(original, changed)).toByteArray();
}

CopiedCommit::CopiedCommit(QByteArrayView original, bool keepDots, const QByteArray &annotation)
{
    QByteArray changed;
    const QByteArrayView commit = inUtf8(original, changed);
    QByteArray tail;
    tail.reserve(original.size());
    for (const char *role : {"author", "committer"}) {
        const Ident ident = parseIdent(header(commit, role));
        const QByteArray name = withoutCrud(readByShell(ident.name), keepDots);
        if (name.isEmpty())
            m_accepted = false;
        tail += role;
        tail += ' ';
        tail += name;
        tail += " <";
        tail += withoutCrud(readByShell(ident.email), keepDots);
        tail += "> ";
        tail += dateThroughText(ident, m_accepted);
        tail += '\n';
    }
    tail += '\n';
    tail += annotation;
    tail += message(commit);
    m_tail = repairedUtf8(tail);
}

void CopiedCommit::addLine(QByteArray &out, const char *word, qsizetype length, const git::Oid &id, bool first)
{
    const qsizetype at = first ? 0 : out.size();
    out.resize(at + length + 41);
    char *const to = out.data() + at;
    std::copy_n(word, length, to);
    id.writeHex(to + length);
    to[length + 40] = '\n';
}

QByteArray CopiedCommit::bytes(const git::Oid &tree, const std::vector<git::Oid> &parents) const
{
    QByteArray out;
    begin(out, tree);
    for (const auto &parent : parents)
        addParent(out, parent);
    finish(out);
    return out;
}

} // namespace coppice::subtree
