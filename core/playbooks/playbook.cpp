// SPDX-License-Identifier: GPL-3.0-or-later
#include "playbooks/playbook.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <yaml-cpp/yaml.h>

#include <array>

namespace coppice::playbooks {

namespace {

constexpr std::array<const char *, 5> kindNames{"agent", "command", "check", "approve", "langgraph"};

/// A file of the playbook that is being read: for errors with its line.
struct File {
    QString path;
    int lineOffset = 0; ///< lines before the YAML begins

    [[nodiscard]] Fail bad(const YAML::Node &node, const QString &what) const { return bad(node.Mark().line, what); }
    [[nodiscard]] Fail bad(int line, const QString &what) const
    {
        return fail(QStringLiteral("playbook.bad"), what, QStringLiteral("%1:%2").arg(path).arg(line + 1 + lineOffset),
                    QStringLiteral("Correct the playbook; coppicectl playbooks check tells what is wrong."));
    }
};

QString textOf(const YAML::Node &node)
{
    return QString::fromStdString(node.Scalar());
}

Result<YAML::Node> load(const File &file, const QByteArray &yaml)
{
    try {
        YAML::Node root = YAML::Load(yaml.toStdString());
        if (!root.IsMap())
            return file.bad(0, QStringLiteral("The file is not a list of keys and values"));
        return root;
    } catch (const YAML::Exception &error) {
        return file.bad(qMax(0, error.mark.line), QStringLiteral("The file is not YAML: %1").arg(QString::fromStdString(error.msg)));
    }
}

Result<QString> scalar(const File &file, const YAML::Node &node, const char *key)
{
    if (!node.IsScalar())
        return file.bad(node, QStringLiteral("'%1' is not a text").arg(QLatin1String(key)));
    return textOf(node);
}

Result<bool> boolean(const File &file, const YAML::Node &node, const char *key)
{
    bool value = false;
    if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value))
        return file.bad(node, QStringLiteral("'%1' is neither true nor false").arg(QLatin1String(key)));
    return value;
}

Result<QStringList> strings(const File &file, const YAML::Node &node, const char *key)
{
    if (!node.IsSequence())
        return file.bad(node, QStringLiteral("'%1' is not a list").arg(QLatin1String(key)));
    QStringList list;
    for (const auto &item : node) {
        if (!item.IsScalar())
            return file.bad(item, QStringLiteral("An entry of '%1' is not a text").arg(QLatin1String(key)));
        list << textOf(item);
    }
    return list;
}

/// "90", "90s", "30m", "2h"; between one second and a day.
Result<std::chrono::seconds> duration(const File &file, const YAML::Node &node)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{1,6})([smh]?)$"));
    const auto match = form.match(node.IsScalar() ? textOf(node) : QString());
    if (!match.hasMatch())
        return file.bad(node, QStringLiteral("'timeout' is not a time such as 90s, 30m or 2h"));
    const QString unit = match.captured(2);
    const qint64 seconds = match.captured(1).toLongLong() * (unit == QLatin1String("h") ? 3600 : unit == QLatin1String("m") ? 60 : 1);
    if (seconds < 1 || seconds > 86400)
        return file.bad(node, QStringLiteral("'timeout' is not between one second and one day"));
    return std::chrono::seconds(seconds);
}

Result<Step::Kind> kindOf(const File &file, const YAML::Node &node)
{
    COPPICE_TRY(const QString text, scalar(file, node, "kind"));
    for (size_t i = 0; i < kindNames.size(); ++i) {
        if (text != QLatin1String(kindNames[i]))
            continue;
        const auto kind = Step::Kind(i);
        if (kind == Step::Kind::Approve || kind == Step::Kind::LangGraph)
            return file.bad(node, QStringLiteral("Steps of kind %1 cannot be carried out by this version of Coppice").arg(text));
        return kind;
    }
    return file.bad(node, QStringLiteral("There is no kind of step named '%1'; there are agent, command and check").arg(text));
}

