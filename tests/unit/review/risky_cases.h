// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Reads the cases of tests/support/risky (README.md there has the format) for the tests of the risk flags.

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::test {

struct RiskyFile {
    QByteArray oldPath, path;
    std::optional<QByteArray> before, after; ///< none where there is no file
};
/// One of these kinds at this path.
struct RiskyTruth {
    QStringList kinds;
    QString path;
};
struct RiskyCase {
    QString name;
    std::vector<RiskyTruth> expect, may;
    QStringList judge; ///< empty: all kinds
    std::vector<RiskyFile> files;
    QString fault; ///< why it could not be read
};

/// Text of a case as it stands in the file.
inline QByteArray riskyExpanded(QString text, int number)
{
    qsizetype at = 0;
    while ((at = text.indexOf(QStringLiteral("«"), at)) >= 0) {
        const auto end = text.indexOf(QStringLiteral("»"), at);
        if (end < 0)
            break;
        const QString mark = text.mid(at + 1, end - at - 1);
        QString instead;
        if (mark == u"n") {
            instead = QString::number(number);
        } else if (!mark.isEmpty()) {
            const auto points = mark.split(u' ');
            for (const auto &point : points) {
                const char32_t code = point.startsWith(QLatin1String("U+")) ? point.mid(2).toUInt(nullptr, 16) : 0;
                if (code < 0x10000) // fromUcs4 would take U+FEFF for a byte order mark
                    instead += QChar(char16_t(code));
                else
                    instead += QString::fromUcs4(&code, 1);
            }
        }
        text.replace(at, end + 1 - at, instead);
        at += instead.size();
    }
    return text.toUtf8();
}

/// The lines below one `file` or `rename`, and the files that they make.
class RiskyBody
{
public:
    QStringList paths;
    bool crlf = false;
    int copies = 1;

    bool add(QString line)
    {
        QChar sign = line.isEmpty() ? u' ' : line[0];
        QString text = line.mid(1);
        if (sign == u'\\') {
            m_openBefore = m_openBefore || m_last != u'+';
            m_openAfter = m_openAfter || m_last != u'-';
            return true;
        }
        int count = 1;
        if (sign == u'*') {
            qsizetype digits = 0;
            while (digits < text.size() && text[digits].isDigit())
                ++digits;
            count = text.left(digits).toInt();
            if (count < 1 || digits >= text.size())
                return false;
            sign = text[digits];
            text = text.mid(digits + 1);
        }
        m_last = sign;
        m_lines.push_back({sign, text, count});
        return true;
    }

    void filesInto(std::vector<RiskyFile> &files) const
    {
        for (int copy = 1; copy <= copies; ++copy)
            files.push_back({riskyExpanded(paths.first(), copy), riskyExpanded(paths.last(), copy), side(u'+', m_openBefore, copy),
                             side(u'-', m_openAfter, copy)});
    }

private:
    struct Line {
        QChar sign;
        QString text;
        int count;
    };
    [[nodiscard]] std::optional<QByteArray> side(QChar not_, bool open, int copy) const
    {
        QByteArray text;
        bool any = false;
        const QByteArray end = crlf ? "\r\n" : "\n";
        for (const auto &line : m_lines) {
            if (line.sign == not_)
                continue;
            any = true;
            for (int i = 1; i <= line.count; ++i)
                text += riskyExpanded(line.text, line.count > 1 ? i : copy) + end;
        }
        if (!any)
            return {};
        if (open)
            text.chop(end.size());
        return text;
    }
    std::vector<Line> m_lines;
    QChar m_last = u' ';
    bool m_openBefore = false, m_openAfter = false;
};

inline RiskyCase readRiskyCase(const QByteArray &bytes)
{
    RiskyCase made;
    std::vector<RiskyBody> bodies;
    auto lines = QString::fromUtf8(bytes).split(u'\n');
    while (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    for (const auto &line : lines) {
        if (!bodies.empty() && (line.isEmpty() || QStringLiteral(" +-*\\").contains(line[0]))) {
            if (!bodies.back().add(line))
                made.fault = QStringLiteral("a repeated line without a count: ") + line;
            continue;
        }
        const QString word = line.section(u' ', 0, 0), rest = line.section(u' ', 1);
        if (word == u"case") {
            made.name = rest;
        } else if (word == u"expect" || word == u"may") {
            auto &truths = word == u"may" ? made.may : made.expect;
            truths.push_back({rest.section(u' ', 0, 0).split(u'|'), rest.section(u' ', 1)});
        } else if (word == u"judge") {
            made.judge = rest.split(u' ');
        } else if (word == u"file" || word == u"rename") {
            auto fields = rest.split(u' ');
            RiskyBody body;
            const int paths = word == u"file" ? 1 : 2;
            body.paths = fields.mid(0, paths);
            for (const auto &option : fields.mid(paths)) {
                if (option == u"crlf")
                    body.crlf = true;
                else if (option.startsWith(QLatin1String("copies=")))
                    body.copies = option.mid(7).toInt();
                else
                    made.fault = QStringLiteral("no option is called ") + option;
            }
            bodies.push_back(body);
        } else if (word != u"origin" && word != u"about") {
            made.fault = QStringLiteral("begins no line of a case: ") + word;
        }
    }
    for (const auto &body : bodies)
        body.filesInto(made.files);
    return made;
}

/// All cases of a folder, by name.
inline std::vector<RiskyCase> readRiskyCases(const QString &folder)
{
    std::vector<RiskyCase> cases;
    const QDir dir(folder);
    for (const auto &name : dir.entryList({QStringLiteral("*.case")}, QDir::Files, QDir::Name)) {
        QFile file(dir.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            cases.push_back(readRiskyCase(file.readAll()));
    }
    return cases;
}

} // namespace coppice::test
