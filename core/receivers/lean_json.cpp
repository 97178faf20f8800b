// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/lean_json.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

using Is = LeanNode::Is;

namespace {

const LeanNode *next(const LeanNode *node)
{
    return node + 1 + (node->is == Is::Array || node->is == Is::Object ? node->size : 0);
}

QByteArrayView bytesOf(const LeanNode *node)
{
    return {node->text, qsizetype(node->size)};
}

/// One array of nodes is kept for each thread, so that small documents take no memory of their own.
thread_local std::vector<LeanNode> spare;
constexpr size_t mostSpare = 8'192; ///< nodes

} // namespace

int LeanValue::toInt(int fallback) const
{
    const bool fits = is(Is::Integer) && m_node->integer >= std::numeric_limits<int>::min() && m_node->integer <= std::numeric_limits<int>::max();
    return fits ? int(m_node->integer) : fallback;
}

double LeanValue::toDouble(double fallback) const
{
    return is(Is::Integer) ? double(m_node->integer) : is(Is::Double) ? m_node->number : fallback;
}

LeanValue LeanValue::operator[](QByteArrayView name) const
{
    LeanValue found;
    if (!isObject())
        return found;
    const auto size = size_t(name.size());
    for (const auto *at = begin(), *const last = end(); at != last; at = next(at + 1)) {
        if (at->size == size && std::memcmp(at->text, name.data(), size) == 0)
            found = LeanValue(at + 1);
    }
    return found;
}

LeanValue::Members LeanValue::members() const
{
    Members all;
    if (!isObject())
        return all;
    for (const auto *at = begin(); at != end(); at = next(at + 1))
        all.emplace_back(bytesOf(at), LeanValue(at + 1));
    std::stable_sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    // of names that stand twice the last
    const auto kept = std::unique(all.rbegin(), all.rend(), [](const auto &a, const auto &b) { return a.first == b.first; });
    all.erase(all.begin(), kept.base());
    return all;
}

LeanList LeanValue::list() const
{
    std::vector<LeanValue> values;
    if (isArray()) {
        for (const auto *at = begin(); at != end(); at = next(at))
            values.emplace_back(at);
    }
    return LeanList(std::move(values));
}

QJsonValue LeanValue::toQt() const
{
    if (!m_node)
        return QJsonValue(QJsonValue::Undefined);
    switch (m_node->is) {
    case Is::Null:
        return {};
    case Is::False:
    case Is::True:
        return m_node->is == Is::True;
    case Is::Integer:
        return m_node->integer;
    case Is::Double:
        return m_node->number;
    case Is::String:
        return toString();
    case Is::Array: {
        QJsonArray array;
        for (const auto *at = begin(); at != end(); at = next(at))
            array.append(LeanValue(at).toQt());
        return array;
    }
    case Is::Object:
        break;
    }
    QJsonObject object;
    for (const auto *at = begin(); at != end(); at = next(at + 1))
        object.insert(QString::fromUtf8(bytesOf(at)), LeanValue(at + 1).toQt());
    return object;
}

/// Reads one document from its first byte to its last.
class LeanReader
{
public:
    LeanReader(QByteArrayView bytes, const JsonBounds &bounds, LeanJson &out)
        : m_begin(bytes.data()), m_at(m_begin), m_end(m_begin + bytes.size()), m_bounds(bounds), m_out(out)
    {
        m_out.m_nodes = std::exchange(spare, {});
        m_out.m_nodes.reserve(size_t(bytes.size() / 16 + 8));
    }

    Result<> read()
    {
        if (m_end - m_at >= 3 && std::memcmp(m_at, "\xef\xbb\xbf", 3) == 0)
            m_at += 3;
        skipSpace();
        if (m_at == m_end || *m_at != '{')
            return broken(u"it is no object"_s);
        if (!value(0))
            return std::unexpected(std::move(m_error));
        skipSpace();
        return m_at == m_end ? Result<>() : broken(u"something stands behind its end"_s);
    }

private:
    Fail broken(const QString &why) const
    {
        return fail(u"json.broken"_s, u"The JSON cannot be read: %1 at byte %2"_s.arg(why).arg(m_at - m_begin));
    }
    bool refuse(const QString &why)
    {
        m_error = broken(why).error();
        return false;
    }

