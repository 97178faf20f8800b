// SPDX-License-Identifier: GPL-3.0-or-later
#include "playbooks/workflow.h"

#include <QCryptographicHash>
#include <QRegularExpression>

namespace coppice::playbooks {

namespace {

/// What an Agent Skill may say of itself beside name and description.
Result<> checkOptional(const YAML::Node &root, const File &file)
{
    const YAML::Node fits = root["compatibility"];
    if (fits && (!fits.IsScalar() || fits.Scalar().empty() || fits.Scalar().size() > 500))
        return file.bad(fits, QStringLiteral("'compatibility' is not a text of 1 to 500 characters"));
    const YAML::Node metadata = root["metadata"];
    if (metadata && !metadata.IsMap())
        return file.bad(metadata, QStringLiteral("'metadata' is not a group of keys with a text each"));
    if (metadata) {
        for (const auto &pair : metadata) {
            if (!pair.first.IsScalar() || !pair.second.IsScalar())
                return file.bad(pair.first, QStringLiteral("'metadata' is not a group of keys with a text each"));
        }
    }
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
    COPPICE_TRY(const YAML::Node root, loadYaml(file, text.mid(4, end - 3)));
    const YAML::Node name = root["name"];
    if (!name || !name.IsScalar() || QString::fromStdString(name.Scalar()) != playbook.name)
        return file.bad(name ? name.Mark().line : 0, QStringLiteral("'name' is not the folder's name '%1'").arg(playbook.name));
    const YAML::Node description = root["description"];
    playbook.description = description && description.IsScalar() ? QString::fromStdString(description.Scalar()).simplified() : QString();
    if (playbook.description.isEmpty() || playbook.description.size() > 1024)
        return file.bad(description ? description.Mark().line : 0,
                        QStringLiteral("'description' is not a text of 1 to 1024 characters"));
    COPPICE_CHECK(checkOptional(root, file));
    const QString body = QString::fromUtf8(text.mid(end + 5));
    playbook.instructions = body.trimmed();
    const qsizetype begins = body.indexOf(playbook.instructions);
    playbook.instructionsLine = int(text.left(end + 5).count('\n') + QStringView(body).left(begins).count(u'\n')) + 1;
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
    COPPICE_CHECK(readWorkflow(playbook, File{folder + QStringLiteral("workflow.yaml")}, *workflow));
    std::vector<QByteArray> files{*skill, *workflow};
    for (const Step &step : playbook.steps) {
        if (step.kind != Step::Kind::LangGraph)
            continue;
        const auto graph = read(step.graph);
        if (!graph)
            return failNotFound(QStringLiteral("playbook.missing-file"),
                                QStringLiteral("The program of the step '%1' is not in the playbook's folder").arg(step.id),
                                QString(folder + step.graph));
        files.push_back(*graph);
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray &file : files) {
        hash.addData(QByteArray(QByteArray::number(file.size()) + '\n'));
        hash.addData(file);
    }
    playbook.hash = hash.result().toHex();
    return playbook;
}

} // namespace coppice::playbooks
