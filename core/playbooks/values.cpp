// SPDX-License-Identifier: GPL-3.0-or-later
#include "playbooks/values.h"

#include <cmath>

namespace coppice::playbooks {

QStringList outputNames(const Step &step)
{
    return step.kind == Step::Kind::Approve ? QStringList{QStringLiteral("answer")} : step.outputs;
}

QString textOf(const QJsonValue &value)
{
    if (value.isBool())
        return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    if (!value.isDouble())
        return value.toString();
    const double number = value.toDouble();
    if (number == std::floor(number) && std::abs(number) < 9e15)
        return QString::number(qint64(number));
    return QString::number(number, 'g', 15);
}

QMap<QString, QString> outputSlots(const Playbook &playbook, const QJsonObject &outputs)
{
    QMap<QString, QString> values;
    for (const Step &step : playbook.steps) {
        const QJsonObject left = outputs[step.id].toObject();
        for (const QString &name : outputNames(step))
            values[QStringLiteral("outputs.%1.%2").arg(step.id, name)] = textOf(left[name]);
    }
    return values;
}

QString outputVariable(const QString &step, const QString &name)
{
    QString variable = QStringLiteral("COPPICE_OUT_%1_%2").arg(step, name).toUpper();
    variable.replace(u'-', u'_');
    return variable;
}

QMap<QString, QString> outputVariables(const QJsonObject &outputs)
{
    QMap<QString, QString> variables;
    for (auto step = outputs.begin(); step != outputs.end(); ++step) {
        const QJsonObject values = step->toObject();
        for (auto it = values.begin(); it != values.end(); ++it)
            variables[outputVariable(step.key(), it.key())] = textOf(*it);
    }
    return variables;
}

QString missingOutputs(const Step &step, const QJsonObject &values)
{
    QStringList missing;
    for (const QString &name : step.outputs) {
        if (!values.contains(name))
            missing << name;
    }
    return missing.isEmpty() ? QString()
                             : QStringLiteral("The step '%1' ended without leaving %2. It has to write %3 into the file that "
                                              "$COPPICE_OUTPUTS names, one name=value a line.")
                                   .arg(step.id, missing.join(QStringLiteral(", ")),
                                        missing.size() == 1 ? QStringLiteral("it") : QStringLiteral("them"));
}

} // namespace coppice::playbooks