    void skipSpace()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
    }
    bool take(char c)
    {
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }

    bool value(int depth)
    {
        if (++m_values > m_bounds.values) {
            m_error = fail(u"json.too-many"_s, u"The JSON holds more than %1 values"_s.arg(m_bounds.values), {}, u"Send smaller pieces."_s).error();
            return false;
        }
        if (m_at == m_end)
            return refuse(u"it ends too early"_s);
        switch (*m_at) {
        case '{':
        case '[':
            return container(depth + 1);
        case '"':
            return string();
        case 't':
            return word("true", Is::True);
        case 'f':
            return word("false", Is::False);
        case 'n':
            return word("null", Is::Null);
        default:
            return number();
        }
    }

    bool container(int depth)
    {
        if (depth > m_bounds.depth) {
            m_error = fail(u"json.too-deep"_s, u"The JSON is nested more than %1 deep"_s.arg(m_bounds.depth)).error();
            return false;
        }
        const bool isObject = *m_at++ == '{';
        const char close = isObject ? '}' : ']';
        const size_t place = m_out.m_nodes.size();
        m_out.m_nodes.emplace_back().is = isObject ? Is::Object : Is::Array;
        skipSpace();
        for (bool isFirst = true; !isFirst || !take(close); isFirst = false) {
            skipSpace();
            if (isObject && !name())
                return false;
            if (!value(depth))
                return false;
            skipSpace();
            if (take(close))
                break;
            if (!take(','))
                return refuse(u"a comma or an end is missing"_s);
        }
        m_out.m_nodes[place].size = quint32(m_out.m_nodes.size() - place - 1);
        return true;
    }

    bool name()
    {
        if (m_at == m_end || *m_at != '"')
            return refuse(u"a name is missing"_s);
        if (!string())
            return false;
        skipSpace();
        if (!take(':'))
            return refuse(u"a colon is missing"_s);
        skipSpace();
        return true;
    }

    bool word(const char *text, Is is)
    {
        const size_t length = std::strlen(text);
        if (size_t(m_end - m_at) < length || std::memcmp(m_at, text, length) != 0)
            return refuse(u"a value is none"_s);
        m_at += length;
        m_out.m_nodes.emplace_back().is = is;
        return true;
    }

    void skipDigits()
    {
        while (m_at != m_end && *m_at >= '0' && *m_at <= '9')
            ++m_at;
    }

    bool number()
    {
        const char *const from = m_at;
        bool isInteger = true;
        take('-');
        if (!take('0'))
            skipDigits();
        if (take('.')) {
            isInteger = false;
            skipDigits();
        }
        if (m_at != m_end && (*m_at == 'e' || *m_at == 'E')) {
            isInteger = false;
            ++m_at;
            if (m_at != m_end && (*m_at == '-' || *m_at == '+'))
                ++m_at;
            skipDigits();
        }
        LeanNode node;
        node.is = Is::Integer;
        if (isInteger) {
            if (const auto [end, error] = std::from_chars(from, m_at, node.integer); error == std::errc() && end == m_at) {
                m_out.m_nodes.push_back(node);
                return true;
            }
        }
        bool isNumber = false;
        const double number = QByteArray::fromRawData(from, m_at - from).toDouble(&isNumber);
        if (!isNumber)
            return refuse(u"a value is none"_s);
        if (std::abs(number) < 9e18 && number == double(qint64(number))) {
            node.integer = qint64(number);
        } else {
            node.is = Is::Double;
            node.number = number;
        }
        m_out.m_nodes.push_back(node);
        return true;
    }

    bool string()
    {
        const char *const from = ++m_at;
        while (m_at != m_end && *m_at != '"' && *m_at != '\\')
            ++m_at;
        LeanNode node;
        node.is = Is::String;
        node.text = from;
        node.size = quint32(m_at - from);
        if (m_at != m_end && *m_at == '\\' && !escaped(node))
            return false;
        if (!take('"'))
            return refuse(u"it ends within a string"_s);
        m_out.m_nodes.push_back(node);
        return true;
    }

    /// The rest of a string with escapes, of which the first stands here: no longer than it was with them.
    bool escaped(LeanNode &node)
    {
        if (!m_out.m_unescaped) {
            m_out.m_unescaped = std::make_unique_for_overwrite<char[]>(size_t(m_end - node.text));
            m_room = m_out.m_unescaped.get();
        }
        char *out = m_room;
        std::memcpy(out, node.text, node.size);
        out += node.size;
        while (m_at != m_end && *m_at != '"') {
            if (*m_at != '\\')
                *out++ = *m_at++;
            else if (++m_at == m_end || !escape(out))
                return refuse(u"an escape is none"_s);
        }
        node.text = m_room;
        node.size = quint32(out - m_room);
        m_room = out;
        return true;
    }

    bool escape(char *&out)
    {
        switch (const char c = *m_at++) {
        case 'b':
            *out++ = '\b';
            return true;
        case 'f':
            *out++ = '\f';
            return true;
        case 'n':
            *out++ = '\n';
            return true;
        case 'r':
            *out++ = '\r';
            return true;
        case 't':
            *out++ = '\t';
            return true;
        case 'u':
            return unit(out);
        default: // a quote, a slash; and what needs no escape
            *out++ = c;
            return true;
        }
    }

    bool hex(quint32 &code)
    {
        if (m_end - m_at < 4)
            return false;
        const auto [end, error] = std::from_chars(m_at, m_at + 4, code, 16);
        if (error != std::errc() || end != m_at + 4)
            return false;
        m_at = end;
        return true;
    }

    bool unit(char *&out)
    {
        quint32 code = 0;
        if (!hex(code))
            return false;
        if (code >= 0xD800 && code < 0xDC00 && m_end - m_at >= 6 && m_at[0] == '\\' && m_at[1] == 'u') {
            const char *const before = m_at;
            quint32 low = 0;
            m_at += 2;
            if (!hex(low))
                return false;
            if (low >= 0xDC00 && low < 0xE000)
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            else
                m_at = before;
        }
        if (code >= 0xD800 && code < 0xE000)
            code = 0xFFFD; // half of a pair
        const auto rest = [&](int shift) { *out++ = char(0x80 | (code >> shift & 0x3F)); };
        if (code < 0x80) {
            *out++ = char(code);
            return true;
        }
        if (code < 0x800) {
            *out++ = char(0xC0 | code >> 6);
        } else if (code < 0x10000) {
            *out++ = char(0xE0 | code >> 12);
            rest(6);
        } else {
            *out++ = char(0xF0 | code >> 18);
            rest(12);
            rest(6);
        }
        rest(0);
        return true;
    }

    const char *const m_begin;
    const char *m_at;
    const char *const m_end;
    const JsonBounds m_bounds;
    LeanJson &m_out;
    char *m_room = nullptr; ///< where the next string without its escapes goes
    qsizetype m_values = 0;
    Error m_error;
};

LeanJson::~LeanJson()
{
    if (m_nodes.capacity() > spare.capacity() && m_nodes.capacity() <= mostSpare) {
        m_nodes.clear();
        spare = std::move(m_nodes);
    }
}

Result<LeanJson> LeanJson::parse(QByteArrayView bytes, const JsonBounds &bounds)
{
    if (bytes.size() > std::numeric_limits<qint32>::max())
        return fail(u"json.broken"_s, u"The JSON is larger than 2 GB"_s);
    LeanJson json;
    COPPICE_CHECK(LeanReader(bytes, bounds, json).read());
    return json;
}

} // namespace coppice::receivers
