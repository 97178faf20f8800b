// SPDX-License-Identifier: GPL-3.0-or-later
// Runs two commands in turn, A B A B …, and prints the ratios of their medians as one JSON line:
//   bench_pair NAME RUNS COMMAND_A... -- COMMAND_B...
// Wall and CPU seconds by wait4, peak memory of the largest process in MB. Both commands must exit with 0.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct Sample {
    double wall = 0, cpu = 0, megabytes = 0;
};

Sample runOnce(const std::vector<char *> &command)
{
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        const int null = open("/dev/null", O_RDWR);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        execvp(command[0], command.data());
        std::perror(command[0]);
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        std::fprintf(stderr, "%s did not exit with 0\n", command[0]);
        std::exit(1);
    }
    const auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
            seconds(usage.ru_utime) + seconds(usage.ru_stime), double(usage.ru_maxrss) / 1024};
}

double median(std::vector<Sample> samples, double Sample::*part)
{
    std::sort(samples.begin(), samples.end(), [&](const Sample &a, const Sample &b) { return a.*part < b.*part; });
    return samples[samples.size() / 2].*part;
}

} // namespace

int main(int argc, char **argv)
{
    std::vector<char *> a, b;
    auto *into = &a;
    for (int i = 3; i < argc; ++i) {
        if (std::strcmp(argv[i], "--") == 0 && into == &a)
            into = &b;
        else
            into->push_back(argv[i]);
    }
    const int runs = argc > 2 ? std::atoi(argv[2]) : 0;
    if (a.empty() || b.empty() || runs < 1) {
        std::fputs("usage: bench_pair NAME RUNS COMMAND_A... -- COMMAND_B...\n", stderr);
        return 2;
    }
    a.push_back(nullptr);
    b.push_back(nullptr);
    std::vector<Sample> as, bs;
    runOnce(a); // warms the caches, not counted
    runOnce(b);
    for (int i = 0; i < runs; ++i) {
        as.push_back(runOnce(a));
        bs.push_back(runOnce(b));
    }
    std::printf("{\"name\":\"%s\",\"runs\":%d,\"cpu_ratio\":%.2f,\"wall_ratio\":%.2f,\"memory_ratio\":%.2f,\"memory_mb\":%.0f}\n", argv[1],
                runs, median(as, &Sample::cpu) / median(bs, &Sample::cpu), median(as, &Sample::wall) / median(bs, &Sample::wall),
                median(as, &Sample::megabytes) / median(bs, &Sample::megabytes), median(as, &Sample::megabytes));
    return 0;
}
