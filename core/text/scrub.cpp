// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/scrub.h"

#include "text/drawn_tokens.h"
#include "text/secret_keys.h"
#include "text/word_screen.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>
#include <span>

namespace coppice::text {

namespace {

const QString mark = QStringLiteral("[scrubbed]");

/// A span of the text that is a secret.
struct Span {
    qsizetype from;
    qsizetype to;
};

struct BuiltIn {
    const char *name;
    const char *pattern;
    const char *hints; ///< one of these words, with | between, must stand in the text, any case: most rules then cost nothing; null: none is needed
    bool (*verify)(QStringView) = nullptr; ///< what the shape cannot say
    qsizetype word = 0; ///< a word of at least so many signs must stand in the text; dots, dashes and underscores are of it
};

/// user:password in base64, not a word behind "Basic".
bool isBasicCredential(QStringView text)
{
    return QByteArray::fromBase64(text.toLatin1()).contains(':') && text.size() % 4 != 1;
}

/// What a client says behind AUTH PLAIN or LOGIN, not the next word of a sentence.
bool isSaslAnswer(QStringView text)
{
    return text.endsWith(u'=') || QByteArray::fromBase64(text.toLatin1()).contains('\0')
        || std::any_of(text.begin(), text.end(), [](QChar c) { return c.isDigit(); });
}

// Shapes that name themselves. Lengths are lower bounds, so that a longer generation of the same token is still found.
constexpr BuiltIn builtIns[] = {
    {"private-key",
     R"(-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,20000}?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\z))",
     "PRIVATE KEY"},
    {"truncated-private-key", R"(-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\]{40,})", "PRIVATE KEY"},
    {"jwt", R"(\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)", "eyJ"},
    {"github", R"(\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}))", "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_"},
    {"gitlab", R"(\bgl(?:pat|dt|rt|soat|ptt|cbt|ft|agent|imt|oas)-[A-Za-z0-9_=.-]{15,}[A-Za-z0-9_=-])", "glpat|gldt|glrt|glsoat|glptt|glcbt|glft|glagent|glimt|gloas"},
    {"model-service", R"(\bsk-(?=[A-Za-z_-]{0,200}[0-9])[A-Za-z0-9_-]{20,})", "sk-"},
    {"payment", R"(\b(?:[srp]k_(?:live|test)_[A-Za-z0-9]{16,}|sk_(?=[A-Za-z]{0,200}[0-9])[A-Za-z0-9]{24,}|whsec_[A-Za-z0-9+/=]{16,}))", "k_|whsec_"},
    {"slack", R"(\bx(?:ox[a-z]|app)-(?=[A-Za-z%-]{0,200}[0-9])[A-Za-z0-9%-]{10,})", "xox|xapp"},
    {"web-hook", R"((?i)https?://(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks)/([A-Za-z0-9/_-]+))", "hook"},
    // Whoever knows the address may post: the path behind a host or folder of hooks, where it is no plain name.
    {"hook-address", R"((?i)https?://(?:[a-z0-9-]{1,40}\.){0,4}[a-z0-9-]{0,40}hooks?(?:\.[a-z0-9-]{1,40}){1,4}/(?:[a-z_-]{1,20}/){0,3}((?=[^\s"'<>]{0,200}[0-9])[^\s"'<>?#]{6,}))", "hook"},
    {"hook-folder", R"((?i)https?://[^\s"'<>/]{1,200}/(?:[^\s"'<>/]{1,60}/){0,4}(?:web)?hooks?(?:[a-z0-9]{0,3})/((?=[^\s"'<>]{0,200}[0-9])[^\s"'<>?#]{20,}))", "hook"},
    {"aws-key-id", R"(\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b)", "AKIA|ASIA|ABIA|ACCA"},
    {"google", R"(\b(?:AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}))", "AIza|ya29|GOCSPX"},
    {"package-registry", R"(\b(?:npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{40,}|rubygems_[a-f0-9]{40,}|cio[A-Za-z0-9]{32}\b|dckr_pat_[A-Za-z0-9_-]{20,}))",
     "npm_|pypi-|rubygems_|cio|dckr_pat_"},
    {"mail-service", R"(\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\bkey-[0-9a-f]{32}\b)", "SG.|key-"},
    {"model-hub", R"(\bhf_[A-Za-z0-9]{30,})", "hf_"},
    {"cloud", R"(\b(?:do[opr]_v1_[a-f0-9]{40,}|hvs\.[A-Za-z0-9_-]{20,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|AGE-SECRET-KEY-1[A-Z0-9]{50,}|lin_api_[A-Za-z0-9]{30,}|secret_[A-Za-z0-9]{40,}|ATATT3[A-Za-z0-9_=-]{50,}|glsa_[A-Za-z0-9_]{30,}|sntry[su]_[A-Za-z0-9_=+/-]{40,}))",
     "_v1_|hvs.|shpat_|shpca_|shppa_|shpss_|age-secret|lin_api_|secret_|atatt3|glsa_|sntrys_|sntryu_"},
    {"prefixed", R"(\b(?:GR1348941[A-Za-z0-9_-]{16,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|pplx-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{30,}|tskey-[a-z]{2,12}-[A-Za-z0-9-]{20,}|dapi[0-9a-f]{32}|figd_[A-Za-z0-9_-]{30,}|sbp_[0-9a-f]{40}|pul-[0-9a-f]{40}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|glc_[A-Za-z0-9+/=]{40,}|nfp_[A-Za-z0-9]{30,}|ntn_[A-Za-z0-9]{40,}|pscale_[a-z]{2,6}_[A-Za-z0-9_.-]{30,}|hvb\.[A-Za-z0-9_-]{20,}|ATCTT3[A-Za-z0-9_=-]{50,}|dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9.]{40,}|SK[0-9a-f]{32}\b|sq0[a-z]{3}-[A-Za-z0-9_-]{20,}))", "gr1348941|gsk_|xai-|pplx-|r8_|tskey-|dapi|figd_|sbp_|pul-|pmak-|glc_|nfp_|ntn_|pscale_|hvb.|atctt3|dp.|sk|sq0"},
    {"named-services", R"(\b(?:NRAK-[A-Z0-9]{27}|(?:sdk|mob|api)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{30,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|[0-9a-f]{32}-us[0-9]{1,3}\b|FLWSECK(?:_TEST)?-[0-9a-f]{12,}-X|oy2[a-z0-9]{43}\b|re_[A-Za-z0-9]{6,}_[A-Za-z0-9]{20,}|sb_secret_[A-Za-z0-9_-]{20,}|sl\.[A-Za-z0-9_-]{60,}|(?:bkua|bkat|sgp|sgd|lsv2_[a-z]{2}|cfut|oat)_[A-Za-z0-9_]{30,}|CCIPAT_[A-Za-z0-9]{16,}_[0-9a-f]{40}|CLOJARS_[0-9a-f]{60}|xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}|ops_eyJ[A-Za-z0-9_=-]{40,}))", "nrak-|sdk-|mob-|api-|.atlasv1.|pat|-us|flwseck|oy2|re_|sb_secret_|sl.|bkua_|bkat_|sgp_|sgd_|lsv2_|cfut_|oat_|ccipat_|clojars_|xkeysib-|ops_eyj"},
    {"payment-access", R"(\baccess_token\$(?:production|sandbox)\$[a-z0-9]{13,}\$[0-9a-f]{32})", "access_token$"},
    {"chat-app", R"(\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45})", nullptr, nullptr, 59},
    {"password-hash", R"(\$(?:2[abxy]?\$[0-9]{2}|argon2(?:id|i|d)(?:\$v=[0-9]+)?\$m=[0-9]+,t=[0-9]+,p=[0-9]+|[156y]|scrypt|pbkdf2[\w-]{0,20}|7)\$[A-Za-z0-9./+=,-]{8,}(?:\$[A-Za-z0-9./+=-]{20,})?|\bpbkdf2_sha[0-9]{1,3}\$[0-9]+\$[A-Za-z0-9./+=-]+\$[A-Za-z0-9./+=-]+)", "$2|$argon2|$1$|$5$|$6$|$y$|$scrypt$|$pbkdf2|$7$|pbkdf2_sha"},
    {"putty-key", R"(PuTTY-User-Key-File-[0-9][\s\S]{0,20000}?Private-Lines: [0-9]+\s+([\s\S]{1,20000}?)(?=Private-MAC|\z))", "putty-user-key"},
    {"element", R"((?i)<(?:[\w.-]{1,40}:)?(?=[\w.-]{0,40}(?:passw|passphrase|secret|token|api-?_?key|private-?_?key|credential))[\w.-]{1,60}(?:\s[^<>]{0,400})?>([^<>]{1,4096})</)", "</"},
    {"sql", R"((?i)\b(?:identified\s+(?:with\s+[\w'"]+\s+)?(?:by|as)|password)\s+(?:password\s+)?'([^'\n]{1,400})')", "identified|password"},
    {"netrc", R"(\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+))", "machine"},
    {"login-tool", R"(\b(?:sshpass\s+-p\s*|(?:mysql|mariadb)(?:dump|admin|import|show|check)?\b[^\n]{0,300}?\s-p)(?![\s-])["']?([^\s"']{1,200}))", "sshpass|mysql|mariadb"},
    {"encoded-query", R"((?i)(?:%3F|%26|%23|%22|[?&=])[\w.-]{0,40}?(?:token|password|passwd|secret|api_?key|signature|sig|code|otp|assertion)(?:%22%3A%22|%3D)((?:(?!%26|%23|%22)[^\s&"'#<>]){3,}))", "%3d|%3a"},
    {"argument-list", R"((?i)["']--?(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|secret|token|api-?key)["'],\s*["']([^"'\n]{1,400})["'])", "pass|token|secret|key"},
    {"sasl", R"(\bAUTH\s+(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5|SCRAM-SHA-[0-9]+)\s+([A-Za-z0-9+/]{8,}={0,2}))", "auth ", isSaslAnswer},
    {"form-field", R"((?i)form-data;\s*name="[^"\n]{0,40}(?:passw|passphrase|secret|token|api_?-?key)[^"\n]{0,40}"\r?\n(?:[^\r\n]+\r?\n)?\r?\n([^\r\n]{1,4096}))", "form-data"},
    {"refresh", R"(\b1//0[A-Za-z0-9_-]{30,})", "1//0"},
    {"client-secret", R"((?<![A-Za-z0-9])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{30,40})", "q~"},
    {"chat-bot", R"((?<![0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,35})", ":AA"},
    {"bearer", R"(\b(?:[Bb]earer|BEARER)\s+((?=[^\s"',;]{0,200}[0-9])[A-Za-z0-9._~+/=-]{6,}|(?=[^\s"',;]{0,200}[A-Z])[A-Za-z0-9._~+/=-]{20,}))", "bearer"},
    {"basic", R"(\b[Bb]asic\s+([A-Za-z0-9+/_-]{4,}={0,2}))", "basic", isBasicCredential},
    {"url-password", R"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@"'<>]{0,200}:(?![0-9]{1,5}[/?#])([^\s/"'<>]{1,400})@)", "://"},
    {"url-user", R"(://((?=[A-Za-z_-]{0,200}[0-9])[A-Za-z0-9_-]{20,400})@)", "://"},
    {"jdbc", R"(\bjdbc:oracle:[a-z0-9]{1,10}:[^\s/:@"']{1,100}/([^\s"'@]{1,200})@)", "jdbc:oracle"},
    {"curl", R"(\bcurl\b[^\n]{0,500}?\s(?:-u|--user)[ =]?["']?[^\s:"']{1,100}:([^\s"']+))", "curl"},
    {"url-signature", R"((?:[?&]|(?:^|\s)(?=[^\s&]{1,2000}&))(?:sig|signature|key|code|x-amz-signature|x-amz-security-token|x-goog-signature|awsaccesskeyid)=([^&\s"'#<>]{4,}))",
     "sig=|signature=|key=|code=|token=|keyid="},
    {"command-line", R"((?:^|\s)--?(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|secret|token|api-?key)[ \t]+((?!-)[^\s"']+|"[^"\n]*"|'[^'\n]*'))",
     "passw|passphrase|secret|token|apikey|api-key"},
};

