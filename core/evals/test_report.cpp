// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/test_report.h"

#include <QRegularExpression>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

void note(QMap<QString, bool> &report, const QString &name, bool passed)
{
    const auto at = report.find(name);
    if (at == report.end())
        report.insert(name, passed);
    else
        *at = *at && passed;
}

/// The name of a TAP line: an escaped '#' is part of it, another one begins a directive.
QString tapName(QString text, bool &directed)
{
    static const QRegularExpression directive(u"(?<!\\\\)#\\s*(skip|todo)\\b.*$"_s, QRegularExpression::CaseInsensitiveOption);
    const auto match = directive.match(text);
    directed = match.hasMatch();
    if (directed)
        text.truncate(match.capturedStart());
    text.replace(u"\\#"_s, u"#"_s);
    return text.trimmed();
}

} // namespace

QMap<QString, bool> readTestReport(const QByteArray &printed)
{
    static const QRegularExpression tap(u"^\\s*(not )?ok\\b\\s*\\d*\\s*(?:-\\s+)?(.*)$"_s);
    static const QRegularExpression unittest(u"^(\\w+) \\([\\w.]+\\)"_s);
    static const QRegularExpression verdict(u"\\.\\.\\. (ok|FAIL|ERROR|skipped|expected failure|unexpected success)\\b"_s);
    QMap<QString, bool> report;
    QString open; // a unittest whose verdict stands on a later line, behind its description or what it printed
    for (const QByteArray &raw : printed.split('\n')) {
        const QString line = QString::fromUtf8(raw);
        if (const auto match = tap.match(line); match.hasMatch() && open.isEmpty()) {
            bool directed = false;
            if (const QString name = tapName(match.captured(2), directed); !name.isEmpty())
                note(report, name, match.captured(1).isEmpty() && !directed);
            continue;
        }
        if (const auto match = unittest.match(line); match.hasMatch())
            open = match.captured(1);
        if (open.isEmpty())
            continue;
        if (const auto match = verdict.match(line); match.hasMatch()) {
            note(report, open, match.captured(1) == u"ok");
            open.clear();
        }
    }
    if (!open.isEmpty())
        note(report, open, false);
    return report;
}

} // namespace coppice::evals
