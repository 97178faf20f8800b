// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"
#include "support/test_main.h"

#include <subtree/split.h>

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
        m_tips.push_back({m_history.commit(m_files0, {}, "root\n"), m_files0});
        for (int i = 0; i < steps; ++i)
            step();
        // git subtree wants the prefix to be there at the end
        auto last = m_tips[pick(m_tips.size())];
        last.files["p/a"] = text();
        last.files["q/r/x"] = text();
        return m_history.commit(last.files, {last.commit}, "end\n");
    }

private:
    using Files = History::Files;
    struct Tip {
        git::Oid commit;
        Files files;
    };

    size_t pick(size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(m_random); }
    bool chance(int percent) { return int(pick(100)) < percent; }
    QByteArray text() { return "text " + QByteArray::number(qulonglong(pick(4))) + '\n'; }

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
            next.commit = m_history.commit(next.files, {m_tips[at].commit}, message());
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
        for (size_t n = chance(15) ? 3 : 1; n-- > 0;) {
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
        result.commit = m_history.commit(result.files, parents, "merge\n");
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
        next.commit = m_history.commit(next.files, {m_tips[at].commit, up.commit}, words);
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
        next.commit = m_history.commit(next.files, {m_tips[at].commit, *m_squash}, "Merge squash\n");
        m_tips[at] = next;
    }
    void rejoin(size_t at)
    {
        subtree::SubtreeSplitter splitter(m_history.repository(), {});
        const auto split = must(splitter.split(m_tips[at].commit, {"p"}));
        if (split[0].commit.isNull() || split[0].error)
            return;
        Tip next = m_tips[at];
        next.commit = m_history.commit(next.files, {m_tips[at].commit, split[0].commit},
                                       "Split 'p/' into commit\n\ngit-subtree-dir: p\ngit-subtree-mainline: "
                                           + m_tips[at].commit.hex() + "\ngit-subtree-split: " + split[0].commit.hex() + '\n');
        m_tips[at] = next;
    }

    History &m_history;
    std::mt19937 m_random;
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
    /// COPPICE_SPLIT_CASES sets how many, COPPICE_SPLIT_SEED where to begin; thousands need QTEST_FUNCTION_TIMEOUT.
    void equalsGitSubtree()
    {
        const QString why = whyNoGitSubtree();
        if (!why.isEmpty())
            QSKIP(qPrintable(why));
        const int cases = qEnvironmentVariableIsSet("COPPICE_SPLIT_CASES") ? qEnvironmentVariableIntValue("COPPICE_SPLIT_CASES") : 40;
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SPLIT_SEED")
            ? quint32(qEnvironmentVariableIntValue("COPPICE_SPLIT_SEED"))
            : std::random_device()() % 1'000'000;
        const bool keepDots = installedGitKeepsDots();
        int compared = 0;
        for (int i = 0; i < cases; ++i) {
            const quint32 one = seed + quint32(i);
            const Scratch scratch;
            History history(scratch);
            Dice dice(history, one);
            const auto head = dice.roll(6 + i % 8);
            history.checkOut(head);
            const QByteArray prefix = i % 4 == 3 ? "q/r" : "p";
            QByteArray words;
            const auto wanted = history.gitSplit(prefix, &words);

            subtree::SplitOptions options;
            options.keepDots = keepDots;
            options.dryRun = i % 2 == 1;
            subtree::SubtreeSplitter splitter(history.repository(), options);
            const auto found = splitter.split(head, {"q/r", "p"}); // together: what one does must not touch the other
            QVERIFY2(found.has_value(), qPrintable(QStringLiteral("seed %1: %2").arg(one).arg(found ? QString() : found.error().message())));
            const auto &mine = prefix == "p" ? (*found)[1] : (*found)[0];
            if (wanted.isNull())
                continue; // git ends with an error, for example where two joins name one commit
            ++compared;
            QVERIFY2(mine.commit == wanted,
                     qPrintable(QStringLiteral("seed %1, prefix %2: %3, but git subtree says %4")
                                    .arg(one).arg(QString::fromUtf8(prefix), mine.commit.toString(), wanted.toString())));
            QByteArray count = scratch.git(history.path(), {QStringLiteral("rev-list"), QStringLiteral("--count"), wanted.toString()});
            QCOMPARE(QByteArray::number(qulonglong(mine.commits)), count);
        }
        qInfo("%d of %d histories compared, seeds from %u", compared, cases, seed);
        QVERIFY(compared * 10 >= cases * 6);
    }
};
COPPICE_TEST(SplitRandomTest)
#include "split_random_test.moc"
