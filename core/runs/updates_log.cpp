// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/updates_log.h"

#include "base/clock.h"
#include "base/json.h"
#include "text/hidden.h"

#include <QJsonArray>

namespace coppice::runs {

using namespace Qt::StringLiterals;

namespace {

/// All texts of a value, made plain and cut.
QJsonValue plainValue(const QJsonValue &value)
{
    if (value.isString())
        return text::plain(value.toString(), clients::updateTextCap);
    if (value.isArray()) {
        QJsonArray plain;
        for (const auto &one : value.toArray())
            plain.append(plainValue(one));
        return plain;
    }
    if (value.isObject()) {
        QJsonObject plain;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            plain[it.key()] = plainValue(*it);
        return plain;
    }
    return value;
}

} // namespace

UpdatesLog::UpdatesLog(const QString &path, const text::Scrubber &scrubber) : m_file(path), m_scrubber(scrubber) { }

Result<> UpdatesLog::open()
{
    if (!m_file.open(QIODevice::ReadWrite | QIODevice::Unbuffered))
        return fail(u"run.updates"_s, u"The run's record of updates cannot be written (%1)"_s.arg(m_file.errorString()), m_file.fileName());
    // A line that a killed process left half is taken away, so that the next one stands alone.
    qint64 size = m_file.size();
    const qint64 look = qMin<qint64>(size, 1 << 20);
    m_file.seek(size - look);
    const QByteArray tail = m_file.read(look);
    const auto end = tail.lastIndexOf('\n');
    if (!tail.isEmpty() && end != tail.size() - 1) {
        size -= tail.size() - (end + 1);
        m_file.resize(size);
    }
    m_file.seek(size);
    m_written = size;
    m_full = size > cap();
    return {};
}

void UpdatesLog::setStep(const QString &step, int attempt)
{
    const std::lock_guard lock(m_mutex);
    m_step = step;
    m_attempt = attempt;
    m_raw = 0;
}

/// A program that floods is not scrubbed line by line: the log has what it printed.
bool UpdatesLog::isTooMuch(const clients::AgentUpdate &update)
{
    const QString role = update.data[u"role"].toString();
    if (update.kind != clients::AgentUpdate::Kind::Text || (!role.isEmpty() && role != u"raw"))
        return false;
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        first = m_raw <= rawCap();
        m_raw += update.text.size();
        if (m_raw <= rawCap())
            return false;
    }
    if (first)
        note(u"More was printed; the log has it."_s);
    return true;
}

void UpdatesLog::write(const clients::AgentUpdate &update)
{
    if (isTooMuch(update))
        return;
    int replaced = 0;
    // Made plain first: a secret that zero-width characters hide is found then.
    const QJsonValue line = m_scrubber.scrub(plainValue(clients::toJson(update)), replaced);
    put(line.toObject());
}

void UpdatesLog::note(const QString &text)
{
    write({clients::AgentUpdate::Kind::Text, text, {{u"role"_s, u"note"_s}}});
}

void UpdatesLog::put(QJsonObject line)
{
    const std::lock_guard lock(m_mutex);
    if (m_full || !m_file.isOpen())
        return;
    line[u"at"_s] = nowMs();
    line[u"step"_s] = m_step;
    line[u"attempt"_s] = m_attempt;
    QByteArray bytes = toJsonLine(line);
    if (m_written + bytes.size() > cap()) {
        m_full = true;
        bytes = toJsonLine({{u"kind"_s, u"text"_s},
                            {u"text"_s, u"More was told than is kept; the client's own output has it."_s},
                            {u"data"_s, QJsonObject{{u"role"_s, u"note"_s}}},
                            {u"at"_s, nowMs()},
                            {u"step"_s, m_step},
                            {u"attempt"_s, m_attempt}});
    }
    if (!bytes.endsWith('\n'))
        bytes += '\n';
    m_written += m_file.write(bytes);
}

} // namespace coppice::runs
