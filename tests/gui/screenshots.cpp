// SPDX-License-Identifier: GPL-3.0-or-later
// usage: screenshots DIR [--library DIR] [--only SCREEN] [--streams DIR] [--trials DIR]
// Opens the real shell offscreen, walks the screens in both themes and two sizes, and saves what is drawn. Without
// --library on a demo library that is filled first; --streams adds runs made of what real clients printed, --trials
// evaluations: folders as eval run --out leaves them.
#include "run_samples.h"
#include "shell/plurals.h"
#include "window_fixture.h"

#include <base/paths.h>
#include <evals/trial_sets.h>

#include <QCommandLineParser>
#include <QDir>
#include <QGuiApplication>
#include <QTest>

#include <cstdio>

using namespace coppice;

static void save(const test::Window &window, const QString &dir, const QString &name)
{
    QTest::qWait(700); // highlighting and late rows
    const QString path = QDir(dir).filePath(name + QStringLiteral(".png"));
    std::printf("%s%s\n", qPrintable(path), window.grab().save(path) ? "" : " NOT SAVED");
}

/// Each run's story with its tools unfolded, its other tabs, and the questions.
static void walkRuns(const test::Window &window, const QString &dir, const QString &tail, const QStringList &runs)
{
    auto &app = *ui::AppSession::instance();
    for (qsizetype i = 0; i < runs.size(); ++i) {
        app.follow(QStringLiteral("run:") + runs[i]);
        save(window, dir, QStringLiteral("runs-story-%1").arg(i) + tail);
    }
    app.follow(QStringLiteral("run:") + runs.last());
    window.key(Qt::Key_S);
    for (int i = 0; i < 3; ++i) {
        window.key(Qt::Key_Up);
        window.key(Qt::Key_Return);
    }
    save(window, dir, QStringLiteral("runs-unfolded") + tail);
    window.key(Qt::Key_F);
    save(window, dir, QStringLiteral("runs-facts") + tail);
    window.key(Qt::Key_L);
    save(window, dir, QStringLiteral("runs-log") + tail);
    window.key(Qt::Key_S);
    window.key(Qt::Key_J, Qt::ControlModifier);
    save(window, dir, QStringLiteral("approvals") + tail);
    window.key(Qt::Key_Escape);
}

