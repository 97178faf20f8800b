// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonValue>
#include <QString>

#include <memory>
#include <vector>

namespace coppice::text {

/// Replaces secrets by "[scrubbed]" before anything is stored, indexed, shown or sent: by key (password, token,
/// authorization, …) and by shape (private keys, provider tokens, JWTs, credentials and tokens in URLs, card numbers).
/// Immutable after construction; safe from any thread.
class Scrubber
{
public:
    struct Rule {
        QString name;    ///< shown in counts
        QString pattern; ///< regular expression; the whole match is replaced, or group 1 where there is one
    };
    Scrubber();
    /// The built-in rules and these of the library. A pattern that does not compile is reported by `problems`.
    explicit Scrubber(const std::vector<Rule> &more);

    struct Text {
        QString text;
        int replaced = 0;
        bool searched = false; ///< something in it asked for a closer look, which takes a hundred times longer than the first
    };
    [[nodiscard]] Text scrub(const QString &text) const;
    /// Scrubs all strings of a JSON value; a value under a telling key is replaced whole. Adds to `replaced`.
    [[nodiscard]] QJsonValue scrub(const QJsonValue &value, int &replaced) const;
    /// True when a key alone says that its value is a secret: "dbPassword", "API_KEY", "x-auth-token".
    [[nodiscard]] static bool isSecretKey(const QString &key);
    [[nodiscard]] const std::vector<QString> &problems() const { return m_problems; }

private:
    struct Compiled;
    std::shared_ptr<const std::vector<Compiled>> m_rules;
    std::vector<QString> m_problems;
};

} // namespace coppice::text
