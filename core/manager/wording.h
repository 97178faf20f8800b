// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manager/brief.h"

namespace coppice::manager {

/// What a client is asked: the facts of a brief with their ids, scrubbed, capped and framed as data from outside, what it may
/// write, and where. At most about 32 KiB.
[[nodiscard]] QString wordingPrompt(const Brief &brief, const std::vector<std::pair<QString, QString>> &scrubRules);

/// Reads a client's answer: JSON by templates/schema/brief-wording.schema.json, alone or the last object of that form in a longer
/// text. Every sentence is checked with unsupported(); those that fail are left out and counted. Where fewer than half of
/// the sentences hold, or none, there is no text but a problem. `plugins`: all that the library has.
[[nodiscard]] Worded wordingFrom(const QByteArray &answer, const Brief &brief, const QStringList &plugins);

/// Why a sentence is not supported by the facts that it names; empty where it is. Caught are:
/// - facts that are not there; more than one line, markup, links, hidden or look-alike characters, digits that are not ASCII;
/// - a plugin of the library, or a name by its shape or place (capitals, hyphens, dots, "the X plugin"), that no named fact has;
/// - a sentence that does not say which plugin it tells of, where its fact is of one;
/// - figures, dates, versions, ids, amounts ("all", "both", "half"), words of judgement ("poor", "failed", "verified"), of cause
///   and of denial that are not in a named fact *of every plugin that the sentence names*; figures also with what they count;
///   "from A to B" turned round;
/// - quotations that are in no named fact, and sentences most of whose words are in none.
///
/// Not caught: ordinary words that change a sense without any of these ("soon", "quietly"), an invented name that is a lower
/// case English word in no telling place, who does what to whom within one fact, and what a fact says being left away.
[[nodiscard]] QString unsupported(const QString &sentence, const QStringList &facts, const std::vector<NamedFact> &known, const QStringList &plugins);

} // namespace coppice::manager
