// SPDX-License-Identifier: GPL-3.0-or-later
#include "waits_view.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <review/lines.h>
#include <templates/links.h>

#include <QDesktopServices>
#include <QJsonArray>
#include <QUrl>

#include <algorithm>

namespace coppice::ui {

namespace {

constexpr size_t mostLines = 400;
constexpr qint64 largestShown = 1 << 20;

/// A blob's bytes to compare; empty for what is no text or too large.
QByteArray textOf(const git::Repository &repository, const std::optional<git::TreeEntry> &entry)
{
    if (!entry || (entry->mode != git::Mode::File && entry->mode != git::Mode::Executable))
        return {};
    const auto bytes = repository.blob(entry->id, largestShown);
    return bytes && !review::looksBinary(*bytes) ? *bytes : QByteArray();
}

void addDiff(const git::Repository &repository, const std::optional<git::TreeEntry> &before, const std::optional<git::TreeEntry> &after,
             std::vector<QString> &lines)
{
    const QByteArray old = textOf(repository, before);
    const QByteArray now = textOf(repository, after);
    const auto hunks = review::diffTexts(old, now);
    if (!hunks)
        return;
    const auto oldLines = review::splitLines(old);
    const auto newLines = review::splitLines(now);
    for (const auto &hunk : *hunks) {
        for (const auto &line : hunk.lines) {
            if (lines.size() >= mostLines)
                return;
            const auto &side = line.origin == '-' ? oldLines : newLines;
            const size_t at = size_t(line.origin == '-' ? line.oldLine : line.newLine);
            if (at >= 1 && at <= side.size())
                lines.push_back(QChar::fromLatin1(line.origin) + review::shownLine(side[at - 1]));
        }
    }
}

/// What `theirs` has instead of `ours`: a file's lines, or a folder's files.
std::vector<QString> diffOf(const git::Repository &repository, const std::optional<git::TreeEntry> &ours,
                            const std::optional<git::TreeEntry> &theirs)
{
    std::vector<QString> lines;
    const auto treeOf = [](const std::optional<git::TreeEntry> &entry) {
        return entry && entry->mode == git::Mode::Tree ? entry->id : git::Oid();
    };
    if (treeOf(ours).isNull() && treeOf(theirs).isNull()) {
        addDiff(repository, ours, theirs, lines);
        return lines;
    }
    const auto changes = repository.changes(treeOf(ours), treeOf(theirs));
    if (!changes)
        return lines;
    for (const auto &change : *changes) {
        lines.push_back(u'@' + QString::fromUtf8(change.path));
        addDiff(repository, change.before, change.after, lines);
    }
    return lines;
}

Look lookOf(const QString &kind, bool answered)
{
    if (answered)
        return {QStringLiteral("ok"), QStringLiteral("check")};
    return {kind == u"conflict" ? QStringLiteral("danger") : QStringLiteral("warning"), QStringLiteral("warning")};
}

} // namespace

WaitsView::WaitsView(QObject *parent)
    : QObject(parent), m_rows({"plugin", "what", "path", "status", "tone", "icon", "at", "spoken"}), m_files({"path", "kind", "open"}),
      m_lines({"text", "tone"})
{
    connect(AppSession::instance(), &AppSession::catalogChanged, this, [this] {
        m_stale = true;
        if (m_active)
            reload();
    });
    connect(AppSession::instance(), &AppSession::stateChanged, this, [this] { // a decision, or its undoing
        if (m_active)
            reload();
    });
}

void WaitsView::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    if (active && m_stale)
        reload();
}

Result<std::vector<WaitsView::Row>> WaitsView::read(engine::Session &session, std::stop_token stop, Progress &progress)
{
    std::vector<Row> rows;
    COPPICE_TRY(const auto catalog, session.library().scan(session.state(), stop, progress));
    COPPICE_TRY(auto repository, session.library().repository());
    const sync::Host host{session.library(), session.state()};
    COPPICE_TRY(const auto resolving, sync::allResolving(host));
    for (const auto &plugin : resolving) {
        COPPICE_TRY(auto one, sync::resolving(host, plugin));
        if (!one)
            continue;
        Row row{QStringLiteral("conflict"), plugin, {}, {}, {}, 0, {}, {}, {}};
        row.conflict = std::move(*one);
        rows.push_back(std::move(row));
    }
    COPPICE_TRY(const auto decisions, sync::linkDecisions(session.state()));
    COPPICE_TRY(const auto copies, templates::copyStates(repository, catalog));
    COPPICE_TRY(const auto report, decisions.empty() && copies.empty() ? Result<templates::LinkReport>(templates::LinkReport())
                                                                        : templates::checkLinks(repository, catalog));
    const auto linkedBy = [&](const QByteArray &target, const QString &but) {
        QStringList plugins;
        for (const auto &link : report.links) {
            const bool same = link.names == target || link.names.startsWith(QByteArray(target + '/')) || target.startsWith(QByteArray(link.names + '/'));
            if (same && link.state == templates::LinkState::State::Good && !link.plugin.isEmpty() && link.plugin != but && !plugins.contains(link.plugin))
                plugins << link.plugin;
        }
        return plugins;
    };
    for (const auto &one : decisions)
        rows.push_back({QStringLiteral("link"), one.plugin, QString::fromUtf8(one.path), QString::fromUtf8(one.target),
                        one.choice ? sync::nameOf(*one.choice) : QString(), one.seenAt, linkedBy(one.target, one.plugin),
                        diffOf(repository, one.ours, one.theirs), {}});
    for (const auto &one : copies) {
        if (one.state != templates::CopyState::State::Edited)
            continue;
        const QByteArray target = "templates/" + one.name;
        rows.push_back({QStringLiteral("copy"), one.plugin, QString::fromUtf8(one.path), QString::fromUtf8(target), {}, 0,
                        linkedBy(target, one.plugin), diffOf(repository, one.source, one.copy), {}});
    }
    return rows;
}

