// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringList>

#include <memory>
#include <vector>

namespace coppice::library {

/// A JSON Schema of ours (draft 7: https://json-schema.org/draft-07), checked by valijson. Texts and numbers are not taken
/// for one another. Immutable; safe from any thread.
class JsonSchema
{
public:
    enum class Draft { Seven, Four };
    explicit JsonSchema(const QJsonObject &schema, Draft draft = Draft::Seven);

    struct Mistake {
        QStringList keys; ///< path to the value, from the root; places of lists as their number
        QString what;     ///< in valijson's words
    };
    /// Empty when the document follows the schema. Several mistakes may tell of one value, from the inside outwards.
    [[nodiscard]] std::vector<Mistake> check(const QJsonValue &document) const;
    [[nodiscard]] const QJsonObject &json() const { return m_json; }

private:
    struct Parsed;
    QJsonObject m_json;
    std::shared_ptr<const Parsed> m_parsed;
    QString m_problem; ///< why the schema itself cannot be used
};

} // namespace coppice::library
