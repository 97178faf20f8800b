// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_images.h"
#include "diff_model.h"
#include "shell/error_info.h"

#include <highlight/highlighter.h>

#include <functional>
#include <stop_token>

namespace coppice::ui {

/// Fills a DiffModel with a file: reads and compares it on a worker, then its colours as far as somebody looks. What is opened
/// next stops what is still under way.
class DiffLoad : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(bool busy READ busy NOTIFY changed)
    Q_PROPERTY(bool canRefine READ canRefine NOTIFY changed) ///< the comparison is coarse, and can be made better
    Q_PROPERTY(coppice::ui::DiffImages *images READ images CONSTANT)
    Q_PROPERTY(QString note READ note NOTIFY changed) ///< why there are no colours
    Q_PROPERTY(QString declared READ declared NOTIFY changed) ///< what attributes say of the file: generated, vendored
    Q_PROPERTY(bool withheld READ withheld NOTIFY changed) ///< attributes call it binary, so its lines are not shown
public:
    DiffLoad(DiffModel *model, QObject *parent = nullptr);
    ~DiffLoad() override;

    /// `opened` is called with the file, its hunks filled in, when its rows stand, or with the error.
    void open(const review::FilePatch &file, std::function<void(Result<review::FilePatch>)> opened);
    void stop(); ///< and shows nothing
    Q_INVOKABLE void refine();
    Q_INVOKABLE void lookAnyway(); ///< at what attributes call binary
    /// Tells who wrote the old lines of a hunk.
    Q_INVOKABLE void blame(int hunk);
    void setPlugin(const QByteArray &prefix) { m_prefix = prefix; } ///< its folder in the library
    /// The tree before the patch, whose attributes count; before what is not in it, the library's head.
    void setBase(const git::Oid &tree) { m_base = tree; }
    [[nodiscard]] QString declared() const { return m_declared; }
    [[nodiscard]] bool withheld() const { return !m_busy && m_model->aligned() && m_model->aligned()->isWithheld(); }
    [[nodiscard]] DiffImages *images() { return &m_images; }

    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] bool canRefine() const { return !m_busy && !m_refined && m_model->coarseLines() > 0; }
    [[nodiscard]] QString note() const { return m_note; }

Q_SIGNALS:
    void changed();

private:
    enum class Reading { First, Refined, Anyway };
    void read(const review::FilePatch &file, const review::CompareBudget &budget, Reading reading,
              std::function<void(Result<review::FilePatch>)> opened);
    void colour();
    void colourMore();

    struct Colouring;
    DiffModel *m_model;
    std::shared_ptr<highlight::Highlighter> m_highlighter;
    std::shared_ptr<Colouring> m_colouring; ///< of the file on view; none where it has no colours
    std::stop_source m_stop;
    DiffImages m_images;
    QByteArray m_prefix;
    git::Oid m_base;
    QString m_note, m_declared, m_language;
    bool m_busy = false, m_refined = false;
};

} // namespace coppice::ui
