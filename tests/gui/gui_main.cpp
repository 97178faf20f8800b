// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/plurals.h"
#include "window_fixture.h"

#include "support/test_main.h"

#include <QGuiApplication>

int main(int argc, char **argv)
{
    coppice::test::prepareForWindows();
    QGuiApplication application(argc, argv);
    coppice::ui::EnglishPlurals plurals;
    QCoreApplication::installTranslator(&plurals);
    return coppice::test::runAll(QCoreApplication::arguments());
}