Result<Step> parseStep(const File &file, const YAML::Node &node, const std::vector<Step> &earlier)
{
    if (!node.IsMap())
        return file.bad(node, QStringLiteral("A step is a list of keys and values"));
    Step step;
    bool needsGiven = false;
    for (const auto &pair : node) {
        const QString key = pair.first.IsScalar() ? textOf(pair.first) : QString();
        const YAML::Node &value = pair.second;
        if (key == QLatin1String("id")) {
            COPPICE_TRY(step.id, scalar(file, value, "id"));
        } else if (key == QLatin1String("kind")) {
            COPPICE_TRY(step.kind, kindOf(file, value));
        } else if (key == QLatin1String("run")) {
            COPPICE_TRY(step.run, scalar(file, value, "run"));
        } else if (key == QLatin1String("prompt")) {
            COPPICE_TRY(step.prompt, scalar(file, value, "prompt"));
        } else if (key == QLatin1String("needs")) {
            COPPICE_TRY(step.needs, strings(file, value, "needs"));
            needsGiven = true;
        } else if (key == QLatin1String("if")) {
            COPPICE_TRY(step.when, scalar(file, value, "if"));
            if (step.when != QLatin1String("always") && step.when != QLatin1String("failed"))
                return file.bad(value, QStringLiteral("'if' is neither always nor failed"));
        } else if (key == QLatin1String("timeout")) {
            COPPICE_TRY(step.timeout, duration(file, value));
        } else if (key == QLatin1String("retries")) {
            if (!value.IsScalar() || !YAML::convert<int>::decode(value, step.retries) || step.retries < 0 || step.retries > 9)
                return file.bad(value, QStringLiteral("'retries' is not a number from 0 to 9"));
        } else if (key == QLatin1String("may_fail")) {
            COPPICE_TRY(step.mayFail, boolean(file, value, "may_fail"));
        } else {
            return file.bad(pair.first, QStringLiteral("A step has no key '%1'").arg(key));
        }
    }
    static const QRegularExpression idForm(QStringLiteral("^[a-z][a-z0-9-]{0,31}$"));
    if (!idForm.match(step.id).hasMatch())
        return file.bad(node, QStringLiteral("A step's id is a lower-case word such as 'test' (found '%1')").arg(step.id));
    if (!node["kind"])
        return file.bad(node, QStringLiteral("The step '%1' does not say its kind").arg(step.id));
    QStringList ids;
    for (const Step &one : earlier)
        ids << one.id;
    if (ids.contains(step.id))
        return file.bad(node, QStringLiteral("There are two steps '%1'").arg(step.id));
    for (const QString &need : std::as_const(step.needs)) {
        if (!ids.contains(need))
            return file.bad(node["needs"], QStringLiteral("The step '%1' needs '%2', which is no earlier step").arg(step.id, need));
    }
    if (!needsGiven)
        step.needs = ids;
    static const QRegularExpression slot(QStringLiteral("\\{\\{\\s*commands\\.([^}\\s]*)\\s*\\}\\}"));
    for (auto it = slot.globalMatch(step.run); it.hasNext();) {
        const QString name = it.next().captured(1);
        if (!commandNames().contains(name))
            return file.bad(node["run"], QStringLiteral("There is no command '%1'; plugins have %2")
                                             .arg(name, commandNames().join(QStringLiteral(", "))));
    }
    const bool runs = step.kind == Step::Kind::Command || step.kind == Step::Kind::Check;
    if (runs && step.run.trimmed().isEmpty())
        return file.bad(node, QStringLiteral("The step '%1' does not say what to run").arg(step.id));
    if (!runs && !step.run.isEmpty())
        return file.bad(node["run"], QStringLiteral("A step of kind agent has a 'prompt', not a 'run'"));
    if (runs && !step.prompt.isEmpty())
        return file.bad(node["prompt"], QStringLiteral("Only a step of kind agent has a 'prompt'"));
    return step;
}

Result<> parseWorkflow(Playbook &playbook, const File &file, const QByteArray &yaml)
{
    COPPICE_TRY(const YAML::Node root, load(file, yaml));
    for (const auto &pair : root) {
        const QString key = pair.first.IsScalar() ? textOf(pair.first) : QString();
        const YAML::Node &value = pair.second;
        if (key == QLatin1String("version")) {
            if (!value.IsScalar() || textOf(value) != QLatin1String("1"))
                return file.bad(value, QStringLiteral("This version of Coppice reads workflows of version 1 only"));
        } else if (key == QLatin1String("needs_ticket")) {
            COPPICE_TRY(playbook.needsTicket, boolean(file, value, "needs_ticket"));
        } else if (key == QLatin1String("deploys")) {
            COPPICE_TRY(playbook.deploys, boolean(file, value, "deploys"));
        } else if (key == QLatin1String("neighbours")) {
            COPPICE_TRY(playbook.neighbours, strings(file, value, "neighbours"));
            if (playbook.neighbours.size() > 16)
                return file.bad(value, QStringLiteral("A playbook has at most 16 neighbours"));
        } else if (key == QLatin1String("changes")) {
            COPPICE_TRY(playbook.allowsChanges, scalar(file, value, "changes"));
            if (!QStringList{QStringLiteral("any"), QStringLiteral("none"), QStringLiteral("docs"), QStringLiteral("tests")}
                     .contains(playbook.allowsChanges))
                return file.bad(value, QStringLiteral("'changes' is none of any, none, docs, tests"));
        } else if (key == QLatin1String("steps")) {
            if (!value.IsSequence() || value.size() == 0 || value.size() > 64)
                return file.bad(value, QStringLiteral("'steps' is not a list of 1 to 64 steps"));
            for (const auto &item : value) {
                COPPICE_TRY(Step step, parseStep(file, item, playbook.steps));
                playbook.steps.push_back(std::move(step));
            }
        } else {
            return file.bad(pair.first, QStringLiteral("A workflow has no key '%1'").arg(key));
        }
    }
    if (!root["version"])
        return file.bad(0, QStringLiteral("'version: 1' is missing"));
    if (playbook.steps.empty())
        return file.bad(0, QStringLiteral("The workflow has no steps"));
    return {};
}

