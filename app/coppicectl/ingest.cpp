// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/counted.h>
#include <base/json.h>
#include <capture/follow.h>
#include <capture/group_rules.h>
#include <capture/ingest.h>
#include <capture/store.h>
#include <engine/session.h>
#include <library/library.h>
#include <shipping/watches.h>

#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <thread>

namespace coppice::ctl {

namespace {

constexpr size_t batchSize = 200;

struct Request {
    std::vector<std::string> files;
    std::string plugin;
    std::string release;
    bool dryRun = false;
    bool everyLine = false;
    bool follow = false;
};

text::Scrubber scrubberFor(Context &context, const library::LibrarySettings &settings)
{
    std::vector<text::Scrubber::Rule> rules;
    for (const auto &[name, pattern] : settings.scrubRules)
        rules.push_back({name, pattern});
    text::Scrubber scrubber(rules);
    for (const auto &problem : scrubber.problems())
        context.note(problem);
    return scrubber;
}

QJsonObject shown(const capture::Event &event, const capture::Grouper::Key &key)
{
    QJsonArray frames;
    for (const auto &frame : event.frames)
        frames.append(QJsonObject{{QStringLiteral("function"), frame.function},
                                  {QStringLiteral("file"), frame.file},
                                  {QStringLiteral("line"), frame.line},
                                  {QStringLiteral("in_app"), frame.inApp}});
    QJsonArray causes;
    for (const auto &cause : event.causes)
        causes.append(QJsonObject{{QStringLiteral("type"), cause.type}, {QStringLiteral("message"), cause.message}});
    return {{QStringLiteral("record"), event.record},
            {QStringLiteral("level"), nameOf(event.level)},
            {QStringLiteral("type"), event.type},
            {QStringLiteral("message"), event.message},
            {QStringLiteral("frames"), frames},
            {QStringLiteral("causes"), causes},
            {QStringLiteral("group"), key.fingerprint},
            {QStringLiteral("template"), key.messageTemplate},
            {QStringLiteral("why"), key.why},
            {QStringLiteral("release"), event.release},
            {QStringLiteral("at"), event.at},
            {QStringLiteral("scrubbed"), event.scrubbed}};
}

/// Lines {"group", "record", "template"} on standard output. Most lines of a log say what one before said, but for their number:
/// only what is new is made into JSON.
class GroupedLines
{
public:
    GroupedLines() = default;
    ~GroupedLines() { flush(); }
    Q_DISABLE_COPY_MOVE(GroupedLines)
    void write(int record, const capture::Grouper::Key &key)
    {
        if (m_known.size() > 10'000)
            m_known.clear();
        auto &[group, text] = m_known[key.messageTemplate];
        if (text.isEmpty() || group != key.fingerprint) {
            group = key.fingerprint;
            text = toJsonLine({{QStringLiteral("group"), group}, {QStringLiteral("template"), key.messageTemplate}});
            text.replace(0, 1, ","); // what stands behind the record
        }
        m_out += "{\"record\":";
        char digits[16];
        m_out.append(digits, std::to_chars(digits, digits + sizeof digits, record).ptr - digits);
        m_out += text;
        m_out += '\n';
        if (m_out.size() > 32 * 1024)
            flush();
    }

private:
    void flush()
    {
        std::fwrite(m_out.constData(), 1, size_t(m_out.size()), stdout);
        std::fflush(stdout);
        m_out.resize(0);
    }
    QHash<QString, std::pair<QString, QByteArray>> m_known; ///< by template
    QByteArray m_out;
};

/// Prints what would be stored. Needs no library; one that is named lends its scrub rules.
Result<int> dryRun(Context &context, const Request &request)
{
    library::LibrarySettings settings;
    if (!context.library.isEmpty()) {
        COPPICE_TRY(const auto library, library::Library::open(context.library));
        COPPICE_TRY(const auto repository, library.repository());
        COPPICE_TRY(const auto head, library.head());
        if (!head.isNull())
            settings = library::librarySettingsAt(repository, head);
    }
    const text::Scrubber scrubber = scrubberFor(context, settings);
    capture::ReadOptions options;
    options.everyLine = request.everyLine;
    capture::Grouper grouper;
    GroupedLines lines;
    for (const auto &file : request.files) {
        COPPICE_CHECK(capture::readLog(
            q(file), scrubber, options,
            [&](capture::Event &&event) {
                if (!request.release.empty())
                    event.release = q(request.release);
                const auto key = grouper.keyOf(event);
                if (request.everyLine)
                    lines.write(event.record, key);
                else
                    context.streamLine(shown(event, key));
            },
            context.stop(), context.progress()));
    }
    std::fflush(stdout);
    return 0;
}

/// Tickets whose fix is being watched hear of new events at once, not at the engine's next round.
Result<QJsonArray> tellWatches(Context &context, engine::Session &session)
{
    // Asked of what was received, not of what is new in this file: a look that was cut short is made up for.
    COPPICE_TRY(const bool unseen, shipping::hasUnseenEvents(session.state(), session.events()));
    if (!unseen)
        return QJsonArray();
    COPPICE_TRY(const QJsonObject told, context.call(QStringLiteral("watch.tick"), {}));
    return told[u"tickets"].toArray();
}

/// Reads the files as they grow until Ctrl+C; a JSON line, or a line, whenever errors have come.
Result<int> follow(Context &context, engine::Session &session, const Request &request, const text::Scrubber &scrubber)
{
    std::vector<capture::LogFollower> followers;
    for (const auto &file : request.files) {
        if (QFileInfo(q(file)).isDir())
            return failUsage(QStringLiteral("log.folder"), QStringLiteral("This is a folder, not a log file"), q(file), QStringLiteral("Name the files in it."));
        followers.emplace_back(session.events(), capture::LogFollower::Source{q(request.plugin), q(file), q(request.release)}, scrubber);
    }
    capture::GroupRules rules(session.state(), session.events(), session.journal());
    while (!context.stop().stop_requested()) {
        COPPICE_CHECK(rules.apply());
        bool more = false;
        for (auto &follower : followers) {
            COPPICE_TRY(const auto step, follower.step(context.stop()));
            more = more || step.more;
            if (step.events == 0)
                continue;
            context.streamLine({{QStringLiteral("file"), follower.source().path}, {QStringLiteral("events"), step.events},
                                {QStringLiteral("groups"), QJsonArray::fromStringList(step.groups)}});
            std::fflush(stdout);
            COPPICE_TRY(const auto told, tellWatches(context, session));
            Q_UNUSED(told);
        }
        if (!more)
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    return 0;
}

Result<int> ingest(Context &context, const Request &request)
{
    const QString plugin = q(request.plugin);
    if (plugin.isEmpty())
        return failUsage(QStringLiteral("ingest.plugin"), QStringLiteral("Whose log is it?"), {},
                         QStringLiteral("Name the plugin with --plugin, or only look with --dry-run."));
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    if (!catalog.find(plugin))
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin,
                            QStringLiteral("See coppicectl plugins list."));
    const text::Scrubber scrubber = scrubberFor(context, catalog.settings);
    COPPICE_CHECK(capture::GroupRules(session->state(), session->events(), session->journal()).apply());
    if (request.follow)
        return follow(context, *session, request, scrubber);
    capture::EventStore store(session->events());
    capture::EventStore::Added sum;
    std::vector<capture::Event> batch;
    Result<> stored;
    const auto flush = [&]() -> Result<> {
        COPPICE_TRY(const auto added, store.add(std::move(batch)));
        batch.clear();
        sum.events += added.events;
        sum.known += added.known;
        sum.below += added.below;
        for (const auto &group : added.groups) {
            if (!sum.groups.contains(group))
                sum.groups << group;
        }
        return {};
    };
    for (const auto &file : request.files) {
        std::stop_source broken; // ends the reading when storing fails
        const std::stop_callback asked(context.stop(), [&] { broken.request_stop(); });
        const auto read = capture::readLog(
            q(file), scrubber, {},
            [&](capture::Event &&event) {
                if (!stored)
                    return;
                event.plugin = plugin;
                if (!request.release.empty())
                    event.release = q(request.release);
                batch.push_back(std::move(event));
                if (batch.size() >= batchSize && !(stored = flush()))
                    broken.request_stop();
            },
            broken.get_token(), context.progress());
        COPPICE_CHECK(std::move(stored));
        COPPICE_CHECK(Result<>(read));
        COPPICE_CHECK(flush());
        stored = {};
    }
    COPPICE_TRY(const QJsonArray reopened, tellWatches(context, *session));
    QString text = QStringLiteral("%1 in %2; %3 known already; %4 below level error.")
                       .arg(counted(sum.events, "new event"), counted(sum.groups.size(), "error group"))
                       .arg(sum.known)
                       .arg(sum.below);
    if (!reopened.isEmpty())
        text += QStringLiteral("\nChanged: %1.").arg(counted(reopened.size(), "watched ticket"));
    context.answer({{QStringLiteral("events"), sum.events},
                    {QStringLiteral("known"), sum.known},
                    {QStringLiteral("below"), sum.below},
                    {QStringLiteral("groups"), QJsonArray::fromStringList(sum.groups)},
                    {QStringLiteral("tickets"), reopened}},
                   text);
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *command = root.addSubcommand("ingest", "Read log files: events of level error and above are stored and grouped");
    auto request = std::make_shared<Request>();
    command->addOption("FILE", request->files, "Log files; JSON lines or plain text, recognised by themselves")->required();
    command->addOption("--plugin", request->plugin, "The plugin whose log it is");
    command->addOption("--release", request->release, "The release that wrote it, where the log does not say");
    command->addFlag("--follow", request->follow, "Go on reading as the files grow, also when they are rotated, until Ctrl+C; where a file was left is kept");
    command->addFlag("--dry-run", request->dryRun, "Print what is found, a JSON line for each event; store nothing");
    command->addFlag("--every-line", request->everyLine, "With --dry-run: each line is one message; print its group and template");
    command->callback([request, &context] {
        context.setAction([request](Context &here) -> Result<int> {
            if (request->everyLine && !request->dryRun)
                return failUsage(QStringLiteral("ingest.every-line"), QStringLiteral("--every-line only goes with --dry-run"));
            if (request->follow && request->dryRun)
                return failUsage(QStringLiteral("ingest.follow"), QStringLiteral("--follow stores what it reads; --dry-run does not"));
            return request->dryRun ? dryRun(here, *request) : ingest(here, *request);
        });
    });
});

} // namespace

} // namespace coppice::ctl
