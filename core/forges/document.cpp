// SPDX-License-Identifier: GPL-3.0-or-later
#include "forges/document.h"

#include "text/hidden.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype wholeCap = 30'000;
constexpr qsizetype quoteCap = 12'000;
constexpr qsizetype lineCap = 2'000;
constexpr int deepest = 24;

/// Shown as nothing, and ends whatever a tracker would have read across it.
const QString joiner = QString(QChar(0x2060));

QString oneLine(const QString &text)
{
    return text::plain(text, lineCap).simplified();
}

/// Longer than any run of backticks inside, so that the text cannot close it.
QString ticksFor(const QString &text, qsizetype least)
{
    qsizetype longest = least - 1;
    qsizetype run = 0;
    for (const QChar c : text) {
        run = c == u'`' ? run + 1 : 0;
        longest = qMax(longest, run);
    }
    return QString(longest + 1, u'`');
}

QString codeSpan(const QString &text)
{
    const QString line = oneLine(text);
    if (line.isEmpty())
        return {};
    const QString ticks = ticksFor(line, 1);
    // A space at both ends is taken away by the reader, and keeps backticks at the ends apart from ours.
    return QString(ticks + u' ' + line + u' ' + ticks);
}

/// Our own words: with every sign of Markdown's taken literally.
QString markdownWords(const QString &text)
{
    static const QString signs = u"\\`*_{}[]()<>#+-.!|~&@:/"_s;
    QString out;
    for (const QChar c : oneLine(text)) {
        if (signs.contains(c))
            out += u'\\';
        out += c;
        if (c == u'@' || c == u'#') // these are looked for after the backslashes are gone
            out += joiner;
    }
    return out;
}

QString fenced(const QString &text, Markup markup)
{
    QString inner = text::plain(text, quoteCap);
    const QString ticks = ticksFor(inner, 3);
    if (markup == Markup::GitLab) // a command stands at a line's beginning, and some versions look into code
        inner = u"    "_s + inner.replace(u'\n', u"\n    "_s);
    return QString(ticks + u"text\n" + inner + u'\n' + ticks);
}

QString markdown(const Document &document, Markup markup)
{
    QStringList out;
    bool inList = false;
    for (const Block &block : document) {
        QString line;
        if (block.kind == Block::Kind::Quote) {
            line = fenced(block.runs.empty() ? QString() : block.runs.front().text, markup);
        } else {
            for (const Run &run : block.runs)
                line += run.outside ? codeSpan(run.text) : (line.isEmpty() ? QString() : u" "_s) + markdownWords(run.text) + u' ';
            line = line.trimmed();
        }
        if (block.kind == Block::Kind::Heading)
            line.prepend(u"### "_s);
        const bool item = block.kind == Block::Kind::Item;
        if (item)
            line.prepend(u"- "_s);
        if (!out.isEmpty() && !(item && inList))
            out << QString();
        out << line;
        inList = item;
    }
    return out.join(u'\n');
}

/// Text inside <pre> or <code>: it cannot end them, and names nobody.
QString textileCode(QString text)
{
    static const QRegularExpression tag(u"<(?=/?(?:code|pre|kbd|notextile)\\b)"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression mention(u"@(?=\\w)"_s);
    return text.replace(tag, u"<"_s + joiner).replace(mention, u"@"_s + joiner);
}

/// Our own words: each sign that Textile or Redmine reads is followed by nothing that it could be read with.
QString textileWords(const QString &text)
{
    static const QString signs = u"*_-+^~@#!?%[]{}<>|\":"_s;
    QString out;
    for (const QChar c : oneLine(text)) {
        out += c;
        if (signs.contains(c))
            out += joiner;
    }
    return out;
}

QString textile(const Document &document)
{
    QStringList out;
    bool inList = false;
    for (const Block &block : document) {
        QString line;
        if (block.kind == Block::Kind::Quote) {
            line = u"<pre>\n"_s + textileCode(text::plain(block.runs.empty() ? QString() : block.runs.front().text, quoteCap)) + u"\n</pre>"_s;
        } else {
            for (const Run &run : block.runs) {
                const QString piece = run.outside ? QString(u"<code>"_s + textileCode(oneLine(run.text)) + u"</code>"_s) : textileWords(run.text);
                line += (line.isEmpty() ? QString() : u" "_s) + piece;
            }
        }
        if (block.kind == Block::Kind::Heading)
            line.prepend(u"h3. "_s);
        const bool item = block.kind == Block::Kind::Item;
        if (item)
            line.prepend(u"* "_s);
        if (!out.isEmpty() && !(item && inList))
            out << QString();
        out << line;
        inList = item;
    }
    return out.join(u'\n');
}

QJsonObject adfText(const QString &text, bool code)
{
    QJsonObject node{{u"type"_s, u"text"_s}, {u"text"_s, text}};
    if (code)
        node[u"marks"_s] = QJsonArray{QJsonObject{{u"type"_s, u"code"_s}}};
    return node;
}

QJsonArray adfRuns(const std::vector<Run> &runs)
{
    QJsonArray nodes;
    for (const Run &run : runs) {
        const QString line = oneLine(run.text);
        if (line.isEmpty()) // an empty text node is not allowed
            continue;
        if (!nodes.isEmpty())
            nodes.append(adfText(u" "_s, false));
        nodes.append(adfText(line, run.outside));
    }
    return nodes;
}

QJsonObject adfNode(const QString &type, const QJsonArray &content)
{
    return {{u"type"_s, type}, {u"content"_s, content}};
}

void gather(const QJsonValue &node, int depth, qsizetype cap, QString &out)
{
    const QJsonObject object = node.toObject();
    if (depth > deepest || out.size() > cap)
        return;
    const QString type = object[u"type"].toString();
    if (type == "text"_L1)
        out += object[u"text"].toString();
    else if (type == "hardBreak"_L1)
        out += u'\n';
    else if (type == "mention"_L1 || type == "emoji"_L1 || type == "status"_L1)
        out += object[u"attrs"][u"text"].toString();
    else if (type == "inlineCard"_L1 || type == "blockCard"_L1)
        out += object[u"attrs"][u"url"].toString();
    const QJsonArray children = object[u"content"].toArray();
    for (const auto &child : children)
        gather(child, depth + 1, cap, out);
    static const QStringList lines{u"paragraph"_s, u"heading"_s, u"codeBlock"_s, u"listItem"_s, u"tableRow"_s, u"rule"_s};
    if (lines.contains(type) && !out.endsWith(u'\n'))
        out += u'\n';
}

/// Blocks from the beginning, as many as fit: what is left out is said.
Document fitting(const Document &document)
{
    Document kept;
    qsizetype size = 0;
    for (const Block &block : document) {
        qsizetype length = 8;
        for (const Run &run : block.runs)
            length += qMin(run.text.size(), block.kind == Block::Kind::Quote ? quoteCap : lineCap) + 8;
        // The last block is the marker by which the issue is found again: it always stays.
        if (size + length > wholeCap && &block != &document.back())
            continue;
        kept.push_back(block);
        size += length;
    }
    return kept;
}

} // namespace

