// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QJsonObject>
#include <QString>

#include <memory>
#include <vector>

namespace coppice::playbooks {

/// The `if` of a step:
///
///     condition  = part { "or" part }          part  = factor { "and" factor }
///     factor     = "not" factor | "(" condition ")" | value [ ("==" | "!=") value ]
///     value      = outputs.STEP.NAME | 'text' | "text" | number | true | false | always | failed
///
/// A value alone holds when it is there and is neither empty nor false. Values are compared as texts, with a number as
/// numbers; one that is not there equals nothing. `always` holds, `failed` holds after a step has failed; a condition that
/// speaks of either is looked at whatever happened before, any other only when all that the step needs is good.
class Condition
{
public:
    struct Reference {
        QString step;
        QString name;
    };
    /// At most 1,000 characters, nested at most 24 deep. The error says what is wrong and at which character.
    [[nodiscard]] static Result<Condition> parse(const QString &text);

    [[nodiscard]] bool holds(const QJsonObject &outputs, bool failed) const;
    [[nodiscard]] const std::vector<Reference> &references() const { return m_references; }
    [[nodiscard]] bool speaksOfStatus() const { return m_speaksOfStatus; }

    struct Node;

private:
    std::shared_ptr<const Node> m_root;
    std::vector<Reference> m_references;
    bool m_speaksOfStatus = false;
};

} // namespace coppice::playbooks
