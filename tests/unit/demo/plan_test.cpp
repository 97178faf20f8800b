// SPDX-License-Identifier: GPL-3.0-or-later
// What of a mock plugin's folder is the plugin.
#include "support/scratch.h"
#include "support/test_main.h"

#include <demo/plan.h>

#include <QFileInfo>
#include <QTest>

using namespace coppice;
using namespace Qt::StringLiterals;

class PlanTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    /// Neither the demo's upstreams nor its library hold what evaluations grade by.
    void tasksAreNoneOfThePlugin()
    {
        const test::Scratch scratch;
        for (const char *file : {"src/a.js", ".agents/spec.md", "tasks/one/solution/solve.sh", "src/tasks/kept.js", "src/__pycache__/a.pyc"})
            scratch.write(u"p/"_s + QLatin1String(file), "x");
        QCOMPARE(demo::filesBelow(scratch.path(u"p"_s)), (QStringList{u".agents/spec.md"_s, u"src/a.js"_s, u"src/tasks/kept.js"_s}));
        const QString shipped = QStringLiteral(COPPICE_SOURCE_DIR "/plugins/links");
        QVERIFY(QFileInfo(shipped + u"/tasks"_s).isDir());
        for (const QString &file : demo::filesBelow(shipped))
            QVERIFY2(!file.startsWith(u"tasks/"_s), qPrintable(file));
    }
};
COPPICE_TEST(PlanTest)
#include "plan_test.moc"
