// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/outputs.h"

#include "base/paths.h"
#include "playbooks/values.h"
#include "process/spawn.h"
#include "text/hidden.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::runs {

namespace {

const QString folderInside = QStringLiteral("/coppice/out");
const QString fileName = QStringLiteral("values");
constexpr qint64 fileCap = 64 << 10;
constexpr qsizetype valueCap = 8192;

/// The name=value lines as an object.
QJsonObject fromLines(const QByteArray &bytes)
{
    QJsonObject values;
    for (const QByteArray &raw : bytes.split('\n')) {
        const QByteArray line = raw.trimmed();
        const qsizetype sign = line.indexOf('=');
        if (sign <= 0 || line.startsWith('#'))
            continue;
        values[QString::fromUtf8(line.left(sign).trimmed())] = QString::fromUtf8(line.mid(sign + 1).trimmed());
    }
    return values;
}

/// A file that a stranger may have replaced: only a regular one is read, no link is followed, no pipe is waited for.
Result<std::optional<QByteArray>> readStrangers(const QString &path, qint64 cap)
{
    const process::Descriptor file(::open(QFile::encodeName(path).constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.isOpen()) {
        if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR || errno == ENXIO || errno == EACCES)
            return std::nullopt;
        return fail(QStringLiteral("run.outputs"),
                    QStringLiteral("What a step left behind cannot be read (%1)").arg(QString::fromLocal8Bit(std::strerror(errno))), path);
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return std::nullopt;
    QByteArray bytes(cap + 1, Qt::Uninitialized);
    qint64 have = 0;
    while (have <= cap) {
        const auto got = ::read(file.get(), bytes.data() + have, size_t(cap + 1 - have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += got;
    }
    bytes.truncate(have);
    return bytes;
}

} // namespace

QString outputsFile(const QString &folder)
{
    return folder + u'/' + fileName;
}

StepOutputs parseOutputs(const playbooks::Step &step, const QByteArray &bytes)
{
    StepOutputs left;
    if (bytes.size() > fileCap) {
        left.problem = QStringLiteral("The step '%1' wrote more than %2 KiB of outputs. Long results belong into files of the "
                                      "plugin, or into the last message.").arg(step.id).arg(fileCap >> 10);
        return left;
    }
    const bool json = bytes.trimmed().startsWith('{');
    QJsonObject given;
    if (json) {
        QJsonParseError error;
        const auto document = QJsonDocument::fromJson(bytes.trimmed(), &error);
        if (error.error != QJsonParseError::NoError) {
            left.problem = QStringLiteral("The outputs of the step '%1' begin like a JSON object and are none: %2 at byte %3.")
                               .arg(step.id, error.errorString()).arg(error.offset);
            return left;
        }
        given = document.object();
    } else {
        given = fromLines(bytes);
    }
    for (const QString &name : step.outputs) {
        const QJsonValue value = given[name];
        if (value.isUndefined() || value.isNull())
            continue;
        if (value.isArray() || value.isObject()) {
            left.problem = QStringLiteral("The output '%1' of the step '%2' is a list or an object; outputs are texts, numbers, "
                                          "true or false.").arg(name, step.id);
            return left;
        }
        left.values[name] = value.isString() ? QJsonValue(text::plain(value.toString(), valueCap).trimmed()) : value;
    }
    left.problem = playbooks::missingOutputs(step, left.values);
    return left;
}

Result<> offerOutputs(const playbooks::Step &step, sandbox::SandboxProfile &profile, const QString &folder)
{
    if (step.outputs.isEmpty())
        return {};
    if (!QDir(folder).removeRecursively())
        return fail(QStringLiteral("run.files"), QStringLiteral("A folder of the run cannot be replaced"), folder);
    COPPICE_CHECK(coppice::makeFolder(folder));
    COPPICE_CHECK(writeFileAtomically(outputsFile(folder), {}));
    profile.binds.push_back({folder, folderInside, true});
    profile.env[QStringLiteral("COPPICE_OUTPUTS")] = folderInside + u'/' + fileName;
    return {};
}

Result<QByteArray> readOutputs(const QString &folder)
{
    COPPICE_TRY(const auto bytes, readStrangers(outputsFile(folder), fileCap));
    return bytes.value_or(QByteArray()).left(fileCap);
}

Result<StepOutputs> takeOutputs(const playbooks::Step &step, const QString &folder)
{
    if (step.outputs.isEmpty())
        return StepOutputs{};
    COPPICE_TRY(const auto bytes, readStrangers(outputsFile(folder), fileCap));
    return parseOutputs(step, bytes.value_or(QByteArray()));
}

} // namespace coppice::runs
