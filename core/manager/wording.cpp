// SPDX-License-Identifier: GPL-3.0-or-later
#include "manager/wording.h"

#include "base/clock.h"
#include "context/quote.h"
#include "library/json_schema.h"
#include "manager/words.h"
#include "text/hidden.h"
#include "text/scrub.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

#include <algorithm>

namespace coppice::manager {

extern const char *const wordingSchemaText;

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype factCap = 600;
constexpr size_t mostUnknown = 10;
constexpr qsizetype materialCap = 30 << 10;
constexpr qsizetype answerCap = 256 << 10;
constexpr qsizetype mostReasons = 40;

/// What of an answer does not follow the schema; empty when all does.
QString whyNot(const QJsonObject &answer)
{
    static const library::JsonSchema schema(QJsonDocument::fromJson(wordingSchemaText).object());
    QStringList words;
    for (const auto &mistake : schema.check(answer)) {
        if (words.size() < 3 && (!mistake.what.startsWith("Failed to validate against schema"_L1) || words.isEmpty()))
            words << QString(mistake.keys.join(u'.') + u' ' + mistake.what).simplified();
    }
    return text::plain(words.join(u"; "_s), 400);
}

std::optional<QJsonObject> objectIn(const QByteArray &bytes)
{
    QJsonParseError error{};
    auto document = QJsonDocument::fromJson(bytes, &error);
    if (error.error == QJsonParseError::GarbageAtEnd) // words behind it
        document = QJsonDocument::fromJson(bytes.left(error.offset));
    return document.isObject() && document.object().contains(u"paragraphs"_s) ? std::optional(document.object()) : std::nullopt;
}

/// The answer, also where a client put words or a fence around it.
std::optional<QJsonObject> answerIn(const QByteArray &given)
{
    const QByteArray bytes = given.left(answerCap).trimmed();
    if (auto whole = objectIn(bytes))
        return whole;
    int tries = 0;
    for (qsizetype key = bytes.lastIndexOf("\"paragraphs\""); key >= 0 && tries < 8; ++tries) {
        const qsizetype begin = bytes.lastIndexOf('{', key);
        if (begin < 0)
            break;
        if (auto part = objectIn(bytes.mid(begin)))
            return part;
        key = begin > 0 ? bytes.lastIndexOf("\"paragraphs\"", begin - 1) : -1;
    }
    return std::nullopt;
}

} // namespace

std::vector<NamedFact> namedFacts(const Brief &brief)
{
    std::vector<NamedFact> all;
    const auto claims = [&all](QChar letter, const std::vector<Claim> &some) {
        for (size_t i = 0; i < some.size(); ++i)
            all.push_back({letter + QString::number(i + 1), some[i].text, some[i].plugin, some[i].link, some[i].at, some[i].outside});
    };
    claims(u'r', brief.risks);
    claims(u'c', brief.changed);
    for (size_t i = 0; i < brief.proposals.size(); ++i) {
        const auto &one = brief.proposals[i];
        all.push_back({u"p%1"_s.arg(i + 1), one.title + u". "_s + one.why, one.plugin, one.link, 0, one.tainted});
    }
    for (qsizetype i = 0; i < brief.unknown.size(); ++i)
        all.push_back({u"u%1"_s.arg(i + 1), brief.unknown[i], {}, u"screen:overview"_s, 0, true});
    return all;
}

QString wordingPrompt(const Brief &brief, const std::vector<std::pair<QString, QString>> &scrubRules)
{
    std::vector<text::Scrubber::Rule> rules;
    for (const auto &[name, pattern] : scrubRules)
        rules.push_back({name, pattern});
    const text::Scrubber scrubber(rules);
    QStringList lines;
    size_t unknown = 0;
    for (const auto &fact : namedFacts(brief)) {
        if (fact.id.startsWith(u'u') && ++unknown > mostUnknown)
            continue;
        QString about = fact.plugin.isEmpty() ? u"the library"_s : u"plugin "_s + fact.plugin;
        if (fact.at > 0)
            about += u", "_s + QDateTime::fromMSecsSinceEpoch(fact.at, Qt::UTC).date().toString(Qt::ISODate);
        lines << u"%1 (%2): %3"_s.arg(fact.id, about, scrubber.scrub(text::plain(fact.text, factCap).simplified()).text);
    }
    return u"# Word a brief\n\n"
           "A manager of a library of plugins reads a brief once a day: what is at risk (ids r…), what changed (c…), what is proposed (p…), what could not be looked at "
           "(u…). The facts stand below. Tell them in plain English, the gravest first, in two to four short paragraphs of at most five sentences each. You judge nothing, "
           "explain nothing and add nothing: whatever is in no fact is left out by a program that checks each sentence.\n\n"
           "A sentence is kept only if\n"
           "- it names the ids of the facts that it stands on, at most %1, and tells of nothing else;\n"
           "- it names the plugin that its fact is about, by its whole name; where it names two plugins, all that it says of them is in the facts of both: better one "
           "plugin a sentence;\n"
           "- every figure, date, version and amount is in these facts, as digits, with the same thing counted;\n"
           "- words such as poor, failed, verified, all, most, because, not are in these facts too;\n"
           "- most of its words are the facts' words;\n"
           "- it has at most 400 characters, one line, no markup, no link, and quotes only in “…” and word for word.\n\n"
           "Write the answer as one JSON object into the file that $COPPICE_OUTPUTS names; where you cannot write files, let it be the whole of your last message:\n\n"
           "{\"paragraphs\": [{\"sentences\": [{\"text\": \"…\", \"facts\": [\"r1\"]}]}]}\n\n"_s.arg(6)
        + context::quoteAsData(lines.join(u'\n'), u"the facts of a brief"_s, materialCap);
}

