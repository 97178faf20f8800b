// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/ingest.h"

#include "capture/raise_place.h"
#include "capture/template_miner.h"

#include <QCryptographicHash>
#include <QHash>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <unordered_map>

namespace coppice::capture {

namespace {

const QString messageScope = QStringLiteral("message");
constexpr size_t framesThatCount = 12;
constexpr double alike = 0.34; ///< share of the weight of two messages of one function that may differ: frames agree already
constexpr double closeBy = 1e-3; ///< what counts for the difference of messages at the very same place
constexpr double ownWords = 1.5; ///< weight from which a message says by itself what happened

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

/// "function@file" of a frame. Programs raise their errors at the same few places: what was worked out is kept for a while.
QString placeOf(const Frame &frame)
{
    constexpr qsizetype most = 2048;
    constexpr qsizetype longest = 300;
    if (frame.function.size() + frame.file.size() > longest)
        return shortFunction(frame.function) + u'@' + shortFile(frame.file);
    thread_local QHash<std::pair<QString, QString>, QString> known;
    if (known.size() >= most)
        known.clear();
    auto &place = known[{frame.function, frame.file}];
    if (place.isNull())
        place = shortFunction(frame.function) + u'@' + shortFile(frame.file);
    return place;
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

/// What the frames and the type of an error say, whatever its message is.
struct Trace {
    QString scope; ///< see Grouper::scopeOf
    std::vector<Frame> frames; ///< that count
    RaisePlace place;
    QString raised; ///< the beginning of the sentence that says why
};

QString placeName(const Frame &frame)
{
    const QString file = frame.file.section(u'/', -1);
    if (frame.function.isEmpty())
        return file;
    return file.isEmpty() ? frame.function : QStringLiteral("%1 (%2)").arg(frame.function, file);
}

QString scopeOf(const QString &type, const std::vector<Frame> &telling)
{
    QStringList parts{type};
    for (const auto &frame : telling)
        parts << placeOf(frame);
    return hashOf(parts);
}

Trace traceOf(const Event &event)
{
    auto frames = telling(event);
    const RaisePlace place(event, frames);
    QString raised = event.type.isEmpty() ? QStringLiteral("An error") : event.type;
    if (frames.empty()) {
        raised += QStringLiteral(" without a stack trace");
    } else {
        raised += QStringLiteral(" raised in ") + placeName(frames.front());
        for (size_t i = 1; i < frames.size() && i < 4; ++i)
            raised += (i == 1 ? QStringLiteral(", called by ") : QStringLiteral(", ")) + placeName(frames[i]);
    }
    const QString scope = scopeOf(event.type, frames);
    return {scope, std::move(frames), place, raised};
}

/// Errors come again and again from the same few places: what their frames say is worked out once. Bounded.
class Traces
{
public:
    const Trace &of(const Event &event)
    {
        const size_t hash = hashOf(event);
        for (auto [it, end] = m_known.equal_range(hash); it != end; ++it) {
            if (isSame(it->second, event))
                return it->second.trace;
        }
        if (m_frames > most) {
            m_known.clear();
            m_frames = 0;
        }
        m_frames += event.frames.size() + 1;
        return m_known.emplace(hash, Known{event.type, event.release, event.frames, traceOf(event)})->second.trace;
    }

private:
    static constexpr size_t most = 4'000; ///< frames
    struct Known {
        QString type;
        QString release;
        std::vector<Frame> frames;
        Trace trace;
    };
    static size_t hashOf(const Event &event)
    {
        size_t hash = qHashMulti(event.frames.size(), event.type, event.release);
        for (const auto &frame : event.frames) // where one comes from is mostly clear by its lines; the rest is compared
            hash = qHashMulti(hash, frame.line, frame.column);
        return event.frames.empty() ? hash : qHashMulti(hash, event.frames.front().function, event.frames.front().file, event.frames.back().function);
    }
    static bool isSame(const Known &known, const Event &event)
    {
        return known.type == event.type && known.release == event.release
            && std::equal(known.frames.begin(), known.frames.end(), event.frames.begin(), event.frames.end(), [](const Frame &a, const Frame &b) {
                   return a.line == b.line && a.column == b.column && a.inApp == b.inApp && a.function == b.function && a.file == b.file && a.code == b.code;
               });
    }
    std::unordered_multimap<size_t, Known> m_known;
    size_t m_frames = 0;
};

} // namespace

struct Grouper::Templates {
    struct Site {
        QString fingerprint;
        TemplateMiner::Pieces pieces;
        QStringList places; ///< at which it was seen, see RaisePlace
        QString text;       ///< of the pieces; null: not made since they changed
    };
    struct Scope {
        std::vector<Site> sites;
        TemplateMiner miner;
        QStringList fingerprints; ///< of the miner's templates
        QSet<QString> given;
        QHash<int, Key> known; ///< of the miner's templates as they are
        Site &siteOf(const QString &name, const TemplateMiner::Pieces &pieces, const RaisePlace &place, bool byRuntime);
    };
    QHash<QString, Scope> scopes;
    QHash<QString, Pattern> changed;
    Traces traces;
};

/// The raise site that an error of these frames belongs to: by the very message, by the very lines, by a message alike.
Grouper::Templates::Site &Grouper::Templates::Scope::siteOf(const QString &name, const TemplateMiner::Pieces &pieces, const RaisePlace &place, bool byRuntime)
{
    const bool tells = !byRuntime && TemplateMiner::weightOf(pieces) >= ownWords;
    Site *found = nullptr;
    double least = alike;
    int nearest = RaisePlace::farthest;
    const auto take = [&](Site &site, double difference, int distance) {
        found = &site;
        least = difference;
        nearest = distance;
    };
    for (auto &site : sites) {
        const double difference = TemplateMiner::differenceOf(site.pieces, pieces);
        if (place.excludes(site.places, tells, difference <= 0))
            continue;
        const int distance = place.distanceTo(site.places);
        // the very message first, then the very place, then a message alike
        const double rank = difference > 0 && distance == 0 ? std::min(difference, closeBy) : difference;
        if (rank < least || (found && rank == least && distance < nearest))
            take(site, rank, distance);
    }
    if (!found) {
        const QString text = TemplateMiner::textOf(pieces);
        QString fingerprint = hashOf({name, text});
        for (int again = 1; std::any_of(sites.begin(), sites.end(), [&](const Site &site) { return site.fingerprint == fingerprint; }); ++again)
            fingerprint = hashOf({name, text, QString::number(again)});
        sites.push_back({fingerprint, pieces, {}, {}});
        return sites.back();
    }
    if (TemplateMiner::generalise(found->pieces, pieces))
        found->text = {};
    return *found;
}

Grouper::Grouper() : m_templates(std::make_unique<Templates>()) { }
Grouper::~Grouper() = default;

const QString &Grouper::scopeOf(const Event &event)
{
    return event.frames.empty() && event.type.isEmpty() ? messageScope : m_templates->traces.of(event).scope;
}

void Grouper::learn(const Pattern &pattern)
{
    auto &scope = m_templates->scopes[pattern.scope];
    if (pattern.scope == messageScope) {
        scope.miner.restore(pattern.text);
        scope.fingerprints << pattern.fingerprint;
        scope.given << pattern.fingerprint;
    } else {
        scope.sites.push_back({pattern.fingerprint, TemplateMiner::piecesOfTemplate(pattern.text), pattern.places, {}});
    }
}

std::vector<Grouper::Pattern> Grouper::takeLearnt()
{
    std::vector<Pattern> all(m_templates->changed.begin(), m_templates->changed.end());
    std::sort(all.begin(), all.end(), [](const Pattern &a, const Pattern &b) { return a.fingerprint < b.fingerprint; });
    m_templates->changed.clear();
    return all;
}

namespace {

/// What a program itself says of the group: a list, kept as lines. `{{ default }}` stands for what grouping finds.
QStringList ownFingerprint(const Event &event)
{
    return event.tags.value(QStringLiteral("fingerprint")).split(u'\n', Qt::SkipEmptyParts);
}

bool isDefault(const QString &part)
{
    return QString(part).remove(u' ') == u"{{default}}";
}

/// "{{ transaction }}" and its like, as they are documented for Sentry's fingerprints.
QString filled(const QString &part, const Event &event)
{
    static const QRegularExpression variable(QStringLiteral(R"(\{\{\s*([\w.]+)\s*\}\})"));
    QString out;
    qsizetype at = 0;
    for (auto it = variable.globalMatch(part); it.hasNext();) {
        const auto match = it.next();
        const QString name = match.captured(1);
        QString value = match.captured();
        if (name == u"type" || name == u"error.type")
            value = event.type;
        else if (name == u"message" || name == u"error.value")
            value = event.message.section(u'\n', 0, 0);
        else if (name == u"level")
            value = nameOf(event.level);
        else if (name == u"function" || name == u"stack.function")
            value = event.frames.empty() ? QString() : event.frames.front().function;
        else if (name == u"transaction" || name == u"logger")
            value = event.tags.value(name);
        else if (name.startsWith(u"tags."))
            value = event.tags.value(name.mid(5));
        out += QStringView(part).mid(at, match.capturedStart() - at) + value;
        at = match.capturedEnd();
    }
    return out + QStringView(part).mid(at);
}

} // namespace

Grouper::Key Grouper::keyOf(const Event &event)
{
    if (!event.tags.contains(QStringLiteral("fingerprint")))
        return foundKeyOf(event);
    QStringList own = ownFingerprint(event);
    if (own.isEmpty() || (own.size() == 1 && isDefault(own.front())))
        return foundKeyOf(event);
    const Key found = foundKeyOf(event);
    bool more = false;
    QStringList said;
    for (auto &part : own) {
        if (isDefault(part)) {
            part = found.fingerprint;
            more = true;
        } else {
            part = filled(part, event);
            said << part;
        }
    }
    const QString words = said.join(QStringLiteral(", "));
    return {hashOf(QStringList{QStringLiteral("client")} + own), found.messageTemplate,
            more ? QStringLiteral("The program told it apart as “%1”. %2").arg(words, found.why) : QStringLiteral("The program named its group “%1”.").arg(words)};
}

Grouper::Key Grouper::foundKeyOf(const Event &event)
{
    const QStringView message(event.message);
    const qsizetype firstEnd = message.indexOf(u'\n');
    const QStringView subject = !event.messageTemplate.isEmpty() ? QStringView(event.messageTemplate) : firstEnd < 0 ? message : message.left(firstEnd);
    const Trace *const trace = event.frames.empty() && event.type.isEmpty() ? nullptr : &m_templates->traces.of(event);
    const QString &scopeName = trace ? trace->scope : messageScope;
    auto &scope = m_templates->scopes[scopeName];
    if (!trace) {
        const int ordinal = scope.miner.add(subject);
        if (const auto known = scope.known.constFind(ordinal); known != scope.known.cend() && !scope.miner.hasChanged())
            return *known;
        const QString text = scope.miner.textAt(ordinal);
        if (ordinal >= scope.fingerprints.size()) {
            // A template's name is what it looked like at first; two may have looked alike.
            QString name = hashOf({scopeName, text});
            for (int again = 1; scope.given.contains(name); ++again)
                name = hashOf({scopeName, text, QString::number(again)});
            scope.fingerprints << name;
            scope.given << name;
        }
        const QString fingerprint = scope.fingerprints[ordinal];
        if (scope.miner.hasChanged())
            m_templates->changed[fingerprint] = {scopeName, fingerprint, text, {}};
        return scope.known[ordinal] = {fingerprint, text, QStringLiteral("The message has the form “%1”.").arg(text)};
    }

    const auto pieces = TemplateMiner::piecesOf(subject);
    auto &site = scope.siteOf(scopeName, pieces, trace->place, isRuntimeError(event));
    const bool moved = trace->place.addTo(site.places);
    const bool reworded = site.text.isNull();
    if (reworded)
        site.text = TemplateMiner::textOf(site.pieces);
    if (site.text.isNull())
        site.text = QStringLiteral(""); // it has no words
    if (moved || reworded)
        m_templates->changed[site.fingerprint] = {scopeName, site.fingerprint, site.text, site.places};
    QString why = trace->raised;
    if (!site.text.isEmpty())
        why += QStringLiteral(", with a message of the form “") + site.text + QStringLiteral("”.");
    else
        why += trace->frames.empty() ? QStringLiteral(", with a message of the form “”.") : QStringLiteral(", without a message.");
    return {site.fingerprint, site.text, why};
}

} // namespace coppice::capture
