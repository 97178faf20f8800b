// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/flags.h"

#include "review/attributes.h"

#include <algorithm>

namespace coppice::review {

namespace {

// Of a whole patch: more is not read with care in one sitting, and a sweep over many plugins has its own view.
constexpr size_t manyLines = 10'000;
constexpr size_t manyFiles = 1'000;
constexpr size_t mostFlags = 5000;

bool isInside(const QByteArray &path, const QByteArray &prefix)
{
    return prefix.isEmpty() || path.startsWith(QByteArray(prefix + '/'));
}

/// A file that is larger on one side is read as code around its changes only, and of these so much: code takes ten times its
/// bytes.
constexpr qsizetype mostRead = 2 << 20, mostAround = 1 << 20;
constexpr int linesAround = 20;

/// The text with nothing but line ends where a line is far from those that changed, or behind `mostAround` bytes of what is
/// kept: what is left stands on its own line. `last` becomes the last line that is kept, 0 when all that is near is.
QByteArray aroundChanges(const std::vector<QByteArrayView> &lines, const std::vector<SideLine> &changed, int &last)
{
    QByteArray kept;
    qsizetype bytes = 0;
    size_t next = 0;
    for (size_t i = 0; i < lines.size(); ++i) {
        const int number = int(i) + 1;
        while (next < changed.size() && changed[next].line + linesAround < number)
            ++next;
        const bool near = next < changed.size() && number >= changed[next].line - linesAround;
        if (near && last == 0 && bytes + lines[i].size() > mostAround)
            last = number;
        if (near && last == 0) {
            kept += lines[i];
            bytes += lines[i].size();
        } else if (lines[i].endsWith('\n')) {
            kept += '\n';
        }
    }
    return kept;
}

/// What attributes say, before the patch or after it: to be called generated hides nothing here.
Result<> flagAttributes(Attributes &attributes, const FilePatch &file, std::vector<Flag> &flags)
{
    if (file.status == FilePatch::Status::Deleted)
        return {};
    COPPICE_TRY(const auto said, attributes.of(file.path));
    const auto add = [&](bool is, const char *kind, const QString &detail) {
        const bool told = std::ranges::any_of(flags, [&](const Flag &flag) { return flag.path == file.path && flag.kind == QLatin1String(kind); });
        if (is && !told)
            flags.push_back({QLatin1String(kind), file.path, 0, detail, {}});
    };
    add(said.generated, "generated", QStringLiteral("Called generated in .gitattributes: what it is made from should change instead."));
    add(said.vendored, "vendored", QStringLiteral("Called vendored in .gitattributes: code of others that is kept in the tree."));
    return {};
}

Result<FlagInput> inputOf(const git::Repository &repository, const FilePatch &file)
{
    FlagInput input{file, QString::fromUtf8(file.path), {}, {}, {}, {}, {}, {}, {}};
    COPPICE_TRY(auto texts, textsOf(repository, file));
    const auto before = splitLines(texts.before), after = splitLines(texts.after);
    for (const auto &hunk : texts.hunks) {
        for (const auto &line : hunk.lines) {
            if (line.origin == '+')
                input.added.push_back({line.newLine, shownLine(after[size_t(line.newLine - 1)])});
            else if (line.origin == '-')
                input.removed.push_back({line.oldLine, shownLine(before[size_t(line.oldLine - 1)])});
        }
    }
    input.before = std::move(texts.before);
    input.after = std::move(texts.after);
    input.language = languageOf(file.status == FilePatch::Status::Deleted ? QString::fromUtf8(file.oldPath) : input.path,
                                input.after.isEmpty() ? input.before : input.after);
    if (input.language != Language::Prose && !(input.added.empty() && input.removed.empty())) {
        input.partly = std::max(input.before.size(), input.after.size()) > mostRead;
        if (!input.partly) {
            input.codeBefore = readCode(input.language, input.before);
            input.codeAfter = readCode(input.language, input.after);
        } else {
            int lastBefore = 0, lastAfter = 0;
            input.codeBefore = readCode(input.language, aroundChanges(splitLines(input.before), input.removed, lastBefore));
            input.codeAfter = readCode(input.language, aroundChanges(splitLines(input.after), input.added, lastAfter));
            input.lastRead = lastAfter > 0 ? lastAfter : lastBefore;
        }
    }
    return input;
}

} // namespace

QString fileName(const QString &path)
{
    return path.mid(path.lastIndexOf(u'/') + 1);
}

Result<std::vector<Flag>> flagsOf(const git::Repository &repository, const Patch &patch, const QByteArray &pluginPrefix,
                                  const std::vector<FilePatch> &files)
{
    std::vector<Flag> flags;
    if (patch.last().tainted)
        flags.push_back({QStringLiteral("tainted"), {}, 0,
                         QStringLiteral("The agent had read text from outside (logs, trackers, upstreams) when it made this."), {}});
    size_t lines = 0;
    TestJudge tests;
    ReachJudge reach;
    Attributes before(repository, {patch.last().base}), after(repository, {patch.last().result});
    for (const auto &file : files) {
        for (const auto &path : {file.path, file.oldPath}) {
            if (!isInside(path, pluginPrefix)) {
                flags.push_back({QStringLiteral("outside-plugin"), file.path, 0,
                                 QStringLiteral("Lies outside %1.").arg(QString::fromUtf8(pluginPrefix)), {}});
                break;
            }
        }
        COPPICE_TRY(const auto input, inputOf(repository, file));
        lines += input.added.size() + input.removed.size();
        flagPath(input, flags);
        flagGenerated(input, flags);
        COPPICE_CHECK(flagAttributes(before, file, flags));
        COPPICE_CHECK(flagAttributes(after, file, flags));
        flagUnasked(input, flags);
        flagHidden(input, flags);
        flagSecrets(input, flags);
        flagDependencies(input, flags);
        flagTestSettings(input, flags);
        tests.add(input);
        reach.add(input);
    }
    tests.conclude(flags);
    reach.conclude(flags);
    // In the order of the files, as they are read; what is about the patch as a whole first.
    QHash<QByteArray, int> place;
    for (const auto &file : files)
        place.insert(file.path, int(place.size()) + 1);
    std::stable_sort(flags.begin(), flags.end(), [&](const Flag &a, const Flag &b) { return place.value(a.path) < place.value(b.path); });
    if (flags.size() > mostFlags) {
        const auto more = flags.size() - mostFlags;
        flags.resize(mostFlags);
        flags.push_back({QStringLiteral("size"), {}, 0, QStringLiteral("And %1 more flags, of later files.").arg(more), {}});
    }
    if (files.size() > manyFiles || lines > manyLines)
        flags.push_back({QStringLiteral("size"), {}, 0,
                         QStringLiteral("A large patch: %1 files, %2 changed lines.").arg(files.size()).arg(lines), {}});
    return flags;
}

void addBounded(std::vector<Flag> found, std::vector<Flag> &flags)
{
    QHash<QString, int> counts;
    QHash<QString, size_t> last;
    for (auto &flag : found) {
        const QString key = flag.kind + u'\n' + QString::fromUtf8(flag.path);
        if (++counts[key] > mostOfAKind)
            continue;
        last[key] = flags.size();
        flags.push_back(std::move(flag));
    }
    for (auto it = counts.cbegin(); it != counts.cend(); ++it) {
        if (*it > mostOfAKind)
            flags[last[it.key()]].detail += QStringLiteral(" And %1 more of this kind in this file.").arg(*it - mostOfAKind);
    }
}

} // namespace coppice::review
