// SPDX-License-Identifier: GPL-3.0-or-later
#include "context/context.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/paths.h"
#include "context/quote.h"
#include "context/tokens.h"
#include "playbooks/values.h"
#include "text/hidden.h"
#include "text/slots.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>

#include <algorithm>

namespace coppice::context {

namespace {

constexpr qint64 fileCap = 64 * 1024;
constexpr qsizetype knowledgeFiles = 24;
constexpr qsizetype traceCap = 12 * 1024;
constexpr qsizetype factsCap = 16 * 1024;
constexpr qsizetype patchCap = 200 * 1024;
constexpr size_t eventsGiven = 3;

struct File {
    QString name;
    QByteArray bytes;
};

/// The plain files with this ending in a folder of a tree, by name. Links are left out: what a template link names is
/// given as the shared instructions already.
Result<std::vector<File>> filesIn(const git::Repository &repository, const git::Oid &tree, const QByteArray &folder,
                                  const QByteArray &ending)
{
    std::vector<File> files;
    COPPICE_TRY(const auto entry, repository.entryAt(tree, folder));
    if (!entry || entry->mode != git::Mode::Tree)
        return files;
    COPPICE_TRY(const auto entries, repository.tree(entry->id));
    for (const auto &one : entries) {
        if ((one.mode != git::Mode::File && one.mode != git::Mode::Executable) || !one.name.endsWith(ending))
            continue;
        COPPICE_TRY(const qint64 size, repository.blobSize(one.id));
        if (size > fileCap)
            continue;
        COPPICE_TRY(QByteArray bytes, repository.blob(one.id, fileCap));
        files.push_back({QString::fromUtf8(one.name), std::move(bytes)});
        if (qsizetype(files.size()) == knowledgeFiles)
            break;
    }
    return files;
}

QMap<QString, QString> slotValues(const ContextRequest &request)
{
    const auto &entry = request.plugin;
    QMap<QString, QString> values{
        {QStringLiteral("plugin.name"), entry.plugin.id},
        {QStringLiteral("plugin.version"), text::plain(entry.manifest.version.value, 100)},
        {QStringLiteral("plugin.language"), text::plain(entry.manifest.language.value, 100)},
        {QStringLiteral("plugin.description"), text::plain(entry.manifest.description.value, 1000)},
        {QStringLiteral("plugin.prefix"), QString::fromUtf8(entry.plugin.prefix)},
        {QStringLiteral("playbook.name"), request.playbook.name},
        {QStringLiteral("ticket.id"), request.ticket ? request.ticket->id.toString() : QString()},
    };
    for (const QString &name : playbooks::commandNames())
        values[QStringLiteral("commands.") + name] = entry.plugin.commands.value(name).line;
    values.insert(playbooks::outputSlots(request.playbook, request.outputs));
    if (request.step.isEmpty()) {
        for (const auto &step : request.playbook.steps) {
            for (const QString &name : playbooks::outputNames(step))
                values[QStringLiteral("outputs.%1.%2").arg(step.id, name)] = QStringLiteral("[%1 of the step %2]").arg(name, step.id);
        }
    }
    return values;
}

/// A part that is a whole file, or the end of one.
Part filePart(const QString &title, const QString &source, const QString &text, int firstLine = 1)
{
    const QStringView given = QStringView(text).trimmed(); // as it stands in the context
    const int first = firstLine + int(QStringView(text).left(given.begin() - QStringView(text).begin()).count(u'\n'));
    return {title, source, text, false, first, first + int(given.count(u'\n')), 0};
}

/// Shared instructions of the library; the shipped ones where it has none. `*.in.md` are files with slots.
Result<> addShared(std::vector<Part> &parts, const git::Repository &repository, const git::Oid &rootTree,
                   const QMap<QString, QString> &values)
{
    COPPICE_TRY(auto files, filesIn(repository, rootTree, "templates/instructions", ".md"));
    QString from = QStringLiteral("templates/instructions/");
    if (files.empty()) {
        COPPICE_TRY(const QString folder, dataDir(QStringLiteral("templates")));
        const QDir shipped(folder + QStringLiteral("/instructions"));
        for (const QString &name : shipped.entryList({QStringLiteral("*.md")}, QDir::Files, QDir::Name)) {
            COPPICE_TRY(QByteArray bytes, readFile(shipped.filePath(name), fileCap));
            files.push_back({name, std::move(bytes)});
        }
        from = QStringLiteral("shipped ") + from;
    }
    for (const File &file : files) {
        QString text = QString::fromUtf8(file.bytes);
        if (text.trimmed().isEmpty())
            continue; // a library may say nothing: that is not the same as having no say, for which the shipped ones stand
        if (file.name.endsWith(QLatin1String(".in.md"))) {
            COPPICE_TRY(text, text::fillSlots(text, values, from + file.name));
        }
        parts.push_back(filePart(QStringLiteral("Shared instructions"), from + file.name, text));
    }
    return {};
}

/// What a step has to do, and leave behind.
Result<QString> jobOf(const playbooks::Step &step, const QMap<QString, QString> &values, const QString &from)
{
    COPPICE_TRY(QString job, text::fillSlots(step.prompt, values, from));
    job = job.trimmed();
    if (!step.outputs.isEmpty())
        job += QStringLiteral("%1When you are done, write these values into the file that the environment variable COPPICE_OUTPUTS "
                              "names, one name=value a line: %2.")
                   .arg(job.isEmpty() ? QString() : QStringLiteral("\n"), step.outputs.join(QStringLiteral(", ")));
    return job;
}

Result<> addPlaybook(std::vector<Part> &parts, const ContextRequest &request, const QMap<QString, QString> &values)
{
    const QString from = QStringLiteral("templates/playbooks/") + request.playbook.name;
    parts.push_back(filePart(QStringLiteral("Playbook %1").arg(request.playbook.name), QString(from + QStringLiteral("/SKILL.md")),
                             request.playbook.instructions, request.playbook.instructionsLine));
    const auto isGiven = [&](const playbooks::Step &step) {
        return step.kind == playbooks::Step::Kind::Agent && (request.step.isEmpty() || request.step == step.id)
            && (!step.prompt.trimmed().isEmpty() || !step.outputs.isEmpty());
    };
    const auto jobs = std::ranges::count_if(request.playbook.steps, isGiven);
    for (const auto &step : request.playbook.steps) {
        if (!isGiven(step))
            continue;
        COPPICE_TRY(const QString job, jobOf(step, values, from + QStringLiteral("/workflow.yaml")));
        parts.push_back({jobs == 1 ? QStringLiteral("Your job") : QStringLiteral("Your job in the step %1").arg(step.id),
                         QString(from + QStringLiteral("/workflow.yaml")), job, false, step.line, step.line, 0});
    }
    return {};
}

/// What the plugin says to agents itself. It is the team's own text, like the plugin's code.
Result<> addPluginsOwn(std::vector<Part> &parts, const git::Repository &repository, const library::CatalogEntry &entry)
{
    if (entry.tree.isNull())
        return {};
    const QString prefix = QString::fromUtf8(entry.plugin.prefix) + u'/';
    const auto add = [&](const QString &title, const QString &path, const QByteArray &bytes) {
        parts.push_back(filePart(title, prefix + path, text::plain(QString::fromUtf8(bytes), fileCap)));
    };
    for (const auto &[title, path] : {std::pair("The plugin's rules", "AGENTS.md"), std::pair("What the plugin must do", ".agents/spec.md")}) {
        COPPICE_TRY(const auto file, repository.entryAt(entry.tree, path));
        if (!file || (file->mode != git::Mode::File && file->mode != git::Mode::Executable))
            continue;
        COPPICE_TRY(const qint64 size, repository.blobSize(file->id));
        if (size > fileCap)
            continue;
        COPPICE_TRY(const QByteArray bytes, repository.blob(file->id, fileCap));
        add(QString::fromLatin1(title), QString::fromLatin1(path), bytes);
    }
    COPPICE_TRY(const auto knowledge, filesIn(repository, entry.tree, ".agents/knowledge", ".md"));
    for (const File &file : knowledge)
        add(QStringLiteral("Knowledge"), QString(QStringLiteral(".agents/knowledge/") + file.name), file.bytes);
    return {};
}

/// "key: value" lines of a ticket's facts.
QString factsText(const QJsonObject &facts)
{
    QStringList lines;
    for (auto it = facts.begin(); it != facts.end(); ++it) {
        QString value;
        if (it->isString())
            value = it->toString();
        else if (it->isArray())
            value = QString::fromUtf8(toJsonLine({{it.key(), *it}}));
        else if (it->isObject())
            value = QString::fromUtf8(toJsonLine(it->toObject()));
        else
            value = it->toVariant().toString();
        lines << it.key() + QStringLiteral(": ") + value;
    }
    return lines.join(u'\n');
}

QString eventText(const capture::Event &event)
{
    QStringList lines;
    lines << QStringLiteral("level: ") + capture::nameOf(event.level);
    if (event.at)
        lines << QStringLiteral("at: ") + isoTime(event.at);
    if (!event.release.isEmpty())
        lines << QStringLiteral("release: ") + event.release;
    lines << (event.type.isEmpty() ? event.message : QString(event.type + QStringLiteral(": ") + event.message));
    if (!event.trace.isEmpty()) {
        lines << QString() << event.trace;
    } else {
        for (const auto &frame : event.frames)
            lines << QStringLiteral("  at %1 (%2:%3)").arg(frame.function, frame.file).arg(frame.line);
    }
    for (const auto &cause : event.causes)
        lines << QStringLiteral("caused by %1: %2").arg(cause.type, cause.message);
    return lines.join(u'\n');
}

void addEvidence(std::vector<Part> &parts, const ContextRequest &request)
{
    if (request.ticket) {
        const auto &ticket = *request.ticket;
        const QString source = QStringLiteral("ticket:") + ticket.id.toString();
        QString text = ticket.title;
        const QString facts = factsText(ticket.facts);
        if (!facts.isEmpty())
            text += u'\n' + facts;
        parts.push_back({QStringLiteral("Ticket"), source, text, ticket.tainted, 0, 0, 0});
        if (!ticket.guesses.isEmpty())
            parts.push_back({QStringLiteral("Guesses of an agent about this ticket, not checked"), source,
                             factsText(ticket.guesses), ticket.tainted, 0, 0, 0});
    }
    for (size_t i = 0; i < request.events.size() && i < eventsGiven; ++i)
        parts.push_back({QStringLiteral("What production recorded"), QStringLiteral("event:") + request.events[i].id.toString(),
                         eventText(request.events[i]), true, 0, 0, 0});
    if (!request.sentBack.isEmpty())
        parts.push_back({QStringLiteral("What the reviewer wants changed"), QStringLiteral("review"), request.sentBack, false, 0, 0, 0});
    if (!request.sentBackHunks.isEmpty())
        parts.push_back({QStringLiteral("What the reviewer speaks of"), QStringLiteral("patch"), request.sentBackHunks,
                         request.sentBackTainted, 0, 0, 0});
}

} // namespace

Result<Context> compose(const git::Repository &repository, const git::Oid &head, const ContextRequest &request)
{
    Context context;
    const auto values = slotValues(request);
    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    COPPICE_CHECK(addShared(context.parts, repository, root, values));
    COPPICE_CHECK(addPlaybook(context.parts, request, values));
    COPPICE_CHECK(addPluginsOwn(context.parts, repository, request.plugin));
    addEvidence(context.parts, request);

    QString text = QStringLiteral("You work on the plugin %1, in the current folder.\n").arg(request.plugin.plugin.id);
    context.tokens = estimateTokens(text);
    for (Part &part : context.parts) {
        QString framed = QStringLiteral("\n===== %1 (%2) =====\n\n").arg(part.title, part.source);
        if (part.untrusted) {
            context.tainted = true;
            framed += quoteAsData(part.text, part.source, part.source.startsWith(u"event:") ? traceCap : part.source == u"patch" ? patchCap : factsCap);
        } else {
            framed += part.text.trimmed() + u'\n';
        }
        part.tokens = estimateTokens(framed);
        context.tokens += part.tokens;
        text += framed;
    }
    context.text = text;
    context.hash = QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex();
    return context;
}

Result<QString> fillText(const QString &text, const ContextRequest &request)
{
    return text::fillSlots(text, slotValues(request), QStringLiteral("templates/playbooks/%1/workflow.yaml").arg(request.playbook.name));
}

} // namespace coppice::context
