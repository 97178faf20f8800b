// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a patch, against what libgit2 alone takes for the same, in one run, interleaved, medians of RUNS. JSON lines.
//   bench_review [RUNS]
// first-rows: two texts of 100,000 lines with 2,000 edits in objects of a repository, to the first 60 rows with their words
//   and ids of all hunks; against git_patch_from_buffers on the same bytes.
// files: a revision of 1,001 changed files to its list; against git_diff_tree_to_tree and its deltas.
#include "review_inputs.h"

#include <review/aligned.h>
#include <review/files.h>

#include <QTemporaryDir>

#include <git2.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

using namespace coppice;

namespace {

struct Cost {
    double wall = 0, cpu = 0; ///< ms
};

double cpuNow()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

Cost costOf(const std::function<void()> &work)
{
    const auto begin = std::chrono::steady_clock::now();
    const double cpu = cpuNow();
    work();
    return {std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count(), cpuNow() - cpu};
}

double median(std::vector<double> all)
{
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

void compare(const char *name, int runs, const std::function<void()> &ours, const std::function<void()> &theirs)
{
    std::vector<double> wallA, wallB, cpuA, cpuB;
    ours();
    theirs();
    for (int i = 0; i < runs; ++i) {
        const Cost a = costOf(ours), b = costOf(theirs);
        wallA.push_back(a.wall);
        wallB.push_back(b.wall);
        cpuA.push_back(a.cpu);
        cpuB.push_back(b.cpu);
    }
    std::printf("{\"name\":\"%s\",\"runs\":%d,\"cpu_ratio\":%.2f,\"wall_ratio\":%.2f,\"cpu_ms\":%.1f,\"libgit2_cpu_ms\":%.1f}\n", name, runs,
                median(cpuA) / median(cpuB), median(wallA) / median(wallB), median(cpuA), median(cpuB));
    std::fflush(stdout);
}

template <class T> T need(Result<T> result, const char *what)
{
    if (!result) {
        std::fprintf(stderr, "%s: %s\n", what, qPrintable(result.error().message()));
        std::exit(1);
    }
    return std::move(*result);
}

void firstRows(git::Repository &repository, int runs)
{
    const auto [before, after] = bench::sourcePair(100'000, 2'000, 1);
    review::FilePatch file;
    file.path = file.oldPath = "plugins/big/big.cpp";
    file.oldBlob = need(repository.writeBlob(before), "blob");
    file.newBlob = need(repository.writeBlob(after), "blob");
    compare(
        "first-rows-100000", runs,
        [&] {
            review::FilePatch own = file;
            const auto aligned = need(review::AlignedFile::read(repository, own), "read");
            int shown = 0;
            for (const auto &block : aligned->blocks()) {
                for (int i = block.firstPair; i < block.firstPair + block.pairs && shown < 60; ++i, ++shown) {
                    const auto &pair = aligned->pairs()[size_t(i)];
                    (void)aligned->row(pair.oldLine, pair.newLine, review::AlignedRow::Kind::Changed, block.hunk);
                }
            }
            if (shown < 60 || own.hunks.size() < 1000)
                std::abort();
        },
        [&] {
            git_diff_options options;
            git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
            options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
            git_patch *patch = nullptr;
            if (git_patch_from_buffers(&patch, before.constData(), size_t(before.size()), nullptr, after.constData(), size_t(after.size()),
                                       nullptr, &options) != 0 || git_patch_num_hunks(patch) < 1000)
                std::abort();
            git_patch_free(patch);
        });
}

void files(git::Repository &repository, int runs)
{
    const auto [before, after] = bench::sourcePair(300, 8, 2);
    std::vector<git::TreeEntry> old, fresh;
    for (int i = 0; i < 1001; ++i) {
        const QByteArray name = "file" + QByteArray::number(i) + ".cpp", mark = "// " + name + '\n';
        old.push_back({name, git::Mode::File, need(repository.writeBlob(mark + before), "blob")});
        fresh.push_back({name, git::Mode::File, need(repository.writeBlob(mark + after), "blob")});
    }
    review::Revision revision;
    revision.base = need(repository.writeTree(old), "tree");
    revision.result = need(repository.writeTree(fresh), "tree");
    compare(
        "files-1001", runs,
        [&] {
            if (need(review::listFiles(repository, revision), "list").size() != 1001)
                std::abort();
        },
        [&] {
            git_oid ids[2];
            git_tree *trees[2] = {};
            git_diff *diff = nullptr;
            git_oid_fromstr(&ids[0], revision.base.hex().constData());
            git_oid_fromstr(&ids[1], revision.result.hex().constData());
            for (int i : {0, 1}) {
                if (git_tree_lookup(&trees[i], repository.raw(), &ids[i]) != 0)
                    std::abort();
            }
            if (git_diff_tree_to_tree(&diff, repository.raw(), trees[0], trees[1], nullptr) != 0)
                std::abort();
            size_t deltas = 0;
            for (size_t i = 0; i < git_diff_num_deltas(diff); ++i)
                deltas += git_diff_get_delta(diff, i)->status == GIT_DELTA_MODIFIED;
            if (deltas != 1001)
                std::abort();
            git_diff_free(diff);
            git_tree_free(trees[0]);
            git_tree_free(trees[1]);
        });
}

} // namespace

int main(int argc, char **argv)
{
    const int runs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 9;
    QTemporaryDir dir;
    auto repository = need(git::Repository::initBare(dir.filePath(QStringLiteral("r.git"))), "repository");
    firstRows(repository, runs);
    files(repository, runs);
    return 0;
}
