// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/slots.h"

#include <QRegularExpression>

namespace coppice::text {

Result<QString> fillSlots(const QString &text, const QMap<QString, QString> &values, const QString &where)
{
    // `${{ … }}` belongs to CI files and is left alone.
    static const QRegularExpression slot(QStringLiteral(R"((?<!\$)\{\{[ \t]*([A-Za-z][A-Za-z0-9_.-]*)[ \t]*\}\})"));
    QString out;
    qsizetype from = 0;
    for (auto it = slot.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        const QString name = match.captured(1);
        const auto value = values.constFind(name);
        if (value == values.cend()) {
            const auto line = QStringView(text).left(match.capturedStart()).count(u'\n') + 1;
            return fail(QStringLiteral("text.slot"), QStringLiteral("The slot {{%1}} has no value here").arg(name),
                        QStringLiteral("%1:%2").arg(where).arg(line),
                        values.isEmpty() ? QStringLiteral("No slots are known here; remove it.")
                                         : QStringLiteral("Known slots: %1.").arg(values.keys().join(QStringLiteral(", "))));
        }
        out += QStringView(text).mid(from, match.capturedStart() - from);
        out += *value;
        from = match.capturedEnd();
    }
    out += QStringView(text).mid(from);
    return out;
}

} // namespace coppice::text
