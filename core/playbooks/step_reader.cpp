// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "playbooks/condition.h"
#include "playbooks/values.h"
#include "playbooks/workflow.h"

#include <QRegularExpression>
#include <QSet>

#include <array>
#include <cmath>

namespace coppice::playbooks {

namespace {

constexpr std::array<const char *, 5> kindNames{"agent", "command", "check", "approve", "langgraph"};
constexpr double dearestStep = 1000; // US dollars

/// The keys that a step of each kind may have beside id, kind, needs and if, and the one that it must have.
struct Keys {
    const char *allowed;
    const char *needed;
};
constexpr std::array<Keys, 5> keysOfKind{{
    {"prompt timeout retries budget_usd max_turns outputs", ""},
    {"run timeout retries may_fail outputs", "run"},
    {"run timeout retries may_fail", "run"},
    {"ask options", "ask"},
    {"graph inputs timeout retries budget_usd outputs", "graph"},
}};
const QString keysOfAll = QStringLiteral("id kind needs if");

QString scalarText(const YAML::Node &node)
{
    return node.IsScalar() ? QString::fromStdString(node.Scalar()) : QString();
}

/// "90", "90s", "30m", "2h"; between one second and a day.
Result<std::chrono::seconds> durationOf(const File &file, const YAML::Node &node)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{1,6})([smh]?)\\z"));
    const auto match = form.match(scalarText(node));
    if (!match.hasMatch())
        return file.bad(node, QStringLiteral("'timeout' is not a time such as 90s, 30m or 2h"));
    const QString unit = match.captured(2);
    const qint64 seconds = match.captured(1).toLongLong() * (unit == QLatin1String("h") ? 3600 : unit == QLatin1String("m") ? 60 : 1);
    if (seconds < 1 || seconds > 86400)
        return file.bad(node, QStringLiteral("'timeout' is not between one second and one day"));
    return std::chrono::seconds(seconds);
}

Result<int> wholeNumber(const File &file, const YAML::Node &node, const QString &key, int least, int most)
{
    static const QRegularExpression form(QStringLiteral("^[0-9]{1,6}\\z"));
    const bool good = node.IsScalar() && node.Tag() != "!" && form.match(scalarText(node)).hasMatch();
    const int value = good ? scalarText(node).toInt() : -1;
    if (value < least || value > most)
        return file.bad(node, QStringLiteral("'%1' is not a number from %2 to %3").arg(key).arg(least).arg(most));
    return value;
}

Result<qint64> dollars(const File &file, const YAML::Node &node, const QString &key)
{
    bool good = node.IsScalar() && node.Tag() != "!";
    const double value = good ? scalarText(node).toDouble(&good) : 0;
    if (!good || !std::isfinite(value) || value <= 0 || value > dearestStep)
        return file.bad(node, QStringLiteral("'%1' is not an amount of US dollars over 0 and up to %2").arg(key).arg(dearestStep));
    return qMax<qint64>(1, qint64(std::llround(value * 1e6)));
}

Result<QStringList> names(const File &file, const YAML::Node &node, const QString &key)
{
    static const QRegularExpression form(QStringLiteral("^[a-z][a-z0-9_]{0,31}\\z"));
    COPPICE_TRY(const QStringList list, stringsOf(file, node, key));
    for (const QString &name : list) {
        if (!form.match(name).hasMatch())
            return file.bad(node, QStringLiteral("'%1' is no name of an output; it is a lower-case word such as root_cause").arg(name.left(80)));
    }
    if (list.isEmpty() || list.size() > 32 || QSet<QString>(list.begin(), list.end()).size() != list.size())
        return file.bad(node, QStringLiteral("'%1' is not a list of 1 to 32 different names").arg(key));
    return list;
}

Result<QStringList> answers(const File &file, const YAML::Node &node, const QString &key)
{
    COPPICE_TRY(const QStringList list, stringsOf(file, node, key));
    const bool good = std::ranges::all_of(list, [](const QString &one) { return !one.trimmed().isEmpty() && one.size() <= 60; });
    if (!good || list.size() < 2 || list.size() > 6 || QSet<QString>(list.begin(), list.end()).size() != list.size())
        return file.bad(node, QStringLiteral("'%1' is not a list of 2 to 6 different answers of at most 60 characters").arg(key));
    return list;
}

Result<QMap<QString, QString>> inputsOf(const File &file, const YAML::Node &node, const QString &key)
{
    static const QRegularExpression form(QStringLiteral("^[A-Za-z][A-Za-z0-9_]{0,31}\\z"));
    if (!node.IsMap() || node.size() == 0 || node.size() > 32)
        return file.bad(node, QStringLiteral("'%1' is not a group of 1 to 32 names with a text each").arg(key));
    QMap<QString, QString> inputs;
    for (const auto &pair : node) {
        const QString name = scalarText(pair.first);
        if (!form.match(name).hasMatch() || inputs.contains(name))
            return file.bad(pair.first, QStringLiteral("'%1' is no name of an input, or stands here twice").arg(name.left(80)));
        COPPICE_TRY(inputs[name], scalarOf(file, pair.second, name));
    }
    return inputs;
}

