// SPDX-License-Identifier: GPL-3.0-or-later
// Events received, scrubbed, grouped and on disk before they are acknowledged, per second of CPU, against filing the same rows
// by the same prepared statements and in the same batches through Qt SQL (`ratio`), against inserting the rows alone, and
// against SQLite itself.
//   bench_ingest [EVENTS] [CONNECTIONS] [PLUGINS]
// The receiver is a process of its own, real sockets between; senders' CPU is not counted. One JSON line.
#include <capture/store.h>
#include <receivers/keys.h>
#include <receivers/library_keeper.h>
#include <receivers/receiver.h>

#include <QByteArray>
#include <QCoreApplication>
#include <QHash>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QVariant>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace coppice;
using Clock = std::chrono::steady_clock;

namespace coppice::capture {
std::vector<store::Migration> migrations();
}

namespace {

[[noreturn]] void die(const char *what)
{
    std::fprintf(stderr, "%s\n", what);
    std::_Exit(1);
}

double cpuNow()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int memoryMb(const char *field)
{
    std::FILE *file = std::fopen("/proc/self/status", "r");
    char line[256];
    int kb = 0;
    while (file && std::fgets(line, sizeof line, file)) {
        if (std::strncmp(line, field, std::strlen(field)) == 0)
            kb = std::atoi(line + std::strlen(field) + 1);
    }
    if (file)
        std::fclose(file);
    return kb / 1024;
}

/// About 2 KB, as kits send them: a stack of eight frames, tags, contexts; ten raise sites.
QByteArray envelope(int number)
{
    QByteArray frames;
    for (int i = 0; i < 8; ++i)
        frames += "{\"filename\":\"/srv/app/src/part" + QByteArray::number(i) + ".js\",\"module\":\"part\",\"function\":\"step" + QByteArray::number((number % 10) + i)
            + "\",\"lineno\":" + QByteArray::number(10 + i) + ",\"colno\":7,\"in_app\":" + (i > 4 ? "true" : "false") + "},";
    frames.chop(1);
    const QByteArray count = QByteArray::number(number);
    const QByteArray id = QByteArray(32 - count.size(), 'a') + count;
    return "{\"event_id\":\"" + id + "\",\"sent_at\":\"2026-11-21T23:29:34.929Z\",\"sdk\":{\"name\":\"sentry.javascript.node\",\"version\":\"11.12.0\"}}\n{\"type\":\"event\"}\n"
        "{\"exception\":{\"values\":[{\"type\":\"TypeError\",\"value\":\"Cannot send message " + count + " to the queue\",\"stacktrace\":{\"frames\":[" + frames
        + "]},\"mechanism\":{\"type\":\"generic\",\"handled\":true}}]},\"event_id\":\"" + id + "\",\"level\":\"error\",\"platform\":\"node\",\"contexts\":{\"trace\":{\"trace_id\":\""
        + QByteArray(32 - count.size(), 'c') + count + "\",\"span_id\":\"8942bbf18cca1c10\"},\"runtime\":{\"name\":\"node\",\"version\":\"v20.20.2\"},\"app\":{\"app_memory\":121327616},"
        "\"os\":{\"kernel_version\":\"6.1.0\",\"name\":\"Debian\",\"version\":\"12\"},\"device\":{\"arch\":\"x64\",\"memory_size\":25282928640,\"processor_count\":2}},"
        "\"server_name\":\"host-a\",\"timestamp\":1795303774.9,\"environment\":\"production\",\"release\":\"mail-mcp@1.4.2\",\"tags\":{\"tool\":\"send\"},\"breadcrumbs\":[{\"timestamp\":1,"
        "\"category\":\"console\",\"level\":\"log\",\"message\":\"sending\"}],\"sdk\":{\"name\":\"sentry.javascript.node\",\"version\":\"11.12.0\"}}\n";
}

int connectTo(quint16 port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        die("connect");
    return fd;
}

/// Sends one and waits for its acknowledgement.
void exchange(int fd, const QByteArray &key, int number)
{
    const QByteArray body = envelope(number);
    const QByteArray request = "POST /api/1/envelope/?sentry_version=7&sentry_key=" + key + " HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: "
        + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    for (qsizetype at = 0; at < request.size();) {
        const ssize_t put = ::send(fd, request.constData() + at, size_t(request.size() - at), MSG_NOSIGNAL);
        if (put <= 0)
            die("send");
        at += put;
    }
    char buffer[2048];
    ssize_t got = 0;
    while (!QByteArrayView(buffer, got).endsWith("}")) {
        const ssize_t more = ::recv(fd, buffer + got, sizeof buffer - size_t(got), 0);
        if (more <= 0)
            die("recv");
        got += more;
    }
    if (!QByteArrayView(buffer, got).startsWith("HTTP/1.1 200"))
        die(buffer);
}

struct Report {
    double cpu = 0;
    int peakMb = 0;
    int residentMb = 0;
    qint64 commits = 1;
};

/// The receiver in a process of its own, until its `control` is closed.
struct Server {
    pid_t pid = -1;
    int control = -1, report = -1;
    quint16 port = 0;
    std::vector<QByteArray> keys;

