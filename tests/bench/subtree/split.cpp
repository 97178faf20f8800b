// SPDX-License-Identifier: GPL-3.0-or-later
// Splits as `coppicectl sync split` does, in a process that links the engine alone, and prints one JSON line:
//   bench_split REPOSITORY PREFIXES-FILE [--dry-run] [--again] [--ids]
// --again asks once more with everything loaded; --ids prints "commit prefix" lines instead.
#include <git/repository.h>
#include <subtree/split.h>

#include <QFile>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace {

double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

/// Memory that no file stands behind, in MB.
double anonymousMegabytes()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("RssAnon:"))
            return line.sliced(8).simplified().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

int fail(const coppice::Error &error)
{
    std::fprintf(stderr, "%s\n", qPrintable(error.message()));
    return 1;
}

} // namespace

int main(int argc, char **argv)
{
    using namespace coppice;
    if (argc < 3) {
        std::fputs("usage: bench_split REPOSITORY PREFIXES-FILE [--dry-run] [--again] [--ids]\n", stderr);
        return 2;
    }
    const auto has = [&](const char *flag) {
        for (int i = 3; i < argc; ++i) {
            if (std::strcmp(argv[i], flag) == 0)
                return true;
        }
        return false;
    };
    QFile file(QFile::decodeName(argv[2]));
    if (!file.open(QIODevice::ReadOnly))
        return fail(coppice::fail(QStringLiteral("bench.file"), QStringLiteral("The list of prefixes cannot be read")).error());
    std::vector<QByteArray> prefixes;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (!line.isEmpty())
            prefixes.push_back(line);
    }

    auto repository = git::Repository::open(QFile::decodeName(argv[1]));
    if (!repository)
        return fail(repository.error());
    const auto head = repository->resolve(QStringLiteral("HEAD^{commit}"));
    if (!head)
        return fail(head.error());
    subtree::SplitOptions options;
    options.dryRun = has("--dry-run");
    subtree::SubtreeSplitter splitter(*repository, options);
    auto results = splitter.split(*head, prefixes);
    if (!results)
        return fail(results.error());
    const double cpu = cpuSeconds();
    const double anonymous = anonymousMegabytes();
    double again = 0;
    if (has("--again")) {
        constexpr int times = 20;
        const double began = cpuSeconds();
        for (int i = 0; i < times; ++i) {
            if (const auto same = splitter.split(*head, prefixes); !same)
                return fail(same.error());
        }
        again = (cpuSeconds() - began) / times;
    }
    size_t made = 0;
    size_t commits = 0;
    for (const auto &result : *results) {
        made += result.made;
        commits += result.commits;
        if (has("--ids"))
            std::printf("%s %s\n", result.commit.hex().constData(), result.prefix.constData());
    }
    if (!has("--ids"))
        std::printf("{\"prefixes\":%zu,\"commits\":%zu,\"new\":%zu,\"cpu\":%.4f,\"again_cpu\":%.5f,\"anonymous_mb\":%.1f}\n",
                    results->size(), commits, made, cpu, again, anonymous);
    return 0;
}
