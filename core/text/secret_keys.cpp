// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/secret_keys.h"

#include <QRegularExpression>
#include <QStringList>
#include <QVarLengthArray>

#include <algorithm>
#include <array>

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
                                       u"cvv", u"cvc", u"ssn", u"otp", u"totp", u"mnemonic", u"iban",
                                       // the same in other languages
                                       u"passwort", u"kennwort", u"passe", u"senha", u"contrasena", u"contraseña", u"contrasenya", u"wachtwoord",
                                       u"parola", u"parolă", u"haslo", u"hasło", u"losenord", u"lösenord", u"adgangskode", u"salasana", u"heslo",
                                       u"jelszo", u"jelszó", u"sifre", u"şifre", u"пароль", u"密码", u"密碼", u"パスワード", u"비밀번호"};
constexpr QStringView strongEnds[] = {u"password", u"passwd", u"passphrase", u"secret", u"apikey", u"privatekey", u"secretkey",
                                      u"accesskey", u"pwd"};
constexpr QStringView weakWords[] = {u"token", u"auth", u"authorization", u"authentication", u"bearer", u"cookie", u"cookies", u"jwt",
                                     u"csrf", u"xsrf", u"sessionid", u"sessid", u"sid", u"pin", u"phpsessid", u"jsessionid", u"signature"};
constexpr QStringView keyOwners[] = {u"api", u"private", u"secret", u"access", u"signing", u"encryption", u"master", u"ssh",
                                     u"shared", u"account", u"auth", u"client", u"service", u"app", u"license", u"deploy",
                                     u"publishable", u"crypto", u"storage", u"subscription", u"functions", u"session", u"jwt",
                                     u"cookie", u"webhook", u"tls", u"ssl", u"rsa", u"hmac", u"host", u"admin", u"root", u"write"};
// Two words that tell together.
constexpr std::pair<QStringView, QStringView> pairWords[] = {
    {u"security", u"answer"}, {u"seed", u"phrase"}, {u"recovery", u"phrase"}, {u"recovery", u"code"}, {u"recovery", u"codes"}, {u"backup", u"code"},
    {u"backup", u"codes"}, {u"verification", u"code"}, {u"security", u"code"}, {u"auth", u"code"}, {u"authorization", u"code"}, {u"code", u"verifier"},
    {u"client", u"assertion"}, {u"saml", u"response"}, {u"saml", u"assertion"}, {u"account", u"number"}, {u"card", u"number"}, {u"routing", u"number"},
    {u"samlresponse", u""}, {u"samlassertion", u""}};
// Words that, as the last one, say that the value is about a secret rather than the secret itself.
constexpr QStringView aboutWords[] = {u"type", u"count", u"length", u"len", u"size", u"limit", u"expiry", u"expires", u"expired",
                                      u"ttl", u"url", u"uri", u"endpoint", u"file", u"path", u"policy", u"enabled", u"required",
                                      u"valid", u"name", u"method", u"provider", u"status", u"state", u"mode", u"error",
                                      u"exception", u"failure", u"failed", u"fault", u"warning", u"invalid", u"missing", u"mismatch",
                                      u"found", u"denied", u"unavailable", u"changed", u"service", u"manager", u"controller",
                                      u"index", u"position", u"usage", u"at", u"in", u"level", u"host", u"port", u"user"};

constexpr QStringView complaints[] = {u"invalid", u"missing", u"bad", u"wrong", u"expired", u"unknown", u"no", u"empty", u"weak"};
// What stands behind "password:" in a complaint, a prompt or a signature; never taken for the password.
constexpr QStringView proseWords[] = {u"must", u"is", u"was", u"are", u"cannot", u"can", u"could", u"should", u"has", u"have", u"does",
                                      u"did", u"do", u"not", u"too", u"at", u"the", u"a", u"an", u"this", u"that", u"your", u"field",
                                      u"may", u"value", u"path", u"needs", u"or", u"and", u"for", u"from", u"in", u"on", u"of",
                                      u"with", u"to", u"by", u"expected", u"str", u"string", u"bytes", u"optional", u"any"};
