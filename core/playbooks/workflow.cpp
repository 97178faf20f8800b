// SPDX-License-Identifier: GPL-3.0-or-later
#include "playbooks/workflow.h"

#include "playbooks/values.h"

#include <QSet>

namespace coppice::playbooks {

Fail File::bad(int line, const QString &what) const
{
    return fail(QStringLiteral("playbook.bad"), what, QStringLiteral("%1:%2").arg(path).arg(line + 1 + lineOffset),
                QStringLiteral("Correct the playbook; coppicectl playbooks check tells what is wrong."));
}

Result<YAML::Node> loadYaml(const File &file, const QByteArray &yaml)
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

Result<QString> scalarOf(const File &file, const YAML::Node &node, const QString &key)
{
    if (!node.IsScalar())
        return file.bad(node, QStringLiteral("'%1' is not a text").arg(key));
    return QString::fromStdString(node.Scalar());
}

Result<bool> booleanOf(const File &file, const YAML::Node &node, const QString &key)
{
    // A text in quotes is no truth value, and yes or on are words as in JSON.
    const std::string text = node.IsScalar() && node.Tag() != "!" ? node.Scalar() : std::string();
    if (text != "true" && text != "false")
        return file.bad(node, QStringLiteral("'%1' is neither true nor false").arg(key));
    return text == "true";
}

Result<QStringList> stringsOf(const File &file, const YAML::Node &node, const QString &key)
{
    if (!node.IsSequence())
        return file.bad(node, QStringLiteral("'%1' is not a list").arg(key));
    QStringList list;
    for (const auto &item : node) {
        if (!item.IsScalar())
            return file.bad(item, QStringLiteral("An entry of '%1' is not a text").arg(key));
        list << QString::fromStdString(item.Scalar());
    }
    return list;
}

namespace {

Result<> readSteps(Playbook &playbook, const File &file, const YAML::Node &value)
{
    if (!value.IsSequence() || value.size() == 0 || value.size() > 64)
        return file.bad(value, QStringLiteral("'steps' is not a list of 1 to 64 steps"));
    QMap<QString, QString> variables; // → step: two outputs may not reach a command by one name
    for (const auto &item : value) {
        COPPICE_TRY(Step step, readStep(file, item, playbook.steps));
        for (const QString &name : outputNames(step)) {
            const QString variable = outputVariable(step.id, name);
            if (variables.contains(variable))
                return file.bad(item, QStringLiteral("The outputs of '%1' and '%2' would both be called %3; rename one")
                                          .arg(variables[variable], step.id, variable));
            variables[variable] = step.id;
        }
        playbook.steps.push_back(std::move(step));
    }
    return {};
}

Result<> readKey(Playbook &playbook, const File &file, const QString &key, const YAML::Node &value)
{
    if (key == QLatin1String("version")) {
        if (!value.IsScalar() || value.Scalar() != "1" || value.Tag() == "!")
            return file.bad(value, QStringLiteral("This version of Coppice reads workflows of version 1 only"));
    } else if (key == QLatin1String("needs_ticket")) {
        COPPICE_TRY(playbook.needsTicket, booleanOf(file, value, key));
    } else if (key == QLatin1String("deploys")) {
        COPPICE_TRY(playbook.deploys, booleanOf(file, value, key));
    } else if (key == QLatin1String("neighbours")) {
        COPPICE_TRY(playbook.neighbours, stringsOf(file, value, key));
        if (playbook.neighbours.size() > 16)
            return file.bad(value, QStringLiteral("A playbook has at most 16 neighbours"));
    } else if (key == QLatin1String("changes")) {
        COPPICE_TRY(playbook.allowsChanges, scalarOf(file, value, key));
        if (!QStringList{QStringLiteral("any"), QStringLiteral("none"), QStringLiteral("docs"), QStringLiteral("tests")}
                 .contains(playbook.allowsChanges))
            return file.bad(value, QStringLiteral("'changes' is none of any, none, docs, tests"));
    } else if (key == QLatin1String("steps")) {
        return readSteps(playbook, file, value);
    } else {
        return file.bad(value, QStringLiteral("A workflow has no key '%1'").arg(key.left(80)));
    }
    return {};
}

} // namespace

Result<> readWorkflow(Playbook &playbook, const File &file, const QByteArray &yaml)
{
    COPPICE_TRY(const YAML::Node root, loadYaml(file, yaml));
    QSet<QString> seen;
    for (const auto &pair : root) {
        const QString key = pair.first.IsScalar() ? QString::fromStdString(pair.first.Scalar()) : QString();
        if (seen.contains(key))
            return file.bad(pair.first, QStringLiteral("'%1' stands here for the second time").arg(key.left(80)));
        seen.insert(key);
        COPPICE_CHECK(readKey(playbook, file, key, pair.second));
    }
    if (!seen.contains(QStringLiteral("version")))
        return file.bad(0, QStringLiteral("'version: 1' is missing"));
    if (playbook.steps.empty())
        return file.bad(0, QStringLiteral("The workflow has no steps"));
    return {};
}

} // namespace coppice::playbooks
