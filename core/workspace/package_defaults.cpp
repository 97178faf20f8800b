// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/package_defaults.h"

#include "net/http.h"
#include "process/child.h"

#include <QRegularExpression>
#include <QStandardPaths>
#include <QUrl>

#include <chrono>
#include <mutex>

namespace coppice::workspace {

namespace {

struct Question {
    QStringList argv;
    QString after;     ///< only what the answer says behind this text counts; empty: all of it
    qsizetype most = 8; ///< addresses that are taken
};

std::vector<Question> questions()
{
    const auto line = [](const char *text) { return QString::fromLatin1(text).split(u' '); };
    return {{line("npm config get registry"), {}, 1},
            {line("yarn config get registry"), {}, 1},
            {line("go env GOPROXY GOSUMDB"), {}},
            {line("gem sources --list"), {}},
            {line("composer config --global --list"), QStringLiteral("[repositories.")}};
}

/// What the program prints, in a folder without any project's settings; nothing when it is not there or fails.
QString answerOf(const QStringList &argv, const std::stop_token &stop)
{
    if (QStandardPaths::findExecutable(argv.first()).isEmpty())
        return {};
    process::Request request;
    request.argv = argv;
    request.cwd = QStringLiteral("/");
    request.limits.time = std::chrono::seconds(15);
    request.outputCap = 256 * 1024;
    request.background = true;
    const auto outcome = process::run(request, stop);
    return outcome && outcome->ok() ? QString::fromUtf8(outcome->out) : QString();
}

QStringList addressesIn(const QString &text, qsizetype most)
{
    static const QRegularExpression address(QStringLiteral("https?://[^\\s,|()<>\\[\\]\"']+"));
    QStringList found;
    for (auto it = address.globalMatch(text); it.hasNext() && found.size() < most;)
        found << it.next().captured();
    return found;
}

/// `go env GOSUMDB`: "sum.example", "sum.example+key", "key address" or "off".
QStringList checksumHosts(const QString &answer)
{
    static const QRegularExpression name(QStringLiteral("^([a-z0-9-]+(?:\\.[a-z0-9-]+)+)(?:\\+\\S+)?$"), QRegularExpression::MultilineOption);
    const auto match = name.match(answer);
    return match.hasMatch() ? QStringList{match.captured(1)} : QStringList();
}

QString pipIndex(const PackageSources &configured, const std::stop_token &stop)
{
    const QString set = configured.env.value(QStringLiteral("PIP_INDEX_URL"));
    if (!set.isEmpty())
        return set;
    const QString help = answerOf({QStringLiteral("python3"), QStringLiteral("-m"), QStringLiteral("pip"), QStringLiteral("install"),
                                   QStringLiteral("--help")}, stop);
    const auto at = help.indexOf(QStringLiteral("--index-url"));
    return at < 0 ? QString() : addressesIn(help.mid(at), 1).value(0);
}

/// Hosts that the index links the files of one package to. The index is another's: they are public hosts only.
QStringList fileHosts(const QUrl &index, const std::stop_token &stop)
{
    net::HttpRequest request;
    QUrl page = index;
    page.setPath(index.path() + (index.path().endsWith(u'/') ? QStringLiteral("pip/") : QStringLiteral("/pip/")));
    request.target = page.toEncoded();
    request.headers = {{"accept", "application/vnd.pypi.simple.v1+json, text/html;q=0.5"}};
    const auto response = net::httpSend(request, 5'000, stop, {}, {}, 16 << 20);
    if (!response || response->status != 200)
        return {};
    static const QRegularExpression link(QStringLiteral("(?:\"url\"\\s*:\\s*\"|href=[\"'])(https?://[^\"'#]+)"));
    QStringList hosts;
    for (auto it = link.globalMatch(QString::fromUtf8(response->body)); it.hasNext() && hosts.size() < 4;) {
        const QString host = QUrl(it.next().captured(1)).host(QUrl::FullyEncoded);
        if (host.contains(u'.') && !hosts.contains(host))
            hosts << host;
    }
    return hosts;
}

QStringList askAll(const PackageSources &configured, const std::stop_token &stop)
{
    QStringList hosts;
    for (const Question &question : questions()) {
        QString answer = answerOf(question.argv, stop);
        if (!question.after.isEmpty())
            answer = answer.contains(question.after) ? answer.mid(answer.indexOf(question.after)) : QString();
        for (const auto &address : addressesIn(answer, question.most))
            hosts << hostWithPort(QUrl(address));
        if (question.argv.first() == u"go")
            hosts << checksumHosts(answer);
    }
    const QUrl index(pipIndex(configured, stop));
    if (index.isValid() && !index.host().isEmpty()) {
        hosts << hostWithPort(index);
        hosts << fileHosts(index, stop);
    }
    hosts.removeAll(QString());
    hosts.removeDuplicates();
    return hosts;
}

} // namespace

QStringList askedPackageHosts(const PackageSources &configured, std::stop_token stop)
{
    struct Answers {
        QStringList hosts;
        std::chrono::steady_clock::time_point until;
    };
    static std::mutex mutex;
    static QMap<QStringList, Answers> known; // by what decides who is asked
    const QStringList asked{qEnvironmentVariable("PATH"), qEnvironmentVariable("HOME"), configured.env.value(QStringLiteral("PIP_INDEX_URL"))};
    const std::lock_guard lock(mutex); // a second set-up that begins now waits for the same answers
    const auto now = std::chrono::steady_clock::now();
    if (const auto answers = known.constFind(asked); answers != known.cend() && now < answers->until)
        return answers->hosts;
    const QStringList hosts = askAll(configured, stop);
    if (!stop.stop_requested())
        known[asked] = {hosts, now + std::chrono::minutes(10)};
    return hosts;
}

} // namespace coppice::workspace
