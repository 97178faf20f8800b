// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/crash.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::capture {

namespace {
constexpr size_t mostLines = 4000;  ///< of one block
constexpr int mostStepped = 400;    ///< lines of others between two lines of a block
constexpr int mostForeign = 20;     ///< headed lines of the same stream between two lines of a block
} // namespace

QString Cursor::unindented(const QString &text) const
{
    qsizetype n = 0;
    while (n < m_indent && n < text.size() && text[n].isSpace())
        ++n;
    return text.mid(n);
}

Cursor::Cursor(Window &window, size_t start, bool indented) : m_window(window), m_scan(start + 1)
{
    const Line *first = window.at(start);
    m_stream = first->stream;
    m_headed = first->header.isThere() || window.everyRecordIsHeaded;
    m_start = first->body();
    while (indented && m_indent < m_start.size() && m_start[m_indent].isSpace())
        ++m_indent;
    m_start = m_start.mid(m_indent);
    m_ahead.push_back({start, m_start, false});
    if (!first->header.isThere())
        return;
    // A logger that heads every line heads those of a trace too.
    for (size_t i = start + 1; i < start + 50; ++i) {
        const Line *next = window.at(i);
        if (!next)
            return;
        if (next->stream != m_stream)
            continue;
        m_everyLineHeaded = next->header.isThere();
        return;
    }
}

bool Cursor::look(size_t ahead)
{
    while (m_ahead.size() <= ahead) {
        const Line *line = m_taken.size() + m_ahead.size() < mostLines ? m_window.at(m_scan) : nullptr;
        if (!line || m_stepped > mostStepped)
            return false;
        const bool foreignStream = line->stream != m_stream;
        const bool foreign = foreignStream || line->isJson || (line->header.isThere() && !m_everyLineHeaded);
        if (foreign) {
            m_crossing = m_crossing || !foreignStream;
            m_stepped += foreignStream ? 1 : mostStepped / mostForeign;
        } else {
            m_ahead.push_back({m_scan, unindented(m_everyLineHeaded ? line->body() : line->text), m_crossing});
        }
        ++m_scan;
    }
    return true;
}

const QString *Cursor::peek(size_t ahead)
{
    return look(ahead) ? &m_ahead[ahead].text : nullptr;
}

bool Cursor::crosses(size_t ahead)
{
    return look(ahead) && m_ahead[ahead].crossed;
}

void Cursor::take(size_t count)
{
    for (; count > 0 && look(0); --count) {
        m_taken.push_back(m_ahead.front().index);
        m_text << m_ahead.front().text;
        m_ahead.pop_front();
        m_stepped = 0;
        if (m_ahead.empty())
            m_crossing = false;
    }
}

bool splitTitle(const QString &text, QString &type, QString &message)
{
    static const QRegularExpression shape(
        QStringLiteral(R"(^([A-Za-z_$][\w$]*(?:(?:\.|::|\\|/(?=[A-Z]))[\w$<>]+)*)(?: \[([A-Z][A-Za-z0-9_]*)\])?(?::(?:\s+(.*))?)?$)"),
        QRegularExpression::DotMatchesEverythingOption);
    const auto match = shape.match(text);
    if (!match.hasMatch())
        return false;
    type = match.captured(1);
    message = match.captured(3);
    // "Error [AggregateError]: …": told by another thread, which knows the name only
    if (type == u"Error" && match.capturedView(2).endsWith(u"Error"))
        type = match.captured(2);
    return true;
}

bool isInApp(const Frame &frame)
{
    QString file = frame.file;
    file.replace(u'\\', u'/');
    static const QRegularExpression foreignFile(QStringLiteral(
        R"(^(?:node:|internal/|native\b|wasm:|bun:|deno:|ext:)|/node_modules/|^<|(?:^|/)(?:site|dist)-packages/|/lib/python\d|)"
        R"(/lib64/python\d|/go/pkg/mod/|/pkg/mod/|/vendor/|/usr/(?:local/)?(?:lib|share)/go|/usr/local/go/|/go(?:root)?[-\d.]*/src/(?:runtime|net|testing|reflect|syscall|os|internal)/|)"
        R"(/sdk/go[\d.]+/|/rustc/|/\.cargo/registry/|/\.cargo/git/|/rustlib/|/library/(?:std|core|alloc)/src/|/gems/|/lib/ruby/|/usr/share/php/|/\.yarn/|^https?://(?:cdn|unpkg)\.)"));
    if (!file.isEmpty() && foreignFile.match(file).hasMatch())
        return false;
    static const QRegularExpression foreignFunction(QStringLiteral(
        R"(^(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|clojure|org\.(?:springframework|apache|junit|hibernate|eclipse|jboss|gradle|codehaus)|)"
        R"(io\.(?:netty|undertow|micronaut|quarkus)|reactor|com\.(?:google|fasterxml|zaxxer))\.|^(?:System|Microsoft|Newtonsoft)\.|)"
        R"(^(?:runtime|testing|reflect|syscall|net/http|net|os|sync|internal/[\w/]+|runtime/debug)\.|^panic$|)"
        R"(^(?:__rustc|std|core|alloc|rust_begin_unwind|backtrace|__libc_start|_start|tokio)(?:::|$)|^<+(?:&|mut |dyn )*(?:std|core|alloc|tokio)\b|^_?_?libc_start|^start_thread|^clone)"));
    // A path of one's own beats what the function is called like, but for runtimes whose paths say nothing.
    if (foreignFunction.match(frame.function).hasMatch())
        return false;
    if (frame.file.isEmpty())
        return !frame.function.isEmpty() && !frame.function.startsWith(QStringLiteral("Native"));
    return frame.file != QStringLiteral("native") && !frame.file.startsWith(u'<');
}

std::optional<Crash> parseCrash(Cursor &cursor)
{
    const QString first = cursor.start();
    if (first.isEmpty())
        return {};
    for (auto *parse : {&parsePython, &parseGo, &parseRust, &parsePhp, &parseRuby, &parseV8, &parseJvm, &parseDotnet}) {
        Cursor attempt = cursor;
        if (auto crash = parse(attempt)) {
            cursor.take(attempt.taken().size());
            if (!crash->inAppKnown) {
                for (auto &frame : crash->frames)
                    frame.inApp = isInApp(frame);
            }
            return crash;
        }
    }
    return {};
}

std::optional<Crash> parseTrace(const QString &trace)
{
    const QStringList lines = trace.split(u'\n');
    qsizetype at = 0;
    Window window([&](Line &line) {
        if (at >= lines.size())
            return false;
        line = Line();
        line.text = lines[at++];
        while (line.text.endsWith(u'\r'))
            line.text.chop(1);
        return true;
    });
    while (const Line *front = window.at(0)) {
        if (!front->isBlank())
            break;
        window.dropFront();
    }
    if (!window.at(0))
        return {};
    Cursor cursor(window, 0);
    return parseCrash(cursor);
}

} // namespace coppice::capture
