// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices.h"

#include "library/yaml_file.h"

#include <QDateTime>
#include <QJsonObject>
#include <QRegularExpression>

#include <cmath>
#include <limits>

namespace coppice::gateway {

using namespace Qt::StringLiterals;

extern const char *const shippedPrices; // generated from templates/prices.yaml

namespace {

constexpr int freshDays = 90;
constexpr qint64 otherwiseOutput = 128'000; // where neither request nor list bounds an answer

QString kindOf(const QString &dialect)
{
    return dialect.startsWith(u"openai") ? u"openai"_s : dialect;
}

/// The same model under the names that resellers and regions give it.
QString plainName(const QString &model)
{
    QString name = model.trimmed().toLower();
    name = name.mid(name.lastIndexOf(u'/') + 1);
    if (const auto at = name.lastIndexOf(u"anthropic."); at >= 0)
        name = name.mid(at + 10);
    return name.replace(u'.', u'-');
}

bool fits(const QString &listed, const QString &model)
{
    if (listed.contains(u'*')) {
        const QRegularExpression pattern(QRegularExpression::wildcardToRegularExpression(listed));
        return pattern.match(model).hasMatch();
    }
    if (!model.startsWith(listed))
        return false;
    // One or two digits more are another version; a date, a tag or a word are not.
    static const QRegularExpression behind(u"^($|[@:\\[]|-(?!\\d{1,3}(\\D|$)))"_s);
    return behind.match(model.mid(listed.size())).hasMatch();
}

Rates ratesFrom(const QJsonObject &object)
{
    const auto amount = [&](QLatin1String key, double otherwise) {
        const auto value = object[key];
        return value.isDouble() ? value.toDouble() : otherwise;
    };
    Rates rates;
    rates.input = amount(QLatin1String("input"), 0);
    rates.output = amount(QLatin1String("output"), 0);
    rates.cached = amount(QLatin1String("cached"), rates.input);
    rates.cacheWrite = amount(QLatin1String("cache_write"), rates.input);
    rates.cacheWriteHour = amount(QLatin1String("cache_write_1h"), std::max(rates.cacheWrite, rates.input));
    return rates;
}

bool isGood(const QJsonObject &object)
{
    static const QStringList known{u"input"_s, u"cached"_s, u"cache_write"_s, u"cache_write_1h"_s, u"output"_s,
                                   u"context"_s, u"max_output"_s, u"over"_s, u"long"_s};
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!known.contains(it.key()))
            return false;
        if (it.key() == u"long" ? !it->isObject() : !it->isDouble() || it->toDouble() < 0 || it->toDouble() > 1e7)
            return false;
    }
    return object[u"input"].isDouble() && object[u"output"].isDouble();
}

std::optional<Price> longest(const std::vector<Price> &prices, const QString &model)
{
    const Price *best = nullptr;
    for (const auto &price : prices) {
        if (fits(price.name, model) && (!best || price.name.size() > best->name.size()))
            best = &price;
    }
    return best ? std::optional(*best) : std::nullopt;
}

void raise(Rates &to, const Rates &from)
{
    to.input = std::max(to.input, from.input);
    to.cached = std::max(to.cached, from.cached);
    to.cacheWrite = std::max(to.cacheWrite, from.cacheWrite);
    to.cacheWriteHour = std::max(to.cacheWriteHour, from.cacheWriteHour);
    to.output = std::max(to.output, from.output);
}

qint64 rounded(double micros)
{
    constexpr double largest = 1e15; // a billion dollars: no sum of some of these overflows
    return micros >= largest ? qint64(largest) : qint64(std::ceil(micros - 1e-6));
}

} // namespace

qint64 Price::cost(const Tokens &tokens, double factor) const
{
    const Rates &by = longOver > 0 && tokens.allInput() > longOver ? longRates : rates;
    return rounded(factor
                   * (double(tokens.input) * by.input + double(tokens.cached) * by.cached + double(tokens.cacheWrite) * by.cacheWrite
                      + double(tokens.cacheWriteHour) * by.cacheWriteHour + double(tokens.output) * by.output));
}

