// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fault.h"
#include "store/connection.h"
#include "store/file_system.h"

#include <QFileInfo>

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace coppice::store {

namespace {

/// The Database whose callback runs on this thread, if any: calling it again from there would wait for itself.
thread_local const void *insideOf = nullptr;

/// One thread with a connection of its own, doing one job after the other.
class Worker
{
public:
    using Job = std::function<void(SqliteConnection &)>;

    Result<> start(const QString &path, bool writes, const void *owner)
    {
        std::promise<Result<>> opened;
        auto answer = opened.get_future();
        m_thread = std::thread([this, path, writes, owner, opened = std::move(opened)]() mutable {
            insideOf = owner;
            auto connection = SqliteConnection::open(path, writes);
            if (!connection) {
                opened.set_value(std::unexpected(std::move(connection).error()));
                return;
            }
            opened.set_value({});
            serve(**connection);
        });
        return answer.get();
    }
    ~Worker()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        if (m_thread.joinable())
            m_thread.join();
    }

    /// Runs a job and waits for its end.
    void run(const Job &job)
    {
        // Shared: this thread may wake, and leave, before set_value has returned on the other.
        auto done = std::make_shared<std::promise<void>>();
        auto finished = done->get_future();
        {
            const std::lock_guard lock(m_mutex);
            m_jobs.emplace_back([&job, done](SqliteConnection &connection) {
                job(connection);
                done->set_value();
            });
            ++m_load;
        }
        m_wake.notify_one();
        finished.wait();
    }
    [[nodiscard]] int load() const { return m_load; }

private:
    void serve(SqliteConnection &connection)
    {
        for (;;) {
            Job job;
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, [this] { return m_stopping || !m_jobs.empty(); });
                if (m_jobs.empty())
                    return;
                job = std::move(m_jobs.front());
                m_jobs.pop_front();
            }
            --m_load;
            job(connection);
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Job> m_jobs;
    std::atomic<int> m_load = 0;
    bool m_stopping = false;
    std::thread m_thread;
};

Fail nested(const QString &path)
{
    return failUsage(QStringLiteral("store.nested"), QStringLiteral("A database was asked from inside its own callback"), path,
                     QStringLiteral("Use the connection that the callback is given."));
}

} // namespace

struct Database::Threads {
    QString path;
    bool readOnly = false;
    std::atomic<qint64> version = 0;
    std::unique_ptr<Worker> writer;
    std::array<std::unique_ptr<Worker>, 2> readers;
};

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const QString &path, bool readOnly)
{
    if (readOnly && !QFileInfo(path).isFile())
        return failNotFound(QStringLiteral("store.missing"), QStringLiteral("There is no database yet"), path);
    COPPICE_CHECK(demandLocalFolder(QFileInfo(path).absolutePath()));
    std::unique_ptr<Database> database(new Database);
    database->m_threads = std::make_unique<Threads>();
    auto &threads = *database->m_threads;
    threads.path = path;
    threads.readOnly = readOnly;
    if (!readOnly) { // before the readers: it makes the file and sets its mode
        threads.writer = std::make_unique<Worker>();
        COPPICE_CHECK(threads.writer->start(path, true, &threads));
    }
    for (auto &reader : threads.readers) {
        reader = std::make_unique<Worker>();
        COPPICE_CHECK(reader->start(path, false, &threads));
    }
    return database;
}

const QString &Database::path() const
{
    return m_threads->path;
}

void Database::runWriting(const std::function<Result<>(Connection &)> &work, Result<> &answer)
{
    if (insideOf == m_threads.get()) {
        answer = nested(path());
        return;
    }
    if (!m_threads->writer) {
        answer = fail(QStringLiteral("store.read-only"), QStringLiteral("The database was opened for reading only"), path());
        return;
    }
    faultPoint("write.before");
    m_threads->writer->run([&](SqliteConnection &connection) {
        const auto begun = connection.exec(QStringLiteral("BEGIN IMMEDIATE"));
        if (!begun) {
            answer = std::unexpected(begun.error());
            return;
        }
        answer = work(connection);
        if (answer) {
            if (const auto committed = connection.exec(QStringLiteral("COMMIT")); !committed)
                answer = std::unexpected(committed.error());
        }
        if (!answer) // some failures have ended the transaction already: then this fails, too, and nothing is lost
            (void)connection.exec(QStringLiteral("ROLLBACK"));
    });
    faultPoint("write.after");
}

void Database::runReading(const std::function<Result<>(Connection &)> &work, Result<> &answer)
{
    if (insideOf == m_threads.get()) {
        answer = nested(path());
        return;
    }
    auto &[first, second] = m_threads->readers;
    Worker &worker = first->load() <= second->load() ? *first : *second;
    worker.run([&](SqliteConnection &connection) {
        const auto begun = connection.exec(QStringLiteral("BEGIN"));
        if (!begun) {
            answer = std::unexpected(begun.error());
            return;
        }
        answer = work(connection);
        (void)connection.exec(QStringLiteral("ROLLBACK")); // nothing was written; ends the snapshot
    });
}

qint64 Database::dataVersion()
{
    if (insideOf == m_threads.get())
        return m_threads->version;
    // Always the same connection: SQLite's number means nothing across two.
    m_threads->readers[0]->run([this](SqliteConnection &connection) {
        if (const auto value = connection.value(QStringLiteral("PRAGMA data_version")))
            m_threads->version = value->toLongLong();
    });
    return m_threads->version;
}

} // namespace coppice::store
