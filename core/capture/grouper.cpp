// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/ingest.h"

#include "capture/template_miner.h"

#include <QCryptographicHash>
#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::capture {

namespace {

constexpr size_t framesThatCount = 12;
constexpr qsizetype placesKept = 16;
constexpr double alike = 0.6; ///< share of equal words at which two messages at one place in the code are one template

QString hashOf(const QStringList &parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const auto &part : parts) {
        hash.addData(part.toUtf8());
        hash.addData(QByteArrayView("\0", 1));
    }
    return QString::fromLatin1(hash.result().toHex().left(24));
}

/// The end of a path, so that another root folder or a build's hash in the name makes no new group.
QString shortFile(QString file)
{
    file.replace(u'\\', u'/');
    if (const auto at = file.indexOf(QStringLiteral("://")); at > 0)
        file = file.mid(at + 3);
    file = file.section(u'?', 0, 0);
    static const QRegularExpression build(QStringLiteral(R"((?<=[./_-])(?=[0-9a-f]*[0-9])[0-9a-f]{6,}(?=[./_-]|$))"));
    file.replace(build, QStringLiteral("<*>"));
    static const QRegularExpression version(QStringLiteral(R"((?:(?<=^)|(?<=/))v?\d[\w.+-]*(?=/))")); // releases/1.4.2-1/
    file.replace(version, QStringLiteral("<*>"));
    return file.section(u'/', -2);
}

QString shortFunction(QString function)
{
    static const QRegularExpression noise(QStringLiteral(R"(^async |\[as [^\]]*\]|::h[0-9a-f]{16}$|(?<=lambda\$)\d+|\$\$Lambda[\w$/]*|(?<=func)\d+)"));
    return function.remove(noise).trimmed();
}

std::vector<Frame> telling(const Event &event)
{
    std::vector<Frame> frames;
    const bool own = std::any_of(event.frames.begin(), event.frames.end(), [](const Frame &f) { return f.inApp; });
    for (const auto &frame : event.frames) {
        if (own && !frame.inApp)
            continue;
        // A recursion counts once, however deep it went.
        if (!frames.empty() && frames.back().function == frame.function && frames.back().file == frame.file)
            continue;
        if (frames.size() < framesThatCount)
            frames.push_back(frame);
    }
    return frames;
}

QString placeName(const Frame &frame)
{
    const QString file = frame.file.section(u'/', -1);
    if (frame.function.isEmpty())
        return file;
    return file.isEmpty() ? frame.function : QStringLiteral("%1 (%2)").arg(frame.function, file);
}

} // namespace

struct Grouper::Templates {
    struct Site {
        QString fingerprint;
        QStringList tokens;
        QStringList places; ///< release and lines of the frames at which it was seen
    };
    struct Scope {
        std::vector<Site> sites;
        TemplateMiner miner;
        QStringList fingerprints; ///< of the miner's templates
    };
    QHash<QString, Scope> scopes;
    QHash<QString, Pattern> changed;
};

Grouper::Grouper() : m_templates(std::make_unique<Templates>()) { }
Grouper::~Grouper() = default;

QString Grouper::scopeOf(const Event &event)
{
    if (event.frames.empty() && event.type.isEmpty())
        return QStringLiteral("message");
    QStringList parts{event.type};
    for (const auto &frame : telling(event))
        parts << shortFunction(frame.function) + u'@' + shortFile(frame.file);
    return hashOf(parts);
}

void Grouper::learn(const Pattern &pattern)
{
    auto &scope = m_templates->scopes[pattern.scope];
    if (pattern.scope == u"message") {
        scope.miner.restore(pattern.text);
        scope.fingerprints << pattern.fingerprint;
    } else {
        scope.sites.push_back({pattern.fingerprint, pattern.text.split(u' ', Qt::SkipEmptyParts), pattern.places});
    }
}