/// The frontmatter of an Agent Skill. Source: https://agentskills.io/specification
Result<> parseSkill(Playbook &playbook, File file, const QByteArray &bytes)
{
    QByteArray text = bytes;
    text.replace("\r\n", "\n");
    const auto end = text.indexOf("\n---\n", 3);
    if (!text.startsWith("---\n") || end < 0)
        return file.bad(0, QStringLiteral("The file does not begin with frontmatter between two lines of ---"));
    file.lineOffset = 1;
    COPPICE_TRY(const YAML::Node root, load(file, text.mid(4, end - 3)));
    const YAML::Node name = root["name"];
    if (!name || !name.IsScalar() || textOf(name) != playbook.name)
        return file.bad(name ? name.Mark().line : 0, QStringLiteral("'name' is not the folder's name '%1'").arg(playbook.name));
    const YAML::Node description = root["description"];
    playbook.description = description && description.IsScalar() ? textOf(description).simplified() : QString();
    if (playbook.description.isEmpty() || playbook.description.size() > 1024)
        return file.bad(description ? description.Mark().line : 0,
                        QStringLiteral("'description' is not a text of 1 to 1024 characters"));
    playbook.instructions = QString::fromUtf8(text.mid(end + 5)).trimmed();
    if (playbook.instructions.isEmpty())
        return file.bad(int(text.left(end + 5).count('\n')) - 1, QStringLiteral("There are no instructions below the frontmatter"));
    return {};
}

} // namespace

const QStringList &commandNames()
{
    static const QStringList names{QStringLiteral("setup"), QStringLiteral("build"),  QStringLiteral("test"),    QStringLiteral("lint"),
                                   QStringLiteral("start"), QStringLiteral("deploy"), QStringLiteral("rollback")};
    return names;
}

QString nameOf(Step::Kind kind)
{
    return QString::fromLatin1(kindNames[size_t(kind)]);
}

Result<Playbook> parsePlaybook(const QString &name, const std::function<std::optional<QByteArray>(const QString &)> &read)
{
    static const QRegularExpression nameForm(QStringLiteral("^[a-z0-9]+(-[a-z0-9]+)*$"));
    if (name.size() > 64 || !nameForm.match(name).hasMatch())
        return failUsage(QStringLiteral("playbook.name"),
                         QStringLiteral("A playbook's name has lower-case letters, digits and single hyphens"), name);
    Playbook playbook;
    playbook.name = name;
    const QString folder = QStringLiteral("templates/playbooks/%1/").arg(name);
    const auto skill = read(QStringLiteral("SKILL.md"));
    const auto workflow = read(QStringLiteral("workflow.yaml"));
    if (!skill || !workflow)
        return failNotFound(QStringLiteral("playbook.missing-file"), QStringLiteral("The playbook has no file"),
                            QString(folder + (skill ? QStringLiteral("workflow.yaml") : QStringLiteral("SKILL.md"))));
    COPPICE_CHECK(parseSkill(playbook, File{folder + QStringLiteral("SKILL.md")}, *skill));
    COPPICE_CHECK(parseWorkflow(playbook, File{folder + QStringLiteral("workflow.yaml")}, *workflow));
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray *file : {&*skill, &*workflow}) {
        hash.addData(QByteArray(QByteArray::number(file->size()) + '\n'));
        hash.addData(*file);
    }
    playbook.hash = hash.result().toHex();
    return playbook;
}

} // namespace coppice::playbooks
