// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"
#include "support/test_main.h"

#include <subtree/split.h>

#include <QDir>
#include <QTest>

using namespace coppice;
using namespace coppice::test;

namespace {

/// Random histories of a library: edits in and beside two prefixes, deletions and new beginnings, merges of all kinds,
/// and the joins that git subtree makes.
class Dice
{
public:
    Dice(History &history, quint32 seed) : m_history(history), m_random(seed) { }

    [[nodiscard]] git::Oid roll(int steps)
    {
        m_tips.push_back({commit(m_files0, {}, "root\n"), m_files0});
        for (int i = 0; i < steps; ++i)
            step();
        // git subtree wants the prefix to be there at the end
        auto last = m_tips[pick(m_tips.size())];
        last.files["p/a"] = text();
        last.files["p/sub/c"] = text();
        last.files["q/r/x"] = text();
        return commit(last.files, {last.commit}, "end\n");
    }
    /// All that was made for the library, in order.
    [[nodiscard]] const std::vector<git::Oid> &made() const { return m_made; }
    /// Any of them.
    [[nodiscard]] const git::Oid &one() { return m_made[pick(m_made.size())]; }

private:
    using Files = History::Files;
    struct Tip {
        git::Oid commit;
        Files files;
    };

    size_t pick(size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(m_random); }
    bool chance(int percent) { return int(pick(100)) < percent; }
    QByteArray text() { return "text " + QByteArray::number(qulonglong(pick(4))) + '\n'; }