constexpr int fewestCardDigits = 13;

bool isLuhn(QStringView digits)
{
    int sum = 0;
    bool twice = false;
    for (auto it = digits.crbegin(); it != digits.crend(); ++it) {
        int d = it->unicode() - '0';
        if (twice)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
        twice = !twice;
    }
    return sum % 10 == 0;
}

bool isCard(QStringView digits)
{
    const auto in = [&](int count, int from, int to) {
        const int start = digits.left(count).toInt();
        return start >= from && start <= to;
    };
    const bool issuer = in(1, 4, 4) || in(2, 51, 55) || in(4, 2221, 2720) || in(2, 34, 37) || in(4, 6011, 6011) || in(2, 65, 65);
    return issuer && digits.size() >= 14 && digits.size() <= 19 && isLuhn(digits);
}

/// Thirteen digits with at most a space or a dash between two of them.
bool hasLongNumber(QStringView text)
{
    int digits = 0;
    bool joint = false;
    for (const QChar c : text) {
        if (c >= u'0' && c <= u'9') {
            if (++digits >= fewestCardDigits)
                return true;
            joint = false;
        } else if (digits > 0 && !joint && (c == u' ' || c == u'-')) {
            joint = true;
        } else {
            digits = 0;
            joint = false;
        }
    }
    return false;
}

