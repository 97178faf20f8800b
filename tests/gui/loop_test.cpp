// SPDX-License-Identifier: GPL-3.0-or-later
// From a crash log to a shipped fix by the window's keys alone, on a demo library of its own.
#include "window_fixture.h"

#include "support/test_main.h"

#include <inbox/entry_detail.h>
#include <review/review_desk.h>
#include <runs/check_view.h>

#include <QProcess>
#include <QQuickItem>
#include <QTest>

using namespace coppice;
using coppice::test::Window;

class LoopTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;

    static const demo::Incident *solvable(const demo::Demo &demo)
    {
        for (const auto &incident : demo.incidents) {
            if (incident.recipe)
                return &incident;
        }
        return nullptr;
    }
    /// What a git command in a repository prints.
    static QByteArray git(const QString &repository, const QStringList &arguments)
    {
        QProcess process;
        process.setWorkingDirectory(repository);
        process.start(QStringLiteral("git"), arguments);
        return process.waitForFinished() ? process.readAllStandardOutput().trimmed() : QByteArray();
    }
    /// Production gets the requests that crashed it once more.
    static void serve(const demo::Incident &incident, const QString &before)
    {
        QProcess process;
        process.setWorkingDirectory(incident.production);
        process.start(QStringLiteral("sh"), {QStringLiteral("-c"), before + QStringLiteral("sh loader.sh")});
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 0);
    }
    static void importLog(Window &window, const QString &path)
    {
        window.key(Qt::Key_I);
        auto *import = window.find(QStringLiteral("ImportSheet"));
        QVERIFY(import);
        QTRY_VERIFY(import->property("opened").toBool());
        window.type(path);
        window.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!import->property("opened").toBool(), 30'000);
    }
    /// By keys: the check failed before the change and passes after it, and what it printed then differs.
    static void seesWhatTheChecksPrinted(Window &window)
    {
        window.key(Qt::Key_L, Qt::ControlModifier);
        ui::CheckView *log = nullptr;
        QVERIFY(window.waitFor([&] {
            for (auto *found : window.findAll(QStringLiteral("coppice::ui::CheckView"))) {
                log = qobject_cast<ui::CheckView *>(found);
                if (log && log->lines()->count() > 0)
                    return true;
            }
            return false;
        }));
        QCOMPARE(log->said(), QStringLiteral("failed")); // what says more comes first
        QCOMPARE(log->side(), 0);
        const auto printed = [&] {
            QStringList lines;
            for (int i = 0; i < log->lines()->count(); ++i)
                lines << log->lines()->value(i, "line").toString();
            return lines;
        };
        const QStringList before = printed();
        window.key(Qt::Key_Right);
        QVERIFY(window.waitFor([&] { return log->side() == 1 && !log->loading(); }));
        QCOMPARE(log->error().what, QString());
        QCOMPARE(log->said(), QStringLiteral("passed"));
        QVERIFY(printed() != before);
        window.key(Qt::Key_Escape);
    }
    static QString stateOfTicket(Window &window)
    {
        const auto &tickets = window.app().state()->tickets;
        return tickets.empty() ? QString() : nameOf(tickets.front().state);
    }