    /// By people with odd names, in odd time zones, now and then in another encoding.
    git::Oid commit(const Files &files, const std::vector<git::Oid> &parents, const QByteArray &message)
    {
        static const std::vector<QByteArray> people{"Ann <ann@example.org> %1 +0200", "\"Me, Jr.\" <me@x.> %1 -0000",
                                                    "Ren\xe9 <r@x> %1 +0545", "A\\B <a\\b@x> %1 -0930",
                                                    "Zo\xc3\xab <> %1 +0190", ". X , <x@x> %1 +51800"};
        QByteArray author = people[pick(people.size())];
        QByteArray committer = people[pick(people.size())];
        if (chance(25)) // clocks that are wrong
            committer.replace("%1", QByteArray::number(1'600'000'000 + qulonglong(pick(3000))));
        if (chance(10))
            author.replace("%1", QByteArray::number(qulonglong(pick(2)) * 4'000'000'000));
        Files placed = files;
        if (std::ranges::any_of(files.keys(), [](const QByteArray &name) { return name.startsWith("q/r/"); }))
            placed.remove("q/r"); // the folder, not the submodule
        m_made.push_back(m_history.commit(placed, parents, message, author, committer, chance(12) ? "encoding ISO-8859-1\n" : ""));
        return m_made.back();
    }
    void edit(Files &files)
    {
        static const std::vector<QByteArray> paths{"p/a", "p/b", "p/sub/c", "q/r/x", "q/r/y", "q/z", "top", "other/file"};
        const QByteArray path = paths[pick(paths.size())];
        if (chance(15)) {
            const QByteArray folder = chance(60) ? "p/" : "q/r/";
            for (const auto &name : files.keys()) {
                if (name.startsWith(folder))
                    files.remove(name);
            }
            if (folder == "q/r/" && chance(30))
                files["q/r"] = "commit " + m_made[pick(m_made.size())].hex();
        } else if (chance(20)) {
            files.remove(path);
        } else {
            files[path] = text();
        }
        if (files.isEmpty())
            files["top"] = "kept\n";
    }
    QByteArray message()
    {
        static const std::vector<QByteArray> all{"fix\n", "fix: a\n\nbody\n", "", "\n\nled by blanks\n", "no end",
                                                 "crlf\r\n\r\nbody\r\n", "caf\xe9\n", "caf\xc3\xa9\n", QByteArray("a\0b\n", 4)};
        return all[pick(all.size())];
    }
    void step()
    {
        const size_t at = pick(m_tips.size());
        const int kind = int(pick(100));
        if (kind < 45) {
            Tip next = m_tips[at];
            for (size_t n = pick(3); n-- > 0;)
                edit(next.files);
            next.commit = commit(next.files, {m_tips[at].commit}, message());
            if (chance(25))
                m_tips.push_back(next);
            else
                m_tips[at] = next;
        } else if (kind < 78 && m_tips.size() > 1) {
            merge(at);
        } else if (kind < 88) {
            add(at);
        } else if (kind < 94) {
            squash(at);
        } else {
            rejoin(at);
        }
        if (m_tips.size() > 5)
            m_tips.erase(m_tips.begin() + qptrdiff(pick(m_tips.size())));
    }
    void merge(size_t at)
    {
        std::vector<git::Oid> parents{m_tips[at].commit};
        Tip result = m_tips[at];
        for (size_t n = chance(15) ? 2 + pick(6) : 1; n-- > 0;) {
            const auto &other = m_tips[pick(m_tips.size())];
            if (std::ranges::find(parents, other.commit) != parents.end() && !chance(10))
                continue;
            parents.push_back(other.commit);
            if (chance(35)) {
                result.files = other.files;
            } else if (chance(50)) {
                for (auto it = other.files.cbegin(); it != other.files.cend(); ++it)
                    result.files.insert(it.key(), it.value());
            }
        }
        if (chance(20))
            edit(result.files);
        result.commit = commit(result.files, parents, "merge\n");
        m_tips[at] = result;
    }
    /// The plugin's own repository, one or two commits further.
    Tip &upstream()
    {
        for (size_t n = 1 + pick(2); n-- > 0;) {
            Files files = m_upstream ? m_upstream->files : Files{{"a", "own\n"}};
            files[chance(50) ? "a" : "b"] = text();
            std::vector<git::Oid> parents;
            if (m_upstream)
                parents.push_back(m_upstream->commit);
            const auto made = m_history.commit(files, parents, "upstream\n");
            m_upstream = Tip{made, files};
        }
        return *m_upstream;
    }
    void place(Files &files, const Files &upstreamFiles)
    {
        for (const auto &name : files.keys()) {
            if (name.startsWith("p/"))
                files.remove(name);
        }
        for (auto it = upstreamFiles.cbegin(); it != upstreamFiles.cend(); ++it)
            files["p/" + it.key()] = it.value();
    }
    /// A full add the first time, a full merge after it.
    void add(size_t at)
    {
        const bool first = !m_added;
        m_added = true;
        const Tip &up = upstream();
        Tip next = m_tips[at];
        place(next.files, up.files);
        const QByteArray words = first
            ? QByteArray("Add 'p/' from commit '" + up.commit.hex() + "'\n\ngit-subtree-dir: p\ngit-subtree-mainline: "
                         + m_tips[at].commit.hex() + "\ngit-subtree-split: " + up.commit.hex() + '\n')
            : QByteArray("Merge upstream\n");
        next.commit = commit(next.files, {m_tips[at].commit, up.commit}, words);
        m_tips[at] = next;
    }
    void squash(size_t at)
    {
        const Tip &up = upstream();
        std::vector<git::Oid> parents;
        if (m_squash)
            parents.push_back(*m_squash);
        m_squash = m_history.commit(up.files, parents, "Squashed 'p/' content\n\ngit-subtree-dir: p\ngit-subtree-split: "
                                                           + up.commit.hex() + '\n');
        Tip next = m_tips[at];
        place(next.files, up.files);
        next.commit = commit(next.files, {m_tips[at].commit, *m_squash}, "Merge squash\n");
        m_tips[at] = next;
    }
    void rejoin(size_t at)
    {
        subtree::SubtreeSplitter splitter(m_history.repository(), {});
        const auto split = must(splitter.split(m_tips[at].commit, {"p"}));
        if (split[0].commit.isNull() || split[0].error)
            return;
        Tip next = m_tips[at];
        next.commit = commit(next.files, {m_tips[at].commit, split[0].commit},
                                       "Split 'p/' into commit\n\ngit-subtree-dir: p\ngit-subtree-mainline: "
                                           + m_tips[at].commit.hex() + "\ngit-subtree-split: " + split[0].commit.hex() + '\n');
        m_tips[at] = next;
    }

    History &m_history;
    std::mt19937 m_random;
    std::vector<git::Oid> m_made;
    Files m_files0{{"top", "top\n"}};
    std::vector<Tip> m_tips;
    std::optional<Tip> m_upstream;
    std::optional<git::Oid> m_squash;
    bool m_added = false;
};

} // namespace

class SplitRandomTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    /// COPPICE_SPLIT_CASES sets how many in all, COPPICE_SPLIT_SEED where to begin.
    void equalsGitSubtree_data()
    {
        QTest::addColumn<quint32>("seed");
        QTest::addColumn<int>("cases");
        const int all = qEnvironmentVariableIsSet("COPPICE_SPLIT_CASES") ? qEnvironmentVariableIntValue("COPPICE_SPLIT_CASES") : 150;
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SPLIT_SEED")
            ? quint32(qEnvironmentVariableIntValue("COPPICE_SPLIT_SEED"))
            : std::random_device()() % 1'000'000;
        for (int from = 0; from < all; from += 25) // each part has a time limit of its own
            QTest::addRow("seeds from %u", seed + quint32(from)) << seed + quint32(from) << std::min(25, all - from);
    }
    void equalsGitSubtree()
    {
        const QString why = whyNoGitSubtree();
        QVERIFY2(why.isEmpty(), qPrintable(why));
        QFETCH(const quint32, seed);
        QFETCH(const int, cases);
        int compared = 0;
        for (quint32 one = seed; one < seed + quint32(cases); ++one)
            QVERIFY(compare(one, compared));
        qInfo("%d of %d histories compared, seeds from %u", compared, cases, seed);
        QVERIFY(compared * 2 >= cases);
    }

private:
    /// False after a failed check.
    static bool compare(quint32 seed, int &compared)
    {
        const Scratch scratch;
        History history(scratch);
        Dice dice(history, seed);
        const auto head = dice.roll(6 + int(seed % 8));
        history.checkOut(head);
        const QByteArray prefix = seed % 4 == 3 ? "q/r" : seed % 8 == 6 ? "p/sub" : "p";
        subtree::SplitOptions options;
        options.keepDots = installedGitKeepsDots();
        QStringList more;
        switch (seed % 9) {
        case 1:
            options.ignoreJoins = true;
            more << QStringLiteral("--ignore-joins");
            break;
        case 2:
            options.annotate = "(split) ";
            more << QStringLiteral("--annotate=(split) ");
            break;
        case 3:
            options.onto = dice.one();
            more << QStringLiteral("--onto=") + options.onto.toString();
            break;
        default:
            break;
        }
        QByteArray words;
        const auto wanted = history.gitSplit(prefix, &words, more);

        if (seed % 5 == 0)
            scratch.git(history.path(), {QStringLiteral("commit-graph"), QStringLiteral("write"), QStringLiteral("--reachable"), QStringLiteral("--changed-paths")});
        // some of the heads that there were on the way, one after the other, then the last one: through the state
        subtree::SubtreeSplitter splitter(history.repository(), options);
        for (int stop = int(seed % 4); stop-- > 0;) {
            if (!splitter.split(dice.one(), {"p", "q/r", "p/sub"})) {
                qWarning("seed %u: a head on the way cannot be split", seed);
                return false;
            }
        }
        const auto found = splitter.split(head, {"q/r", "p", "p/sub"}); // together: what one does must not touch the other
        if (!found) {
            qWarning("seed %u: %s", seed, qPrintable(found.error().message()));
            return false;
        }
        // and the same from nothing
        QDir(history.path() + QStringLiteral("/.git/coppice/split")).removeRecursively();
        options.dryRun = true;
        const auto fresh = must(subtree::SubtreeSplitter(history.repository(), options).split(head, {"q/r", "p", "p/sub"}));
        for (size_t i = 0; i < fresh.size(); ++i) {
            const auto &a = (*found)[i];
            const auto &b = fresh[i];
            auto originals = std::pair(a.originals, b.originals);
            std::ranges::sort(originals.first);
            std::ranges::sort(originals.second);
            if (a.commit != b.commit || a.commits != b.commits || originals.first != originals.second || a.joins != b.joins
                || a.error.has_value() != b.error.has_value() || b.made != 0) {
                qWarning("seed %u, prefix %s: %s with state, %s without", seed, a.prefix.constData(), a.commit.hex().constData(),
                         b.commit.hex().constData());
                return false;
            }
        }
        if (wanted.isNull())
            return true; // git ends with an error, for example where two joins name one commit
        ++compared;
        const auto &mine = *std::ranges::find(*found, prefix, &subtree::SplitResult::prefix);
        if (mine.commit != wanted) {
            qWarning("seed %u, prefix %s: %s, but git subtree says %s", seed, prefix.constData(), mine.commit.hex().constData(),
                     wanted.hex().constData());
            return false;
        }
        const QByteArray count = scratch.git(history.path(), {QStringLiteral("rev-list"), QStringLiteral("--count"), wanted.toString()});
        return count == QByteArray::number(qulonglong(mine.commits));
    }
};
COPPICE_TEST(SplitRandomTest)
#include "split_random_test.moc"
