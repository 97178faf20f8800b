// SPDX-License-Identifier: GPL-3.0-or-later
// Flags that come from the added lines themselves: hidden characters, secrets, reaching out of the process.
#include "review/flags.h"

#include "text/hidden.h"
#include "text/scrub.h"

#include <QRegularExpression>
#include <QSet>

namespace coppice::review {

namespace {

constexpr int mostOfAKind = 20; ///< flags of one kind in one file; hidden characters have none
constexpr qsizetype longestScanned = 20'000;

QString codePointName(char32_t codePoint)
{
    return QStringLiteral("U+%1").arg(uint(codePoint), 4, 16, QLatin1Char('0')).toUpper();
}

QString hiddenDetail(text::HiddenClass kind, const QStringList &points)
{
    const QString which = points.join(QStringLiteral(", "));
    switch (kind) {
    case text::HiddenClass::Reordering:
        return QStringLiteral("Characters that change the order in which the line is shown: %1.").arg(which);
    case text::HiddenClass::Hidden: return QStringLiteral("Characters that are not seen: %1.").arg(which);
    case text::HiddenClass::Ambiguous:
        return QStringLiteral("Letters that look like others: %1.").arg(which);
    }
    return {};
}

void flagHiddenIn(const QString &text, const QByteArray &path, int line, std::vector<Flag> &flags)
{
    for (const auto kind : {text::HiddenClass::Reordering, text::HiddenClass::Hidden, text::HiddenClass::Ambiguous}) {
        QStringList points;
        for (const auto &found : text::findHidden(text)) {
            // A byte order mark at the very beginning of a file is what it says.
            if (found.kind != kind || (line == 1 && found.offset == 0 && found.codePoint == 0xFEFF))
                continue;
            const QString name = codePointName(found.codePoint);
            if (!points.contains(name) && points.size() < 8)
                points << name;
        }
        if (!points.isEmpty())
            flags.push_back({QStringLiteral("hidden-characters"), path, line, hiddenDetail(kind, points), text::nameOf(kind)});
    }
}

} // namespace

void flagHidden(const FlagInput &input, std::vector<Flag> &flags)
{
    if (input.file.status == FilePatch::Status::Added || input.file.status == FilePatch::Status::Renamed)
        flagHiddenIn(input.path, input.file.path, 0, flags);
    for (const auto &line : input.added)
        flagHiddenIn(line.text, input.file.path, line.line, flags);
}

void flagSecrets(const FlagInput &input, std::vector<Flag> &flags)
{
    static const text::Scrubber scrubber;
    int found = 0;
    for (const auto &line : input.added) {
        if (line.text.size() > longestScanned)
            continue;
        // A value that was there before and only moved is not news, but it is still a secret in the tree: told.
        if (scrubber.scrub(line.text).replaced > 0) {
            if (++found > mostOfAKind)
                return;
            flags.push_back({QStringLiteral("secrets"), input.file.path, line.line,
                             QStringLiteral("Looks like a secret (password, key or token)."), {}});
        }
    }
}

void flagReach(const FlagInput &input, std::vector<Flag> &flags)
{
    struct Rule {
        QRegularExpression pattern;
        QString detail;
    };
    static const std::vector<Rule> rules{
        {QRegularExpression(QStringLiteral(
             "\\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\\s*\\(|\\b(https?|http2|net|tls|dgram|dns)\\.(get|request|connect|"
             "createConnection|createServer|createSocket|lookup|resolve)\\b|\\baxios\\b|\\bgot\\(|\\bundici\\b|\\brequests\\.(get|post|put|"
             "patch|delete|head|request|Session)\\b|\\burllib(\\.request|2|3)?\\b|\\bhttpx\\b|\\baiohttp\\b|\\bhttp\\.client\\b|\\bsocket\\."
             "(socket|create_connection)\\b|\\bsmtplib\\b|\\bftplib\\b|\\bparamiko\\b|\\bnet\\.(Dial|Listen)\\w*\\b|\\bhttp\\.(Get|Post|"
             "NewRequest|Client|ListenAndServe)\\w*\\b|\\breqwest\\b|\\bhyper::|\\bureq\\b|\\bTcpStream\\b|\\bUdpSocket\\b|\\bHttpClient\\b|"
             "\\bURLConnection\\b|\\bOkHttp\\w*|(^|[|;&\\s`(\"'])(curl|wget|nc|ncat|telnet|ssh|scp|rsync)\\s+[-\\w\"'$]|/dev/tcp/")),
         QStringLiteral("Reaches the network.")},
        {QRegularExpression(QStringLiteral(
             "\\bchild_process\\b|\\b(exec|execSync|execFile|execFileSync|spawn|spawnSync|fork)\\s*\\(|\\bexeca\\b|\\bsubprocess\\b|\\bos\\."
             "(system|popen|exec[lv]\\w*|spawn\\w*|fork)\\b|\\bpty\\.spawn\\b|\\bos/exec\\b|\\bexec\\.Command\\w*\\b|\\bsyscall\\.Exec\\b|"
             "\\bCommand::new\\b|\\bProcessBuilder\\b|\\bgetRuntime\\s*\\(|\\bshell_exec\\b|\\bproc_open\\b|\\bDeno\\.(run|Command)\\b|"
             "\\bBun\\.spawn\\b|\\bsystem\\s*\\(")),
         QStringLiteral("Starts another program.")},
        {QRegularExpression(QStringLiteral(
             "(?<![\\w.])eval\\s*\\(|\\bnew\\s+Function\\s*\\(|(?<![\\w.])exec\\s*\\(\\s*(compile|open|base64|requests)|\\bvm\\.(runIn\\w+|Script)\\b|"
             "\\bpickle\\.loads?\\b|\\bmarshal\\.loads?\\b|\\byaml\\.(unsafe_)?load\\s*\\((?![^)]*Safe)|\\b__import__\\s*\\(|\\bunserialize\\s*\\(|"
             "\\bdlopen\\b|\\bctypes\\.(CDLL|cdll)\\b|\\bprocess\\.binding\\b|\\bbase64\\s+(-d|--decode|-D)\\b")),
         QStringLiteral("Runs code or data that is only known when it runs.")},
    };
    static const QRegularExpression prose(QStringLiteral("\\.(md|mdx|rst|txt|adoc|svg|html?|css|lock)$"),
                                          QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression comment(QStringLiteral("^\\s*(//|#(?!!)|\\*|/\\*|--|<!--|;;)"));
    if (prose.match(input.path).hasMatch() || fileName(input.path).contains(QLatin1String("lock")))
        return;
    // A call that the patch only moved is not added.
    QSet<QString> there;
    for (const auto &line : input.removed)
        there.insert(line.text.trimmed());
    int found = 0;
    for (const auto &line : input.added) {
        if (line.text.size() > longestScanned || there.contains(line.text.trimmed()) || comment.match(line.text).hasMatch())
            continue;
        for (const auto &rule : rules) {
            if (!rule.pattern.match(line.text).hasMatch())
                continue;
            if (++found > mostOfAKind)
                return;
            flags.push_back({QStringLiteral("network-or-process"), input.file.path, line.line, rule.detail, {}});
            break;
        }
    }
}

} // namespace coppice::review