private Q_SLOTS:
    void fromCrashToShippedFix()
    {
        const auto demo = test::freshDemo(m_dir);
        const auto *incident = solvable(demo);
        QVERIFY(incident);
        Window window({demo.library, QStringLiteral("inbox"), QStringLiteral("light"), {}});
        QVERIFY(window.waitUntilReady());
        auto &app = window.app();

        const QString upstream = demo.upstreams.value(incident->plugin);
        const auto before = git(upstream, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")});

        // The log in.
        importLog(window, incident->log);
        QVERIFY(window.waitFor([&] { return !app.state()->groups.empty(); }));
        QCOMPARE(app.state()->groups.front().plugin, incident->plugin);

        // A ticket of the group, accepted.
        auto *detail = window.find(QStringLiteral("coppice::ui::InboxView"))->property("detail").value<ui::EntryDetail *>();
        const auto shows = [&](const QString &state) { return window.waitFor([&] { return detail->item().status == state; }); };
        QVERIFY(shows(QStringLiteral("new")));
        window.key(Qt::Key_T);
        QVERIFY(window.waitFor([&] { return stateOfTicket(window) == QLatin1String("inbox"); }));
        QVERIFY(shows(QStringLiteral("inbox")));
        window.key(Qt::Key_A);
        QVERIFY(window.waitFor([&] { return stateOfTicket(window) == QLatin1String("accepted"); }));
        // And undone, and accepted again.
        QVERIFY(shows(QStringLiteral("accepted")));
        window.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(window.waitFor([&] { return stateOfTicket(window) == QLatin1String("inbox"); }));
        QVERIFY(shows(QStringLiteral("inbox")));
        window.key(Qt::Key_A);
        QVERIFY(window.waitFor([&] { return stateOfTicket(window) == QLatin1String("accepted"); }));

        // A run of the recipe.
        QVERIFY(shows(QStringLiteral("accepted")));
        window.key(Qt::Key_R);
        auto *draft = window.find(QStringLiteral("coppice::ui::RunDraft"));
        for (auto *found : window.findAll(QStringLiteral("coppice::ui::RunDraft"))) {
            if (!found->property("ticket").toString().isEmpty())
                draft = found;
        }
        QVERIFY(draft);
        QVERIFY(window.waitFor([&] { return !draft->property("clients").toStringList().isEmpty(); }));
        const auto clients = draft->property("clients").toStringList();
        for (int i = 0; i < clients.size() && !draft->property("client").toString().startsWith(QLatin1String("recipe:")); ++i)
            window.key(Qt::Key_Down);
        QVERIFY2(draft->property("client").toString().startsWith(QLatin1String("recipe:")), qPrintable(clients.join(u' ')));
        QCOMPARE(draft->property("missing").toString(), QString());
        // The box of the sheet that is open shows what will be started.
        int shown = 0;
        for (auto *box : window.findAll(QStringLiteral("AppCombo"))) {
            const auto *item = qobject_cast<QQuickItem *>(box);
            if (!item || !item->window() || !item->isVisible() || box->property("label").toString() != QLatin1String("Playbook"))
                continue;
            QCOMPARE(box->property("currentText").toString(), draft->property("playbook").toString());
            ++shown;
        }
        QCOMPARE(shown, 1);
        window.key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(window.waitFor([&] { return app.screen() == QLatin1String("runs"); }));
        QVERIFY(window.waitFor([&] { return !app.state()->runs.empty() && runs::isOver(app.state()->runs.front().state); }, 120'000));
        const auto &run = app.state()->runs.front();
        QVERIFY2(run.state == runs::Run::State::Done, qPrintable(run.reason));
        QVERIFY(!run.review.isEmpty());

        // The patch: every hunk seen and accepted.
        QTest::qWait(100);
        window.key(Qt::Key_V);
        QTRY_COMPARE(app.screen(), QStringLiteral("review"));
        auto *review = window.find(QStringLiteral("coppice::ui::ReviewView"));
        QVERIFY(review);
        QVERIFY(window.waitFor([&] { return review->property("hunks").toInt() > 0 && !review->property("loading").toBool(); }));
        seesWhatTheChecksPrinted(window);
        QTest::qWait(1500); // what is in sight counts as shown after a moment
        const int hunks = review->property("hunks").toInt();
        for (int i = 0; i < hunks; ++i) {
            window.key(review->property("filePath").toString().endsWith(QLatin1String(".md")) ? Qt::Key_R : Qt::Key_A);
            QTest::qWait(600);
        }
        QVERIFY(window.waitFor([&] { return review->property("undecided").toInt() == 0; }));
        QCOMPARE(review->property("rejected").toInt(), 1);
        // A thread is begun where the sheet puts the cursor.
        auto *desk = qobject_cast<ui::ReviewDesk *>(window.find(QStringLiteral("coppice::ui::ReviewDesk")));
        QVERIFY(desk);
        window.key(Qt::Key_C);
        auto *comment = window.find(QStringLiteral("CommentSheet"));
        QVERIFY(comment);
        QTRY_VERIFY(comment->property("opened").toBool());
        window.type(QStringLiteral("Why is this needed"));
        window.key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(window.waitFor([&] { return desk->threads()->count() == 1; }));
        QCOMPARE(review->property("accepted").toInt(), hunks - 1);
        QCOMPARE(review->property("unseenAccepted").toInt(), 0);

        // Applied by a second key, then shipped by another.
        window.key(Qt::Key_Return, Qt::ControlModifier);
        auto *apply = window.find(QStringLiteral("ApplySheet"));
        QTRY_VERIFY(apply->property("opened").toBool());
        window.key(Qt::Key_Return, Qt::ControlModifier);
        auto *plan = window.find(QStringLiteral("coppice::ui::ShipPlan"));
        QVERIFY(window.waitFor([&] { return plan->property("ready").toBool() || review->property("error").value<ui::ErrorInfo>().present(); },
                               120'000));
        QVERIFY2(plan->property("ready").toBool(), qPrintable(review->property("error").value<ui::ErrorInfo>().what));
        QVERIFY(!plan->property("commits").toStringList().isEmpty());
        window.key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(window.waitFor([&] { return stateOfTicket(window) == QLatin1String("watching"); }, 120'000));

        // The upstream holds what was accepted, as one commit; what was rejected is not in it.
        const QString sent = QString::fromLatin1(before) + QStringLiteral("..HEAD");
        QCOMPARE(git(upstream, {QStringLiteral("rev-list"), QStringLiteral("--count"), sent}), QByteArray("1"));
        const auto files = git(upstream, {QStringLiteral("diff"), QStringLiteral("--name-only"), sent});
        QVERIFY2(files.contains(".js") && !files.contains(".md"), files.constData());

        // What production logs now holds nothing new; the same defect in the new release opens the ticket again.
        window.key(Qt::Key_4, Qt::ControlModifier);
        QTRY_COMPARE(app.screen(), QStringLiteral("inbox"));
        serve(*incident, {});
        importLog(window, incident->production + QStringLiteral("/plugin.log"));
        QVERIFY(window.waitUntilReady());
        QCOMPARE(stateOfTicket(window), QStringLiteral("watching"));
        serve(*incident, QStringLiteral("git -C '%1' archive %2 src | tar -C current/ -xf - && ").arg(upstream, QString::fromLatin1(before)));
        importLog(window, incident->production + QStringLiteral("/plugin.log"));
        QVERIFY(window.waitFor([&] { return stateOfTicket(window) == QLatin1String("inbox"); }));
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
};

COPPICE_TEST(LoopTest)
#include "loop_test.moc"
