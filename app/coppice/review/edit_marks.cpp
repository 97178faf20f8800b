// SPDX-License-Identifier: GPL-3.0-or-later
#include "edit_marks.h"

#include <text/hidden.h>

#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>

namespace coppice::ui {

namespace {

constexpr int MostTold = 6; ///< lines that are named

char32_t standIn(char32_t c)
{
    return c < 0x10000 ? 0x100000 + c : 0xF0000 + (c & 0xFFFF);
}

/// What a code point of the private planes stands for; 0 for all others.
char32_t stoodFor(char32_t c)
{
    if (c >= 0x100000)
        return c - 0x100000;
    if (c >= 0xF0000)
        return (c & 0xFFFF) < 0x1000 ? 0xE0000 + (c & 0xFFFF) : 0x10000 + (c & 0xFFFF);
    return 0;
}

void append(QString &text, char32_t c)
{
    if (c < 0x10000)
        text += QChar(char16_t(c));
    else
        text += QChar::fromUcs4(c);
}

/// A block as it was meant, and for each of its units where the block has it.
std::pair<QString, std::vector<int>> meant(const QString &block, bool standing)
{
    QString text;
    std::vector<int> places;
    for (int i = 0; i < block.size(); ++i) {
        const bool pair = block[i].isHighSurrogate() && i + 1 < block.size() && block[i + 1].isLowSurrogate();
        const char32_t c = pair ? QChar::surrogateToUcs4(block[i], block[i + 1]) : block[i].unicode();
        const char32_t other = standing ? stoodFor(c) : 0;
        append(text, other ? other : c);
        while (places.size() < size_t(text.size()))
            places.push_back(i);
        i += pair ? 1 : 0;
    }
    places.push_back(int(block.size()));
    return {text, places};
}

} // namespace

QString EditMarks::withStandIns(const QString &text)
{
    QString all;
    const auto lines = text.split(u'\n');
    for (const auto &line : lines) {
        qsizetype at = 0;
        for (const auto &found : text::findHidden(line)) {
            if (found.kind == text::HiddenClass::Ambiguous)
                continue;
            all += QStringView(line).mid(at, found.offset - at);
            append(all, standIn(found.codePoint));
            at = found.offset + found.length;
        }
        all += QStringView(line).mid(at);
        all += u'\n';
    }
    all.chop(1);
    return all;
}

QString EditMarks::withoutStandIns(const QString &text)
{
    return meant(text, true).first;
}

EditMarks::EditMarks(QObject *parent) : QSyntaxHighlighter(parent)
{
    m_later.setSingleShot(true);
    m_later.setInterval(60);
    connect(&m_later, &QTimer::timeout, this, &EditMarks::look);
}

EditMarks::~EditMarks()
{
    // The base class edits the document when it lets go of it: by then nothing of this is left to hear of it.
    if (document())
        document()->disconnect(this);
}

QString EditMarks::shown(const QString &text)
{
    m_standing = true;
    for (qsizetype i = 0; i + 1 < text.size(); ++i) {
        if (text[i].isHighSurrogate() && stoodFor(QChar::surrogateToUcs4(text[i], text[i + 1])) != 0)
            m_standing = false;
    }
    return m_standing ? withStandIns(text) : text;
}

void EditMarks::setField(QQuickTextDocument *field)
{
    if (m_field == field)
        return;
    m_field = field;
    setDocument(field ? field->textDocument() : nullptr);
    if (document())
        connect(document(), &QTextDocument::contentsChange, this, [this](int position, int, int added) {
            m_later.start();
            const bool undone = document()->isRedoAvailable(); // what comes back that way is coloured, and can be undone further
            if (m_standing && !m_replacing && added > 0 && !undone)
                QMetaObject::invokeMethod(this, [this, position, added] { replaceIn(position, added); }, Qt::QueuedConnection);
        });
    Q_EMIT changed();
}

QString EditMarks::text() const
{
    // Not toPlainText(), which makes spaces of no-break spaces.
    QString plain = document() ? document()->toRawText() : QString();
    plain.replace(QChar(QChar::ParagraphSeparator), u'\n').replace(QChar(QChar::LineSeparator), u'\n');
    return m_standing ? withoutStandIns(plain) : plain;
}

/// What was typed or pasted gets its stand-ins.
void EditMarks::replaceIn(int position, int added)
{
    if (!document())
        return;
    m_replacing = true;
    for (auto block = document()->findBlock(position); block.isValid() && block.position() <= position + added; block = block.next()) {
        const auto [line, places] = meant(block.text(), true);
        const auto hidden = text::findHidden(line);
        for (auto found = hidden.rbegin(); found != hidden.rend(); ++found) {
            const int from = places[size_t(found->offset)], to = places[size_t(found->offset + found->length)];
            QString sign;
            append(sign, standIn(found->codePoint));
            if (found->kind == text::HiddenClass::Ambiguous || block.text().mid(from, to - from) == sign)
                continue;
            QTextCursor cursor(block);
            cursor.joinPreviousEditBlock(); // undone together
            cursor.setPosition(block.position() + from);
            cursor.setPosition(block.position() + to, QTextCursor::KeepAnchor);
            cursor.insertText(sign);
            cursor.endEditBlock();
        }
    }
    m_replacing = false;
}

void EditMarks::highlightBlock(const QString &text)
{
    const auto [line, places] = meant(text, m_standing);
    for (const auto &found : text::findHidden(line)) {
        QTextCharFormat format;
        if (found.kind == text::HiddenClass::Reordering) {
            format.setBackground(m_danger);
            format.setForeground(m_ground);
        } else if (found.kind == text::HiddenClass::Hidden) {
            format.setBackground(m_dangerGround);
            format.setForeground(m_danger);
            format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
        } else {
            format.setBackground(m_warningGround);
            format.setForeground(m_warning);
            format.setUnderlineStyle(QTextCharFormat::DotLine);
        }
        const int from = places[size_t(found.offset)];
        setFormat(from, places[size_t(found.offset + found.length)] - from, format);
    }
}

void EditMarks::look()
{
    QStringList told;
    int more = 0;
    for (auto block = document() ? document()->begin() : QTextBlock(); block.isValid(); block = block.next()) {
        const QString line = meant(block.text(), m_standing).first;
        for (const auto &found : text::findHidden(line)) {
            const QString point = QStringLiteral("U+%1").arg(uint(found.codePoint), 4, 16, QLatin1Char('0')).toUpper();
            const QString what = found.kind == text::HiddenClass::Reordering ? tr("turns the order round")
                : found.kind == text::HiddenClass::Hidden                   ? tr("is not seen")
                                                                            : tr("looks like another letter");
            if (told.size() < MostTold)
                told << tr("line %1: %2 %3").arg(block.blockNumber() + 1).arg(point, what);
            else
                ++more;
        }
    }
    if (more > 0)
        told << tr("and %1 more").arg(more);
    m_told = told.join(QStringLiteral("; "));
    Q_EMIT changed();
}

} // namespace coppice::ui
