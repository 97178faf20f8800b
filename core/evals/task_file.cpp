// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/task_file.h"

#include "base/paths.h"
#include "manifest/toml_file.h"

#include <QRegularExpression>
#include <QSet>

#include <stdexcept>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 fileCap = 64 << 10;
constexpr double longest = 24 * 3600;

/// What Harbor's own tasks say of themselves and Coppice has no use for.
const QSet<QString> &othersKeys()
{
    static const QSet<QString> keys{u"author_name"_s, u"author_email"_s, u"difficulty"_s, u"category"_s, u"tags"_s, u"custom_docker_compose"_s,
                                    u"expert_time_estimate_min"_s, u"junior_time_estimate_min"_s};
    return keys;
}

/// One table of the file, with words for what is wrong in it.
class Table
{
public:
    Table(const toml::table &table, QString name, QString file) : m_table(table), m_name(std::move(name)), m_file(std::move(file)) { }

    [[nodiscard]] Fail bad(const toml::node *node, const QString &what, const QString &fix = {}) const
    {
        const auto line = node ? node->source().begin.line : m_table.source().begin.line;
        return fail(u"task.bad"_s, what, line ? u"%1:%2"_s.arg(m_file).arg(line) : m_file, fix);
    }
    [[nodiscard]] const toml::node *at(const char *key) const { return m_table.get(key); }
    Result<> text(const char *key, QString &into) const
    {
        const auto *node = at(key);
        if (!node)
            return {};
        if (const auto *value = node->as_string())
            into = QString::fromStdString(value->get()).trimmed();
        else if (const auto *number = node->as_integer(); number && QLatin1String(key) == "level"_L1)
            into = QString::number(number->get());
        else
            return bad(node, u"%1.%2 is not a text"_s.arg(m_name, QLatin1String(key)));
        return {};
    }
    Result<> oneOf(const char *key, const QStringList &words, int &into) const
    {
        QString word = words[into];
        COPPICE_CHECK(text(key, word));
        if (!words.contains(word))
            return bad(at(key), u"%1.%2 is one of these: %3"_s.arg(m_name, QLatin1String(key), words.join(u", "_s)));
        into = int(words.indexOf(word));
        return {};
    }
    Result<> texts(const char *key, QStringList &into) const
    {
        const auto *node = at(key);
        if (!node)
            return {};
        const auto *list = node->as_array();
        if (!list)
            return bad(node, u"%1.%2 is not a list of texts"_s.arg(m_name, QLatin1String(key)));
        for (const auto &item : *list) {
            const auto *value = item.as_string();
            if (!value || value->get().empty())
                return bad(&item, u"%1.%2 is not a list of texts"_s.arg(m_name, QLatin1String(key)));
            into << QString::fromStdString(value->get());
        }
        return {};
    }
    Result<> seconds(const char *key, std::chrono::seconds &into) const
    {
        const auto *node = at(key);
        if (!node)
            return {};
        const auto value = node->value<double>();
        if (!value || !(*value > 0) || *value > longest)
            return bad(node, u"%1.%2 is a number of seconds, at most a day"_s.arg(m_name, QLatin1String(key)));
        into = std::chrono::seconds(std::max<qint64>(1, qint64(*value)));
        return {};
    }
    Result<> onlyKeys(const QSet<QString> &known, bool others) const
    {
        for (const auto &[key, node] : m_table) {
            const QString name = QString::fromUtf8(key.str().data(), qsizetype(key.str().size()));
            if (!known.contains(name) && !(others && othersKeys().contains(name)))
                return bad(&node, u"%1 has no key '%2'"_s.arg(m_name, name.left(80)),
                           u"There are: %1."_s.arg(QStringList(known.begin(), known.end()).join(u", "_s)));
        }
        return {};
    }
    [[nodiscard]] std::optional<Table> below(const char *key) const
    {
        const auto *node = at(key);
        const auto *table = node ? node->as_table() : nullptr;
        return table ? std::optional(Table(*table, (m_name.isEmpty() ? QString() : m_name + u'.') + QLatin1String(key), m_file)) : std::nullopt;
    }

private:
    const toml::table &m_table;
    QString m_name, m_file;
};

