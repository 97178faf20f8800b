// SPDX-License-Identifier: GPL-3.0-or-later
// The diff view in the real window, offscreen and drawn by software, on patches of a library made for it. JSON lines.
//   bench_review_window paging|wrapped|blocks|memory|show|pair [FOLDER]
// paging: GUI-thread CPU per frame while 100,000 changed rows go by, a page or 24 px at a time.
// blocks: the longest stretch that the GUI thread does not come back to its loop while a 50 MB line and 1,000,000 lines are
//   read, coloured, unfolded, folded, searched, jumped in and shown the other way; wall and the thread's own CPU.
// wrapped: the same as paging with long lines going on below.
// memory: peak of this process with the pair of 100,000 lines open, to be set against bench_empty_window.
// show: opens the pair of 100,000 lines, the only patch of its library, and ends when its rows are drawn: whole CPU.
// pair: writes that pair and its library to FOLDER and says where, for review_peers.py.
// FOLDER: a demo library made by an earlier call, so that making it is not counted; made when it is not there.
#include "review_inputs.h"
#include "window_fixture.h"

#include <review/diff_model.h>
#include <review/diff_options.h>
#include <review/diff_search.h>
#include <review/reviews.h>
#include <review/risks.h>
#include <review/review_view.h>

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QQuickItem>
#include <QQuickStyle>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

#include <sys/resource.h>

using namespace coppice;

