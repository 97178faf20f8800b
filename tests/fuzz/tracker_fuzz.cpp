// SPDX-License-Identifier: GPL-3.0-or-later
// Text and documents from outside on their way to and from trackers: bounded, and nothing leaves its code. The first byte
// chooses the markup.
#include <forges/document.h>
#include <tickets/drafts.h>

#include <QJsonArray>
#include <QJsonDocument>

#include <cstdlib>

using namespace coppice;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size - 1));
    const QString text = QString::fromUtf8(bytes);
    const auto markup = forges::Markup(data[0] % 4);
    const forges::Document document{forges::paragraph({{text, false}, {text, true}}), forges::heading(text), forges::quote(text), forges::item({{text, true}})};
    const QString rendered = forges::render(document, markup);
    if (rendered.size() > 200'000)
        std::abort();
    if (markup == forges::Markup::Textile && rendered.count(QStringLiteral("</pre>")) != 1)
        std::abort();
    const QString title = forges::inertTitle(text);
    if (title.contains(u'\n') || title.size() > 2000)
        std::abort();
    const QJsonObject adf = forges::toAdf(document);
    if (forges::fromAdf(adf).size() > 17 * 1024)
        std::abort();
    const auto json = QJsonDocument::fromJson(bytes);
    if (forges::fromAdf(json.object()).size() > 17 * 1024 || forges::fromAdf(json.array()).size() > 17 * 1024)
        std::abort();
    const auto draft = tickets::draftFrom(json.object(), {QStringLiteral("fix")});
    if (draft && draft->guesses.size() > 8)
        std::abort();
    return 0;
}
