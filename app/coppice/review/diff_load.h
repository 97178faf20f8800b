// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_images.h"
#include "diff_model.h"
#include "shell/error_info.h"

#include <highlight/highlighter.h>

#include <functional>
#include <stop_token>

namespace coppice::ui {

/// Fills a DiffModel with a file: reads and compares it on a worker, then its colours as they come. What is opened next
/// stops what is still under way.
class DiffLoad : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(bool busy READ busy NOTIFY changed)
    Q_PROPERTY(bool canRefine READ canRefine NOTIFY changed) ///< the comparison is coarse, and can be made better
    Q_PROPERTY(coppice::ui::DiffImages *images READ images CONSTANT)
    Q_PROPERTY(QString note READ note NOTIFY changed) ///< why there are no colours
public:
    DiffLoad(DiffModel *model, QObject *parent = nullptr);
    ~DiffLoad() override;

    /// `opened` is called with the file, its hunks filled in, when its rows stand, or with the error.
    void open(const review::FilePatch &file, std::function<void(Result<review::FilePatch>)> opened);
    void stop(); ///< and shows nothing
    Q_INVOKABLE void refine();
    /// Tells who wrote the old lines of a hunk.
    Q_INVOKABLE void blame(int hunk);
    void setPlugin(const QByteArray &prefix) { m_prefix = prefix; } ///< its folder in the library
    [[nodiscard]] DiffImages *images() { return &m_images; }

    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] bool canRefine() const { return !m_busy && !m_refined && m_model->coarseLines() > 0; }
    [[nodiscard]] QString note() const { return m_note; }

Q_SIGNALS:
    void changed();

private:
    void read(const review::FilePatch &file, const review::CompareBudget &budget, bool again,
              std::function<void(Result<review::FilePatch>)> opened);
    void colour();

    DiffModel *m_model;
    std::shared_ptr<highlight::Highlighter> m_highlighter;
    std::stop_source m_stop;
    DiffImages m_images;
    QByteArray m_prefix;
    QString m_note;
    bool m_busy = false, m_refined = false;
};

} // namespace coppice::ui
