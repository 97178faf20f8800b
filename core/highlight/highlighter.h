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
/// deadline of 2 s a file, and is killed and started again when it misses it; then, and for lines over 10 KB, there
/// are no colours, which is no error. One call at a time; safe from any thread.
class Highlighter
{
public:
    Highlighter();
    ~Highlighter();
    /// Spans for each line; the definition is chosen by `fileName`. Empty when there is none, or no helper.
    [[nodiscard]] std::vector<LineSpans> highlight(const QString &fileName, const QStringList &lines);
    /// The same, handed on as it comes: spans of a few thousand lines from `firstLine` on, from 1, on the caller's thread.
    /// `each` answers whether it wants more.
    void highlight(const QString &fileName, const QStringList &lines,
                   const std::function<bool(int firstLine, std::vector<LineSpans> spans)> &each);
    /// Why there were no colours the last time; empty when there were.
    [[nodiscard]] QString problem() const;

private:
    struct Helper;
    std::unique_ptr<Helper> m_helper;
};

} // namespace coppice::highlight