void WaitsView::reload()
{
    auto *app = AppSession::instance();
    if (m_loading || !app->session()) {
        m_stale = true;
        return;
    }
    m_loading = true;
    m_stale = false;
    // only read: reading the state again after it would bring us here again
    app->worker().read(
        this, [session = app->session()] { return read(*session, {}, Progress::none()); },
        [this](Result<std::vector<Row>> rows) {
            m_loading = false;
            m_error = rows ? ErrorInfo() : ErrorInfo(rows.error());
            if (rows)
                m_all = std::move(*rows);
            fill();
            if (m_stale && m_active)
                reload();
        });
}

void WaitsView::fill()
{
    std::vector<Record> records;
    for (const auto &row : m_all) {
        const bool answered = row.conflict ? row.conflict->open() == 0 : !row.choice.isEmpty();
        const auto look = lookOf(row.kind, answered);
        const QString status = row.conflict ? (answered ? tr("resolved") : tr("%1 open").arg(row.conflict->open()))
                                            : answered ? row.choice : tr("open");
        const QString what = row.kind == u"conflict" ? tr("Conflict") : row.kind == u"link" ? tr("Upstream changed its copy") : tr("Edited copy");
        const QString path = row.conflict ? counted(qint64(row.conflict->files.size()), tr("file"), tr("files")) : row.path;
        records.push_back({row.key(), {row.plugin, what, path, status, look.tone, look.icon, double(row.at),
                                       QStringList{row.plugin, what, path, status}.join(QStringLiteral(", "))}});
    }
    m_rows.setRecords(std::move(records));
    if (currentIndex() < 0)
        m_current = m_rows.keyAt(0);
    fillDetail();
    Q_EMIT listChanged();
}

void WaitsView::fillDetail()
{
    std::vector<Record> files, lines;
    if (const auto *row = current()) {
        if (row->conflict) {
            for (const auto &file : row->conflict->files) {
                const QString path = QString::fromUtf8(file.path);
                files.push_back({path, {path, subtree::nameOf(file.kind), file.open}});
            }
        }
        for (size_t i = 0; i < row->diff.size(); ++i) {
            const QChar first = row->diff[i].isEmpty() ? QChar(u' ') : row->diff[i].front();
            const QString tone = first == u'+' ? QStringLiteral("ok") : first == u'-' ? QStringLiteral("danger") : first == u'@' ? QStringLiteral("info") : QString();
            QString line = row->diff[i];
            if (first != u'@' && !line.isEmpty())
                line.insert(1, u' '); // a list's own dash is not taken for the mark
            lines.push_back({QString::number(i), {line, tone}});
        }
    }
    m_files.setRecords(std::move(files));
    m_lines.setRecords(std::move(lines));
    Q_EMIT currentChanged();
}

const WaitsView::Row *WaitsView::current() const
{
    const auto found = std::ranges::find(m_all, m_current, &Row::key);
    return found == m_all.end() ? nullptr : &*found;
}

int WaitsView::open() const
{
    return int(std::ranges::count_if(m_all, [](const Row &row) { return row.conflict || row.choice.isEmpty(); }));
}

QString WaitsView::waitingFor(const QString &plugin) const
{
    const auto row = std::ranges::find_if(m_all, [&](const Row &one) { return one.plugin == plugin && (one.conflict || one.choice.isEmpty()); });
    return row == m_all.end() ? QString() : row->kind;
}

QString WaitsView::kind() const { return current() ? current()->kind : QString(); }
QString WaitsView::plugin() const { return current() ? current()->plugin : QString(); }
QString WaitsView::choice() const { return current() ? current()->choice : QString(); }
QString WaitsView::folder() const { return current() && current()->conflict ? current()->conflict->folder : QString(); }
int WaitsView::openFiles() const { return current() && current()->conflict ? int(current()->conflict->open()) : 0; }

QString WaitsView::effect() const
{
    constexpr qsizetype named = 6;
    const QStringList plugins = current() ? current()->effect : QStringList();
    const QString shown = plugins.mid(0, named).join(QStringLiteral(", "));
    return plugins.size() <= named ? shown : tr("%1 and %2 more").arg(shown).arg(plugins.size() - named);
}