/// Card numbers: 13 to 19 digits, single spaces or dashes between, of a known issuer range, with a right check digit.
void findCards(const QString &text, std::vector<Span> &spans)
{
    if (!hasLongNumber(text))
        return;
    static const QRegularExpression shape(QStringLiteral(R"((?<![\w./-])[2-6][0-9]{3}[ -]?[0-9]{4,6}[ -]?[0-9]{4,5}(?:[ -]?[0-9]{1,4})?(?![\w-]|\.[0-9]))"));
    for (auto it = shape.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        QString digits = match.captured();
        digits.remove(u' ').remove(u'-');
        if (isCard(digits))
            spans.push_back({match.capturedStart(), match.capturedEnd()});
    }
}

bool isValueKey(QStringView key)
{
    return key.compare(u"value", Qt::CaseInsensitive) == 0 || key.compare(u"val", Qt::CaseInsensitive) == 0;
}

/// {"name": "DB_PASSWORD", "value": …}, as environments, headers and forms are listed.
bool namesSecret(const QJsonObject &object)
{
    for (const QStringView key : {u"name", u"key", u"Name", u"Key", u"header", u"field"}) {
        if (const auto name = object.value(key); name.isString() && Scrubber::isSecretKey(name.toString()))
            return true;
    }
    return false;
}

