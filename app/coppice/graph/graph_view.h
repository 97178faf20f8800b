// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_canvas.h"
#include "shell/record_model.h"

#include <graph/impact.h>

namespace coppice::ui {

/// The graph of the library: what is looked at, and the same as a list. Everything is worked out on a worker.
class GraphView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(Mode mode READ mode WRITE setMode NOTIFY changed)
    Q_PROPERTY(coppice::ui::RecordModel *rows READ rows CONSTANT) ///< the list beside the picture
    Q_PROPERTY(int row READ row NOTIFY selectionChanged)          ///< the selected one
    Q_PROPERTY(int item READ item NOTIFY selectionChanged)        ///< the selected one in the picture
    Q_PROPERTY(QString selectedPlugin READ selectedPlugin NOTIFY selectionChanged)
    Q_PROPERTY(QString selectedText READ selectedText NOTIFY selectionChanged) ///< what is known of it, or of the cycle on view
    Q_PROPERTY(QString focus READ focus WRITE setFocus NOTIFY changed)
    Q_PROPERTY(int up READ up WRITE setUp NOTIFY changed)
    Q_PROPERTY(int down READ down WRITE setDown NOTIFY changed)
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY changed)
    Q_PROPERTY(QString note READ note NOTIFY changed)     ///< the library in numbers
    Q_PROPERTY(QString shown READ shown NOTIFY changed)   ///< what the picture shows
    Q_PROPERTY(QString hidden READ hidden NOTIFY changed) ///< what it does not
    Q_PROPERTY(int cycleCount READ cycleCount NOTIFY changed)
    Q_PROPERTY(bool busy READ busy NOTIFY changed)
    Q_PROPERTY(bool empty READ empty NOTIFY changed) ///< no plugin at all
    Q_PROPERTY(bool canGoBack READ canGoBack NOTIFY changed)
    Q_PROPERTY(coppice::ui::GraphCanvas *canvas READ canvas WRITE setCanvas NOTIFY canvasChanged)
public:
    enum Mode { Neighbours, Impact, Cycles, Matrix };
    Q_ENUM(Mode)

    explicit GraphView(QObject *parent = nullptr);

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    [[nodiscard]] RecordModel *rows() { return &m_rows; }
    [[nodiscard]] int row() const { return m_rows.indexOf(m_selected); }
    [[nodiscard]] int item() const;
    [[nodiscard]] QString selectedPlugin() const;
    [[nodiscard]] QString selectedText() const;
    [[nodiscard]] QString focus() const { return m_focus; }
    void setFocus(const QString &plugin);
    [[nodiscard]] int up() const { return m_up; }
    void setUp(int steps);
    [[nodiscard]] int down() const { return m_down; }
    void setDown(int steps);
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] QString note() const;
    [[nodiscard]] QString shown() const { return m_shown; }
    [[nodiscard]] QString hidden() const { return m_hidden; }
    [[nodiscard]] int cycleCount() const { return m_facts ? int(m_facts->cycles.size()) : 0; }
    [[nodiscard]] bool busy() const { return m_working > 0; }
    [[nodiscard]] bool empty() const { return m_facts && m_facts->graph.nodes().empty(); }
    [[nodiscard]] bool canGoBack() const { return !m_past.isEmpty(); }
    [[nodiscard]] GraphCanvas *canvas() const { return m_canvas; }
    void setCanvas(GraphCanvas *canvas);
    /// Health's tiers, once they are known; plugins that are missing are unknown.
    void setTiers(const GraphTiers &tiers);

    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void pickItem(int item);
    Q_INVOKABLE void open(int row);      ///< looks at it: it becomes the focus, or the cycle that is drawn
    Q_INVOKABLE void openItem(int item);
    Q_INVOKABLE void back();

Q_SIGNALS:
    void changed();
    void selectionChanged();
    void canvasChanged();

private:
    struct Facts {
        graph::Graph graph;
        std::vector<graph::Cycle> cycles;
    };
    using FactsPtr = std::shared_ptr<const Facts>;
    struct Drawn {
        std::shared_ptr<const GraphPicture> picture;
        std::shared_ptr<const GraphSheet> sheet;   ///< the same, when it is one
        std::shared_ptr<const GraphMatrix> matrix; ///< the same, when it is one
        std::vector<Record> rows;
        QString shown, hidden;
    };
    void readCatalog();
    void readTiers();
    void draw();
    void take(Drawn drawn);
    void fillSearch();
    static Drawn drawNeighbours(const Facts &facts, int focus, int up, int down, const GraphTiers &tiers, const GraphInks &inks);
    static Drawn drawImpact(const Facts &facts, int focus, const GraphTiers &tiers, const GraphInks &inks);
    static Drawn drawCycle(const Facts &facts, int cycle, const GraphTiers &tiers, const GraphInks &inks);
    static Drawn drawMatrix(const Facts &facts, const GraphTiers &tiers);
    [[nodiscard]] int focusNode() const;
    [[nodiscard]] QString cycleText() const;

    RecordModel m_rows;
    FactsPtr m_facts;
    Drawn m_drawn;
    GraphTiers m_tiers;
    QPointer<GraphCanvas> m_canvas;
    Mode m_mode = Neighbours;
    QString m_focus, m_selected, m_filter, m_shown, m_hidden;
    QStringList m_past; ///< focuses before
    int m_up = 1, m_down = 1, m_cycle = 0, m_working = 0, m_round = 0;
};

} // namespace coppice::ui