    Server(const QString &folder, int plugins)
    {
        int in[2], out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
            die("pipe");
        pid = ::fork();
        if (pid == 0) {
            ::close(in[1]);
            ::mallopt(M_ARENA_MAX, 4);
            int argc = 0;
            const QCoreApplication app(argc, nullptr);
            const auto database = store::Database::open(folder + QStringLiteral("/events.db")).value();
            if (!database->migrate(capture::migrations()))
                die("migrate");
            const auto ring = receivers::KeyRing::open(folder + QStringLiteral("/keys")).value();
            receivers::LibraryKeeper keeper(*database);
            receivers::Receiver::Options options;
            options.eventsPerMinute = 0;
            QByteArray line;
            for (int i = 0; i < plugins; ++i)
                line += ring->keyOf(QStringLiteral("plugin%1").arg(i)).value().key;
            const auto receiver = receivers::Receiver::start(*ring, keeper, text::Scrubber(), options).value();
            const double before = cpuNow();
            const quint16 bound = receiver->port();
            if (::write(out[1], &bound, sizeof bound) < 0 || ::write(out[1], line.constData(), size_t(line.size())) < 0)
                die("write");
            char byte = 0;
            while (::read(in[0], &byte, 1) > 0) { }
            const Report told{cpuNow() - before, memoryMb("VmHWM:"), memoryMb("VmRSS:"), receiver->counts().commits};
            if (::write(out[1], &told, sizeof told) < 0)
                die("write");
            std::_Exit(0);
        }
        ::close(in[0]);
        ::close(out[1]);
        control = in[1];
        report = out[0];
        if (::read(report, &port, sizeof port) != sizeof port)
            die("the receiver did not start");
        QByteArray all(32 * plugins, '\0');
        for (qsizetype at = 0; at < all.size();) {
            const ssize_t got = ::read(report, all.data() + at, size_t(all.size() - at));
            if (got <= 0)
                die("no keys");
            at += got;
        }
        for (int i = 0; i < plugins; ++i)
            keys.push_back(all.mid(32 * i, 32));
    }
    Report end()
    {
        ::close(control);
        Report told;
        if (::read(report, &told, sizeof told) != sizeof told)
            die("no report");
        ::waitpid(pid, nullptr, 0);
        return told;
    }
};

/// As fast as it goes; `perSecond` > 0: that many in a second. Times of the acknowledgements in ms.
std::vector<double> send(const Server &server, int events, int connections, double perSecond, int from)
{
    std::vector<std::vector<double>> times(static_cast<size_t>(connections));
    {
        std::vector<std::jthread> threads;
        const auto start = Clock::now();
        for (int c = 0; c < connections; ++c) {
            threads.emplace_back([&, c] {
                const int fd = connectTo(server.port);
                for (int i = c; i < events; i += connections) {
                    if (perSecond > 0)
                        std::this_thread::sleep_until(start + std::chrono::duration<double>(i / perSecond));
                    const auto begun = Clock::now();
                    exchange(fd, server.keys[size_t(i) % server.keys.size()], from + i);
                    times[size_t(c)].push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
                }
                ::close(fd);
            });
        }
    }
    std::vector<double> all;
    for (const auto &part : times)
        all.insert(all.end(), part.begin(), part.end());
    std::sort(all.begin(), all.end());
    return all;
}

constexpr int mostRows = 20'000; ///< that the baselines take

/// Those that the receiver's own connection has.
constexpr std::array settings{"PRAGMA foreign_keys=ON", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-16000", "PRAGMA wal_autocheckpoint=4000"};

const QStringList tables{QStringLiteral("event_groups"), QStringLiteral("group_patterns"), QStringLiteral("events")};

/// Without those that SQLite makes by itself.
QStringList columnsOf(const QSqlDatabase &database, const QString &table)
{
    QStringList columns;
    QSqlQuery query(database);
    query.exec(QStringLiteral("PRAGMA table_info(%1)").arg(table));
    while (query.next())
        columns << query.value(1).toString();
    return columns;
}

QString insertInto(const QString &table, const QStringList &columns)
{
    return QStringLiteral("INSERT INTO %1 (%2) VALUES (%3)").arg(table, columns.join(u','), QStringList(columns.size(), QStringLiteral("?")).join(u','));
}

/// The rows that are there, as they are.
std::vector<std::pair<QString, std::vector<QVariantList>>> rowsOf(const QString &path)
{
    std::vector<std::pair<QString, std::vector<QVariantList>>> all;
    auto database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("rows"));
    database.setDatabaseName(path);
    if (!database.open())
        die("open rows");
    for (const auto &table : tables) {
        const QStringList columns = columnsOf(database, table);
        QSqlQuery query(database);
        query.setForwardOnly(true);
        query.exec(QStringLiteral("SELECT %1 FROM %2 LIMIT %3").arg(columns.join(u','), table, QString::number(mostRows)));
        std::vector<QVariantList> rows;
        while (query.next()) {
            QVariantList row;
            for (int c = 0; c < columns.size(); ++c)
                row << query.value(c);
            rows.push_back(row);
        }
        all.emplace_back(insertInto(table, columns), std::move(rows));
    }
    return all;
}

qint64 countOf(const QString &path)
{
    auto database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("count"));
    database.setDatabaseName(path);
    QSqlQuery query(database.open() ? database : QSqlDatabase());
    return query.exec(QStringLiteral("SELECT count(*) FROM events")) && query.next() ? query.value(0).toLongLong() : -1;
}

