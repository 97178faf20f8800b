// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_load.h"

#include "shell/app_session.h"

#include <review/blame.h>

namespace coppice::ui {

namespace {

constexpr qsizetype MostColoured = 8 << 20; ///< bytes of one side

/// What a worker's answer carries besides the rows: the hunks that were found on the way.
struct Read {
    review::FilePatch file;
    DiffModel::Aligned aligned;
};

QStringList linesOf(const QByteArray &text)
{
    return QString::fromUtf8(text).split(u'\n');
}

} // namespace

DiffLoad::DiffLoad(DiffModel *model, QObject *parent)
    : QObject(parent), m_model(model), m_highlighter(std::make_shared<highlight::Highlighter>())
{
}

DiffLoad::~DiffLoad()
{
    m_stop.request_stop();
}

void DiffLoad::stop()
{
    m_stop.request_stop();
    m_stop = {};
    m_busy = false;
    m_note.clear();
    m_images.open({});
    m_model->clear();
    Q_EMIT changed();
}

void DiffLoad::open(const review::FilePatch &file, std::function<void(Result<review::FilePatch>)> opened)
{
    m_stop.request_stop();
    m_stop = {};
    m_refined = false;
    m_note.clear();
    m_images.open(file);
    read(file, review::CompareBudget::quick(), false, std::move(opened));
}

void DiffLoad::refine()
{
    if (!canRefine())
        return;
    m_refined = true;
    read(m_model->file(), review::CompareBudget::thorough(), true, {});
}

void DiffLoad::blame(int hunk)
{
    const auto &file = m_model->file();
    if (hunk < 0 || size_t(hunk) >= file.hunks.size())
        return;
    auto *app = AppSession::instance();
    if (file.hunks[size_t(hunk)].oldLines == 0) {
        app->tell(tr("All lines of this hunk are new."));
        return;
    }
    using Authors = std::vector<review::Author>;
    app->worker().run(
        Worker::Lane::Call, this,
        [session = app->session(), prefix = m_prefix, file, own = file.hunks[size_t(hunk)], stop = m_stop.get_token()]() -> Result<Authors> {
            COPPICE_TRY(const auto repository, session->library().repository());
            COPPICE_TRY(const auto head, repository.resolve(QStringLiteral("HEAD")));
            return review::whoWrote(repository, head, prefix, file, own.oldStart, own.oldLines, stop);
        },
        [](const Result<Authors> &authors) {
            auto *window = AppSession::instance();
            if (!authors) {
                window->report(authors.error());
                return;
            }
            QStringList told;
            for (const auto &author : *authors) {
                const QString lines = author.lines == 1 ? tr("line %1").arg(author.firstLine)
                                                        : tr("lines %1–%2").arg(author.firstLine).arg(author.firstLine + author.lines - 1);
                told << (author.commit.isNull() ? tr("%1: %2").arg(lines, author.why)
                                                : tr("%1: %2, %3, %4 “%5”").arg(lines, author.name, window->age(double(author.at), window->now()),
                                                                                author.commit.shown(), author.subject));
            }
            window->tell(told.join(u'\n'));
        });
}

void DiffLoad::read(const review::FilePatch &file, const review::CompareBudget &budget, bool again,
                    std::function<void(Result<review::FilePatch>)> opened)
{
    m_busy = true;
    Q_EMIT changed();
    auto *app = AppSession::instance();
    app->worker().run(
        again ? Worker::Lane::Call : Worker::Lane::Read, this,
        [session = app->session(), file, budget, stop = m_stop.get_token()]() -> Result<Read> {
            Read answer{file, {}};
            COPPICE_TRY(const auto repository, session->library().repository());
            COPPICE_TRY(answer.aligned, review::AlignedFile::read(repository, answer.file, budget, stop));
            return answer;
        },
        [this, again, stop = m_stop.get_token(), opened = std::move(opened)](Result<Read> answer) {
            if (stop.stop_requested())
                return;
            m_busy = false;
            if (!answer) {
                if (opened)
                    opened(std::unexpected(answer.error()));
                else
                    AppSession::instance()->report(answer.error());
                Q_EMIT changed();
                return;
            }
            if (again)
                m_model->refresh(answer->file, std::move(answer->aligned));
            else
                m_model->show(answer->file, std::move(answer->aligned));
            if (opened)
                opened(std::move(answer->file));
            if (!again)
                colour();
            Q_EMIT changed();
        });
}

void DiffLoad::colour()
{
    const auto aligned = m_model->aligned();
    if (aligned->before().isEmpty() && aligned->after().isEmpty())
        return;
    if (std::max(aligned->before().size(), aligned->after().size()) > MostColoured) {
        m_note = tr("no colours: over 8 MB");
        return;
    }
    const QPointer<DiffLoad> self(this);
    AppSession::instance()->worker().read(
        this,
        [self, aligned, highlighter = m_highlighter, stop = m_stop.get_token(), oldName = QString::fromUtf8(m_model->file().oldPath),
         newName = QString::fromUtf8(m_model->file().path), app = AppSession::instance()]() -> QString {
            QString problem;
            const auto side = [&](const QString &name, const QByteArray &text, bool newSide) {
                if (text.isEmpty() || stop.stop_requested())
                    return;
                highlighter->highlight(name, linesOf(text), [&](int first, std::vector<highlight::LineSpans> spans) {
                    auto given = std::make_shared<std::vector<highlight::LineSpans>>(std::move(spans));
                    QMetaObject::invokeMethod(app, [self, stop, newSide, first, given] {
                        if (self && !stop.stop_requested())
                            self->m_model->addSpans(newSide, first, *given);
                    }, Qt::QueuedConnection);
                    return !stop.stop_requested();
                });
                problem = problem.isEmpty() ? highlighter->problem() : problem;
            };
            side(newName, aligned->after(), true); // the side that stays is read first
            side(oldName, aligned->before(), false);
            return problem;
        },
        [this, stop = m_stop.get_token()](const QString &problem) {
            if (stop.stop_requested() || problem.isEmpty())
                return;
            m_note = problem;
            Q_EMIT changed();
        });
}

} // namespace coppice::ui