QString WaitsView::heading() const
{
    const auto *row = current();
    if (!row)
        return {};
    if (row->conflict)
        return tr("%1 and its upstream changed the same lines").arg(row->plugin);
    return row->kind == u"link" ? tr("The upstream of %1 changed its copy of %2").arg(row->plugin, row->target)
                                : tr("%1 edited its copy of %2").arg(row->plugin, row->target);
}

bool WaitsView::decided() const
{
    const auto *row = current();
    return row && row->kind == u"link"
        && std::ranges::none_of(m_all, [&](const Row &one) { return one.kind == u"link" && one.plugin == row->plugin && one.choice.isEmpty(); });
}

void WaitsView::pick(int row)
{
    m_current = m_rows.keyAt(row);
    fillDetail();
}

void WaitsView::call(const QString &title, const QString &verb, const QJsonObject &args)
{
    auto *app = AppSession::instance();
    app->call(this, title, verb, args, [this](Result<QJsonObject> answer) {
        auto *session = AppSession::instance();
        if (!answer) {
            session->report(answer.error());
        } else {
            QString what = answer->value(QLatin1String("what")).toString();
            for (const auto &plugin : answer->value(QLatin1String("plugins")).toArray())
                what = plugin.toObject().value(QLatin1String("what")).toString();
            if (!what.isEmpty())
                session->tell(what);
        }
        reload();
        Q_EMIT worked();
        session->rescan();
    });
}

void WaitsView::choose(const QString &choice)
{
    const auto *row = current();
    const auto what = sync::linkChoiceOf(choice);
    if (!row || !what || row->conflict)
        return;
    if (row->kind == u"copy") {
        call(tr("Settling a copy of %1").arg(row->plugin), QStringLiteral("templates.settle"),
             {{QStringLiteral("plugin"), row->plugin}, {QStringLiteral("path"), row->path}, {QStringLiteral("choice"), choice}});
        return;
    }
    const QString plugin = row->plugin;
    const QByteArray path = row->path.toUtf8();
    const QString told = *what == sync::LinkChoice::Adopt     ? tr("%1 goes into the template").arg(row->path)
                         : *what == sync::LinkChoice::KeepOwn ? tr("%1 becomes the plugin's own").arg(row->path)
                                                              : tr("%1 stays a link").arg(row->path);
    AppSession::instance()->change(
        this, QStringLiteral("link:") + plugin, told,
        [plugin, path, what](engine::Session &session) -> Result<> {
            COPPICE_CHECK(sync::decideLink(session.state(), session.journal(), Actor::self(), plugin, path, *what));
            return {};
        },
        [this] { reload(); });
}

void WaitsView::carryOut()
{
    if (decided())
        call(tr("Pulling %1").arg(plugin()), QStringLiteral("sync.pull"), {{QStringLiteral("plugins"), QJsonArray{plugin()}}});
}

void WaitsView::begin(const QString &plugin)
{
    AppSession::instance()->call(this, tr("Laying out the conflict of %1").arg(plugin), QStringLiteral("sync.resolve"),
                                 {{QStringLiteral("plugin"), plugin}}, [this, plugin](Result<QJsonObject> answer) {
                                     if (!answer) {
                                         AppSession::instance()->report(answer.error());
                                         return;
                                     }
                                     m_current = QStringList{QStringLiteral("conflict"), plugin, QString()}.join(u':');
                                     reload();
                                     Q_EMIT begun();
                                 });
}

void WaitsView::takeSide(const QString &path, bool upstream)
{
    if (kind() == u"conflict")
        call(tr("Taking a side for %1").arg(path), QStringLiteral("sync.resolve"),
             {{QStringLiteral("plugin"), plugin()},
              {QStringLiteral("action"), upstream ? QStringLiteral("upstream") : QStringLiteral("library")},
              {QStringLiteral("paths"), QJsonArray{path}}});
}

void WaitsView::takeNext(bool upstream)
{
    if (const auto *row = current(); row && row->conflict) {
        const auto next = std::ranges::find(row->conflict->files, true, &sync::Resolving::File::open);
        if (next != row->conflict->files.end())
            takeSide(QString::fromUtf8(next->path), upstream);
    }
}

void WaitsView::finish()
{
    if (kind() == u"conflict")
        call(tr("Taking up the merge of %1").arg(plugin()), QStringLiteral("sync.resolve"),
             {{QStringLiteral("plugin"), plugin()}, {QStringLiteral("action"), QStringLiteral("done")}});
}

void WaitsView::drop()
{
    if (kind() == u"conflict")
        call(tr("Throwing the folder away"), QStringLiteral("sync.resolve"),
             {{QStringLiteral("plugin"), plugin()}, {QStringLiteral("action"), QStringLiteral("drop")}});
}

void WaitsView::openFolder()
{
    if (!folder().isEmpty())
        QDesktopServices::openUrl(QUrl::fromLocalFile(folder()));
}

} // namespace coppice::ui
