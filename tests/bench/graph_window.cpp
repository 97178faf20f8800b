// SPDX-License-Identifier: GPL-3.0-or-later
// Pan and zoom of the graph in a window, offscreen and drawn by software: CPU of the GUI thread per frame, as a ratio to a
// frame of a window that holds one rectangle; and CPU of the whole process, workers included. JSON lines.
//   bench_graph_window [WIDTHxHEIGHT]
#include "window_fixture.h"

#include <graph/graph_canvas.h>

#include <QGuiApplication>
#include <QQuickItem>
#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <cstdio>
#include <ctime>

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

/// A library by hand: few hubs, three dependencies each.
library::Catalog catalogOf(int count)
{
    QRandomGenerator random(1);
    library::Catalog catalog;
    for (int i = 0; i < count; ++i) {
        library::CatalogEntry entry;
        entry.plugin.id = QStringLiteral("plugin-%1").arg(i, 5, 10, QLatin1Char('0'));
        entry.manifest.version = {QStringLiteral("1.0.0"), QStringLiteral("package.json")};
        entry.manifest.packages.push_back({QStringLiteral("pkg:npm/") + entry.plugin.id, QStringLiteral("1.0.0"), {}});
        for (int k = 0; k < 3 && i > 0; ++k) {
            const double drawn = random.generateDouble();
            manifest::Dependency dependency;
            dependency.purl = QStringLiteral("pkg:npm/plugin-%1").arg(int(drawn * drawn * i), 5, 10, QLatin1Char('0'));
            entry.manifest.dependencies.push_back(dependency);
        }
        catalog.entries.push_back(std::move(entry));
    }
    return catalog;
}

ui::GraphInks inks()
{
    ui::GraphInks made;
    made.ground = made.box = Qt::white;
    for (auto *ink : {&made.text, &made.muted, &made.border, &made.borderStrong, &made.accent, &made.focus, &made.danger, &made.warning, &made.ok})
        *ink = Qt::darkGray;
    return made;
}

struct Cost {
    double gui = 0, process = 0;
};

template <class Move> Cost frames(QQuickWindow &window, int count, const Move &move)
{
    std::vector<double> gui, process;
    for (int i = 0; i < count; ++i) {
        const double before = threadCpu(), all = processCpu();
        move(i);
        (void)window.grabWindow();
        QCoreApplication::processEvents();
        gui.push_back(threadCpu() - before);
        process.push_back(processCpu() - all);
    }
    const auto middle = [](std::vector<double> values) {
        std::ranges::sort(values);
        return values[values.size() / 2];
    };
    return {middle(gui), middle(process)};
}

} // namespace

int main(int argc, char **argv)
{
    test::prepareForWindows();
    QGuiApplication application(argc, argv);
    const QStringList size = QString::fromLocal8Bit(argc > 1 ? argv[1] : "1920x1080").split(QLatin1Char('x'));
    ui::AppSession session(ui::Options{});
    QQuickWindow window;
    window.resize(size[0].toInt(), size.value(1).toInt());
    window.show();
    auto *blank = new QQuickItem(window.contentItem());
    blank->setSize(window.size());
    const auto empty = frames(window, 60, [&](int i) { blank->setX(i % 2); });
    std::printf("{\"bench\":\"graph.empty\",\"gui_ms\":%.2f}\n", empty.gui);

    ui::GraphStyle style;
    auto *canvas = new ui::GraphCanvas(window.contentItem());
    canvas->setSize(window.size());
    style.setGround(Qt::white);
    canvas->setStyle(&style);
    const auto settle = [&] {
        (void)window.grabWindow();
        while (canvas->waiting() > 0 || session.worker().pending() > 0)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        (void)window.grabWindow();
    };
    for (const int count : {1000, 5000}) {
        const double start = processCpu();
        const graph::Graph graph(catalogOf(count));
        const auto cycles = graph::cyclesOf(graph);
        const double built = processCpu() - start;
        int hub = 0;
        for (size_t i = 0; i < graph.nodes().size(); ++i) {
            if (graph.nodes()[i].in.size() > graph.nodes()[size_t(hub)].in.size())
                hub = int(i);
        }
        const double laying = processCpu();
        const auto sheet = std::make_shared<const ui::GraphSheet>(graph, graph::viewOf(graph, cycles, {hub, 2, 2, 150}), ui::GraphTiers{}, inks(), true);
        const double laid = processCpu() - laying;
        const auto matrix = std::make_shared<const ui::GraphMatrix>(graph, ui::GraphTiers{}, cycles);
        const std::pair<const char *, std::shared_ptr<const ui::GraphPicture>> pictures[] = {{"sheet", sheet}, {"matrix", matrix}};
        for (const auto &[name, picture] : pictures) {
            canvas->setPicture(picture);
            settle();
            const auto pan = frames(window, 120, [&](int i) { canvas->panBy(i < 60 ? 14 : -14, i < 60 ? 9 : -9); });
            settle();
            const auto zoom = frames(window, 40, [&](int i) { canvas->zoomBy(i % 20 < 10 ? 1.12 : 1 / 1.12); });
            settle();
            canvas->fit();
            settle();
            const auto whole = frames(window, 30, [&](int i) { canvas->zoomBy(i % 2 ? 0.9 : 1 / 0.9); });
            settle();
            std::printf("{\"bench\":\"graph.%s\",\"plugins\":%d,\"items\":%d,\"edges\":%zu,\"build_ms\":%.1f,\"layout_ms\":%.1f,"
                        "\"pan_gui_ms\":%.2f,\"pan_ratio\":%.2f,\"pan_process_ms\":%.2f,\"zoom_gui_ms\":%.2f,\"zoom_ratio\":%.2f,"
                        "\"zoom_process_ms\":%.2f,\"whole_zoom_gui_ms\":%.2f,\"whole_zoom_ratio\":%.2f}\n",
                        name, count, picture->count(), graph.edges().size(), built, laid, pan.gui, pan.gui / empty.gui, pan.process, zoom.gui,
                        zoom.gui / empty.gui, zoom.process, whole.gui, whole.gui / empty.gui);
            std::fflush(stdout);
        }
    }
    delete canvas;
    return 0;
}
