// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/trial_store.h"

#include "base/json.h"
#include "base/paths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <tuple>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 storeCap = qint64(1) << 30;
const QString fileName = u"/trials.jsonl"_s;

auto keyOf(const Trial &trial)
{
    return std::tie(trial.task, trial.client, trial.model, trial.arm, trial.number);
}

/// The last one of each key, in the order in which they were first made.
std::vector<Trial> lastOfEach(std::vector<Trial> all)
{
    std::vector<Trial> kept;
    for (auto &trial : all) {
        const auto there = std::ranges::find_if(kept, [&](const Trial &one) { return keyOf(one) == keyOf(trial); });
        if (there == kept.end())
            kept.push_back(std::move(trial));
        else
            *there = std::move(trial);
    }
    return kept;
}

Result<std::vector<Trial>> readLines(const QString &folder, bool missingIsFine)
{
    const QString file = folder + fileName;
    if (!QFileInfo(file).isFile()) {
        if (missingIsFine)
            return std::vector<Trial>();
        return failNotFound(u"eval.no-trials"_s, u"There are no trials in this folder"_s, folder, u"coppicectl eval run --out FOLDER makes some."_s);
    }
    COPPICE_TRY(const QByteArray bytes, readFile(file, storeCap));
    std::vector<Trial> all;
    qsizetype from = 0;
    for (int line = 1; from < bytes.size(); ++line) {
        const qsizetype end = bytes.indexOf('\n', from);
        if (end < 0)
            break; // cut by a dying process
        const QByteArray one = bytes.mid(from, end - from);
        from = end + 1;
        if (one.trimmed().isEmpty())
            continue;
        const QString where = u"%1:%2"_s.arg(file).arg(line);
        COPPICE_TRY(const auto object, parseJsonObject(one, where));
        auto trial = trialFromJson(object);
        if (!trial)
            return fail(trial.error().code, trial.error().what, where, u"Take the line out, or name another folder."_s);
        all.push_back(std::move(*trial));
    }
    return lastOfEach(std::move(all));
}

QString plainPart(const QString &text)
{
    static const QRegularExpression other(u"[^A-Za-z0-9._-]+"_s);
    QString plain = text;
    plain.replace(other, u"-"_s);
    return plain.left(60);
}

} // namespace

TrialStore::~TrialStore()
{
    if (m_lock >= 0)
        ::close(m_lock);
}

Result<std::unique_ptr<TrialStore>> TrialStore::open(const QString &folder)
{
    COPPICE_CHECK(makeFolder(folder));
    auto store = std::unique_ptr<TrialStore>(new TrialStore);
    store->m_folder = QFileInfo(folder).canonicalFilePath();
    store->m_lock = ::open(QFile::encodeName(store->m_folder + u"/lock"_s).constData(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (store->m_lock < 0)
        return fail(u"eval.lock"_s, u"The folder of trials cannot be written"_s, store->m_folder);
    if (::flock(store->m_lock, LOCK_EX | LOCK_NB) != 0)
        return fail(u"eval.busy"_s, u"Another process is making trials in this folder"_s, store->m_folder, u"Wait for it, or name another folder with --out."_s);
    COPPICE_TRY(store->m_trials, readLines(store->m_folder, true));
    return store;
}

Result<std::vector<Trial>> TrialStore::read(const QString &folder)
{
    return readLines(folder, false);
}

std::optional<Trial> TrialStore::made(const Trial &like) const
{
    const std::lock_guard lock(m_mutex);
    const auto there = std::ranges::find_if(m_trials, [&](const Trial &one) { return keyOf(one) == keyOf(like); });
    if (there == m_trials.end() || there->taskHash != like.taskHash || !there->counts())
        return std::nullopt;
    return *there;
}

Result<> TrialStore::add(const Trial &trial)
{
    const std::lock_guard lock(m_mutex);
    const QByteArray line = toJsonLine(toJson(trial));
    QFile file(m_folder + fileName);
    const auto broken = [&] { return fail(u"eval.store"_s, u"A trial cannot be written down (%1)"_s.arg(file.errorString()), file.fileName()); };
    if (!file.open(QIODevice::ReadWrite | QIODevice::Unbuffered))
        return broken();
    // Behind the last whole line: what a dying process left of one is gone.
    qint64 end = file.size();
    for (char last = 0; end > 0; --end) {
        if (!file.seek(end - 1) || file.read(&last, 1) != 1)
            return broken();
        if (last == '\n')
            break;
    }
    if (!file.resize(end) || !file.seek(end) || file.write(line.trimmed() + '\n') < line.trimmed().size() || ::fsync(file.handle()) != 0)
        return broken();
    std::erase_if(m_trials, [&](const Trial &one) { return keyOf(one) == keyOf(trial); });
    m_trials.push_back(trial);
    return {};
}

QString TrialStore::folderOf(const Trial &trial)
{
    // Names that are plain to people, and never the same for two trials.
    const QByteArray key = QStringList{trial.task, trial.client, trial.model, trial.arm}.join(QChar(0)).toUtf8();
    const QString mark = QString::fromLatin1(QCryptographicHash::hash(key, QCryptographicHash::Sha256).toHex().left(8));
    return u"trials/%1-%2-%3-%4-%5"_s.arg(plainPart(trial.task), plainPart(trial.client), plainPart(trial.arm), mark).arg(trial.number);
}

} // namespace coppice::evals
