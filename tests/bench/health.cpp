// SPDX-License-Identifier: GPL-3.0-or-later
// Rounds of probes over a library, against reading its plugins' blobs with plain libgit2.
// usage: bench_health LIBRARY (adopted, upstreams fetched; see health_truth.py --keep). Prints a JSON line for each round.
#include <base/clock.h>
#include <engine/session.h>
#include <health/probe.h>
#include <library/library.h>

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <git2.h>
#include <sys/resource.h>

#include <cstdio>

using namespace coppice;

namespace {

double cpu()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct Read {
    git_repository *repository = nullptr;
    qint64 blobs = 0, bytes = 0;
};
int readEntry(const char *, const git_tree_entry *entry, void *payload)
{
    auto *read = static_cast<Read *>(payload);
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return 0;
    git_blob *blob = nullptr;
    if (git_blob_lookup(&blob, read->repository, git_tree_entry_id(entry)) == 0) {
        ++read->blobs;
        read->bytes += qint64(git_blob_rawsize(blob));
        git_blob_free(blob);
    }
    return 0;
}

/// Every blob of every plugin, once.
Result<double> baseline(const library::Catalog &catalog, const QString &path, Read &read)
{
    const double begin = cpu();
    git_libgit2_init();
    if (git_repository_open(&read.repository, path.toUtf8().constData()) != 0)
        return fail(QStringLiteral("bench.open"), QStringLiteral("libgit2 cannot open it"), path);
    for (const auto &entry : catalog.entries) {
        git_oid id;
        git_oid_fromraw(&id, entry.tree.raw());
        git_tree *tree = nullptr;
        if (git_tree_lookup(&tree, read.repository, &id) == 0) {
            git_tree_walk(tree, GIT_TREEWALK_PRE, readEntry, &read);
            git_tree_free(tree);
        }
    }
    git_repository_free(read.repository);
    git_libgit2_shutdown();
    return cpu() - begin;
}

/// Where the time goes: each probe by itself over all plugins.
Result<> alone(engine::Session &session, const library::Catalog &catalog)
{
    COPPICE_TRY(auto repository, session.library().repository());
    const health::House house{session.library(), session.state(), session.events(), session.journal()};
    health::Round round(house, std::move(repository), catalog, nowMs());
    double begin = cpu();
    const auto tell = [&](const char *what, const QString &name) {
        std::printf("{\"%s\":\"%s\",\"cpu\":%.4f}\n", what, qPrintable(name), cpu() - begin);
        begin = cpu();
    };
    COPPICE_CHECK(round.linesKey());
    tell("shared", QStringLiteral("key of the lines"));
    COPPICE_CHECK(round.lines());
    tell("shared", QStringLiteral("lines"));
    for (const auto &entry : catalog.entries)
        (void)round.files(entry);
    tell("shared", QStringLiteral("lists of files"));
    for (const auto &probe : health::makeProbes()) {
        COPPICE_CHECK(probe->begin(round));
        COPPICE_CHECK(probe->roundKey(round));
        for (const auto &entry : catalog.entries) {
            (void)probe->key(round, entry);
            (void)probe->measure(round, entry);
        }
        tell("probe", probe->name());
    }
    return {};
}

Result<int> run(const QString &path)
{
    COPPICE_TRY(const auto session, engine::Session::open(path));
    COPPICE_TRY(const auto catalog, session->library().scan(session->state()));
    Read read;
    COPPICE_TRY(const double plain, baseline(catalog, path, read));
    const auto forget = [&] {
        return session->state().write<void>([](store::Connection &connection) -> Result<> {
            for (const char *table : {"health_facts", "health_probes", "health_scores", "health_movements", "health_days"})
                COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM ") + QLatin1String(table)));
            return {};
        });
    };
    const auto round = [&](const char *name) -> Result<> {
        const double begin = cpu();
        COPPICE_TRY(const auto answer, session->call(QStringLiteral("health.measure"), {}));
        const double spent = cpu() - begin;
        std::printf("%s\n", QJsonDocument(QJsonObject{{QStringLiteral("name"), QLatin1String(name)}, {QStringLiteral("plugins"), answer[u"plugins"]},
                                                      {QStringLiteral("measured"), answer[u"measured"]}, {QStringLiteral("cpu"), spent},
                                                      {QStringLiteral("blobs"), read.blobs}, {QStringLiteral("bytes"), read.bytes}, {QStringLiteral("baseline_cpu"), plain},
                                                      {QStringLiteral("ratio"), spent / plain}})
                                .toJson(QJsonDocument::Compact)
                                .constData());
        std::fflush(stdout);
        return {};
    };
    COPPICE_CHECK(alone(*session, catalog));
    for (int i = 0; i < 2; ++i) {
        COPPICE_CHECK(forget());
        COPPICE_CHECK(round("full"));
        COPPICE_CHECK(round("unchanged"));
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc != 2) {
        std::fprintf(stderr, "usage: bench_health LIBRARY\n");
        return 2;
    }
    const auto done = run(QString::fromLocal8Bit(argv[1]));
    if (!done)
        std::fprintf(stderr, "%s\n", qPrintable(done.error().message()));
    return done ? *done : 1;
}