std::unique_ptr<store::Database> emptyDatabase(const QString &path)
{
    auto database = store::Database::open(path).value();
    if (!database->migrate(capture::migrations()))
        die("migrate");
    return database;
}

/// The same rows by one prepared statement a table, in batches, each durable.
double qtCpu(const QString &path, const std::vector<std::pair<QString, std::vector<QVariantList>>> &rows, size_t batch)
{
    emptyDatabase(path).reset();
    auto database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("baseline ") + path);
    database.setDatabaseName(path);
    if (!database.open())
        die("open");
    for (const auto *setting : settings)
        QSqlQuery(database).exec(QString::fromLatin1(setting));
    const double before = cpuNow();
    for (const auto &[sql, list] : rows) {
        QSqlQuery query(database);
        query.setForwardOnly(true);
        if (!query.prepare(sql))
            die(qPrintable(query.lastError().text()));
        for (size_t from = 0; from < list.size(); from += batch) {
            QSqlQuery(database).exec(QStringLiteral("BEGIN IMMEDIATE"));
            for (size_t i = from; i < std::min(list.size(), from + batch); ++i) {
                for (qsizetype c = 0; c < list[i].size(); ++c)
                    query.bindValue(int(c), list[i][c]);
                if (!query.exec())
                    die(qPrintable(query.lastError().text()));
            }
            QSqlQuery(database).exec(QStringLiteral("COMMIT"));
        }
    }
    return cpuNow() - before;
}

