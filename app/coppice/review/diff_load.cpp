// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_load.h"

#include "shell/app_session.h"

#include <review/attributes.h>
#include <review/blame.h>
#include <review/files.h>
#include <review/lines.h>

namespace coppice::ui {

namespace {

constexpr qsizetype MostColoured = 8 << 20; ///< bytes of one side

/// What a worker's answer carries besides the rows: the hunks that were found on the way.
struct Read {
    review::FilePatch file;
    DiffModel::Aligned aligned;
    review::FileAttributes attributes;
};

/// What the tree before the patch says of a file, else the library as it is: a patch does not say of itself what is not shown.
Result<review::FileAttributes> attributesOf(const engine::Session &session, const git::Repository &repository, const git::Oid &base,
                                            const review::FilePatch &file)
{
    std::vector<git::Oid> trees{base};
    if (const auto head = session.library().head(); head && !head->isNull()) {
        COPPICE_TRY(const auto tree, repository.treeOf(*head));
        trees.push_back(tree);
    }
    return review::Attributes(repository, std::move(trees)).of(file.status == review::FilePatch::Status::Deleted ? file.oldPath : file.path);
}

Result<DiffModel::Aligned> notesOnly(const git::Repository &repository, review::FilePatch &file, const QByteArray &by)
{
    COPPICE_TRY(const auto texts, review::readHunks(repository, file)); // verdicts are given on them all the same
    return review::AlignedFile::withheld(
        {DiffLoad::tr("Called binary in %1, so its lines are not shown: %2 bytes, then %3 bytes. “Look anyway” shows them.")
             .arg(QString::fromUtf8(by)).arg(texts.before.size()).arg(texts.after.size())});
}

constexpr int LinesAhead = 300; ///< that are coloured beyond what was looked at

} // namespace

struct DiffLoad::Colouring {
    highlight::Text before, after;
    bool busy = false; ///< a worker has the texts
};

DiffLoad::DiffLoad(DiffModel *model, QObject *parent)
    : QObject(parent), m_model(model), m_highlighter(std::make_shared<highlight::Highlighter>())
{
    connect(m_model, &DiffModel::spansWanted, this, &DiffLoad::colourMore);
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
    m_declared.clear();
    m_colouring.reset();
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
    m_declared.clear();
    m_colouring.reset();
    m_images.open(file);
    read(file, review::CompareBudget::quick(), Reading::First, std::move(opened));
}

void DiffLoad::refine()
{
    if (!canRefine())
        return;
    m_refined = true;
    read(m_model->file(), review::CompareBudget::thorough(), Reading::Refined, {});
}

void DiffLoad::lookAnyway()
{
    if (withheld())
        read(m_model->file(), review::CompareBudget::quick(), Reading::Anyway, {});
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

void DiffLoad::read(const review::FilePatch &file, const review::CompareBudget &budget, Reading reading,
                    std::function<void(Result<review::FilePatch>)> opened)
{
    m_busy = true;
    Q_EMIT changed();
    auto *app = AppSession::instance();
    app->worker().run(
        reading == Reading::Refined ? Worker::Lane::Call : Worker::Lane::Read, this,
        [session = app->session(), file, budget, reading, base = m_base, stop = m_stop.get_token()]() -> Result<Read> {
            Read answer{file, {}, {}};
            COPPICE_TRY(const auto repository, session->library().repository());
            COPPICE_TRY(answer.attributes, attributesOf(*session, repository, base, file));
            if (answer.attributes.binary && reading == Reading::First && review::hasBlob(file.newMode) && review::hasBlob(file.oldMode)) {
                COPPICE_TRY(answer.aligned, notesOnly(repository, answer.file, answer.attributes.binaryBy));
                return answer;
            }
            COPPICE_TRY(answer.aligned, review::AlignedFile::read(repository, answer.file, budget, stop));
            return answer;
        },
        [this, reading, stop = m_stop.get_token(), opened = std::move(opened)](Result<Read> answer) {
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
            QStringList declared;
            if (answer->attributes.generated)
                declared << tr("generated");
            if (answer->attributes.vendored)
                declared << tr("vendored");
            m_declared = declared.join(QStringLiteral(", "));
            m_language = answer->attributes.language;
            if (reading == Reading::First)
                m_model->show(answer->file, std::move(answer->aligned));
            else
                m_model->refresh(answer->file, std::move(answer->aligned));
            if (opened)
                opened(std::move(answer->file));
            if (reading != Reading::Refined)
                colour();
            Q_EMIT changed();
        });
}

void DiffLoad::colour()
{
    m_colouring.reset();
    const auto aligned = m_model->aligned();
    if (aligned->before().isEmpty() && aligned->after().isEmpty())
        return;
    if (std::max(aligned->before().size(), aligned->after().size()) > MostColoured) {
        m_note = tr("no colours: over 8 MB");
        return;
    }
    const auto text = [&](const QByteArray &path, bool newSide) {
        return highlight::Text(m_highlighter, QString::fromUtf8(path), m_language, newSide ? aligned->newLines() : aligned->oldLines(),
                               [aligned, newSide](int first, int count) {
                                   QStringList lines;
                                   for (int i = first; i < first + count; ++i)
                                       lines << review::shownLine(newSide ? aligned->newLine(i) : aligned->oldLine(i));
                                   return lines;
                               });
    };
    m_colouring.reset(new Colouring{text(m_model->file().oldPath, false), text(m_model->file().path, true)});
    colourMore();
}

/// Colours as far as rows were drawn. From the beginning on, since a comment may have begun anywhere before.
void DiffLoad::colourMore()
{
    const auto short_ = [this](const highlight::Text &text, bool newSide) { return !text.ended() && text.reached() < m_model->spansAsked(newSide); };
    if (!m_colouring || m_colouring->busy || !(short_(m_colouring->before, false) || short_(m_colouring->after, true)))
        return;
    m_colouring->busy = true;
    const QPointer<DiffLoad> self(this);
    AppSession::instance()->worker().read(
        this,
        [self, colouring = m_colouring, stop = m_stop.get_token(), old = m_model->spansAsked(false), fresh = m_model->spansAsked(true),
         app = AppSession::instance()] {
            for (const bool newSide : {true, false}) { // the side that stays is read first
                auto &text = newSide ? colouring->after : colouring->before;
                const int asked = newSide ? fresh : old;
                if (asked <= text.reached() || stop.stop_requested())
                    continue;
                text.reach(asked + LinesAhead, [&](int first, std::vector<highlight::LineSpans> spans) {
                    auto given = std::make_shared<std::vector<highlight::LineSpans>>(std::move(spans));
                    QMetaObject::invokeMethod(app, [self, stop, newSide, first, given] {
                        if (self && !stop.stop_requested())
                            self->m_model->addSpans(newSide, first, *given);
                    }, Qt::QueuedConnection);
                    return !stop.stop_requested();
                });
            }
            return true;
        },
        [this, colouring = m_colouring](bool) {
            colouring->busy = false;
            if (colouring != m_colouring)
                return;
            const QString problem = colouring->after.problem().isEmpty() ? colouring->before.problem() : colouring->after.problem();
            if (m_note != problem) {
                m_note = problem;
                Q_EMIT changed();
            }
            colourMore(); // somebody may have looked further meanwhile
        });
}

} // namespace coppice::ui