QString replaced(const QString &text, std::vector<Span> &spans, int &count)
{
    std::sort(spans.begin(), spans.end(), [](Span a, Span b) { return a.from < b.from || (a.from == b.from && a.to > b.to); });
    QString out;
    out.reserve(text.size());
    qsizetype at = 0;
    for (const auto &span : spans) {
        if (span.to <= at)
            continue;
        if (span.from < at) { // overlaps the one before: both are hidden by its mark
            at = span.to;
            continue;
        }
        out += QStringView(text).mid(at, span.from - at);
        out += mark;
        at = span.to;
        ++count;
    }
    out += QStringView(text).mid(at);
    return out;
}

constexpr quint64 keyWords = 1ULL << (WordScreen::mostSets - 1); ///< set of the words that a telling key is made of
static_assert(std::size(builtIns) < WordScreen::mostSets - 1);
/// The shortest word that a rule without hints looks for.
constexpr qsizetype shortestAsked = [] {
    qsizetype least = 1000;
    for (const auto &rule : builtIns)
        least = rule.hints ? least : std::min(least, rule.word);
    return least;
}();

/// The hints of all rules, and what keys are made of.
const WordScreen &screen()
{
    static const WordScreen made = [] {
        WordScreen words;
        for (int set = 0; set < int(std::size(builtIns)); ++set) {
            const QStringList hints = QString::fromLatin1(builtIns[set].hints).toLower().split(u'|', Qt::SkipEmptyParts);
            for (const auto &hint : hints)
                words.add(hint, set);
        }
        for (const QStringView stem : keyStems())
            words.add(stem, WordScreen::mostSets - 1);
        return words;
    }();
    return made;
}

} // namespace

struct Scrubber::Compiled {
    QString name;
    QRegularExpression expression;
    quint64 hints = 0; ///< a set of the screen's words; 0: the rule is always tried
    bool (*verify)(QStringView) = nullptr;
    qsizetype word = 0;
};

Scrubber::Scrubber() : Scrubber(std::vector<Rule>{}) { }

Scrubber::Scrubber(const std::vector<Rule> &more)
{
    static const std::vector<Compiled> ours = [] {
        std::vector<Compiled> rules;
        for (int set = 0; set < int(std::size(builtIns)); ++set) {
            const auto &rule = builtIns[set];
            Compiled compiled{QString::fromLatin1(rule.name),
                              QRegularExpression(QString::fromLatin1(rule.pattern),
                                                 QString::fromLatin1(rule.name) == QStringLiteral("url-signature")
                                                     ? QRegularExpression::CaseInsensitiveOption
                                                     : QRegularExpression::NoPatternOption),
                              rule.hints ? 1ULL << set : 0,
                              rule.verify,
                              rule.word};
            compiled.expression.optimize();
            rules.push_back(std::move(compiled));
        }
        return rules;
    }();
    auto all = std::make_shared<std::vector<Compiled>>(ours);
    for (const auto &rule : more) {
        QRegularExpression expression(rule.pattern, QRegularExpression::MultilineOption);
        if (!expression.isValid()) {
            m_problems.push_back(QStringLiteral("Scrub rule '%1' is left out: %2 at character %3 of its pattern")
                                     .arg(rule.name, expression.errorString())
                                     .arg(expression.patternErrorOffset() + 1));
            continue;
        }
        if (rule.pattern.isEmpty() || expression.match(QString()).hasMatch()) {
            m_problems.push_back(
                QStringLiteral("Scrub rule '%1' is left out: its pattern also fits nothing at all").arg(rule.name));
            continue;
        }
        all->push_back({rule.name, expression, 0, nullptr, 0});
    }
    m_rules = std::move(all);
}

