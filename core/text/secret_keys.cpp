// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/secret_keys.h"

#include <QStringList>

#include <algorithm>

namespace coppice::text {

namespace {

constexpr qsizetype longestKey = 64;
constexpr qsizetype longestValue = 4096;

template <class List> bool holds(const List &list, QStringView word)
{
    return std::any_of(std::begin(list), std::end(list), [&](QStringView each) { return each == word; });
}

/// "dbPassword", "DB_PASSWORD", "db-password" → db, password
QStringList wordsOf(QStringView key)
{
    QStringList words;
    QString word;
    for (qsizetype i = 0; i < key.size(); ++i) {
        const QChar c = key[i];
        if (!c.isLetterOrNumber()) {
            if (!word.isEmpty())
                words << word;
            word.clear();
            continue;
        }
        const bool hump = c.isUpper() && i > 0
            && (key[i - 1].isLower() || key[i - 1].isDigit() || (key[i - 1].isUpper() && i + 1 < key.size() && key[i + 1].isLower()));
        if (hump && !word.isEmpty()) {
            words << word;
            word.clear();
        }
        word += c.toLower();
    }
    if (!word.isEmpty())
        words << word;
    return words;
}

constexpr QStringView strongWords[] = {u"password", u"passwords", u"passwd", u"passphrase", u"passcode", u"pwd", u"pass",
                                       u"secret", u"secrets", u"credential", u"credentials", u"apikey", u"apikeys",
                                       u"privatekey", u"secretkey", u"accesskey", u"signingkey", u"encryptionkey",
                                       u"cvv", u"cvc", u"ssn", u"otp", u"totp", u"mnemonic"};
constexpr QStringView strongEnds[] = {u"password", u"passwd", u"passphrase", u"secret", u"apikey", u"privatekey", u"secretkey",
                                      u"accesskey", u"pwd"};
constexpr QStringView weakWords[] = {u"token", u"auth", u"authorization", u"authentication", u"bearer", u"cookie", u"cookies", u"jwt",
                                     u"csrf", u"xsrf", u"sessionid", u"sessid", u"phpsessid", u"jsessionid", u"signature"};
constexpr QStringView keyOwners[] = {u"api", u"private", u"secret", u"access", u"signing", u"encryption", u"master", u"ssh",
                                     u"shared", u"account", u"auth", u"client", u"service", u"app", u"license", u"deploy",
                                     u"publishable", u"crypto", u"storage"};
// Words that, as the last one, say that the value is about a secret rather than the secret itself.
constexpr QStringView aboutWords[] = {u"type", u"count", u"length", u"len", u"size", u"limit", u"expiry", u"expires", u"expired",
                                      u"ttl", u"url", u"uri", u"endpoint", u"file", u"path", u"policy", u"enabled", u"required",
                                      u"valid", u"name", u"method", u"provider", u"status", u"state", u"mode", u"error",
                                      u"exception", u"failure", u"failed", u"fault", u"warning", u"invalid", u"missing", u"mismatch",
                                      u"found", u"denied", u"unavailable", u"changed", u"service", u"manager", u"controller",
                                      u"index", u"position", u"usage", u"at", u"in", u"level", u"host", u"port", u"user"};

constexpr QStringView complaints[] = {u"invalid", u"missing", u"bad", u"wrong", u"expired", u"unknown", u"no", u"empty", u"weak"};
constexpr QStringView sourceEndings[] = {u"js", u"mjs", u"cjs", u"ts", u"mts", u"cts", u"tsx", u"jsx", u"py", u"pyx", u"go", u"rs",
                                         u"java", u"kt", u"kts", u"scala", u"php", u"rb", u"cs", u"fs", u"vb", u"cpp", u"cc", u"c",
                                         u"h", u"hpp", u"ex", u"exs", u"erl", u"lua", u"pl", u"pm", u"sh", u"swift", u"dart",
                                         u"vue", u"svelte", u"html", u"json", u"yaml", u"yml", u"toml", u"xml", u"rake"};

bool looksRandom(QStringView value)
{
    if (value.size() >= 20)
        return true;
    return value.size() >= 8 && std::any_of(value.begin(), value.end(), [](QChar c) { return c.isDigit(); });
}

bool isIdentifierPart(QChar c)
{
    return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.' || c == u'$' || c == u'@';
}

bool isQuote(QChar c)
{
    return c == u'"' || c == u'\'' || c == u'`';
}

bool isSchemeWord(QStringView word)
{
    constexpr QStringView words[] = {u"bearer", u"basic", u"digest", u"token", u"apikey", u"negotiate", u"hawk", u"aws4-hmac-sha256"};
    return holds(words, word.toString().toLower());
}

bool saysNothing(QStringView value)
{
    constexpr QStringView words[] = {u"null", u"none", u"nil", u"true", u"false", u"undefined", u"[scrubbed]", u"***", u"[redacted]",
                                     u"[filtered]", u"<redacted>"};
    return holds(words, value.toString().toLower());
}

/// Cheap: false when no secret word can stand in the key.
bool mayTell(QStringView key)
{
    constexpr QStringView stems[] = {u"pass", u"pwd", u"secret", u"token", u"auth", u"key", u"cred", u"cookie", u"jwt", u"csrf",
                                     u"xsrf", u"sess", u"bearer", u"signature", u"cvv", u"cvc", u"ssn", u"otp", u"mnemonic"};
    return std::any_of(std::begin(stems), std::end(stems), [&](QStringView stem) { return key.contains(stem, Qt::CaseInsensitive); });
}

bool isSourceFile(QStringView key)
{
    const auto dot = key.lastIndexOf(u'.');
    return dot > 0 && holds(sourceEndings, key.mid(dot + 1));
}

struct Key {
    QStringView name;
    bool quoted = false;
};

/// The key that ends before the separator at `at`.
Key keyBefore(const QString &text, qsizetype at, qsizetype floor)
{
    Key key;
    qsizetype end = at;
    int spaces = 0;
    while (end > floor && (text[end - 1] == u' ' || text[end - 1] == u'\t') && spaces++ < 8)
        --end;
    if (end > floor && text[end - 1] == u']') // env["KEY"] = value
        --end;
    if (end > floor && isQuote(text[end - 1])) {
        key.quoted = true;
        --end;
        if (end > floor && text[end - 1] == u'\\')
            --end;
    }
    qsizetype start = end;
    while (start > floor && end - start < longestKey && isIdentifierPart(text[start - 1]))
        --start;
    // "api key: …" is written in two words
    if (QStringView(text).mid(start, end - start).compare(u"key", Qt::CaseInsensitive) == 0 && start > floor + 1
        && text[start - 1] == u' ') {
        qsizetype wordStart = start - 1;
        while (wordStart > floor && start - wordStart < longestKey && isIdentifierPart(text[wordStart - 1]))
            --wordStart;
        start = wordStart;
    }
    if (start > 1 && text[start - 1] == u'/' && text[start - 2] == u'/')
        return {}; // a host name with a port
    key.name = QStringView(text).mid(start, end - start);
    return key;
}

/// The value that starts after the separator: what stands between quotes, else up to a space or closing sign.
SecretValue valueAfter(const QString &text, qsizetype from, bool &quoted)
{
    qsizetype at = from;
    while (at < text.size() && at - from < 8 && (text[at] == u' ' || text[at] == u'\t'))
        ++at;
    qsizetype escape = 0;
    if (at + 1 < text.size() && text[at] == u'\\' && isQuote(text[at + 1])) {
        escape = 1;
        ++at;
    }
    if (at < text.size() && isQuote(text[at])) {
        quoted = true;
        const QChar quote = text[at];
        const qsizetype start = ++at;
        while (at < text.size() && at - start < longestValue) {
            if (escape == 0 && text[at] == u'\\') {
                at += 2;
                continue;
            }
            if (text[at] == quote && (escape == 0 || text[at - 1] == u'\\'))
                break;
            ++at;
        }
        at = qMin(at, text.size());
        return {start, escape && at > start && at < text.size() ? at - 1 : at};
    }
    const auto runEnd = [&](qsizetype start) {
        qsizetype end = start;
        while (end < text.size() && end - start < longestValue && !text[end].isSpace()
               && !QStringView(u",;&)}]\"'`|<>").contains(text[end]))
            ++end;
        return end;
    };
    qsizetype end = runEnd(at);
    const qsizetype start = at;
    if (isSchemeWord(QStringView(text).mid(start, end - start)) && end < text.size() && text[end] == u' ') {
        const qsizetype next = runEnd(end + 1);
        if (next > end + 1)
            return {end + 1, next};
    }
    return {start, end};
}

} // namespace

KeyStrength strengthOf(QStringView key)
{
    if (key.isEmpty() || key == u"PWD" || key == u"OLDPWD" || key == u"pass")
        return KeyStrength::None;
    const QStringList words = mayTell(key) ? wordsOf(key.left(256)) : QStringList();
    if (words.isEmpty())
        return KeyStrength::None;
    if (words.size() > 1 && holds(aboutWords, words.last()))
        return KeyStrength::None;
    // "InvalidToken: …", "SecretNotFound: …" are names of exceptions.
    const bool typeLike = words.size() > 1 && key[0].isUpper() && key.indexOf(u'_') < 0 && key.indexOf(u'-') < 0
        && key.toString() != key.toString().toUpper();
    auto strength = KeyStrength::None;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words[i];
        const bool strong = holds(strongWords, word)
            || std::any_of(std::begin(strongEnds), std::end(strongEnds), [&](QStringView end) { return word.endsWith(end); })
            || ((word == u"key" || word == u"keys") && i > 0 && holds(keyOwners, words[i - 1]));
        const bool weak = holds(weakWords, word) || word.endsWith(u"token") || (word == u"id" && i > 0 && words[i - 1] == u"session");
        if (!strong && !weak)
            continue;
        if (!typeLike)
            strength = strong || words.size() > 1 ? KeyStrength::Strong : qMax(strength, KeyStrength::Weak);
        else if (i + 1 == words.size())
            strength = strong && !holds(complaints, words.first()) ? KeyStrength::Strong : KeyStrength::Weak;
    }
    return strength;
}

