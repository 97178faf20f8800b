// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/json.h>

#include <cstdio>
#include <unistd.h>

namespace coppice::ctl {

namespace {

std::stop_source &stopSource()
{
    static std::stop_source source;
    return source;
}

/// A line on stderr that overwrites itself, when that is a terminal.
class TerminalProgress final : public Progress
{
public:
    void report(qint64 done, qint64 total, const QString &what) override
    {
        if (!isatty(STDERR_FILENO))
            return;
        const QString line = total > 0 ? QStringLiteral("%1/%2 %3").arg(done).arg(total).arg(what) : what;
        std::fprintf(stderr, "\r\033[K%s", qPrintable(line.left(100)));
        m_shown = true;
    }
    ~TerminalProgress() override
    {
        if (m_shown)
            std::fputs("\r\033[K", stderr);
    }

private:
    bool m_shown = false;
};

} // namespace

/// Called by the thread that waits for signals.
void askToStop()
{
    stopSource().request_stop();
}

void Context::answer(QJsonObject document, const QString &text)
{
    if (json) {
        document[QStringLiteral("v")] = 1;
        std::printf("%s\n", toJsonLine(document).constData());
    } else if (!text.isEmpty()) {
        std::printf("%s\n", qPrintable(text));
    }
    std::fflush(stdout);
}

void Context::streamLine(const QJsonObject &document)
{
    const QByteArray line = toJsonLine(document) + '\n';
    std::fwrite(line.constData(), 1, size_t(line.size()), stdout);
}

void Context::note(const QString &text)
{
    std::fprintf(stderr, "%s\n", qPrintable(text));
}

std::stop_token Context::stop() const
{
    return stopSource().get_token();
}

Progress &Context::progress()
{
    static TerminalProgress terminal;
    return terminal;
}

Verb *group(Verb &root, const std::string &name, const std::string &description)
{
    if (auto *there = root.subcommand(name))
        return there;
    return root.addSubcommand(name, description)->requireSubcommand();
}

QString table(const QList<QStringList> &rows)
{
    QList<qsizetype> widths;
    for (const auto &row : rows) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            if (i == widths.size())
                widths << 0;
            widths[i] = qMax(widths[i], row[i].size());
        }
    }
    QStringList lines;
    for (const auto &row : rows) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i)
            line += i + 1 < row.size() ? row[i].leftJustified(widths[i] + 2) : row[i];
        lines << line;
    }
    return lines.join(u'\n');
}

} // namespace coppice::ctl