Scrubber::Text Scrubber::scrub(const QString &text) const
{
    if (text.size() < 4)
        return {text, 0, false};
    Text out{text, 0, false};
    std::vector<Span> spans;
    const WordScreen::Seen seen = screen().look(text);
    const bool asked = (seen.sets & ~keyWords) != 0 || seen.longestWord >= shortestAsked || m_rules->size() > std::size(builtIns);
    for (const auto &rule : asked ? std::span(*m_rules) : std::span<const Compiled>()) {
        if ((rule.hints != 0 && !(seen.sets & rule.hints)) || seen.longestWord < rule.word)
            continue;
        out.searched = true;
        for (auto it = rule.expression.globalMatch(text); it.hasNext();) {
            const auto match = it.next();
            const int group = rule.expression.captureCount() > 0 && match.capturedStart(1) >= 0 ? 1 : 0;
            if (match.capturedLength(group) > 0 && match.capturedView(group) != mark && (!rule.verify || rule.verify(match.capturedView(group))))
                spans.push_back({match.capturedStart(group), match.capturedEnd(group)});
        }
    }
    if (seen.separates && (!seen.ascii || (seen.sets & keyWords))) {
        out.searched = true;
        for (const auto &value : findSecretValues(text))
            spans.push_back({value.from, value.to});
    }
    if (seen.longestWord >= shortestDrawn) {
        for (const auto &token : findDrawnTokens(text))
            spans.push_back({token.from, token.to});
    }
    if (seen.digits >= fewestCardDigits)
        findCards(text, spans);
    if (!spans.empty())
        out.text = replaced(text, spans, out.replaced);
    return out;
}

QJsonValue Scrubber::scrub(const QJsonValue &value, int &count) const
{
    switch (value.type()) {
    case QJsonValue::String: {
        auto done = scrub(value.toString());
        count += done.replaced;
        return done.replaced ? QJsonValue(done.text) : value;
    }
    case QJsonValue::Array: {
        QJsonArray out;
        const QJsonArray array = value.toArray();
        // A header of a request is often a pair.
        const bool pair = array.size() == 2 && array[0].isString() && array[1].isString() && !array[1].toString().isEmpty() && isSecretKey(array[0].toString());
        if (pair) {
            count += array[1] == QJsonValue(mark) ? 0 : 1;
            return QJsonArray{array[0], mark};
        }
        for (const auto &element : array)
            out.append(scrub(QJsonValue(element), count));
        return out;
    }
    case QJsonValue::Double: {
        const double number = value.toDouble();
        if (number < 1e13 || number >= 1e16 || !isCard(QString::number(value.toInteger())))
            return value;
        ++count;
        return mark;
    }
    case QJsonValue::Object: {
        QJsonObject out;
        const QJsonObject object = value.toObject();
        const bool named = namesSecret(object);
        for (auto it = object.begin(); it != object.end(); ++it) {
            const QJsonValue inner = it.value();
            const bool tells = (isSecretKey(it.key()) || (named && isValueKey(it.key()))) && !inner.isNull() && !inner.isBool()
                && !(inner.isString() && inner.toString().isEmpty()) && !(inner.isDouble() && isCountedPass(it.key()));
            if (tells) {
                out[it.key()] = mark;
                count += inner == QJsonValue(mark) ? 0 : 1;
            } else {
                // A key is text from outside too.
                auto key = scrub(it.key());
                count += key.replaced;
                out[key.text] = scrub(inner, count);
            }
        }
        return out;
    }
    default:
        return value;
    }
}

bool Scrubber::isSecretKey(const QString &key)
{
    return strengthOf(key) != KeyStrength::None;
}

} // namespace coppice::text