std::vector<SecretValue> findSecretValues(const QString &text)
{
    std::vector<SecretValue> found;
    qsizetype floor = 0;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] != u'=' && text[at] != u':')
            continue;
        qsizetype after = at + 1;
        const bool assigns = text[at] == u'=';
        if (!assigns && after < text.size() && text[after] == u':') { // Secrets::read
            at = after;
            continue;
        }
        if (after < text.size() && (text[after] == u'=' || (text[after] == u'>' && assigns)))
            ++after; // ==, =>, :=
        const Key key = keyBefore(text, at, floor);
        const auto strength = key.name.isEmpty() || !mayTell(key.name) || isSourceFile(key.name) ? KeyStrength::None : strengthOf(key.name);
        if (strength == KeyStrength::None)
            continue;
        bool quoted = false;
        const SecretValue value = valueAfter(text, after, quoted);
        const QStringView secret = QStringView(text).mid(value.from, value.to - value.from);
        if (secret.isEmpty() || saysNothing(secret))
            continue;
        if (strength == KeyStrength::Weak && !assigns && !key.quoted && !looksRandom(secret))
            continue; // "Unexpected token: foo"
        if (!quoted && (secret[0] == u'{' || secret[0] == u'['))
            continue; // an object: its own keys are looked at
        found.push_back(value);
        at = value.to - 1;
        floor = value.to;
    }
    return found;
}

} // namespace coppice::text