Worded wordingFrom(const QByteArray &answer, const Brief &brief, const QStringList &plugins)
{
    Worded worded;
    const auto given = answerIn(answer);
    if (!given) {
        worded.problem = answer.trimmed().isEmpty() ? u"It answered nothing."_s : u"Its answer is not the JSON object that was asked for."_s;
        return worded;
    }
    if (const QString wrong = whyNot(*given); !wrong.isEmpty()) {
        worded.problem = u"Its answer does not follow templates/schema/brief-wording.schema.json: %1."_s.arg(wrong);
        return worded;
    }
    const auto known = namedFacts(brief);
    QSet<QString> told, said;
    int kept = 0;
    for (const auto &paragraph : (*given)[u"paragraphs"_s].toArray()) {
        std::vector<Worded::Sentence> sentences;
        for (const auto &value : paragraph.toObject()[u"sentences"_s].toArray()) {
            const auto one = value.toObject();
            Worded::Sentence sentence{one[u"text"].toString().trimmed(), {}};
            for (const auto &id : one[u"facts"].toArray()) {
                if (!sentence.facts.contains(id.toString()))
                    sentence.facts << id.toString();
            }
            QString why = unsupported(sentence.text, sentence.facts, known, plugins);
            if (why.isEmpty() && said.contains(sentence.text))
                why = u"it was said before"_s;
            if (!why.isEmpty()) {
                ++worded.leftOut;
                if (worded.reasons.size() < mostReasons)
                    worded.reasons << text::plain(why, 200).simplified();
                continue;
            }
            ++kept;
            said << sentence.text;
            for (const QString &id : sentence.facts)
                told << id;
            sentences.push_back(std::move(sentence));
        }
        if (!sentences.empty())
            worded.paragraphs.push_back(std::move(sentences));
    }
    if (kept == 0 || kept < worded.leftOut) {
        worded.problem = u"Too little of it is supported: %1 of %2."_s.arg(kept).arg(counted(kept + worded.leftOut, u"sentence"_s));
        worded.paragraphs.clear();
        return worded;
    }
    for (const auto &fact : known) {
        if ((fact.id.startsWith(u'r') || fact.id.startsWith(u'c')) && !told.contains(fact.id))
            worded.untold << fact.id;
    }
    return worded;
}

QString leftOutText(const Worded &worded)
{
    if (worded.leftOut == 0)
        return {};
    return worded.leftOut == 1 ? u"1 sentence was left out: not supported by facts."_s : u"%1 sentences were left out: not supported by facts."_s.arg(worded.leftOut);
}

QJsonObject toJson(const Worded &worded)
{
    QJsonArray paragraphs;
    for (const auto &paragraph : worded.paragraphs) {
        QJsonArray sentences;
        for (const auto &one : paragraph)
            sentences.append(QJsonObject{{u"text"_s, one.text}, {u"facts"_s, QJsonArray::fromStringList(one.facts)}});
        paragraphs.append(QJsonObject{{u"sentences"_s, sentences}});
    }
    return {{u"client"_s, worded.client},
            {u"at"_s, isoTime(worded.at)},
            {u"paragraphs"_s, paragraphs},
            {u"left_out"_s, worded.leftOut},
            {u"reasons"_s, QJsonArray::fromStringList(worded.reasons)},
            {u"untold"_s, QJsonArray::fromStringList(worded.untold)},
            {u"problem"_s, worded.problem.isEmpty() ? QJsonValue() : QJsonValue(worded.problem)},
            {u"cost_usd"_s, double(worded.micros) / 1e6}};
}

Worded wordedFrom(const QJsonObject &object)
{
    const auto texts = [&object](QStringView key) {
        QStringList all;
        for (const auto &value : object[key].toArray())
            all << value.toString();
        return all;
    };
    Worded worded;
    worded.client = object[u"client"].toString();
    worded.at = QDateTime::fromString(object[u"at"].toString(), Qt::ISODateWithMs).toMSecsSinceEpoch();
    for (const auto &paragraph : object[u"paragraphs"].toArray()) {
        std::vector<Worded::Sentence> sentences;
        for (const auto &value : paragraph.toObject()[u"sentences"].toArray()) {
            Worded::Sentence one{value.toObject()[u"text"].toString(), {}};
            for (const auto &id : value.toObject()[u"facts"].toArray())
                one.facts << id.toString();
            sentences.push_back(std::move(one));
        }
        worded.paragraphs.push_back(std::move(sentences));
    }
    worded.leftOut = object[u"left_out"].toInt();
    worded.reasons = texts(u"reasons");
    worded.untold = texts(u"untold");
    worded.problem = object[u"problem"].toString();
    worded.micros = qint64(object[u"cost_usd"].toDouble() * 1e6 + 0.5);
    return worded;
}

} // namespace coppice::manager