/// What is asked before a patch is applied, and before its plugin is shipped.
static void walkReview(const test::Window &window, const QString &dir, const QString &tail)
{
    auto &app = *ui::AppSession::instance();
    const auto quiet = [&] { return app.activities()->count() == 0 && app.worker().pending() == 0; };
    window.key(Qt::Key_A, Qt::ShiftModifier);
    (void)window.waitFor(quiet, 20'000);
    window.key(Qt::Key_Return, Qt::ControlModifier);
    (void)window.waitFor(quiet, 20'000);
    save(window, dir, QStringLiteral("review-apply") + tail);
    window.key(Qt::Key_Escape);
    // By its name: the key is there for a patch that has been applied.
    auto *view = window.find(QStringLiteral("coppice::ui::ReviewView"));
    auto *sheet = window.find(QStringLiteral("ShipSheet"));
    if (!view || !sheet || !QMetaObject::invokeMethod(sheet, "begin", Q_ARG(QString, view->property("plugin").toString())))
        std::fprintf(stderr, "the ship sheet cannot be opened\n");
    (void)window.waitFor(quiet, 60'000);
    save(window, dir, QStringLiteral("review-ship") + tail);
    window.key(Qt::Key_Escape);
}

/// The lists of an evaluation, one trial's text, and what makes a new one.
static void walkEvals(const test::Window &window, const QString &dir, const QString &tail)
{
    const auto quiet = [&] { return ui::AppSession::instance()->worker().pending() == 0; };
    window.key(Qt::Key_2);
    window.key(Qt::Key_F);
    (void)window.waitFor(quiet, 20'000);
    save(window, dir, QStringLiteral("evals-tasks") + tail);
    window.key(Qt::Key_L);
    save(window, dir, QStringLiteral("evals-text") + tail);
    window.key(Qt::Key_Escape);
    window.key(Qt::Key_3);
    save(window, dir, QStringLiteral("evals-arms") + tail);
    window.key(Qt::Key_4);
    save(window, dir, QStringLiteral("evals-failed") + tail);
    window.key(Qt::Key_1);
    window.key(Qt::Key_N);
    save(window, dir, QStringLiteral("evals-new") + tail);
    window.key(Qt::Key_Escape);
}

static int walk(const QString &library, const QString &dir, const QString &only, const QStringList &runs)
{
    int warnings = 0;
    const bool held = !runs.isEmpty();
    for (const char *theme : {"light", "dark"}) {
        test::Window window({library, QString(), QString::fromLatin1(theme), QString()});
        if (!window.window() || !(held ? window.waitUntilOpen() : window.waitUntilReady()))
            return 1;
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            window.window()->resize(size);
            const QString tail = QStringLiteral("-%1-%2").arg(QLatin1String(theme)).arg(size.width());
            for (const auto &name : window.app().screenNames()) {
                if (!only.isEmpty() && name != only)
                    continue;
                window.app().show(name);
                (void)window.waitFor([&] { return window.app().activities()->count() == 0 && window.app().worker().pending() == 0; },
                                     20'000);
                if (name == QLatin1String("review"))
                    window.key(Qt::Key_N); // from the changelog to the code
                save(window, dir, name + tail);
                if (name == QLatin1String("review") && name == only)
                    walkReview(window, dir, tail);
                if (name == QLatin1String("inbox")) {
                    window.key(Qt::Key_X);
                    window.key(Qt::Key_Down, Qt::ShiftModifier);
                    save(window, dir, QStringLiteral("inbox-marked") + tail);
                    window.key(Qt::Key_Escape);
                    window.key(Qt::Key_Z);
                    save(window, dir, QStringLiteral("inbox-snooze") + tail);
                    window.key(Qt::Key_Escape);
                    window.key(Qt::Key_M, Qt::ShiftModifier);
                    save(window, dir, QStringLiteral("inbox-mute") + tail);
                    window.key(Qt::Key_Escape);
                    window.key(Qt::Key_U);
                    save(window, dir, QStringLiteral("inbox-duplicate") + tail);
                    window.key(Qt::Key_Escape);
                    window.key(Qt::Key_Y);
                    save(window, dir, QStringLiteral("inbox-rules") + tail);
                    window.key(Qt::Key_Escape);
                    window.key(Qt::Key_5);
                    save(window, dir, QStringLiteral("inbox-all") + tail);
                    window.key(Qt::Key_N);
                    save(window, dir, QStringLiteral("inbox-new") + tail);
                    window.key(Qt::Key_Escape);
                    window.key(Qt::Key_1);
                }
                if (name == QLatin1String("evals"))
                    walkEvals(window, dir, tail);
                if (name == QLatin1String("sync")) {
                    window.key(Qt::Key_2);
                    save(window, dir, QStringLiteral("sync-waits") + tail);
                    window.key(Qt::Key_Down);
                    save(window, dir, QStringLiteral("sync-decide") + tail);
                    window.key(Qt::Key_Up);
                    window.key(Qt::Key_3);
                    (void)window.waitFor([&] { return window.app().activities()->count() == 0; }, 20'000);
                    window.key(Qt::Key_Down);
                    save(window, dir, QStringLiteral("sync-templates") + tail);
                    window.key(Qt::Key_S);
                    save(window, dir, QStringLiteral("sync-stage") + tail);
                    window.key(Qt::Key_Escape);
                    window.key(Qt::Key_1);
                }
                if (name == QLatin1String("runs") && held)
                    walkRuns(window, dir, tail, runs);
                if (name == QLatin1String("runs")) {
                    window.key(Qt::Key_N);
                    save(window, dir, QStringLiteral("runs-new") + tail);
                    window.key(Qt::Key_Escape);
                }
            }
            if (!only.isEmpty())
                continue;
            window.key(Qt::Key_K, Qt::ControlModifier);
            save(window, dir, QStringLiteral("palette") + tail);
            window.key(Qt::Key_Escape);
            window.key(Qt::Key_Question, Qt::ShiftModifier);
            save(window, dir, QStringLiteral("keys") + tail);
            window.key(Qt::Key_Escape);
        }
        for (const auto &warning : window.warnings()) {
            std::fprintf(stderr, "%s\n", qPrintable(warning));
            ++warnings;
        }
    }
    if (only.isEmpty()) {
        test::Window window({QDir(dir).filePath(QStringLiteral("not-a-library")), QString(), QStringLiteral("light"), QString()});
        (void)window.waitFor([&] { return window.app().phase() == ui::AppSession::Phase::Failed; });
        save(window, dir, QStringLiteral("welcome-error-light-1280"));
    }
    return warnings == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    test::prepareForWindows();
    QGuiApplication application(argc, argv);
    ui::EnglishPlurals plurals;
    QCoreApplication::installTranslator(&plurals);
    QCommandLineParser parser;
    const QCommandLineOption library(QStringLiteral("library"), {}, QStringLiteral("DIR"));
    const QCommandLineOption only(QStringLiteral("only"), {}, QStringLiteral("SCREEN"));
    const QCommandLineOption streams(QStringLiteral("streams"), {}, QStringLiteral("DIR"));
    const QCommandLineOption trials(QStringLiteral("trials"), {}, QStringLiteral("DIR"));
    parser.addOptions({library, only, streams, trials});
    parser.process(application);
    if (parser.positionalArguments().size() != 1)
        parser.showHelp(2);
    const QString dir = parser.positionalArguments().first();
    QDir().mkpath(dir);
    if (parser.isSet(trials)) {
        QDir().mkpath(stateHome());
        if (!QFile::link(QFileInfo(parser.value(trials)).absoluteFilePath(), evals::trialsHome()))
            std::fprintf(stderr, "the trials cannot be linked\n");
    }
    QString path = parser.value(library);
    if (path.isEmpty()) {
        const auto &demo = test::demoLibrary();
        std::printf("%d patches wait\n", test::fillDemo(demo, true));
        path = demo.library;
    }
    test::RunSamples samples;
    if (parser.isSet(streams)) {
        QStringList plugins;
        for (const auto &incident : test::demoLibrary().incidents)
            plugins << incident.plugin;
        samples = test::addRunSamples(path, plugins, parser.value(streams), 100);
    }
    return walk(path, dir, parser.value(only), samples.runs);
}