std::vector<Grouper::Pattern> Grouper::takeLearnt()
{
    std::vector<Pattern> all(m_templates->changed.begin(), m_templates->changed.end());
    std::sort(all.begin(), all.end(), [](const Pattern &a, const Pattern &b) { return a.fingerprint < b.fingerprint; });
    m_templates->changed.clear();
    return all;
}

Grouper::Key Grouper::keyOf(const Event &event)
{
    const QString scopeName = scopeOf(event);
    auto &scope = m_templates->scopes[scopeName];
    const QString subject = event.messageTemplate.isEmpty() ? event.message.section(u'\n', 0, 0) : event.messageTemplate;
    if (scopeName == u"message") {
        const int ordinal = scope.miner.add(subject);
        const QString text = scope.miner.at(ordinal).text();
        const bool fresh = ordinal >= scope.fingerprints.size();
        if (fresh)
            scope.fingerprints << hashOf({scopeName, text, QString::number(scope.fingerprints.count(hashOf({scopeName, text})))});
        const QString fingerprint = scope.fingerprints[ordinal];
        m_templates->changed[fingerprint] = {scopeName, fingerprint, text, {}};
        return {fingerprint, text, QStringLiteral("The message has the form “%1”.").arg(text)};
    }

    const auto frames = telling(event);
    const QStringList tokens = maskedTokens(subject);
    QString place;
    if (!frames.empty() && frames.front().line > 0) {
        QStringList lines{event.release};
        for (const auto &frame : frames)
            lines << QStringLiteral("%1:%2").arg(frame.line).arg(frame.column);
        place = hashOf(lines).left(12);
    }
    Templates::Site *found = nullptr;
    QString because;
    for (auto &site : scope.sites) {
        if (site.tokens == tokens)
            found = &site;
    }
    if (!found && !place.isEmpty()) {
        for (auto &site : scope.sites) {
            if (site.places.contains(place))
                found = &site;
        }
    }
    double best = alike;
    for (auto &site : scope.sites) {
        if (found || site.tokens.size() != tokens.size() || tokens.isEmpty())
            continue;
        qsizetype same = 0;
        for (qsizetype i = 0; i < tokens.size(); ++i)
            same += site.tokens[i] == tokens[i] || site.tokens[i] == u"<*>" ? 1 : 0;
        const double score = double(same) / double(tokens.size());
        if (score > best) {
            best = score;
            found = &site;
        }
    }
    if (!found) {
        scope.sites.push_back({hashOf({scopeName, tokens.join(u' ')}), tokens, {}});
        found = &scope.sites.back();
    } else if (found->tokens.size() == tokens.size()) {
        for (qsizetype i = 0; i < tokens.size(); ++i) {
            if (found->tokens[i] != tokens[i])
                found->tokens[i] = QStringLiteral("<*>");
        }
    }
    if (!place.isEmpty() && !found->places.contains(place)) {
        found->places << place;
        if (found->places.size() > placesKept)
            found->places.removeFirst();
    }
    const QString text = found->tokens.join(u' ');
    m_templates->changed[found->fingerprint] = {scopeName, found->fingerprint, text, found->places};
    const QString what = event.type.isEmpty() ? QStringLiteral("An error") : event.type;
    QString why;
    if (frames.empty()) {
        why = QStringLiteral("%1 without a stack trace, with a message of the form “%2”.").arg(what, text);
    } else {
        why = QStringLiteral("%1 raised in %2").arg(what, placeName(frames.front()));
        if (frames.size() > 1) {
            QStringList callers;
            for (size_t i = 1; i < frames.size() && i < 4; ++i)
                callers << placeName(frames[i]);
            why += QStringLiteral(", called by %1").arg(callers.join(QStringLiteral(", ")));
        }
        why += text.isEmpty() ? QStringLiteral(", without a message.") : QStringLiteral(", with a message of the form “%1”.").arg(text);
    }
    return {found->fingerprint, text, why};
}

} // namespace coppice::capture