/// The statements that filing these events takes, each prepared once, in batches: all of a batch looked for at once, each
/// inserted, and each group counted up once a batch.
double statementsCpu(const QString &path, const QString &from, size_t batch)
{
    emptyDatabase(path).reset();
    auto source = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("filed ") + path);
    source.setDatabaseName(from);
    auto database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("statements ") + path);
    database.setDatabaseName(path);
    if (!source.open() || !database.open())
        die("open");
    for (const auto *setting : settings)
        QSqlQuery(database).exec(QString::fromLatin1(setting));
    QSqlQuery attach(database);
    attach.prepare(QStringLiteral("ATTACH ? AS filed"));
    attach.addBindValue(from);
    if (!attach.exec() || !QSqlQuery(database).exec(QStringLiteral("INSERT INTO main.event_groups SELECT * FROM filed.event_groups")))
        die("groups");
    attach.finish();
    QSqlQuery(database).exec(QStringLiteral("DETACH filed"));
    const QStringList columns = columnsOf(source, QStringLiteral("events"));
    const qsizetype known = columns.indexOf(QStringLiteral("known_by")), twin = columns.indexOf(QStringLiteral("twin")), group = columns.indexOf(QStringLiteral("group_id")),
                    at = columns.indexOf(QStringLiteral("at"));
    std::vector<QVariantList> events;
    QSqlQuery all(source);
    all.setForwardOnly(true);
    all.exec(QStringLiteral("SELECT %1 FROM events ORDER BY seq LIMIT %2").arg(columns.join(u','), QString::number(mostRows)));
    while (all.next()) {
        auto &row = events.emplace_back();
        for (int c = 0; c < columns.size(); ++c)
            row << all.value(c);
    }
    const double before = cpuNow();
    {
        QStringList sql{QStringLiteral("WITH asked (key, told) AS (VALUES %1) SELECT key FROM asked WHERE EXISTS (SELECT 1 FROM events WHERE known_by = asked.key) "
                                       "OR EXISTS (SELECT 1 FROM events_gone WHERE known_by = asked.key) OR EXISTS (SELECT 1 FROM event_twins WHERE known_by = asked.key) "
                                       "OR EXISTS (SELECT 1 FROM events WHERE twin = asked.told)")
                            .arg(QStringList(qsizetype(batch), QStringLiteral("(?,?)")).join(u',')),
                        insertInto(QStringLiteral("events"), columns),
                        QStringLiteral("UPDATE event_groups SET count = count + ?, first = min(first, ?), last = max(last, ?), level = max(level, ?), "
                                       "releases = releases, why = why, state = state WHERE id = ?")};
        std::vector<QSqlQuery> prepared;
        for (const auto &each : sql) {
            auto &query = prepared.emplace_back(database);
            query.setForwardOnly(true);
            if (!query.prepare(each))
                die(qPrintable(query.lastError().text()));
        }
        const auto run = [&](size_t which, const QVariantList &values) {
            for (qsizetype i = 0; i < values.size(); ++i)
                prepared[which].bindValue(int(i), values[i]);
            if (!prepared[which].exec() || prepared[which].next())
                die(qPrintable(prepared[which].lastError().text()));
            prepared[which].finish();
        };
        for (size_t first = 0; first < events.size(); first += batch) {
            QSqlQuery(database).exec(QStringLiteral("BEGIN IMMEDIATE"));
            QVariantList asked;
            QHash<QString, int> groups;
            for (size_t i = first; i < first + batch; ++i) {
                asked << (i < events.size() ? events[i][known] : QVariant()) << (i < events.size() ? events[i][twin] : QVariant());
                if (i < events.size())
                    ++groups[events[i][group].toString()];
            }
            run(0, asked);
            for (size_t i = first; i < std::min(events.size(), first + batch); ++i)
                run(1, events[i]);
            for (auto it = groups.cbegin(); it != groups.cend(); ++it)
                run(2, {*it, events[first][at], events[first][at], 4, it.key()});
            QSqlQuery(database).exec(QStringLiteral("COMMIT"));
        }
    }
    return cpuNow() - before;
}

