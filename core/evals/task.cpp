// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/task.h"

#include "base/paths.h"
#include "evals/task_file.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 instructionCap = 64 << 10;
constexpr int deepest = 12;

/// A heading's marks, or the first line as it stands, is the title; the rest is the text.
void readInstruction(Task &task, const QString &text)
{
    const QStringList lines = text.split(u'\n');
    qsizetype at = 0;
    while (at < lines.size() && lines[at].trimmed().isEmpty())
        ++at;
    static const QRegularExpression marks(u"^#+\\s*"_s);
    task.title = at < lines.size() ? lines[at].trimmed().remove(marks) : QString();
    task.text = lines.mid(at + 1).join(u'\n').trimmed();
}

/// Where the mock plugin's files lie: above the task (<plugin>/tasks/<task>), else with what Coppice ships.
Result<QString> pluginFolderOf(const Task &task)
{
    QDir above(task.folder);
    while (above.cdUp()) {
        if (above.dirName() == u"tasks" && above.cdUp() && above.dirName() == task.plugin)
            return above.absolutePath();
        if (above.isRoot())
            break;
    }
    if (const auto shipped = dataDir(u"plugins/"_s + task.plugin))
        return *shipped;
    return failNotFound(u"task.plugin"_s, u"There is no mock plugin %1"_s.arg(task.plugin), task.folder + u"/task.toml"_s,
                        u"Put the task at plugins/%1/tasks/%2, or leave metadata.plugin out and put all files into environment/."_s.arg(
                            task.plugin, task.id));
}

Result<> addToHash(QCryptographicHash &hash, const QString &folder, const QStringList &files)
{
    for (const QString &file : files) {
        COPPICE_TRY(const QByteArray bytes, readFile(folder + u'/' + file, 8 << 20));
        const char mode = QFileInfo(folder + u'/' + file).isExecutable() ? 'x' : '-';
        hash.addData(QByteArray(file.toUtf8() + '\0' + mode + QByteArray::number(bytes.size()) + '\0'));
        hash.addData(bytes);
    }
    return {};
}

QStringList allFiles(const QString &folder)
{
    QStringList files;
    QDirIterator walk(folder, QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QString path = QDir(folder).relativeFilePath(walk.next());
        if (!path.contains(u"__pycache__"_s) && !path.contains(u"node_modules"_s))
            files << path;
    }
    files.sort();
    return files;
}

void findTasks(const QString &folder, int depth, QStringList &found)
{
    if (QFileInfo(folder + u"/task.toml"_s).isFile()) {
        found << folder;
        return; // a task holds no other
    }
    if (depth == deepest)
        return;
    const QDir dir(folder);
    for (const QString &name : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name)) {
        if (name != u"node_modules")
            findTasks(dir.absoluteFilePath(name), depth + 1, found);
    }
}

/// A path pattern as a regular expression over whole paths.
QRegularExpression expressionOf(const QString &pattern)
{
    QString text;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == u'*' && i + 1 < pattern.size() && pattern[i + 1] == u'*') {
            text += u".*"_s;
            ++i;
        } else if (pattern[i] == u'*') {
            text += u"[^/]*"_s;
        } else {
            text += QRegularExpression::escape(QString(pattern[i]));
        }
    }
    return QRegularExpression(QRegularExpression::anchoredPattern(text));
}

} // namespace

QString nameOf(Task::Expects expects)
{
    return expects == Task::Expects::Change ? u"change"_s : u"nothing"_s;
}

QString nameOf(Task::Source source)
{
    return source == Task::Source::Person ? u"person"_s : source == Task::Source::Outside ? u"outside"_s : u"log"_s;
}

QStringList pluginFiles(const QString &folder)
{
    QStringList files = allFiles(folder);
    files.removeIf([](const QString &path) { return path.startsWith(u"tasks/"_s); });
    return files;
}

bool isInScope(const QByteArray &path, const QStringList &patterns)
{
    const QString text = QString::fromUtf8(path);
    return patterns.isEmpty()
        || std::ranges::any_of(patterns, [&](const QString &pattern) { return expressionOf(pattern).match(text).hasMatch(); });
}

Result<Task> loadTask(const QString &folder)
{
    const QFileInfo info(folder);
    if (!QFileInfo(folder + u"/task.toml"_s).isFile())
        return failNotFound(u"task.missing"_s, u"There is no task in this folder"_s, folder, u"A task is a folder with task.toml."_s);
    Task task;
    task.folder = info.canonicalFilePath();
    task.id = QFileInfo(task.folder).fileName();
    COPPICE_CHECK(readTaskFile(task));

    const QString instruction = task.folder + u"/instruction.md"_s;
    COPPICE_TRY(const QByteArray text, readFile(instruction, instructionCap));
    readInstruction(task, QString::fromUtf8(text));
    if (task.title.isEmpty())
        return fail(u"task.bad"_s, u"The task's instruction is empty"_s, instruction, u"Its first line is the ticket's title."_s);
    for (const char *file : {"/tests/test.sh", "/solution/solve.sh"}) {
        if (!QFileInfo(task.folder + QLatin1String(file)).isFile())
            return fail(u"task.bad"_s, u"The task lacks a file"_s, task.folder + QLatin1String(file),
                        u"A task has tests/test.sh, and solution/solve.sh (which may do nothing where nothing is to be done)."_s);
    }
    if (task.source == Task::Source::Log && !QFileInfo(task.folder + u"/environment/production.log"_s).isFile())
        return fail(u"task.bad"_s, u"The task says source = \"log\" and has no log"_s, task.folder + u"/environment/production.log"_s,
                    u"Put there what production logged."_s);
    if (!task.plugin.isEmpty()) {
        COPPICE_TRY(task.pluginFolder, pluginFolderOf(task));
    } else {
        task.plugin = u"plugin"_s;
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    COPPICE_CHECK(addToHash(hash, task.folder, allFiles(task.folder)));
    if (!task.pluginFolder.isEmpty())
        COPPICE_CHECK(addToHash(hash, task.pluginFolder, pluginFiles(task.pluginFolder)));
    task.hash = hash.result().toHex();
    return task;
}

Result<std::vector<Task>> loadSuite(const QString &folder)
{
    if (!QFileInfo(folder).isDir())
        return failNotFound(u"suite.missing"_s, u"There is no such folder of tasks"_s, folder);
    QStringList folders;
    findTasks(QFileInfo(folder).canonicalFilePath(), 0, folders);
    if (folders.isEmpty())
        return failNotFound(u"suite.empty"_s, u"There are no tasks at or below this folder"_s, folder,
                            u"A task is a folder with task.toml, instruction.md, tests/ and solution/."_s);
    std::vector<Task> tasks;
    for (const QString &one : std::as_const(folders)) {
        COPPICE_TRY(auto task, loadTask(one));
        tasks.push_back(std::move(task));
    }
    std::ranges::sort(tasks, {}, &Task::id);
    const auto twice = std::ranges::adjacent_find(tasks, {}, &Task::id);
    if (twice != tasks.end())
        return fail(u"suite.twice"_s, u"Two tasks have one name"_s, twice->folder + u" and "_s + std::next(twice)->folder,
                    u"Name the folders so that each name is there once."_s);
    return tasks;
}

} // namespace coppice::evals
