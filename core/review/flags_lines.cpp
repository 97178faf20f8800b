// SPDX-License-Identifier: GPL-3.0-or-later
// Flags that come from the added lines themselves: hidden characters and secrets.
#include "review/flags.h"

#include "text/hidden.h"
#include "text/scrub.h"

#include <QRegularExpression>
#include <QSet>

namespace coppice::review {

namespace {

QString codePointName(char32_t codePoint)
{
    return QStringLiteral("U+%1").arg(uint(codePoint), 4, 16, QLatin1Char('0')).toUpper();
}

QString hiddenDetail(text::HiddenClass kind, const QStringList &points)
{
    const QString which = points.join(QStringLiteral(", "));
    switch (kind) {
    case text::HiddenClass::Reordering:
        return QStringLiteral("Characters that change the order in which the line is shown: %1.").arg(which);
    case text::HiddenClass::Hidden: return QStringLiteral("Characters that are not seen: %1.").arg(which);
    case text::HiddenClass::Ambiguous:
        return QStringLiteral("Letters that look like others: %1.").arg(which);
    }
    return {};
}

void flagHiddenIn(const QString &text, const QByteArray &path, int line, std::vector<Flag> &flags)
{
    const auto all = text::findHidden(text);
    const bool returns = text.contains(u'\r'); // goes back to the start of the line in a terminal
    if (all.empty() && !returns)
        return;
    for (const auto kind : {text::HiddenClass::Reordering, text::HiddenClass::Hidden, text::HiddenClass::Ambiguous}) {
        QStringList points;
        if (kind == text::HiddenClass::Hidden && returns)
            points << codePointName(u'\r');
        for (const auto &found : all) {
            // A byte order mark at the very beginning of a file is what it says.
            if (found.kind != kind || (line == 1 && found.offset == 0 && found.codePoint == 0xFEFF))
                continue;
            const QString name = codePointName(found.codePoint);
            if (points.size() >= 8)
                break;
            if (!points.contains(name))
                points << name;
        }
        if (!points.isEmpty())
            flags.push_back({QStringLiteral("hidden-characters"), path, line, hiddenDetail(kind, points), text::nameOf(kind)});
    }
}

} // namespace

void flagHidden(const FlagInput &input, std::vector<Flag> &flags)
{
    if (input.file.status == FilePatch::Status::Added || input.file.status == FilePatch::Status::Renamed)
        flagHiddenIn(input.path, input.file.path, 0, flags);
    // What was in the file and only moved is not news.
    QSet<QString> was;
    for (const auto &line : input.removed)
        was.insert(line.text);
    std::vector<Flag> found;
    for (const auto &line : input.added) {
        if (!was.contains(line.text))
            flagHiddenIn(line.text, input.file.path, line.line, found);
    }
    addBounded(std::move(found), flags);
}

namespace {

/// What a person writes where no secret stands: "<your token>", "$TOKEN", "changeme", a call that reads it.
bool isPlaceholder(const QString &value)
{
    static const QRegularExpression placeholder(
        QStringLiteral("^[<\\[{(%].*|[<>]|\\$|\\{\\{|%[({s]|\\byour|your[_-]|example|change[_-]?me|place[_-]?holder|x{4,}|\\*{3,}|\\.{3}|…|dummy|fake|sample|redacted|scrubbed|replace|insert|todo|none|null|undefined"
                       "|(^|[_\\W])(test|tests|testing|mock|my|some|foo|bar|abc|not|any|invalid|wrong|secret|password|passwd|token|key|user|pass|admin|default|hunter2)([_\\W]|$)|process\\.env|environ|getenv|\\benv\\b|^(.)\\3*$|^(0123456789|12345)"),
        QRegularExpression::CaseInsensitiveOption);
    return placeholder.match(value).hasMatch();
}

bool opens(const QString &value, bool quoted)
{
    if (value.size() < 6 || value.contains(u'(') || isPlaceholder(value))
        return false;
    bool lower = false, upper = false, digit = false, symbol = false;
    for (const QChar c : value) {
        lower = lower || c.isLower();
        upper = upper || c.isUpper();
        digit = digit || c.isDigit();
        symbol = symbol || !(c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.' || c.isSpace());
    }
    if (!quoted) // in code a name, or a value of a settings file
        return digit && value.size() >= 12;
    if (value.contains(u' ')) // a sentence
        return digit && value.startsWith(QLatin1String("Bearer"));
    return digit ? lower || upper || value.size() >= 12 : symbol && (lower || upper) ? value.size() >= 8 : lower && upper && value.size() >= 20;
}

/// What the scrubber took out of a line.
std::vector<std::pair<qsizetype, QString>> takenOut(const QString &text, const QString &scrubbed)
{
    const auto kept = scrubbed.split(QStringLiteral("[scrubbed]"));
    std::vector<std::pair<qsizetype, QString>> values;
    qsizetype at = kept.first().size();
    for (qsizetype i = 1; i < kept.size(); ++i) {
        const auto next = kept[i].isEmpty() && i + 1 == kept.size() ? text.size() : kept[i].isEmpty() ? at : text.indexOf(kept[i], at);
        if (next < 0)
            break;
        values.emplace_back(at, text.mid(at, next - at));
        at = next + kept[i].size();
    }
    return values;
}

} // namespace

void flagSecrets(const FlagInput &input, std::vector<Flag> &flags)
{
    static const text::Scrubber scrubber;
    static const QRegularExpression privateKey(QStringLiteral("-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----"));
    std::vector<Flag> found;
    int looks = 0;
    for (const auto &line : input.added) {
        if (line.text.size() > longestScanned)
            continue;
        bool seen = privateKey.match(line.text).hasMatch() && !input.before.contains(line.text.trimmed().toUtf8());
        const auto scrubbed = scrubber.scrub(line.text);
        // A value under a name with a type between them, which the scrubber of running text does not look for.
        static const QRegularExpression named(QStringLiteral("([A-Za-z_]\\w{0,80})\\s*(?:\\[\\w*\\])?\\s*(?::\\s*[&'\\w<>\\[\\]?. ]{1,40})?\\s*(?::=|=>|=|:)\\s*[\"'`]([^\"'`]{8,400})[\"'`]"));
        auto it = named.globalMatch(line.text);
        for (int i = 0; !seen && i < 20 && it.hasNext(); ++i) {
            const auto match = it.next();
            seen = text::Scrubber::isSecretKey(match.captured(1)) && opens(match.captured(2), true) && !input.before.contains(match.captured(2).toUtf8());
        }
        if (!seen && scrubbed.replaced > 0 && ++looks < 500) {
            const bool code = input.language != Language::Prose && input.language != Language::Config && input.language != Language::Other
                && input.language != Language::Shell && !input.codeAfter.bare.isEmpty();
            const QString form = code ? input.codeAfter.line(input.codeAfter.code, line.line).toString() : QString();
            for (const auto &[at, whole] : takenOut(line.text, scrubbed.text)) {
                QString value = whole.trimmed();
                while (!value.isEmpty() && QStringView(u"\"'`;,)").contains(value.back()))
                    value.chop(1);
                while (!value.isEmpty() && QStringView(u"\"'`").contains(value.front()))
                    value.remove(0, 1);
                const auto inside = line.text.indexOf(value, at);
                const bool quoted = !code || (inside >= 0 && inside < form.size() && form[inside] == QChar(inString));
                // Comments are looked at, too: a secret in one is as open as any.
                const bool comment = code && inside >= 0 && inside < form.size() && form[inside] == u' ' && line.text[inside] != u' ';
                seen = opens(value, quoted || comment) && !input.before.contains(value.toUtf8());
                if (seen)
                    break;
            }
        }
        if (seen)
            found.push_back({QStringLiteral("secrets"), input.file.path, line.line,
                             QStringLiteral("Looks like a secret (password, key or token)."), {}});
    }
    addBounded(std::move(found), flags);
}

} // namespace coppice::review
