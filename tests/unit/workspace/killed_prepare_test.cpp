// SPDX-License-Identifier: GPL-3.0-or-later
// A process that is killed while a set-up runs. In a file whose name comes before those of other tests of set-ups: a process can
// only be forked as long as it has not started the network's threads.
#include "git/repository.h"
#include "support/fork.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "workspace/run_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QScopeGuard>
#include <QTest>

#include <csignal>

using namespace coppice;

class KilledPrepareTest final : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;

    workspace::RunFolder run(const char *name) const
    {
        const auto library = git::Repository::open(m_scratch.path(QStringLiteral("lib"))).value();
        auto folder = workspace::RunFolder::create(library, library.resolve(QStringLiteral("HEAD")).value(),
                                                   m_scratch.path(QStringLiteral("runs/") + QLatin1String(name)), QStringLiteral("weather"));
        return std::move(folder).value();
    }
    static Result<workspace::Prepared> prepare(const workspace::RunFolder &folder)
    {
        library::Plugin plugin;
        plugin.id = QStringLiteral("weather");
        plugin.commands[QStringLiteral("setup")] = {
            QStringLiteral("mkdir -p node_modules; echo half > node_modules/x; touch half; sleep 0.3; echo whole > node_modules/x"), false};
        return workspace::prepare(folder, plugin, {}, {}, Progress::none());
    }

private Q_SLOTS:
    void nothingHalfIsTakenForWhole()
    {
        qputenv("HOME", m_scratch.path(QStringLiteral("home")).toUtf8());
        qputenv("XDG_STATE_HOME", m_scratch.path(QStringLiteral("state")).toUtf8());
        qputenv("XDG_CACHE_HOME", m_scratch.path(QStringLiteral("cache")).toUtf8());
        const QByteArray path = qgetenv("PATH");
        const auto before = qScopeGuard([&] { qputenv("PATH", path); });
        m_scratch.quietPackageManagers();
        m_scratch.repository(QStringLiteral("lib"), {{QStringLiteral("package-lock.json"), "{}"}});
        const auto folder = run("A");
        const QString begun = m_scratch.path(QStringLiteral("runs/A/setup/work/half"));
        for (int i = 0; i < 3; ++i) {
            QFile::remove(begun);
            test::Fork other([&folder](const auto &) { return prepare(folder) ? 0 : 1; });
            QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(begun), 30'000);
            QTest::qSleep(50 * i);
            other.kill();
            QCOMPARE(other.wait(), 128 + SIGKILL);
        }
        const auto prepared = prepare(folder);
        QVERIFY_RESULT(prepared);
        QVERIFY(!prepared->fromCache);
        QCOMPARE(m_scratch.read(QStringLiteral("runs/A/work/node_modules/x")), QByteArray("whole\n"));
        const auto again = prepare(run("B"));
        QVERIFY_RESULT(again);
        QVERIFY(again->fromCache);
        QCOMPARE(m_scratch.read(QStringLiteral("runs/B/work/node_modules/x")), QByteArray("whole\n"));
    }
};

COPPICE_TEST(KilledPrepareTest)
#include "killed_prepare_test.moc"
