// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/sweeps.h"

#include "review/lines.h"
#include "review/stored.h"
#include "text/hidden.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QMap>
#include <QSet>

#include <algorithm>
#include <tuple>

namespace coppice::review {

namespace {

constexpr qsizetype shortestName = 4;
constexpr qsizetype longestSample = 20'000;
constexpr double alikeEnough = 0.5;

bool isWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// The text with the plugin's own name, where it stands as a word, as a mark that no text holds.
QByteArray withoutName(const QByteArray &text, const QByteArray &name)
{
    if (name.size() < shortestName || !text.contains(name))
        return text;
    QByteArray result;
    qsizetype from = 0;
    for (auto at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        const bool whole = (at == 0 || !isWord(text[at - 1])) && (at + name.size() == text.size() || !isWord(text[at + name.size()]));
        if (!whole || at < from)
            continue;
        result += text.mid(from, at - from) + QByteArray("\0name\0", 6);
        from = at + name.size();
    }
    return result + text.mid(from);
}

/// A hunk with what it is compared by.
struct Found {
    Sweep::Place place;
    QByteArray below; ///< path below the plugin, without its name
    QByteArray text;  ///< lines with signs
    QByteArray key;   ///< what is equal has the same
    QSet<QByteArray> changed; ///< changed lines, without names
};

QByteArray belowOf(const QByteArray &path, const QByteArray &prefix)
{
    return !prefix.isEmpty() && path.startsWith(QByteArray(prefix + '/')) ? path.mid(prefix.size() + 1) : path;
}

Result<> addFile(std::vector<Found> &all, const git::Repository &repository, const Patch &patch, const FilePatch &file,
                 const QByteArray &prefix, const std::vector<Decision> &decisions)
{
    const QByteArray name = patch.plugin.toUtf8();
    COPPICE_TRY(const auto texts, textsOf(repository, file));
    const auto before = splitLines(texts.before), after = splitLines(texts.after);
    for (size_t i = 0; i < file.hunks.size(); ++i) {
        Found found;
        const auto decision = std::ranges::find(decisions, file.hunks[i].id, &Decision::hunk);
        found.place = {patch.id.toString(), patch.plugin, file.path, file.hunks[i].id,
                       decision == decisions.end() ? Decision::Verdict::Undecided : decision->verdict, false};
        found.below = withoutName(belowOf(file.path, prefix), name);
        for (size_t j = 0; j < texts.hunks.size(); ++j) {
            if (!isWhole(file) && j != i)
                continue;
            for (const auto &line : texts.hunks[j].lines) {
                const auto bytes = line.newLine > 0 ? after[size_t(line.newLine - 1)] : before[size_t(line.oldLine - 1)];
                QByteArray one = line.origin + bytes.toByteArray();
                if (line.origin != ' ')
                    found.changed.insert(withoutName(one, name));
                if (!one.endsWith('\n'))
                    one += "\n\\ No newline at end of file\n";
                found.text += one;
            }
        }
        QCryptographicHash hash(QCryptographicHash::Sha256);
        const auto add = [&](const QByteArray &field) { hash.addData(QByteArray(QByteArray::number(field.size()) + ':' + field)); };
        if (isWhole(file)) {
            add(QByteArray::number(int(file.status)));
            add(found.below);
            add(withoutName(belowOf(file.oldPath, prefix), name));
            if (texts.hunks.empty()) // no lines: only the same bytes are the same change
                add(file.oldBlob.hex() + file.newBlob.hex());
        }
        add(QByteArray::number(quint32(file.oldMode), 8) + QByteArray::number(quint32(file.newMode), 8));
        add(withoutName(found.text, name));
        found.key = hash.result().toHex().left(32);
        all.push_back(std::move(found));
    }
    return {};
}

QString shownText(const QByteArray &text)
{
    return text::plain(QString::fromUtf8(text), longestSample);
}

Result<QString> differenceOf(const QByteArray &sample, const QByteArray &other)
{
    COPPICE_TRY(const auto hunks, diffTexts(sample, other));
    const auto before = splitLines(sample), after = splitLines(other);
    QByteArray text;
    for (const auto &hunk : hunks) {
        for (const auto &line : hunk.lines)
            text += line.origin + (line.newLine > 0 ? after[size_t(line.newLine - 1)] : before[size_t(line.oldLine - 1)]).toByteArray();
    }
    return shownText(text);
}

double alike(const QSet<QByteArray> &a, const QSet<QByteArray> &b)
{
    const auto both = QSet<QByteArray>(a).intersect(b).size();
    const auto any = a.size() + b.size() - both;
    return any == 0 ? 0 : double(both) / double(any);
}

Result<std::vector<Found>> openHunks(const git::Repository &repository, Reviews &reviews, const QHash<QString, QByteArray> &prefixes,
                                     const std::stop_token &stop)
{
    COPPICE_TRY(const auto patches, reviews.list(true));
    std::vector<Found> all;
    for (const auto &patch : patches) {
        if (stop.stop_requested())
            return failCancelled();
        COPPICE_TRY(const auto files, filesOf(repository, patch.last()));
        COPPICE_TRY(const auto decisions, reviews.decisions(patch.id.toString()));
        for (const auto &file : files)
            COPPICE_CHECK(addFile(all, repository, patch, file, prefixes.value(patch.plugin), decisions));
    }
    return all;
}

/// Hunks in the sweep's files that no sweep has, and that are much like it; the most alike of a patch.
Result<> addOutliers(Sweep &sweep, const std::vector<const Found *> &members, const QHash<QByteArray, std::vector<const Found *>> &byFile,
                     const QSet<QString> &inSweeps)
{
    QSet<QString> patches;
    QSet<QByteArray> files;
    for (const auto *member : members) {
        patches.insert(member->place.patch);
        files.insert(member->below);
    }
    QMap<QString, std::pair<double, const Found *>> best;
    for (const auto &file : files) {
        for (const auto *other : byFile.value(file)) {
            if (patches.contains(other->place.patch) || inSweeps.contains(other->place.patch + other->place.hunk))
                continue;
            const double degree = alike(members.front()->changed, other->changed);
            auto &known = best[other->place.patch];
            if (degree >= alikeEnough && degree > known.first)
                known = {degree, other};
        }
    }
    for (const auto &[degree, other] : best) {
        if (!other)
            continue;
        COPPICE_TRY(const auto difference, differenceOf(members.front()->text, other->text));
        sweep.outliers.push_back({other->place, difference});
    }
    return {};
}

} // namespace

int Sweep::undecided() const
{
    return int(std::ranges::count(places, Decision::Verdict::Undecided, &Place::verdict));
}

Result<std::vector<Sweep>> findSweeps(const git::Repository &repository, Reviews &reviews, const QHash<QString, QByteArray> &prefixes,
                                      std::stop_token stop)
{
    COPPICE_TRY(const auto all, openHunks(repository, reviews, prefixes, stop));
    QMap<QByteArray, std::vector<const Found *>> groups;
    QHash<QByteArray, std::vector<const Found *>> byFile;
    for (const auto &found : all) {
        groups[found.key].push_back(&found);
        byFile[found.below].push_back(&found);
    }
    QSet<QString> inSweeps;
    std::vector<std::pair<Sweep, std::vector<const Found *>>> made;
    for (auto it = groups.begin(); it != groups.end(); ++it) {
        auto &members = *it;
        QSet<QString> plugins;
        for (const auto *member : members)
            plugins.insert(member->place.plugin);
        if (plugins.size() < 2)
            continue;
        std::ranges::stable_sort(members, {}, [](const Found *found) { return std::tie(found->place.plugin, found->place.path); });
        Sweep sweep{QString::fromLatin1(it.key()), shownText(members.front()->text), {}, {}};
        for (const auto *member : members) {
            sweep.places.push_back(member->place);
            sweep.places.back().ownName = member->text != members.front()->text;
            inSweeps.insert(member->place.patch + member->place.hunk);
        }
        made.emplace_back(std::move(sweep), members);
    }
    std::vector<Sweep> sweeps;
    for (auto &[sweep, members] : made) {
        COPPICE_CHECK(addOutliers(sweep, members, byFile, inSweeps));
        sweeps.push_back(std::move(sweep));
    }
    std::ranges::stable_sort(sweeps, std::greater(), [](const Sweep &sweep) { return sweep.places.size(); });
    return sweeps;
}

Result<Id> decideSweep(journal::Journal &journal, const Actor &actor, const Sweep &sweep, Decision::Verdict verdict, const QString &reason)
{
    QJsonArray places;
    for (const auto &place : sweep.places)
        places << QJsonObject{{QStringLiteral("patch"), place.patch}, {QStringLiteral("hunk"), place.hunk}};
    return journal.append(actor, QStringLiteral("sweep:") + sweep.id, QStringLiteral("verdict"),
                          {{QStringLiteral("places"), places},
                           {QStringLiteral("verdict"), verdictName(verdict)},
                           {QStringLiteral("reason"), text::plain(reason, 4000)}});
}

namespace {

class SweepProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return QStringLiteral("sweep"); }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        if (operation.verb != u"verdict")
            return fail(QStringLiteral("review.unknown-operation"),
                        QStringLiteral("A sweep knows no operation \"%1\"").arg(operation.verb), operation.entity);
        const auto &payload = operation.payload;
        for (const auto &place : payload[QLatin1String("places")].toArray()) {
            const QString patch = place[QLatin1String("patch")].toString();
            COPPICE_CHECK(mustBeOpen(connection, patch));
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT INTO review_verdicts (operation, patch, hunk, verdict, lines, reason, changed) "
                               "VALUES (?, ?, ?, ?, '', ?, 0)"),
                {operation.id.toString(), patch, place[QLatin1String("hunk")].toString(),
                 stored(payload[QLatin1String("verdict")].toString()), stored(payload[QLatin1String("reason")].toString())}));
        }
        return QJsonObject();
    }

    Result<> revert(store::Connection &connection, const journal::Operation &original, const QJsonObject &) override
    {
        for (const auto &place : original.payload[QLatin1String("places")].toArray())
            COPPICE_CHECK(mustBeOpen(connection, place[QLatin1String("patch")].toString()));
        COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_verdicts WHERE operation = ?"), {original.id.toString()}));
        return {};
    }
};

} // namespace

std::unique_ptr<journal::Projector> sweepProjector()
{
    return std::make_unique<SweepProjector>();
}

} // namespace coppice::review
