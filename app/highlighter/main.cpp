// SPDX-License-Identifier: GPL-3.0-or-later
// Reads files from stdin and writes what colour their pieces have to stdout; a process of its own, because a hostile
// file can keep it busy for ever. Frames both ways: a 32-bit big-endian length, then a QDataStream of Qt 5.12's format.
//   request: quint32 number of the text, quint8 fresh, QString file name, QString language, QStringList lines. The lines go on
//     where the last request of this text ended, unless it is fresh. A language goes before the file's name.
//   answer, several times: quint8 last (2: the text is not known any more, or none of its kind), quint32 number of lines, for each
//     line a quint16 count and for each span quint16 offset, quint16 length, quint8 style (KSyntaxHighlighting::Theme::TextStyle)
#include <KSyntaxHighlighting/AbstractHighlighter>
#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Format>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/State>
#include <KSyntaxHighlighting/Theme>

#include <QByteArray>
#include <QDataStream>
#include <QString>
#include <QStringList>
#include <QtEndian>

#include <cerrno>
#include <deque>
#include <memory>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace KSyntaxHighlighting;

constexpr quint32 largestRequest = 128u << 20;
constexpr size_t linesInAnAnswer = 256;
constexpr size_t mostTexts = 8; ///< that can be gone on with

struct Span {
    quint16 offset;
    quint16 length;
    quint8 style;
};

class Collector final : public AbstractHighlighter
{
public:
    std::vector<Span> line(const QString &text)
    {
        m_spans.clear();
        m_state = highlightLine(text, m_state);
        return std::move(m_spans);
    }

protected:
    void applyFormat(int offset, int length, const Format &format) override
    {
        const auto style = quint8(format.textStyle());
        if (length <= 0 || style == quint8(Theme::Normal) || offset + length > 0xffff)
            return;
        if (!m_spans.empty() && m_spans.back().style == style
            && m_spans.back().offset + m_spans.back().length == offset) {
            m_spans.back().length = quint16(m_spans.back().length + length);
            return;
        }
        m_spans.push_back({quint16(offset), quint16(length), style});
    }

private:
    State m_state;
    std::vector<Span> m_spans;
};

bool readAll(char *to, size_t size)
{
    while (size > 0) {
        const ssize_t got = ::read(STDIN_FILENO, to, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        size -= size_t(got);
    }
    return true;
}

bool writeAll(const QByteArray &bytes)
{
    const char *from = bytes.constData();
    auto size = size_t(bytes.size());
    while (size > 0) {
        const ssize_t put = ::write(STDOUT_FILENO, from, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        from += put;
        size -= size_t(put);
    }
    return true;
}

/// The language as people write it: its name here in any case, or what a file of it is called ("py").
Definition definitionNamed(const Repository &repository, const QString &language)
{
    const auto all = repository.definitions();
    const QString spaced = QString(language).replace(QLatin1Char('-'), QLatin1Char(' ')); // attributes hold no blanks
    for (const auto &one : all) {
        if (one.name().compare(language, Qt::CaseInsensitive) == 0 || one.name().compare(spaced, Qt::CaseInsensitive) == 0)
            return one;
    }
    return repository.definitionForFileName(QStringLiteral("x.") + language.toLower());
}

/// By its language, where that is told; by the file's name; a script without one by its first line.
Definition definitionOf(const Repository &repository, const QString &fileName, const QString &language, const QStringList &lines)
{
    if (!language.isEmpty()) {
        if (const Definition told = definitionNamed(repository, language); told.isValid())
            return told;
    }
    const Definition byName = repository.definitionForFileName(fileName.mid(fileName.lastIndexOf(QLatin1Char('/')) + 1));
    if (byName.isValid() || lines.isEmpty() || !lines.front().startsWith(QLatin1String("#!")))
        return byName;
    static const struct {
        const char *program;
        const char *definition;
    } interpreters[] = {
        {"python", "Python"}, {"node", "JavaScript"}, {"deno", "TypeScript"}, {"bash", "Bash"}, {"zsh", "Zsh"},
        {"perl", "Perl"},     {"ruby", "Ruby"},       {"php", "PHP/PHP"},     {"/sh", "Bash"},  {" sh", "Bash"},
    };
    for (const auto &known : interpreters) {
        if (lines.front().contains(QLatin1String(known.program)))
            return repository.definitionForName(QLatin1String(known.definition));
    }
    return byName;
}

bool answer(const std::vector<std::vector<Span>> &lines, quint8 last)
{
    QByteArray payload;
    QDataStream stream(&payload, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_5_12);
    stream << last << quint32(lines.size());
    for (const auto &spans : lines) {
        stream << quint16(spans.size());
        for (const auto &span : spans)
            stream << span.offset << span.length << span.style;
    }
    QByteArray frame(4, '\0');
    qToBigEndian(quint32(payload.size()), frame.data());
    frame += payload;
    return writeAll(frame);
}

/// A text and where its highlighting stands.
struct Text {
    quint32 number;
    std::unique_ptr<Collector> collector;
};

bool serve(const Repository &repository, std::deque<Text> &texts, const QByteArray &request)
{
    QDataStream stream(request);
    stream.setVersion(QDataStream::Qt_5_12);
    quint32 number = 0;
    quint8 fresh = 0;
    QString fileName, language;
    QStringList lines;
    stream >> number >> fresh >> fileName >> language >> lines;
    if (stream.status() != QDataStream::Ok)
        return false;
    Collector *collector = nullptr;
    for (const auto &text : texts) {
        if (text.number == number && !fresh)
            collector = text.collector.get();
    }
    if (!collector) {
        const Definition definition = fresh ? definitionOf(repository, fileName, language, lines) : Definition();
        if (!definition.isValid())
            return answer({}, 2);
        texts.push_back({number, std::make_unique<Collector>()});
        if (texts.size() > mostTexts)
            texts.pop_front();
        collector = texts.back().collector.get();
        collector->setDefinition(definition);
    }
    std::vector<std::vector<Span>> done;
    for (const auto &line : lines) {
        done.push_back(collector->line(line));
        if (done.size() == linesInAnAnswer) {
            if (!answer(done, 0))
                return false;
            done.clear();
        }
    }
    return answer(done, 1);
}

} // namespace

int main()
{
    const rlimit memory{1u << 30, 1u << 30};
    setrlimit(RLIMIT_AS, &memory);
    const Repository repository;
    std::deque<Text> texts;
    for (;;) {
        char length[4];
        if (!readAll(length, sizeof length))
            return 0;
        const auto size = qFromBigEndian<quint32>(length);
        if (size > largestRequest)
            return 1;
        QByteArray request(int(size), Qt::Uninitialized);
        if (!readAll(request.data(), size) || !serve(repository, texts, request))
            return 1;
    }
}
