// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include "screens.h"

#include <QCommandLineParser>
#include <QDir>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>

#include <cstdio>

namespace coppice::ui {

namespace {

std::optional<Options> refuse(const QString &sentence, int &exitCode)
{
    std::fprintf(stderr, "coppice: %s\n", qPrintable(sentence));
    exitCode = 2;
    return {};
}

QString allowed(const QStringList &values)
{
    return values.join(QStringLiteral(", "));
}

} // namespace

std::optional<Options> readOptions(const QStringList &arguments, int &exitCode)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Coppice keeps a library of independent plugins alive."));
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Shows these options."));
    const QCommandLineOption version({QStringLiteral("v"), QStringLiteral("version")}, QStringLiteral("Shows the version."));
    const QCommandLineOption library(QStringLiteral("library"), QStringLiteral("Opens the library in DIR."),
                                     QStringLiteral("DIR"));
    const QCommandLineOption screen(QStringLiteral("screen"), QStringLiteral("Opens the window on a screen."),
                                    QStringLiteral("NAME"));
    const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("light or dark; otherwise as the system."),
                                   QStringLiteral("NAME"));
    const QCommandLineOption renderer(QStringLiteral("renderer"),
                                      QStringLiteral("software or opengl; otherwise as the machine is."),
                                      QStringLiteral("NAME"));
    const QCommandLineOption until(QStringLiteral("until"),
                                   QStringLiteral("Ends when the first picture (frame), the library as it was last seen (library) or "
                                                  "as it is now (scan) has been shown: for measuring the start."),
                                   QStringLiteral("WHAT"));
    parser.addOptions({help, version, library, screen, theme, renderer, until});

    exitCode = 0;
    if (!parser.parse(arguments))
        return refuse(parser.errorText() + QStringLiteral(" See coppice --help."), exitCode); // Qt ends it with a full stop
    if (parser.isSet(help)) {
        std::fputs(qPrintable(parser.helpText()), stdout);
        return {};
    }
    if (parser.isSet(version)) {
        std::puts(COPPICE_VERSION);
        return {};
    }
    if (!parser.positionalArguments().isEmpty())
        return refuse(QStringLiteral("there is no argument %1; a library is given by --library DIR.")
                          .arg(parser.positionalArguments().first()),
                      exitCode);

    Options options{parser.value(library), parser.value(screen), parser.value(theme), parser.value(renderer),
                    parser.value(until)};
    if (parser.isSet(library)) {
        if (options.library.isEmpty())
            return refuse(QStringLiteral("--library wants a folder."), exitCode);
        options.library = QDir(options.library).absolutePath();
    }
    if (parser.isSet(screen) && !Screen::find(options.screen)) {
        QStringList names;
        for (const auto *known : Screen::all())
            names << known->name;
        return refuse(QStringLiteral("there is no screen %1; there are %2.").arg(options.screen, allowed(names)), exitCode);
    }
    const QStringList themes{QStringLiteral("light"), QStringLiteral("dark")};
    if (parser.isSet(theme) && !themes.contains(options.theme))
        return refuse(QStringLiteral("there is no theme %1; there are %2.").arg(options.theme, allowed(themes)), exitCode);
    const QStringList renderers{QStringLiteral("software"), QStringLiteral("opengl")};
    if (parser.isSet(renderer) && !renderers.contains(options.renderer))
        return refuse(QStringLiteral("there is no renderer %1; there are %2.").arg(options.renderer, allowed(renderers)),
                      exitCode);
    const QStringList ends{QStringLiteral("frame"), QStringLiteral("library"), QStringLiteral("scan")};
    if (parser.isSet(until) && !ends.contains(options.until))
        return refuse(QStringLiteral("--until knows no %1; it knows %2.").arg(options.until, allowed(ends)), exitCode);
    if (parser.isSet(until) && options.until != ends.first() && options.library.isEmpty())
        return refuse(QStringLiteral("--until %1 wants --library.").arg(options.until), exitCode);
    return options;
}

bool wantsSoftwareRenderer(const Options &options)
{
    if (!options.renderer.isEmpty())
        return options.renderer == QLatin1String("software");
    if (qEnvironmentVariableIsSet("QT_QUICK_BACKEND") || qEnvironmentVariableIsSet("QSG_RHI_BACKEND"))
        return qEnvironmentVariable("QT_QUICK_BACKEND") == QLatin1String("software");
    // Without a render node there is no GPU, and asking OpenGL would only load the emulation.
    if (QDir(QStringLiteral("/dev/dri")).entryList({QStringLiteral("renderD*")}, QDir::System).isEmpty())
        return true;
    QOpenGLContext context;
    QOffscreenSurface surface;
    surface.create();
    if (!context.create() || !context.makeCurrent(&surface))
        return true;
    const QByteArray name(reinterpret_cast<const char *>(context.functions()->glGetString(GL_RENDERER)));
    context.doneCurrent();
    for (const char *emulated : {"llvmpipe", "softpipe", "swrast", "SwiftShader", "Software"}) {
        if (name.contains(emulated))
            return true;
    }
    return name.isEmpty();
}

} // namespace coppice::ui
