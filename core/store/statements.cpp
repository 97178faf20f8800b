// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/statements.h"

namespace coppice::store {

namespace {

/// Reads a script token by token and knows where a statement ends, by the rule of SQLite's own shell: a statement that
/// begins with CREATE [TEMP] TRIGGER ends at a semicolon after END that itself follows a semicolon.
class Splitter
{
public:
    explicit Splitter(const QString &script) : m_script(script) { }

    QStringList run()
    {
        while (m_at < m_script.size())
            token();
        flush(m_script.size());
        return m_found;
    }

private:
    QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_script.size() ? m_script[m_at + ahead] : QChar();
    }
    void skipTo(qsizetype end) { m_at = end < 0 ? m_script.size() : end; }

    void token()
    {
        const QChar c = peek();
        if (c.isSpace()) {
            ++m_at;
        } else if (c == u'-' && peek(1) == u'-') {
            skipTo(m_script.indexOf(u'\n', m_at));
        } else if (c == u'/' && peek(1) == u'*') {
            const auto end = m_script.indexOf(QStringLiteral("*/"), m_at + 2);
            skipTo(end < 0 ? end : end + 2);
        } else if (c == u'\'' || c == u'"' || c == u'`' || c == u'[') {
            const auto end = m_script.indexOf(c == u'[' ? QChar(u']') : c, m_at + 1);
            skipTo(end < 0 ? end : end + 1); // a doubled quote is two strings side by side, which does no harm here
            word(QStringLiteral("'"));
        } else if (c == u';') {
            semicolon();
        } else if (c.isLetterOrNumber() || c == u'_') {
            const auto start = m_at;
            while (peek().isLetterOrNumber() || peek() == u'_')
                ++m_at;
            word(m_script.mid(start, m_at - start).toUpper());
        } else {
            ++m_at;
            word(QString(c));
        }
    }

    void word(const QString &text)
    {
        ++m_words;
        if (m_words == 1)
            m_create = text == u"CREATE";
        else if (m_create && m_words <= 3 && text == u"TRIGGER")
            m_trigger = true;
        m_endAfterSemicolon = text == u"END" && m_afterSemicolon;
        m_afterSemicolon = false;
    }

    void semicolon()
    {
        ++m_at;
        if (m_trigger && !m_endAfterSemicolon) {
            m_afterSemicolon = true;
            return;
        }
        flush(m_at - 1);
        m_start = m_at;
    }

    void flush(qsizetype end)
    {
        if (m_words > 0)
            m_found << m_script.mid(m_start, end - m_start).trimmed();
        m_words = 0;
        m_create = m_trigger = m_afterSemicolon = m_endAfterSemicolon = false;
    }

    const QString &m_script;
    qsizetype m_at = 0;
    qsizetype m_start = 0;
    int m_words = 0;
    bool m_create = false;
    bool m_trigger = false;
    bool m_afterSemicolon = false;
    bool m_endAfterSemicolon = false;
    QStringList m_found;
};

} // namespace

QStringList splitStatements(const QString &script)
{
    return Splitter(script).run();
}

} // namespace coppice::store
