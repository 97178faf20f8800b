// SPDX-License-Identifier: GPL-3.0-or-later
// What a person does with a run.
#include "runs_view.h"

#include "shell/app_session.h"

#include <text/hidden.h>

#include <QDesktopServices>
#include <QFile>
#include <QUrl>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr qint64 ContextBytes = 1 << 20;
constexpr qsizetype ContextLine = 4'000;
} // namespace

void RunsView::act(const QString &title, const QString &verb, const std::function<void(const QJsonObject &)> &done)
{
    if (m_current.isEmpty())
        return;
    AppSession::instance()->call(this, title, verb, {{u"run"_s, m_current}}, [done](Result<QJsonObject> answer) {
        if (!answer)
            AppSession::instance()->report(answer.error());
        else
            done(*answer);
    });
}

void RunsView::cancel()
{
    if (m_current.isEmpty())
        return;
    AppSession::instance()->act<bool>(
        this,
        [id = m_current](engine::Session &session) -> Result<bool> {
            COPPICE_CHECK(runs::RunStore(session.state()).askCancel(id));
            return true;
        },
        [](Result<bool> asked) {
            if (!asked)
                AppSession::instance()->report(asked.error());
            else
                AppSession::instance()->toasts()->tell(tr("The run is being cancelled. R resumes it."));
        });
}

void RunsView::resume()
{
    act(tr("Resuming the run"), u"run.resume"_s,
        [](const QJsonObject &) { AppSession::instance()->toasts()->tell(tr("The run goes on.")); });
}

void RunsView::take()
{
    act(tr("Taking what was done by hand"), u"run.take"_s,
        [](const QJsonObject &) { AppSession::instance()->toasts()->tell(tr("Taken. The checks run next.")); });
}

void RunsView::byHand()
{
    act(tr("Handing the run over"), u"run.by-hand"_s, [](const QJsonObject &answer) {
        AppSession::instance()->toasts()->tell(tr("The run is yours: E opens its folder, Y takes what you did."));
        if (const QString id = answer[u"id"].toString(); !id.isEmpty()) // a run of its own where this one was over
            AppSession::instance()->follow(u"run:"_s + id);
    });
}

void RunsView::replay()
{
    act(tr("Playing the run back"), u"run.replay"_s, [](const QJsonObject &answer) {
        AppSession::instance()->toasts()->tell(tr("It is played back as another run, marked so."));
        if (const QString id = answer[u"id"].toString(); !id.isEmpty())
            AppSession::instance()->follow(u"run:"_s + id);
    });
}

void RunsView::openFolder()
{
    if (!m_detail.workFolder.isEmpty())
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_detail.workFolder));
}

void RunsView::readContext()
{
    auto *app = AppSession::instance();
    if (m_current.isEmpty() || !app->session())
        return;
    m_context.setRecords({});
    app->worker().read(
        this,
        [path = app->session()->library().runsDir() + u'/' + m_current + u"/context.md"_s]() -> QStringList {
            QFile file(path);
            if (!file.open(QIODevice::ReadOnly))
                return {tr("The context is not kept any more: %1").arg(path)};
            QStringList lines;
            const QString text = QString::fromUtf8(file.read(ContextBytes));
            for (const auto &line : text.split(u'\n'))
                lines << text::plain(line, ContextLine);
            if (!file.atEnd())
                lines << tr("… the rest is left out here: %1").arg(path);
            return lines;
        },
        [this, run = m_current](const QStringList &lines) {
            if (run != m_current)
                return;
            std::vector<Record> records;
            for (const auto &line : lines)
                records.push_back({QString::number(records.size()), {line}});
            m_context.setRecords(std::move(records));
        });
}

} // namespace coppice::ui