namespace {

double threadCpu()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

double processCpu()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

template <class T> T need(Result<T> result, const char *what)
{
    if (!result) {
        std::fprintf(stderr, "%s: %s\n", what, qPrintable(result.error().message()));
        std::exit(1);
    }
    return std::move(*result);
}

/// Puts two versions of a file of the plugin "weather" under review.
void addPatch(engine::Session &session, const QString &title, const QByteArray &name, const std::pair<QByteArray, QByteArray> &texts)
{
    auto repository = need(session.library().repository(), "repository");
    const auto treeOf = [&](const QByteArray &text) {
        const auto file = need(repository.writeBlob(text), "blob");
        const auto folder = need(repository.writeTree({{name, git::Mode::File, file}}), "tree");
        const auto plugin = need(repository.writeTree({{"weather", git::Mode::Tree, folder}}), "tree");
        return need(repository.writeTree({{"plugins", git::Mode::Tree, plugin}}), "tree");
    };
    review::Revision revision;
    revision.base = treeOf(texts.first);
    revision.result = treeOf(texts.second);
    const auto patch = need(review::Reviews(session.state(), session.journal()).add(repository, QStringLiteral("weather"), {}, title, revision), "patch");
    review::Risks(session.state()).lookAhead(repository, patch, "plugins/weather"); // as the engine does with what it records
}

/// A demo library with these patches besides; made when it is not there.
QString libraryIn(const QString &folder, const QString &name, const std::function<void(engine::Session &)> &fill)
{
    const QString library = QDir(folder).filePath(name + QStringLiteral("/library"));
    if (!QDir(library).exists()) {
        need(demo::makeDemo(QDir(folder).filePath(name)), "demo");
        auto session = need(engine::Session::open(library), "open");
        need(session->library().scan(session->state()), "scan");
        fill(*session);
    }
    return library;
}

QString pairLibrary(const QString &folder, int lines = 100'000, int edits = 2'000)
{
    return libraryIn(folder, QStringLiteral("pair%1").arg(lines), [&](engine::Session &session) {
        addPatch(session, QStringLiteral("pair"), "big.cpp", bench::sourcePair(lines, edits, 1));
    });
}

QString fullLibrary(const QString &folder)
{
    return libraryIn(folder, QStringLiteral("demo"), [](engine::Session &session) {
        addPatch(session, QStringLiteral("pair"), "big.cpp", bench::sourcePair(100'000, 2'000, 1));
        const auto other = bench::sourcePair(100'000, 0, 3).first;
        addPatch(session, QStringLiteral("rewritten"), "rewritten.cpp", {bench::sourcePair(100'000, 0, 2).first, other});
        addPatch(session, QStringLiteral("minified"), "bundle.js", bench::minifiedPair(50 << 20));
        addPatch(session, QStringLiteral("million"), "million.cpp", bench::sourcePair(1'000'000, 2'000, 4));
    });
}

QString written(const QString &folder, const QString &name, const QByteArray &bytes)
{
    QFile file(QDir(folder).filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        std::abort();
    return file.fileName();
}

/// How long the loop was away, at most: a timer of no interval that looks at the clock.
class Loop : public QObject
{
public:
    Loop()
    {
        connect(&m_timer, &QTimer::timeout, this, [this] { look(); });
        m_timer.start(0);
        m_last = Clock::now();
        m_cpu = threadCpu();
    }
    void begin() { m_wall = m_most = 0; m_last = Clock::now(); m_cpu = threadCpu(); }
    [[nodiscard]] double wall() const { return m_wall; }
    [[nodiscard]] double cpu() const { return m_most; }

private:
    using Clock = std::chrono::steady_clock;
    void look()
    {
        const auto now = Clock::now();
        const double cpu = threadCpu();
        m_wall = std::max(m_wall, std::chrono::duration<double, std::milli>(now - m_last).count());
        m_most = std::max(m_most, cpu - m_cpu);
        m_last = now;
        m_cpu = cpu;
    }
    QTimer m_timer;
    Clock::time_point m_last;
    double m_cpu = 0, m_wall = 0, m_most = 0;
};

/// The review screen of a window, and what is on it.
class Screen
{
public:
    explicit Screen(const QString &library) : m_window({library, QStringLiteral("review"), QStringLiteral("light"), {}, {}})
    {
        if (!m_window.waitUntilOpen())
            std::abort();
        m_window.window()->resize(1600, 1000);
        if (!m_window.waitFor([this] { return view() && view()->patches()->count() > 0; }))
            std::abort();
        list = named(m_window.window()->contentItem(), QStringLiteral("diffRows"));
        search = qobject_cast<ui::DiffSearch *>(m_window.find(QStringLiteral("coppice::ui::DiffSearch")));
        if (!list || !search)
            std::abort();
    }
    /// What a loader made is a child by sight only.
    static QQuickItem *named(QQuickItem *from, const QString &name)
    {
        if (from->objectName() == name)
            return from;
        for (auto *child : from->childItems()) {
            if (auto *found = named(child, name))
                return found;
        }
        return nullptr;
    }
    [[nodiscard]] ui::ReviewView *view() const { return qobject_cast<ui::ReviewView *>(m_window.find(QStringLiteral("coppice::ui::ReviewView"))); }
    void pick(const QString &title)
    {
        auto *patches = view()->patches();
        for (int i = 0; i < patches->count(); ++i) {
            if (patches->value(i, "title").toString() == title)
                view()->pickPatch(i);
        }
    }
    bool until(const std::function<bool()> &holds) const { return m_window.waitFor(holds, 120'000); }
    [[nodiscard]] bool drawn() const { return view()->diff()->count() > 0 && !view()->diffLoad()->busy(); }
    [[nodiscard]] QQuickWindow *window() const { return m_window.window(); }
    [[nodiscard]] QObject *find(const QString &type) const { return m_window.find(type); }

private:
    test::Window m_window;

public:
    QQuickItem *list = nullptr;
    ui::DiffSearch *search = nullptr;
};

void paging(Screen &screen, const char *name, double step)
{
    std::vector<double> frames;
    const double height = screen.list->height(), most = screen.list->property("contentHeight").toDouble();
    double y = screen.list->property("originY").toDouble();
    bool swapped = false;
    const auto connection = QObject::connect(screen.window(), &QQuickWindow::frameSwapped, screen.window(), [&] { swapped = true; });
    for (int i = 0; i < 400; ++i) {
        y += step > 0 ? step : height;
        if (y > most - height)
            y = 0;
        const double cpu = threadCpu();
        swapped = false;
        screen.list->setProperty("contentY", y);
        while (!swapped)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        frames.push_back(threadCpu() - cpu);
    }
    QObject::disconnect(connection);
    std::sort(frames.begin(), frames.end());
    std::printf("{\"name\":\"%s\",\"rows\":%d,\"frames\":%zu,\"cpu_ms_p50\":%.2f,\"cpu_ms_p99\":%.2f,\"cpu_ms_max\":%.2f}\n", name,
                screen.view()->diff()->count(), frames.size(), frames[frames.size() / 2], frames[frames.size() * 99 / 100], frames.back());
    std::fflush(stdout);
}

void blocks(Screen &screen, const QString &title)
{
    Loop loop;
    const auto tell = [&](const char *what) {
        std::printf("{\"name\":\"block-%s-%s\",\"wall_ms\":%.1f,\"cpu_ms\":%.1f}\n", qPrintable(title), what, loop.wall(), loop.cpu());
        std::fflush(stdout);
        loop.begin();
    };
    const auto settle = [&] { QTest::qWait(400); };
    loop.begin();
    screen.pick(title);
    screen.until([&] { return screen.view()->patch() != QString() && screen.view()->filePath() != QString() && screen.drawn(); });
    tell("load");
    screen.until([&] { return ui::AppSession::instance()->worker().pending() == 0; });
    settle();
    tell("colours");
    auto *diff = screen.view()->diff();
    diff->openAllFolds();
    settle();
    tell("unfold");
    for (int i = 1; i < 8; ++i) {
        QMetaObject::invokeMethod(screen.list, "positionViewAtIndex", Q_ARG(int, diff->count() / 8 * i), Q_ARG(int, 0));
        QTest::qWait(60);
    }
    settle();
    tell("jump");
    screen.search->setText(QStringLiteral("return"));
    screen.until([&] { return screen.search->count() > 0; });
    for (int i = 0; i < 5; ++i) {
        screen.search->go(1);
        QTest::qWait(60);
    }
    settle();
    tell("search");
    screen.search->setText({});
    diff->setUnified(true);
    settle();
    diff->setUnified(false);
    settle();
    tell("unified-and-back");
    diff->setWhitespace(3);
    settle();
    diff->setWhitespace(0);
    settle();
    tell("whitespace");
    diff->foldAgain();
    settle();
    tell("fold");
}

} // namespace

int main(int argc, char **argv)
{
    test::prepareForWindows();
    QGuiApplication application(argc, argv);
    const QString what = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("paging");
    QTemporaryDir own;
    const QString folder = argc > 2 ? QString::fromLocal8Bit(argv[2]) : own.path();
    if (what == QLatin1String("pair")) {
        const auto make = [&](int lines, int edits) {
            const auto [before, after] = bench::sourcePair(lines, edits, 1);
            const QString old = written(folder, QStringLiteral("before%1.cpp").arg(lines), before);
            const QString fresh = written(folder, QStringLiteral("after%1.cpp").arg(lines), after);
            return QStringLiteral("{\"before\":\"%1\",\"after\":\"%2\",\"library\":\"%3\"}").arg(old, fresh, pairLibrary(folder, lines, edits));
        };
        std::printf("{\"large\":%s,\"small\":%s}\n", qPrintable(make(100'000, 2'000)), qPrintable(make(200, 4)));
        return 0;
    }
    const bool alone = what == QLatin1String("show") || what == QLatin1String("memory");
    const QString library = alone ? pairLibrary(folder) : fullLibrary(folder);
    if (what == QLatin1String("make"))
        return 0;
    const double begin = processCpu(); // without making the library
    Screen screen(library);
    if (what == QLatin1String("blocks")) {
        blocks(screen, QStringLiteral("minified"));
        blocks(screen, QStringLiteral("million"));
        return 0;
    }
    screen.pick(alone ? QStringLiteral("pair") : QStringLiteral("rewritten"));
    screen.until([&] { return screen.drawn(); });
    if (what == QLatin1String("show")) {
        (void)screen.window()->grabWindow();
        std::printf("{\"name\":\"show-pair\",\"cpu_ms\":%.0f}\n", processCpu() - begin);
        std::fflush(stdout);
        screen.until([&] { return ui::AppSession::instance()->worker().pending() == 0; });
        QTest::qWait(500);
        std::printf("{\"name\":\"show-pair-with-flags-and-colours\",\"cpu_ms\":%.0f}\n", processCpu() - begin);
        return 0;
    }
    screen.until([&] { return ui::AppSession::instance()->worker().pending() == 0; });
    if (what == QLatin1String("memory")) {
        QTest::qWait(1000);
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        std::printf("{\"name\":\"memory-pair\",\"peak_mb\":%.0f}\n", double(usage.ru_maxrss) / 1024);
        return 0;
    }
    if (what == QLatin1String("wrapped")) {
        qobject_cast<ui::DiffOptions *>(screen.find(QStringLiteral("coppice::ui::DiffOptions")))->setWrap(true);
        QTest::qWait(300);
    }
    paging(screen, what == QLatin1String("wrapped") ? "page-wrapped" : "page", 0);
    paging(screen, what == QLatin1String("wrapped") ? "scroll-24px-wrapped" : "scroll-24px", 24);
    return 0;
}