double rawCpu(const QString &path, const std::vector<std::pair<QString, std::vector<QVariantList>>> &rows, size_t batch)
{
    emptyDatabase(path).reset();
    // As text and bytes of SQLite's own: turning Qt's strings into them is not its work.
    struct Value {
        int type = SQLITE_NULL;
        qint64 number = 0;
        QByteArray bytes;
    };
    std::vector<std::vector<std::vector<Value>>> values;
    for (const auto &[sql, list] : rows) {
        auto &table = values.emplace_back();
        for (const auto &row : list) {
            auto &line = table.emplace_back();
            for (const auto &each : row) {
                if (each.typeId() == QMetaType::QString)
                    line.push_back({SQLITE_TEXT, 0, each.toString().toUtf8()});
                else if (each.typeId() == QMetaType::QByteArray && !each.isNull())
                    line.push_back({SQLITE_BLOB, 0, each.toByteArray()});
                else if (each.isNull())
                    line.push_back({});
                else
                    line.push_back({SQLITE_INTEGER, each.toLongLong(), {}});
            }
        }
    }
    sqlite3 *database = nullptr;
    if (sqlite3_open(path.toUtf8().constData(), &database) != SQLITE_OK)
        die("sqlite3_open");
    for (const auto *setting : settings)
        sqlite3_exec(database, setting, nullptr, nullptr, nullptr);
    const double before = cpuNow();
    for (size_t t = 0; t < rows.size(); ++t) {
        sqlite3_stmt *statement = nullptr;
        if (sqlite3_prepare_v2(database, rows[t].first.toUtf8().constData(), -1, &statement, nullptr) != SQLITE_OK)
            die(sqlite3_errmsg(database));
        for (size_t from = 0; from < values[t].size(); from += batch) {
            sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
            for (size_t i = from; i < std::min(values[t].size(), from + batch); ++i) {
                int c = 0;
                for (const auto &value : values[t][i]) {
                    ++c;
                    if (value.type == SQLITE_INTEGER)
                        sqlite3_bind_int64(statement, c, value.number);
                    else if (value.type == SQLITE_TEXT)
                        sqlite3_bind_text(statement, c, value.bytes.constData(), int(value.bytes.size()), SQLITE_STATIC);
                    else if (value.type == SQLITE_BLOB)
                        sqlite3_bind_blob(statement, c, value.bytes.constData(), int(value.bytes.size()), SQLITE_STATIC);
                    else
                        sqlite3_bind_null(statement, c);
                }
                if (sqlite3_step(statement) != SQLITE_DONE)
                    die(sqlite3_errmsg(database));
                sqlite3_reset(statement);
            }
            sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
        }
        sqlite3_finalize(statement);
    }
    const double took = cpuNow() - before;
    sqlite3_close(database);
    return took;
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    const int events = argc > 1 ? std::atoi(argv[1]) : 10'000;
    const int connections = argc > 2 ? std::atoi(argv[2]) : 32;
    const int plugins = argc > 3 ? std::atoi(argv[3]) : 5;
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("events.db"));
    Server server(folder.path(), plugins);
    const auto begun = Clock::now();
    send(server, events, connections, 0, 0);
    const double wall = std::chrono::duration<double>(Clock::now() - begun).count();
    const Report report = server.end();
    Server paced(folder.path(), plugins);
    const auto times = send(paced, 2'500, 16, 500, events);
    paced.end();

    const QCoreApplication app(argc, argv);
    if (countOf(path) != qint64(events) + 2'500)
        die("not every acknowledged event is there");
    const auto rows = rowsOf(path);
    const auto stored = rows.back().second.size();
    const size_t batch = std::max<size_t>(1, size_t(events) / size_t(std::max<qint64>(1, report.commits))); // the same batches
    const double perEvent = report.cpu / events;
    std::array<std::array<double, 3>, 3> taken{}; // in turns, the middle of three: what else the machine does weighs on each
    for (size_t i = 0; i < 3; ++i) {
        const auto fresh = [&](const char *name) { return folder.filePath(QStringLiteral("%1-%2.db").arg(QLatin1String(name)).arg(i)); };
        taken[0][i] = qtCpu(fresh("qt"), rows, batch) / double(stored);
        taken[1][i] = statementsCpu(fresh("statements"), path, batch) / double(stored);
        taken[2][i] = rawCpu(fresh("raw"), rows, batch) / double(stored);
    }
    for (auto &each : taken)
        std::sort(each.begin(), each.end());
    const double qt = taken[0][1], statements = taken[1][1], raw = taken[2][1];
    std::printf("{\"v\":1,\"bench\":\"ingest\",\"events\":%d,\"events_per_cpu_second\":%.0f,\"qt_rows_per_cpu_second\":%.0f,\"raw_rows_per_cpu_second\":%.0f,"
                "\"statements_per_cpu_second\":%.0f,\"ratio\":%.2f,\"ratio_to_rows_alone\":%.2f,\"ratio_to_raw\":%.2f,\"events_per_second\":%.0f,\"p50_ms_at_500\":%.1f,\"p99_ms_at_500\":%.1f,\"events_per_commit\":%d,\"peak_mb\":%d,\"resident_mb\":%d}\n",
                events, 1 / perEvent, 1 / qt, 1 / raw, 1 / statements, statements / perEvent, qt / perEvent, raw / perEvent, events / wall, times[times.size() / 2], times[times.size() * 99 / 100],
                int(batch), report.peakMb, report.residentMb);
    return 0;
}