constexpr QStringView stateWords[] = {u"expired", u"missing", u"invalid", u"required", u"empty", u"unset", u"set", u"present", u"absent",
                                      u"incorrect", u"mismatch", u"wrong", u"failed", u"denied", u"revoked", u"changed", u"unknown",
                                      u"malformed", u"yes", u"no", u"ok"};
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

constexpr QStringView stems[] = {u"pass", u"pwd", u"secret", u"token", u"auth", u"key", u"cred", u"cookie", u"jwt", u"csrf",
                                 u"xsrf", u"sess", u"bearer", u"signature", u"cvv", u"cvc", u"ssn", u"otp", u"mnemonic", u"iban",
                                 u"pin", u"sid", u"wort", u"senha", u"contrase", u"wachtwoord", u"parol", u"hasło", u"haslo", u"senord",
                                 u"adgangskode", u"salasana", u"heslo", u"jelsz", u"ifre", u"ароль", u"密", u"パス", u"비밀",
                                 u"answer", u"phrase", u"code", u"assertion", u"response", u"number", u"verifier"};

/// Cheap: false when no secret word can stand in the key.
bool mayTell(QStringView key)
{
    // Most keys lack a letter of every stem: then nothing has to be looked for.
    static const auto lettersOf = [](QStringView word) {
        quint32 letters = 0;
        for (const QChar c : word)
            letters |= c.unicode() >= u'a' && c.unicode() <= u'z' ? 1U << (c.unicode() - u'a') : 0U;
        return letters;
    };
    static const auto needed = [] {
        std::array<quint32, std::size(stems)> all{};
        std::transform(std::begin(stems), std::end(stems), all.begin(), lettersOf);
        return all;
    }();
    QVarLengthArray<char16_t, 128> lower;
    for (const QChar c : key)
        lower.push_back(c.unicode() >= u'A' && c.unicode() <= u'Z' ? char16_t(c.unicode() + 32) : c.unicode());
    const QStringView folded(lower.data(), lower.size());
    const quint32 letters = lettersOf(folded);
    for (size_t i = 0; i < std::size(stems); ++i) {
        if ((letters & needed[i]) == needed[i] && folded.contains(stems[i]))
            return true;
    }
    return false;
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

struct Value : SecretValue {
    bool quoted = false;
    bool scheme = false; ///< behind "Bearer" or its like
    bool code = false;   ///< an expression, which is no secret
};

/// Behind the letters of b'…', r"…".
qsizetype behindPrefix(const QString &text, qsizetype at)
{
    for (qsizetype end = at; end < text.size() && end - at <= 2; ++end) {
        if (isQuote(text[end]))
            return end;
        if (!QStringView(u"bBrRuUfF").contains(text[end]))
            break;
    }
    return at;
}

/// Where the text of a value begins: behind spaces, and inside of Some("…"), b'…', string(7) "…".
qsizetype valueStart(const QString &text, qsizetype from)
{
    qsizetype at = from;
    while (at < text.size() && at - from < 8 && (text[at] == u' ' || text[at] == u'\t'))
        ++at;
    qsizetype dump = at;
    while (dump < text.size() && dump - at < 40 && text[dump].isSpace())
        ++dump;
    if (QStringView(text).mid(dump, 7) == u"string(") {
        const auto quote = QStringView(text).mid(dump, 24).indexOf(u") \"");
        return quote > 0 ? dump + quote + 2 : at;
    }
    if (const auto quote = behindPrefix(text, at); quote != at)
        return quote;
    // Key:[value], "Key": ["value"], Key:[]string{"value"}
    const qsizetype closing = at < text.size() && text[at] == u'[' ? QStringView(text).mid(at, 16).indexOf(u']') : -1;
    const bool hidden = closing > 0 && saysNothing(QStringView(text).mid(at, closing + 1));
    if (at < text.size() && text[at] == u'[' && !hidden) {
        const bool typed = QStringView(text).mid(at, 9) == u"[]string{";
        const qsizetype inside = typed ? at + 9 : at + 1;
        if (inside < text.size() && (isQuote(text[inside]) || (at == from && text[inside].isLetterOrNumber())))
            return inside;
    }
    qsizetype name = at;
    while (name < text.size() && name - at < 40 && (text[name].isLetterOrNumber() || text[name] == u'_' || text[name] == u':'))
        ++name;
    if (name > at && name + 1 < text.size() && text[name] == u'(') {
        const auto quote = behindPrefix(text, name + 1);
        if (quote < text.size() && isQuote(text[quote]))
            return quote;
    }
    return at;
}

/// "self.token()", "form['x']", "await": what a line of code assigns.
bool isCode(QStringView value)
{
    if (value == u"await" || value == u"new")
        return true;
    qsizetype at = 0;
    while (at < value.size() && (value[at].isLetter() || value[at] == u'_' || value[at] == u'$' || value[at] == u'.' || (at > 0 && value[at].isDigit())))
        ++at;
    return at > 0 && at < value.size() && (value[at] == u'(' || value[at] == u'[');
}

/// Not a word of prose, however short.
bool looksDrawn(QStringView value)
{
    return std::any_of(value.begin() + 1, value.end(), [](QChar c) { return c.isDigit() || c.isUpper() || c == u'='; });
}

/// The value that starts after the separator: what stands between quotes, else up to a space or closing sign.
Value valueAfter(const QString &text, qsizetype from)
{
    Value value;
    qsizetype at = valueStart(text, from);
    qsizetype escape = 0;
    if (at + 1 < text.size() && text[at] == u'\\' && isQuote(text[at + 1])) {
        escape = 1;
        ++at;
    }
    if (at < text.size() && isQuote(text[at])) {
        value.quoted = true;
        const QChar quote = text[at];
        value.from = ++at;
        while (at < text.size() && at - value.from < longestValue) {
            if (escape == 0 && text[at] == u'\\') {
                at += 2;
                continue;
            }
            if (text[at] == quote && (escape == 0 || text[at - 1] == u'\\'))
                break;
            ++at;
        }
        at = qMin(at, text.size());
        value.to = escape && at > value.from && at < text.size() ? at - 1 : at;
        return value;
    }
    const auto runEnd = [&](qsizetype start) {
        qsizetype end = start;
        while (end < text.size() && end - start < longestValue && !text[end].isSpace()
               && !QStringView(u",;&)}]\"'`|<>").contains(text[end]))
            ++end;
        return end;
    };
    value.from = at;
    value.to = runEnd(at);
    value.code = at > from && isCode(QStringView(text).mid(at, value.to - at));
    if (isSchemeWord(QStringView(text).mid(at, value.to - at)) && value.to < text.size() && text[value.to] == u' ') {
        const qsizetype next = runEnd(value.to + 1);
        if (next > value.to + 1) {
            value.scheme = true;
            value.from = value.to + 1;
            value.to = next;
        }
    }
    return value;
}

/// Of an authorization header: whatever scheme it names, and "a=b, c="d"" behind it.
qsizetype credentialsEnd(const QString &text, Value &value)
{
    static const QRegularExpression scheme(QStringLiteral(R"(\G[A-Za-z][A-Za-z0-9-]{1,30} +)"));
    static const QRegularExpression parameters(QStringLiteral(R"(\G[A-Za-z_]{1,40}=(?:"[^"\n]{0,2000}"|[^\s",;]{1,2000})(?:[,;] ?[A-Za-z_]{1,40}=(?:"[^"\n]{0,2000}"|[^\s",;'\]}]{1,2000})){0,40})"));
    if (value.quoted)
        return value.from; // all of it goes
    const qsizetype start = value.scheme ? value.from : value.from + scheme.match(text, value.from).capturedLength();
    if (const auto match = parameters.match(text, start); match.hasMatch() && start > value.from - (value.scheme ? 1 : 0)) {
        value.from = start;
        return match.capturedEnd();
    }
    if (start == value.from)
        return value.from;
    qsizetype end = start;
    while (end < text.size() && end - start < longestValue && !text[end].isSpace() && !QStringView(u",;\"'`<>]}").contains(text[end]))
        ++end;
    // one word of prose is no credential
    if (end - start < 8 || !looksRandom(QStringView(text).mid(start, end - start)))
        return value.from;
    value.from = start;
    return end;
}

/// "key: |" and lines further in: to the end of the last.
qsizetype blockEnd(const QString &text, Value &value)
{
    static const QRegularExpression shape(QStringLiteral(R"(\G[|>][+-]?[ \t]*\r?\n((?:[ \t]+[^\n]{1,2000}(?:\n|\z)){1,200}))"));
    const auto match = shape.match(text, value.from);
    if (!match.hasMatch())
        return value.from;
    value.from = match.capturedStart(1);
    while (text[value.from].isSpace())
        ++value.from;
    qsizetype end = match.capturedEnd(1);
    while (end > value.from && text[end - 1].isSpace())
        --end;
    return end;
}

/// The name that stands before `value=`: name="DB_PASSWORD" value="…", {"key": "token", "value": "…"}.
QStringView nameBefore(const QString &text, qsizetype at)
{
    static const QRegularExpression shape(QStringLiteral(R"((?:^|[\s{(<,"'])(?:name|key|header|field|variable)["']?\s*[:=]\s*["']?([\w.-]{2,64})["']?[,;]?\s*-?\s*["']?$)"),
                                          QRegularExpression::CaseInsensitiveOption);
    const qsizetype from = std::max<qsizetype>(0, at - 160);
    const auto match = shape.match(text.mid(from, at - from));
    return match.hasMatch() ? QStringView(text).mid(from + match.capturedStart(1), match.capturedLength(1)) : QStringView();
}

/// The end of the cookies that begin here: "a=b; c=d", of Set-Cookie only the first; `from` when these are none.
qsizetype cookiesEnd(const QString &text, qsizetype from, bool one)
{
    qsizetype end = from;
    for (qsizetype at = from;;) {
        const qsizetype start = at;
        bool pair = false;
        while (at < text.size() && at - start < longestValue && !text[at].isSpace() && !QStringView(u";\"'`<>").contains(text[at])) {
            pair = pair || (text[at] == u'=' && at > start);
            ++at;
        }
        if (!pair)
            return end;
        end = at;
        if (one || at + 1 >= text.size() || text[at] != u';')
            return end;
        ++at;
        while (at < text.size() && text[at] == u' ')
            ++at;
    }
}

/// ('key', 'value') and ["key", "value"], at their comma.
Value secondOfPair(const QString &text, qsizetype comma, const Key &key)
{
    qsizetype open = key.name.data() - QStringView(text).data() - 2; // before the quote
    if (open >= 0 && text[open] == u'b')
        --open;
    const Value value = valueAfter(text, comma + 1);
    const bool pair = key.quoted && open >= 0 && (text[open] == u'(' || text[open] == u'[') && value.quoted && value.to + 1 < text.size()
        && (text[value.to + 1] == u')' || text[value.to + 1] == u']');
    // getattr(x, 'y') and get('x', 'y') are calls.
    const bool call = pair && text[open] == u'(' && open > 0 && (text[open - 1].isLetterOrNumber() || text[open - 1] == u'_');
    return pair && !call ? value : Value();
}

} // namespace

std::vector<QStringView> keyStems()
{
    std::vector<QStringView> ascii;
    for (const QStringView stem : stems) {
        if (std::all_of(stem.begin(), stem.end(), [](QChar c) { return c.unicode() < 128; }))
            ascii.push_back(stem);
    }
    return ascii;
}

bool isCountedPass(QStringView key)
{
    return key.compare(u"pass", Qt::CaseInsensitive) == 0;
}

KeyStrength strengthOf(QStringView key)
{
    if (key.isEmpty() || key == u"PWD" || key == u"OLDPWD")
        return KeyStrength::None;
    if (isCountedPass(key))
        return KeyStrength::Weak;
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
        const bool pair = std::any_of(std::begin(pairWords), std::end(pairWords), [&](const auto &both) {
            return word == both.first && (both.second.isEmpty() || (i + 1 < words.size() && words[i + 1] == both.second));
        });
        if (pair && (!typeLike || word == u"saml")) {
            strength = KeyStrength::Strong;
            continue;
        }
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

namespace {

/// Whether what stands behind such a key is a secret rather than prose, a state, a count or code.
bool isSecretBehind(const Key &key, KeyStrength strength, bool assigns, const Value &value, QStringView secret)
{
    if (secret.isEmpty() || saysNothing(secret))
        return false;
    if (key.name == u"PWD") // of a shell, a folder; of a connection string, the password
        return assigns && !value.quoted && secret[0] != u'[' && secret[0] != u'/' && secret[0] != u'~' && !secret.contains(u'\\');
    if (isCountedPass(key.name)) {
        const bool number = std::all_of(secret.begin(), secret.end(), [](QChar c) { return c.isDigit(); });
        return !number && (assigns || key.quoted || value.quoted);
    }
    if (key.name.endsWith(u"sid", Qt::CaseInsensitive)) // a session's, not a system's or a process's
        return secret.size() >= 16 && looksRandom(secret);
    if (key.name.endsWith(u"pin", Qt::CaseInsensitive)) // not one of a board
        return secret.size() >= 4 && secret.size() <= 8 && std::all_of(secret.begin(), secret.end(), [](QChar c) { return c.isDigit(); });
    if (value.scheme && looksDrawn(secret))
        return true;
    if (!value.quoted) {
        if (value.code || secret[0] == u'{' || secret[0] == u'[') // an object: its own keys are looked at
            return false;
        const QString word = secret.left(16).toString().toLower();
        const auto plain = QStringView(word).left(word.endsWith(u'.') ? word.size() - 1 : word.size());
        if (holds(stateWords, plain) || (!assigns && holds(proseWords, plain)))
            return false;
        const bool method = key.name.endsWith(u"auth", Qt::CaseInsensitive) || key.name.endsWith(u"authentication", Qt::CaseInsensitive);
        if (method && secret.size() < 16 && std::all_of(secret.begin(), secret.end(), [](QChar c) { return c.isLower(); }))
            return false; // auth=ldap
    }
    // "Unexpected token: foo"
    return strength == KeyStrength::Strong || assigns || key.quoted || looksRandom(secret);
}

} // namespace

std::vector<SecretValue> findSecretValues(const QString &text)
{
    std::vector<SecretValue> found;
    qsizetype floor = 0;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const bool pair = text[at] == u',' && at > 0 && isQuote(text[at - 1]);
        if (text[at] != u'=' && text[at] != u':' && !pair)
            continue;
        qsizetype after = at + 1;
        const bool assigns = text[at] == u'=';
        if (text[at] == u':' && after < text.size() && text[after] == u':') { // Secrets::read
            at = after;
            continue;
        }
        if (!pair && after < text.size() && (text[after] == u'=' || (text[after] == u'>' && assigns)))
            ++after; // ==, =>, :=
        Key key = keyBefore(text, at, floor);
        if (key.name.compare(u"value", Qt::CaseInsensitive) == 0) {
            if (const auto name = nameBefore(text, key.name.data() - QStringView(text).data()); !name.isEmpty())
                key.name = name;
        }
        if (key.name.isEmpty() || !mayTell(key.name) || isSourceFile(key.name))
            continue;
        const auto strength = strengthOf(key.name);
        if (strength == KeyStrength::None && key.name != u"PWD")
            continue;
        Value value = pair ? secondOfPair(text, at, key) : valueAfter(text, after);
        const bool cookies = !pair && !value.quoted && key.name.endsWith(u"cookie", Qt::CaseInsensitive);
        if (const auto end = cookies ? cookiesEnd(text, value.from, key.name.startsWith(u"set", Qt::CaseInsensitive)) : value.from; end > value.from) {
            value.to = end;
        } else if (const auto ended = pair ? value.from : blockEnd(text, value); ended > value.from) {
            value.to = ended;
        } else if (const auto closed = !pair && key.name.endsWith(u"authorization", Qt::CaseInsensitive) ? credentialsEnd(text, value) : value.from; closed > value.from) {
            value.to = closed;
        } else if (!isSecretBehind(key, strength, assigns, value, QStringView(text).mid(value.from, value.to - value.from))) {
            continue;
        }
        found.push_back(value);
        at = value.to - 1;
        floor = value.to;
    }
    return found;
}

} // namespace coppice::text
