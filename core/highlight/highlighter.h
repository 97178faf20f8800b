// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

namespace coppice::highlight {

/// What a piece of text is; the window has a colour for each in both themes.
enum class Style : quint8 {
    Normal, Keyword, Function, Variable, ControlFlow, Operator, BuiltIn, Extension, Preprocessor, Attribute,
    Char, SpecialChar, String, VerbatimString, SpecialString, Import, DataType, DecVal, BaseN, Float, Constant,
    Comment, Documentation, Annotation, CommentVar, RegionMarker, Information, Warning, Alert, Others, Error
};
struct Span {
    quint16 offset = 0; ///< UTF-16 offset into the line
    quint16 length = 0;
    Style style = Style::Normal;
};
using LineSpans = std::vector<Span>;

/// Client of the helper process coppice-highlighter (KSyntaxHighlighting). The helper is started on first use, has a
/// deadline of 2 s a request, and is killed and started again when it misses it; then, and for lines over 10 KB, there
/// are no colours, which is no error. One call at a time; safe from any thread.
class Highlighter
{
public:
    Highlighter();
    ~Highlighter();
    /// Spans for each line; the definition is chosen by `fileName`. Empty when there is none, or no helper.
    [[nodiscard]] std::vector<LineSpans> highlight(const QString &fileName, const QStringList &lines);
    /// Why there were no colours the last time; empty when there were.
    [[nodiscard]] QString problem() const;

private:
    friend class Text;
    struct Helper;
    std::unique_ptr<Helper> m_helper;
};

/// One text whose colours are made from its beginning on, but only as far as they are asked for: what nobody looks at costs
/// nothing. Used by one thread at a time; lines are asked for on that thread.
class Text
{
public:
    using Lines = std::function<QStringList(int first, int count)>;
    /// `language`: what somebody says it is written in ("C++", "golang"); empty to go by the file's name.
    Text(std::shared_ptr<Highlighter> highlighter, QString fileName, QString language, int lineCount, Lines lines);
    /// Colours up to a line. `each` is given what is new, a thousand lines or fewer at a time from `firstLine` on, from 1, on the
    /// caller's thread; it answers whether it wants more.
    void reach(int line, const std::function<bool(int firstLine, std::vector<LineSpans> spans)> &each);
    [[nodiscard]] int reached() const { return m_reached; }
    /// There will be no more colours: at the end, or `problem` says why.
    [[nodiscard]] bool ended() const { return m_ended || m_reached >= m_count; }
    [[nodiscard]] const QString &problem() const { return m_problem; }

private:
    std::shared_ptr<Highlighter> m_highlighter;
    QString m_fileName, m_language, m_problem;
    Lines m_lines;
    quint32 m_number = 0, m_helpers = 0; ///< how many helpers had been started when this one was asked first
    int m_count = 0, m_reached = 0;
    bool m_ended = false;
};

} // namespace coppice::highlight