Result<> readTests(Task &task, const Table &metadata)
{
    const auto tests = metadata.below("tests");
    if (!tests)
        return metadata.at("tests") ? Result<>(metadata.bad(metadata.at("tests"), u"metadata.tests is not a table"_s)) : Result<>();
    COPPICE_CHECK(tests->onlyKeys({u"turn"_s, u"variants"_s, u"stay"_s}, false));
    COPPICE_CHECK(tests->texts("turn", task.turn));
    COPPICE_CHECK(tests->texts("variants", task.variants));
    COPPICE_CHECK(tests->texts("stay", task.stay));
    QSet<QString> once;
    for (const QString &name : task.turn + task.variants + task.stay) {
        if (once.contains(name))
            return tests->bad(nullptr, u"A hidden test is named twice: %1"_s.arg(name));
        once.insert(name);
    }
    if (task.expects == Task::Expects::Nothing && !(task.turn + task.variants).isEmpty())
        return tests->bad(tests->at("turn"), u"Where nothing is to be changed, no test can turn"_s, u"Name them under stay."_s);
    return {};
}

Result<> readMetadata(Task &task, const Table &root)
{
    const auto metadata = root.below("metadata");
    if (!metadata)
        return root.bad(root.at("metadata"), u"The task has no [metadata]"_s, u"It says at least level and expects."_s);
    COPPICE_CHECK(metadata->onlyKeys({u"level"_s, u"expects"_s, u"plugin"_s, u"source"_s, u"playbook"_s, u"test"_s, u"scope"_s, u"forbid"_s, u"tests"_s}, true));
    COPPICE_CHECK(metadata->text("level", task.level));
    if (task.level.isEmpty())
        return metadata->bad(metadata->at("level"), u"The task has no metadata.level"_s, u"For example level = \"failing-test\"."_s);
    if (!metadata->at("expects"))
        return metadata->bad(nullptr, u"The task does not say what it expects"_s, u"expects = \"change\", or \"nothing\"."_s);
    int expects = 0, source = 0;
    COPPICE_CHECK(metadata->oneOf("expects", {u"change"_s, u"nothing"_s}, expects));
    COPPICE_CHECK(metadata->oneOf("source", {u"person"_s, u"outside"_s, u"log"_s}, source));
    task.expects = Task::Expects(expects);
    task.source = Task::Source(source);
    COPPICE_CHECK(metadata->text("plugin", task.plugin));
    COPPICE_CHECK(metadata->text("playbook", task.playbook));
    COPPICE_CHECK(metadata->text("test", task.testCommand));
    COPPICE_CHECK(metadata->texts("scope", task.scope));
    COPPICE_CHECK(metadata->texts("forbid", task.forbid));
    static const QRegularExpression id(u"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"_s);
    if (!task.plugin.isEmpty() && !id.match(task.plugin).hasMatch())
        return metadata->bad(metadata->at("plugin"), u"This cannot be a plugin's id"_s);
    return readTests(task, *metadata);
}

} // namespace

Result<> readTaskFile(Task &task)
{
    const QString file = task.folder + u"/task.toml"_s;
    COPPICE_TRY(const QByteArray bytes, readFile(file, fileCap));
    try {
        const toml::table parsed = toml::parse(std::string_view(bytes.constData(), size_t(bytes.size())));
        const Table root(parsed, {}, file);
        COPPICE_CHECK(readMetadata(task, root));
        if (const auto agent = root.below("agent"))
            COPPICE_CHECK(agent->seconds("timeout_sec", task.agentTimeout));
        if (const auto verifier = root.below("verifier"))
            COPPICE_CHECK(verifier->seconds("timeout_sec", task.testTimeout));
        return {};
    } catch (const toml::parse_error &error) {
        return fail(u"task.bad"_s, u"The file is not TOML: %1"_s.arg(QString::fromUtf8(error.description())),
                    u"%1:%2"_s.arg(file).arg(error.source().begin.line));
    } catch (const std::exception &error) {
        return fail(u"task.bad"_s, u"The file could not be read as TOML: %1"_s.arg(QString::fromUtf8(error.what())), file);
    }
}

} // namespace coppice::evals
