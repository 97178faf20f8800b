// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

namespace coppice::ui {

/// English plurals for the texts of the source: "%n event(s)" becomes "1 event" or "2 events". Without a translation Qt
/// would show the brackets.
class EnglishPlurals final : public QTranslator
{
public:
    using QTranslator::QTranslator;
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *context, const char *source, const char *disambiguation, int n) const override
    {
        Q_UNUSED(context)
        Q_UNUSED(disambiguation)
        if (n < 0)
            return {};
        const bool one = n == 1;
        return QString::fromUtf8(source)
            .replace(QStringLiteral("(es)"), one ? QString() : QStringLiteral("es"))
            .replace(QStringLiteral("(s)"), one ? QString() : QStringLiteral("s"));
    }
};

} // namespace coppice::ui
