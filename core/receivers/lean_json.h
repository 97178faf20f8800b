// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "receivers/bounded_json.h"

#include <QByteArrayView>
#include <QJsonValue>
#include <QString>

#include <memory>
#include <utility>
#include <vector>

namespace coppice::receivers {

// JSON from outside, read once and thrown away: one array of small nodes, with strings left in the bytes they came in. Qt's
// objects, which sort members and copy each string, took a fifth of receiving an event. What is accepted, and what is made of
// bad UTF-8, numbers and names that stand twice, is as Qt's own reader has it.

struct LeanNode {
    enum class Is : quint8 { Null, False, True, Integer, Double, String, Array, Object };
    Is is = Is::Null;
    quint32 size = 0; ///< bytes of a string; nodes within an array or object, names and what is deeper counted
    union {
        const char *text = nullptr;
        qint64 integer;
        double number;
    };
};

class LeanList;

/// A value within a LeanJson, which must outlive it. Of what is not there, and of another type: the fallback.
class LeanValue
{
public:
    using Is = LeanNode::Is;
    LeanValue() = default;
    explicit LeanValue(const LeanNode *node) : m_node(node) { }

    [[nodiscard]] bool isThere() const { return m_node; }
    [[nodiscard]] bool is(Is type) const { return m_node && m_node->is == type; }
    [[nodiscard]] bool isNull() const { return is(Is::Null); }
    [[nodiscard]] bool isBool() const { return is(Is::True) || is(Is::False); }
    [[nodiscard]] bool isNumber() const { return is(Is::Integer) || is(Is::Double); }
    [[nodiscard]] bool isString() const { return is(Is::String); }
    [[nodiscard]] bool isArray() const { return is(Is::Array); }
    [[nodiscard]] bool isObject() const { return is(Is::Object); }

    [[nodiscard]] bool toBool(bool fallback = false) const { return isBool() ? m_node->is == Is::True : fallback; }
    [[nodiscard]] int toInt(int fallback = 0) const;
    [[nodiscard]] double toDouble(double fallback = 0) const;
    [[nodiscard]] qint64 toInteger() const { return is(Is::Integer) ? m_node->integer : 0; }
    [[nodiscard]] QByteArrayView bytes() const { return isString() ? QByteArrayView(m_node->text, qsizetype(m_node->size)) : QByteArrayView(); }
    [[nodiscard]] QString toString(const QString &fallback = {}) const { return isString() ? QString::fromUtf8(bytes()) : fallback; }

    /// A member of an object; of names that stand twice the last.
    [[nodiscard]] LeanValue operator[](QByteArrayView name) const;
    /// Without members, or no object.
    [[nodiscard]] bool isEmptyObject() const { return !isObject() || m_node->size == 0; }
    /// Sorted by their names, each once.
    using Members = std::vector<std::pair<QByteArrayView, LeanValue>>;
    [[nodiscard]] Members members() const;
    /// The values of an array.
    [[nodiscard]] LeanList list() const;
    [[nodiscard]] QJsonValue toQt() const;

private:
    [[nodiscard]] const LeanNode *begin() const { return m_node + 1; }
    [[nodiscard]] const LeanNode *end() const { return m_node + 1 + m_node->size; }
    const LeanNode *m_node = nullptr;
};

class LeanList
{
public:
    LeanList() = default;
    explicit LeanList(std::vector<LeanValue> values) : m_values(std::move(values)) { }
    [[nodiscard]] qsizetype size() const { return qsizetype(m_values.size()); }
    [[nodiscard]] bool isEmpty() const { return m_values.empty(); }
    /// Nothing where there is none.
    [[nodiscard]] LeanValue operator[](qsizetype at) const { return at >= 0 && at < size() ? m_values[size_t(at)] : LeanValue(); }
    [[nodiscard]] LeanValue last() const { return (*this)[size() - 1]; }
    [[nodiscard]] auto begin() const { return m_values.begin(); }
    [[nodiscard]] auto end() const { return m_values.end(); }

private:
    std::vector<LeanValue> m_values;
};

/// One document: an object.
class LeanJson
{
public:
    LeanJson() = default;
    LeanJson(LeanJson &&) = default;
    LeanJson &operator=(LeanJson &&) = default;
    ~LeanJson();

    /// `bytes` must outlive it. Errors: "json.broken", "json.too-deep", "json.too-many".
    [[nodiscard]] static Result<LeanJson> parse(QByteArrayView bytes, const JsonBounds &bounds = {});
    [[nodiscard]] LeanValue root() const { return m_nodes.empty() ? LeanValue() : LeanValue(m_nodes.data()); }

private:
    friend class LeanReader;
    std::vector<LeanNode> m_nodes;
    std::unique_ptr<char[]> m_unescaped;
};

} // namespace coppice::receivers
