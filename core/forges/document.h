// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <vector>

namespace coppice::forges {

/// A piece of a line. What comes from outside (events, agents, other people) stands as code in every tracker, where no
/// mention, link, picture, macro or command in it has an effect; our own words stand as plain text.
struct Run {
    QString text;
    bool outside = false;
};
/// A block of what is told to a tracker, before it takes the tracker's form.
struct Block {
    enum class Kind { Paragraph, Heading, Item, Quote };
    Kind kind = Kind::Paragraph;
    std::vector<Run> runs; ///< of a quote: one run of several lines, from outside
};
using Document = std::vector<Block>;

[[nodiscard]] Block paragraph(std::vector<Run> runs);
[[nodiscard]] Block heading(const QString &text);
[[nodiscard]] Block item(std::vector<Run> runs);
[[nodiscard]] Block quote(const QString &text);

/// What a tracker reads. Each form is bounded to 30,000 characters of text, which the smallest of them (Jira) takes.
enum class Markup {
    GitHub,   ///< GitHub Flavored Markdown; source: https://github.github.com/gfm/
    GitLab,   ///< the same, and lines that begin with a slash are commands: no line of ours does
    Markdown, ///< of Redmine, where it is set to Markdown
    Textile,  ///< of Redmine
};
[[nodiscard]] QString render(const Document &document, Markup markup);
/// Atlassian Document Format; source: https://unpkg.com/@atlaskit/adf-schema (json-schema/v1/full.json).
[[nodiscard]] QJsonObject toAdf(const Document &document);
/// The text of an ADF document from outside, lines kept; bounded in depth and length.
[[nodiscard]] QString fromAdf(const QJsonValue &document, qsizetype cap = 16 * 1024);

/// A title from outside: one line, in which nothing is taken for a mention, reference or address. `cap` in characters.
[[nodiscard]] QString inertTitle(const QString &text, qsizetype cap = 200);

} // namespace coppice::forges