Block paragraph(std::vector<Run> runs)
{
    return {Block::Kind::Paragraph, std::move(runs)};
}

Block heading(const QString &text)
{
    return {Block::Kind::Heading, {{text, false}}};
}

Block item(std::vector<Run> runs)
{
    return {Block::Kind::Item, std::move(runs)};
}

Block quote(const QString &text)
{
    return {Block::Kind::Quote, {{text, true}}};
}

QString render(const Document &document, Markup markup)
{
    const Document kept = fitting(document);
    return markup == Markup::Textile ? textile(kept) : markdown(kept, markup);
}

QJsonObject toAdf(const Document &document)
{
    QJsonArray content;
    QJsonArray items;
    const auto endList = [&] {
        if (!items.isEmpty())
            content.append(adfNode(u"bulletList"_s, items));
        items = {};
    };
    for (const Block &block : fitting(document)) {
        if (block.kind == Block::Kind::Item) {
            items.append(adfNode(u"listItem"_s, {adfNode(u"paragraph"_s, adfRuns(block.runs))}));
            continue;
        }
        endList();
        if (block.kind == Block::Kind::Quote) {
            const QString text = text::plain(block.runs.empty() ? QString() : block.runs.front().text, quoteCap);
            content.append(adfNode(u"codeBlock"_s, text.isEmpty() ? QJsonArray() : QJsonArray{adfText(text, false)}));
        } else if (block.kind == Block::Kind::Heading) {
            QJsonObject node = adfNode(u"heading"_s, adfRuns(block.runs));
            node[u"attrs"_s] = QJsonObject{{u"level"_s, 3}};
            content.append(node);
        } else {
            content.append(adfNode(u"paragraph"_s, adfRuns(block.runs)));
        }
    }
    endList();
    return {{u"type"_s, u"doc"_s}, {u"version"_s, 1}, {u"content"_s, content}};
}

QString fromAdf(const QJsonValue &document, qsizetype cap)
{
    if (document.isString()) // older interfaces answer plain text
        return text::plain(document.toString(), cap).trimmed();
    QString out;
    gather(document, 0, cap, out);
    return text::plain(out, cap).trimmed();
}

QString inertTitle(const QString &text, qsizetype cap)
{
    // @person, #1, !1, ~label, %milestone, $1, &1, GH-1: with nothing behind the sign, none of them is one.
    static const QRegularExpression sign(u"([@#!~%$&])(?=[\\w\"'])"_s, QRegularExpression::UseUnicodePropertiesOption);
    static const QRegularExpression number(u"\\b(GH|GL)-(?=\\d)"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression hash(u"\\b([0-9a-f]{4})(?=[0-9a-f]{3,60}\\b)"_s, QRegularExpression::CaseInsensitiveOption);
    QString line = text::plain(text, cap * 4).simplified();
    if (line.size() > cap)
        line = QString(line.left(cap - 1) + u'…');
    line.replace(sign, u"\\1"_s + joiner);
    line.replace(number, u"\\1-"_s + joiner);
    line.replace(hash, u"\\1"_s + joiner);
    line.replace(u"://"_s, u":"_s + joiner + u"//"_s);
    line.replace(u"www."_s, u"www"_s + joiner + u'.', Qt::CaseInsensitive);
    return line.startsWith(u'/') ? QString(joiner + line) : line;
}

} // namespace coppice::forges