qint64 Price::most(qint64 inputTokens, qint64 outputTokens, double factor) const
{
    if (context > 0)
        inputTokens = std::min(inputTokens, context);
    const Rates &by = longOver > 0 && inputTokens > longOver ? longRates : rates;
    const qint64 output = outputTokens > 0 ? (maxOutput > 0 ? std::min(outputTokens, maxOutput) : outputTokens)
        : maxOutput > 0                    ? maxOutput
                                           : otherwiseOutput;
    const double dearest = std::max({by.input, by.cacheWrite, by.cacheWriteHour});
    return rounded(factor * (double(inputTokens) * dearest + double(output) * by.output));
}

Result<PriceList> PriceList::parse(const QByteArray &yaml)
{
    const QString name = u"templates/prices.yaml"_s;
    const library::YamlFile file(yaml.isEmpty() ? QByteArray(shippedPrices) : yaml, name);
    const auto wrong = [&](const QString &what, const QString &path) {
        const int line = file.line(path);
        return fail(u"gateway.prices"_s, what, line ? u"%1:%2"_s.arg(name).arg(line) : name,
                    u"Correct the line; the list that Coppice came with shows the form."_s);
    };
    if (!file.problems().empty())
        return fail(u"gateway.prices"_s, u"The price list cannot be read: %1"_s.arg(file.problems().front().text),
                    file.problems().front().where(), u"Correct the line."_s);
    PriceList list;
    list.m_date = QDate::fromString(file.text(u"date"_s), Qt::ISODate);
    if (!list.m_date.isValid())
        return wrong(u"A price list needs a date, written 2026-11-22"_s, u"date"_s);
    if (file.has(u"currency"_s) && file.text(u"currency"_s) != u"USD")
        return wrong(u"Prices are in USD"_s, u"currency"_s);
    const auto kinds = file.root()[u"models"].toObject();
    for (auto kind = kinds.begin(); kind != kinds.end(); ++kind) {
        const QString kindPath = library::yamlPath(u"models"_s, kind.key());
        if (!QStringList{u"anthropic"_s, u"openai"_s, u"gemini"_s}.contains(kind.key()))
            return wrong(u"Models stand under anthropic, openai or gemini, not under '%1'"_s.arg(kind.key().left(40)), kindPath);
        const auto models = kind->toObject();
        for (auto it = models.begin(); it != models.end(); ++it) {
            const auto object = it->toObject();
            const auto longer = object[u"long"].toObject();
            if (!isGood(object) || (object.contains(u"long") && (!isGood(longer) || !longer[u"over"].isDouble())))
                return wrong(u"The price of '%1' is not understood: input and output are dollars per million tokens"_s.arg(it.key().left(80)),
                             library::yamlPath(kindPath, it.key()));
            Price price;
            price.name = plainName(it.key());
            price.rates = ratesFrom(object);
            price.context = object[u"context"].toInteger();
            price.maxOutput = object[u"max_output"].toInteger();
            if (!longer.isEmpty()) {
                price.longOver = longer[u"over"].toInteger();
                price.longRates = ratesFrom(longer);
            }
            list.m_models[kind.key()].push_back(std::move(price));
        }
    }
    return list;
}

bool PriceList::isOld(qint64 at) const
{
    return m_date.daysTo(QDateTime::fromMSecsSinceEpoch(at, Qt::UTC).date()) > freshDays;
}

std::optional<Price> PriceList::find(const QString &dialect, const QString &model) const
{
    const QString name = plainName(model);
    if (name.isEmpty())
        return std::nullopt;
    const QString own = kindOf(dialect);
    if (auto price = longest(m_models.value(own), name))
        return price;
    for (auto it = m_models.begin(); it != m_models.end(); ++it) { // a reseller's models of other makers
        if (it.key() == own)
            continue;
        if (auto price = longest(*it, name))
            return price;
    }
    return std::nullopt;
}

Price PriceList::dearest(const QString &dialect) const
{
    Price most;
    const auto add = [&most](const std::vector<Price> &prices) {
        for (const auto &price : prices) {
            raise(most.rates, price.rates);
            raise(most.rates, price.longRates);
        }
    };
    add(m_models.value(kindOf(dialect)));
    if (most.rates.output <= 0) { // a list without a model of this kind
        for (const auto &prices : m_models)
            add(prices);
    }
    return most;
}

} // namespace coppice::gateway