Result<QString> graphOf(const File &file, const YAML::Node &node, const QString &key)
{
    COPPICE_TRY(const QString path, scalarOf(file, node, key));
    static const QRegularExpression form(QStringLiteral("^[A-Za-z0-9_][A-Za-z0-9_./-]{0,120}\\.(mjs|js|cjs)\\z"));
    if (!form.match(path).hasMatch() || !isSafeRelative(path.toUtf8()))
        return file.bad(node, QStringLiteral("'%1' does not name a .mjs, .js or .cjs file in the playbook's folder").arg(key));
    return path;
}

Result<Step::Kind> kindOf(const File &file, const YAML::Node &node)
{
    COPPICE_TRY(const QString text, scalarOf(file, node, QStringLiteral("kind")));
    for (size_t i = 0; i < kindNames.size(); ++i) {
        if (text == QLatin1String(kindNames[i]))
            return Step::Kind(i);
    }
    return file.bad(node, QStringLiteral("There is no kind of step named '%1'; there are agent, command, check, approve and langgraph")
                              .arg(text.left(80)));
}

Result<> readKey(Step &step, const File &file, const QString &key, const YAML::Node &value)
{
    const auto is = [&](const char *name) { return key == QLatin1String(name); };
    if (is("id")) {
        COPPICE_TRY(step.id, scalarOf(file, value, key));
    } else if (is("kind")) {
        COPPICE_TRY(step.kind, kindOf(file, value));
    } else if (is("run")) {
        COPPICE_TRY(step.run, scalarOf(file, value, key));
    } else if (is("prompt")) {
        COPPICE_TRY(step.prompt, scalarOf(file, value, key));
    } else if (is("ask")) {
        COPPICE_TRY(step.ask, scalarOf(file, value, key));
    } else if (is("options")) {
        COPPICE_TRY(step.options, answers(file, value, key));
    } else if (is("graph")) {
        COPPICE_TRY(step.graph, graphOf(file, value, key));
    } else if (is("inputs")) {
        COPPICE_TRY(step.inputs, inputsOf(file, value, key));
    } else if (is("outputs")) {
        COPPICE_TRY(step.outputs, names(file, value, key));
    } else if (is("needs")) {
        COPPICE_TRY(step.needs, stringsOf(file, value, key));
    } else if (is("if")) {
        COPPICE_TRY(step.when, scalarOf(file, value, key));
    } else if (is("timeout")) {
        COPPICE_TRY(step.timeout, durationOf(file, value));
    } else if (is("retries")) {
        COPPICE_TRY(step.retries, wholeNumber(file, value, key, 0, 9));
    } else if (is("max_turns")) {
        COPPICE_TRY(step.maxTurns, wholeNumber(file, value, key, 1, 1000));
    } else if (is("budget_usd")) {
        COPPICE_TRY(step.budget, dollars(file, value, key));
    } else if (is("may_fail")) {
        COPPICE_TRY(step.mayFail, booleanOf(file, value, key));
    } else {
        return file.bad(value, QStringLiteral("A step has no key '%1'").arg(key.left(80)));
    }
    return {};
}

/// A key that steps of this kind do not have, or the one they must have.
Result<> checkKeys(const Step &step, const File &file, const YAML::Node &node)
{
    const Keys &keys = keysOfKind[size_t(step.kind)];
    const QStringList allowed = QString(keysOfAll + u' ' + QLatin1String(keys.allowed)).split(u' ');
    for (const auto &pair : node) {
        const QString key = scalarText(pair.first);
        if (!allowed.contains(key))
            return file.bad(pair.first, QStringLiteral("A step of kind %1 has no key '%2'; it may have %3")
                                            .arg(nameOf(step.kind), key, allowed.join(QStringLiteral(", "))));
    }
    const QString needed = QString::fromLatin1(keys.needed);
    if (needed.isEmpty())
        return {};
    const YAML::Node given = node[keys.needed];
    if (!given || scalarText(given).trimmed().isEmpty())
        return file.bad(given ? given : node, QStringLiteral("The step '%1' does not say what to %2 ('%2' is missing or empty)")
                                                  .arg(step.id, needed == QLatin1String("graph") ? QStringLiteral("graph") : needed));
    return {};
}

/// Needs, condition and slots name what is there by then.
class Names
{
public:
    Names(const File &file, const Step &step, const std::vector<Step> &earlier) : m_file(file), m_step(step), m_earlier(earlier) { }

