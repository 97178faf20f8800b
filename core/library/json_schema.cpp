// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/json_schema.h"

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace coppice::library {

struct JsonSchema::Parsed {
    valijson::Schema schema;
};

JsonSchema::JsonSchema(const QJsonObject &schema, Draft draft) : m_json(schema)
{
    try {
        auto parsed = std::make_shared<Parsed>();
        valijson::SchemaParser parser(draft == Draft::Four ? valijson::SchemaParser::kDraft4 : valijson::SchemaParser::kDraft7);
        const QJsonValue root(m_json);
        parser.populateSchema(valijson::adapters::QtJsonAdapter(root), parsed->schema);
        m_parsed = std::move(parsed);
    } catch (const std::exception &error) {
        m_problem = QString::fromUtf8(error.what());
    }
}

std::vector<JsonSchema::Mistake> JsonSchema::check(const QJsonValue &document) const
{
    if (!m_parsed)
        return {{{}, m_problem}};
    try {
        valijson::Validator validator(valijson::Validator::kStrongTypes);
        valijson::ValidationResults results;
        if (validator.validate(m_parsed->schema, valijson::adapters::QtJsonAdapter(document), &results))
            return {};
        std::vector<Mistake> mistakes;
        for (const auto &error : results) {
            Mistake mistake{{}, QString::fromStdString(error.description)};
            for (const auto &part : error.context) { // "<root>", "[key]", "[3]"
                const QString key = QString::fromStdString(part);
                if (key.startsWith(u'[') && key.endsWith(u']'))
                    mistake.keys << key.mid(1, key.size() - 2);
            }
            mistakes.push_back(std::move(mistake));
        }
        if (mistakes.empty())
            mistakes.push_back({{}, QStringLiteral("The document does not follow its schema")});
        return mistakes;
    } catch (const std::exception &error) {
        return {{{}, QString::fromUtf8(error.what())}};
    }
}

} // namespace coppice::library
