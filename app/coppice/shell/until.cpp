// SPDX-License-Identifier: GPL-3.0-or-later
#include "until.h"

#include "app_session.h"

#include <QCoreApplication>
#include <QQuickWindow>

#include <utility>

namespace coppice::ui {

void endWhenShown(AppSession &session, QQuickWindow *window, const QString &until)
{
    const auto reached = [&session, until] {
        if (until == QLatin1String("frame"))
            return true;
        if (session.phase() != AppSession::Phase::Ready || !session.catalog())
            return false;
        return until == QLatin1String("library") || !session.scanning();
    };
    QObject::connect(&session, &AppSession::phaseChanged, window, [&session] {
        if (session.phase() == AppSession::Phase::Failed)
            QCoreApplication::exit(1);
    });
    // What holds now may not be drawn yet, so one more picture is asked for.
    QObject::connect(
        window, &QQuickWindow::frameSwapped, &session,
        [window, reached, drawn = until == QLatin1String("frame")]() mutable {
            if (!reached())
                return;
            if (std::exchange(drawn, true))
                QCoreApplication::exit(0);
            window->update();
        },
        Qt::QueuedConnection);
    const auto draw = [window] { window->update(); };
    QObject::connect(&session, &AppSession::catalogChanged, window, draw);
    QObject::connect(&session, &AppSession::scanningChanged, window, draw);
}

} // namespace coppice::ui