    Result<> check(const YAML::Node &node) const
    {
        for (const QString &need : m_step.needs) {
            if (!find(need))
                return m_file.bad(node["needs"], QStringLiteral("The step '%1' needs '%2', which is no earlier step").arg(m_step.id, need.left(80)));
        }
        if (node["if"])
            COPPICE_CHECK(condition(node["if"]));
        for (const char *key : {"prompt", "ask"}) {
            if (node[key])
                COPPICE_CHECK(texts(node[key]));
        }
        if (node["inputs"]) {
            for (const auto &pair : node["inputs"])
                COPPICE_CHECK(texts(pair.second));
        }
        return node["run"] ? line(node["run"]) : Result<>();
    }

private:
    [[nodiscard]] const Step *find(const QString &id) const
    {
        const auto it = std::ranges::find(m_earlier, id, &Step::id);
        return it == m_earlier.end() ? nullptr : &*it;
    }

    [[nodiscard]] Result<> output(const YAML::Node &node, const QString &id, const QString &name) const
    {
        const Step *step = find(id);
        if (!step)
            return m_file.bad(node, QStringLiteral("The step '%1' uses outputs of '%2', which is no earlier step").arg(m_step.id, id.left(80)));
        if (!outputNames(*step).contains(name))
            return m_file.bad(node, QStringLiteral("The step '%1' declares no output '%2'%3")
                                        .arg(id, name.left(80),
                                             outputNames(*step).isEmpty() ? QString()
                                                                          : QStringLiteral("; it has %1").arg(outputNames(*step).join(QStringLiteral(", ")))));
        return {};
    }

    [[nodiscard]] Result<> condition(const YAML::Node &node) const
    {
        const auto read = Condition::parse(m_step.when);
        if (!read)
            return m_file.bad(node, QStringLiteral("'if' cannot be read: %1").arg(read.error().what));
        for (const auto &reference : read->references())
            COPPICE_CHECK(output(node, reference.step, reference.name));
        return {};
    }

    [[nodiscard]] Result<> texts(const YAML::Node &node) const
    {
        static const QRegularExpression slot(QStringLiteral("(?<!\\$)\\{\\{\\s*outputs\\.([^}.\\s]*)\\.?([^}\\s]*)\\s*\\}\\}"));
        for (auto it = slot.globalMatch(scalarText(node)); it.hasNext();) {
            const auto match = it.next();
            COPPICE_CHECK(output(node, match.captured(1), match.captured(2)));
        }
        return {};
    }

    /// What an agent wrote never becomes part of a command line.
    [[nodiscard]] Result<> line(const YAML::Node &node) const
    {
        static const QRegularExpression slot(QStringLiteral("\\{\\{\\s*(commands|outputs|plugin|ticket|playbook)\\.([^}\\s]*)\\s*\\}\\}"));
        for (auto it = slot.globalMatch(m_step.run); it.hasNext();) {
            const auto match = it.next();
            if (match.captured(1) != QLatin1String("commands"))
                return m_file.bad(node, QStringLiteral("Only {{commands.NAME}} can stand in 'run'; outputs are there as "
                                                       "\"$COPPICE_OUT_STEP_NAME\""));
            if (!commandNames().contains(match.captured(2)))
                return m_file.bad(node, QStringLiteral("There is no command '%1'; plugins have %2")
                                            .arg(match.captured(2).left(80), commandNames().join(QStringLiteral(", "))));
        }
        return {};
    }

    const File &m_file;
    const Step &m_step;
    const std::vector<Step> &m_earlier;
};

} // namespace

QString nameOf(Step::Kind kind)
{
    return QString::fromLatin1(kindNames[size_t(kind)]);
}

Result<Step> readStep(const File &file, const YAML::Node &node, const std::vector<Step> &earlier)
{
    if (!node.IsMap())
        return file.bad(node, QStringLiteral("A step is a list of keys and values"));
    Step step;
    step.line = node.Mark().line + 1 + file.lineOffset;
    QSet<QString> seen;
    for (const auto &pair : node) {
        const QString key = scalarText(pair.first);
        if (seen.contains(key))
            return file.bad(pair.first, QStringLiteral("'%1' stands here for the second time").arg(key.left(80)));
        seen.insert(key);
        COPPICE_CHECK(readKey(step, file, key, pair.second));
    }
    static const QRegularExpression idForm(QStringLiteral("^[a-z][a-z0-9-]{0,31}\\z"));
    if (!idForm.match(step.id).hasMatch())
        return file.bad(node, QStringLiteral("A step's id is a lower-case word such as 'test' (found '%1')").arg(step.id.left(80)));
    if (!seen.contains(QStringLiteral("kind")))
        return file.bad(node, QStringLiteral("The step '%1' does not say its kind").arg(step.id));
    if (std::ranges::find(earlier, step.id, &Step::id) != earlier.end())
        return file.bad(node, QStringLiteral("There are two steps '%1'").arg(step.id));
    COPPICE_CHECK(checkKeys(step, file, node));
    COPPICE_CHECK(Names(file, step, earlier).check(node));
    if (!seen.contains(QStringLiteral("needs"))) {
        for (const Step &one : earlier)
            step.needs << one.id;
    }
    if (step.kind == Step::Kind::Approve && step.options.isEmpty())
        step.options = {QStringLiteral("yes"), QStringLiteral("no")};
    return step;
}

} // namespace coppice::playbooks
