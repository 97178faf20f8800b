// SPDX-License-Identifier: GPL-3.0-or-later
// How fast `coppicectl ingest --dry-run --every-line` reads, scrubs, groups and prints the lines of a log, beside reading the
// same lines and hashing each with SHA-1: bench_lines FILE [TIMES]. What there is in FILE is taken TIMES (40) over, so that
// the start of a program does not count. Processor time; the best of three rounds each.
#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryFile>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

double hashing(const QString &path, qint64 &lines)
{
    const std::clock_t start = std::clock();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    char kept = 0;
    for (lines = 0; !file.atEnd(); ++lines)
        kept = char(kept ^ QCryptographicHash::hash(file.readLine(), QCryptographicHash::Sha1)[0]);
    const std::clock_t end = std::clock();
    std::fprintf(stderr, "%c", kept == 0 ? ' ' : '\r'); // what is read by nobody would not have to be worked out
    return double(end - start) / CLOCKS_PER_SEC;
}

/// User and system time of the command, in seconds; negative when it fails.
double grouping(const QByteArray &path)
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
        ::execl(COPPICECTL, "coppicectl", "ingest", "--dry-run", "--every-line", path.constData(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    rusage used{};
    if (child < 0 || ::wait4(child, &status, 0, &used) != child || status != 0)
        return -1;
    const auto seconds = [](const timeval &time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

int main(int argc, char **argv)
{
    QFile once(argc > 1 ? QString::fromLocal8Bit(argv[1]) : QString());
    QTemporaryFile log;
    if (!once.open(QIODevice::ReadOnly) || !log.open()) {
        std::fprintf(stderr, "Name a log that can be read: bench_lines FILE [TIMES]\n");
        return 2;
    }
    const QByteArray bytes = once.readAll();
    for (int i = argc > 2 ? std::atoi(argv[2]) : 40; i > 0; --i)
        log.write(bytes);
    log.flush();
    qint64 lines = 0;
    double hashed = 1e9;
    double grouped = 1e9;
    for (int round = 0; round < 3; ++round) {
        hashed = std::min(hashed, hashing(log.fileName(), lines));
        const double took = grouping(log.fileName().toLocal8Bit());
        if (took < 0) {
            std::fprintf(stderr, "coppicectl failed\n");
            return 1;
        }
        grouped = std::min(grouped, took);
    }
    std::printf("%lld lines: %.0f a second grouped, %.0f read and hashed; ratio %.3f\n", static_cast<long long>(lines), double(lines) / grouped,
                double(lines) / hashed, hashed / grouped);
    return 0;
}
