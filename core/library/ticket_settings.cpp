// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/ticket_settings.h"

#include <QRegularExpression>
#include <QSet>
#include <QUrl>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

/// A whole number between two bounds, or what it was.
void readWhole(const YamlFile &file, const QString &path, int least, int most, int &into)
{
    bool whole = false;
    const int read = file.text(path).toInt(&whole);
    if (whole && read >= least && read <= most)
        into = read;
}

bool isThisMachine(const QString &host)
{
    static const QRegularExpression loopback(u"^127(\\.[0-9]{1,3}){3}\\z"_s);
    return host == "localhost"_L1 || host == "::1"_L1 || loopback.match(host).hasMatch();
}

/// An address that a key may be sent to; empty where there is none, with what is wrong told.
QString readBaseUrl(const YamlFile &file, const QString &at, std::vector<Problem> &problems)
{
    QString text = file.text(at + u"/base_url").trimmed();
    while (text.endsWith(u'/'))
        text.chop(1);
    if (text.isEmpty())
        return {};
    const QUrl url(text, QUrl::StrictMode);
    const bool web = url.scheme() == "https"_L1 || url.scheme() == "http"_L1;
    if (!url.isValid() || !web || url.host().isEmpty() || !url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment()) {
        problems.push_back({file.file(), file.line(at + u"/base_url"),
                            u"base_url has to be an address such as https://HOST, without a name, password or query in it"_s});
        return {};
    }
    if (url.scheme() == "http"_L1 && !isThisMachine(url.host()) && !file.flag(at + u"/allow_http")) {
        problems.push_back({file.file(), file.line(at + u"/base_url"),
                            u"Over http anybody on the way reads the key: use https, or say allow_http: true"_s});
        return {};
    }
    return text;
}

TrackerService readService(const YamlFile &file, const QString &kind, std::vector<Problem> &problems)
{
    const QString at = yamlPath(u"trackers"_s, kind);
    TrackerService service;
    service.baseUrl = readBaseUrl(file, at, problems);
    service.user = file.text(at + u"/user").trimmed();
    service.issueType = file.text(at + u"/issue_type").trimmed();
    service.markdown = file.text(at + u"/markup") == "markdown"_L1;
    service.labels = file.texts(at + u"/labels");
    service.states = readTrackerStates(file, at + u"/states");
    const QString token = file.text(at + u"/token");
    if (token.startsWith("keychain:"_L1) || token.startsWith("env:"_L1) || token.startsWith("file:"_L1))
        service.token = token;
    else if (!token.isEmpty()) // perhaps the key itself: not repeated, not kept
        problems.push_back({file.file(), file.line(at + u"/token"),
                            u"trackers.%1.token has to say where the key lies (keychain:NAME, env:VARIABLE or file:PATH), never the key"_s.arg(kind)});
    const bool wrongAddress = service.baseUrl.isEmpty() && file.has(at + u"/base_url");
    if (wrongAddress) // the key is for the address that was meant, not for the public service
        service.token.clear();
    if ((kind == "jira"_L1 || kind == "redmine"_L1) && service.baseUrl.isEmpty() && !wrongAddress)
        problems.push_back({file.file(), file.line(at), u"trackers.%1 lacks the key \"base_url\": where it is"_s.arg(kind)});
    if (kind == "jira"_L1 && service.user.isEmpty())
        problems.push_back({file.file(), file.line(at), u"trackers.jira lacks the key \"user\": the e-mail address of the account"_s});
    return service;
}

/// "3d", "12h", "2w", "30m" in milliseconds; 0: it is none.
qint64 durationOf(const QString &text)
{
    static const QRegularExpression shape(u"^([1-9][0-9]{0,4})([mhdw])\\z"_s);
    const auto match = shape.match(text);
    if (!match.hasMatch())
        return 0;
    const QChar unit = match.capturedView(2)[0];
    const qint64 minutes = unit == u'm' ? 1 : unit == u'h' ? 60 : unit == u'd' ? 1440 : 7 * 1440;
    return match.captured(1).toLongLong() * minutes * 60'000;
}

QMap<QString, QString> tagsAt(const YamlFile &file, const QString &path)
{
    QMap<QString, QString> tags;
    for (const QString &key : file.keys(path))
        tags.insert(key, file.text(yamlPath(path, key)));
    return tags;
}

/// Why a rule cannot be followed; empty when it can.
QString whyNot(const TriageRule &rule, const QString &snooze)
{
    const QRegularExpression message(rule.message);
    if (!message.isValid())
        return u"its message is no regular expression: %1"_s.arg(message.errorString());
    if (!snooze.isEmpty() && rule.snoozeMs == 0)
        return u"snooze has to be a time such as 30m, 12h, 3d or 2w"_s;
    const int ends = int(rule.accept) + int(rule.mute) + int(!rule.decline.isEmpty()) + int(rule.snoozeMs > 0);
    if (ends > 1)
        return u"accept, mute, decline and snooze rule each other out"_s;
    if (ends == 0 && rule.assign.isEmpty())
        return u"it does nothing"_s;
    if (rule.draft && !rule.accept)
        return u"a draft is made of what is accepted"_s;
    return {};
}

} // namespace

TrackerStates readTrackerStates(const YamlFile &file, const QString &path)
{
    TrackerStates states;
    states.closed = file.texts(path + u"/closed");
    states.declined = file.texts(path + u"/declined");
    states.open = file.texts(path + u"/open");
    states.closeAs = file.text(path + u"/close_as");
    states.declineAs = file.text(path + u"/decline_as");
    states.reopenAs = file.text(path + u"/reopen_as");
    return states;
}

TrackerPolicy readTrackers(const YamlFile &file, std::vector<Problem> &problems)
{
    TrackerPolicy policy;
    for (const char *kind : {"jira", "github", "gitlab", "redmine"}) {
        const QString name = QLatin1String(kind);
        if (file.has(yamlPath(u"trackers"_s, name)))
            policy.services.insert(name, readService(file, name, problems));
    }
    policy.pushAccepted = file.text(u"trackers/push"_s) != "manual"_L1;
    readWhole(file, u"trackers/new_per_hour"_s, 0, 1000, policy.newPerHour);
    readWhole(file, u"trackers/poll_seconds"_s, 10, 86400, policy.pollSeconds);
    return policy;
}

TriagePolicy readTriage(const YamlFile &file, std::vector<Problem> &problems)
{
    TriagePolicy policy;
    policy.draftAccepted = file.text(u"triage/draft"_s) == "accepted"_L1;
    readWhole(file, u"triage/drafts_per_day"_s, 0, 10'000, policy.draftsPerDay);
    QSet<QString> names;
    for (qsizetype i = 0; i < file.size(u"triage/rules"_s); ++i) {
        const QString at = u"triage/rules/%1"_s.arg(i);
        const QString when = at + u"/when", then = at + u"/then";
        TriageRule rule;
        rule.name = file.text(at + u"/name").simplified().left(100);
        rule.plugins = file.texts(when + u"/plugin");
        rule.types = file.texts(when + u"/type");
        rule.releases = file.texts(when + u"/release");
        rule.environments = file.texts(when + u"/environment");
        rule.level = file.text(when + u"/level");
        rule.message = file.text(when + u"/message");
        rule.tags = tagsAt(file, when + u"/tags");
        rule.count = qMax<qint64>(0, file.text(when + u"/count").toLongLong());
        rule.accept = file.flag(then + u"/accept");
        rule.mute = file.flag(then + u"/mute");
        rule.draft = file.flag(then + u"/draft");
        rule.decline = file.text(then + u"/decline").simplified();
        rule.assign = file.text(then + u"/assign").simplified();
        const QString snooze = file.text(then + u"/snooze");
        rule.snoozeMs = durationOf(snooze);
        QString wrong = whyNot(rule, snooze);
        if (rule.name.isEmpty())
            wrong = u"it has no name"_s;
        else if (names.contains(rule.name))
            wrong = u"another rule has this name"_s;
        else if (!file.has(when))
            continue; // it would fit everything; the schema has said so
        if (!wrong.isEmpty()) {
            problems.push_back({file.file(), file.line(at), u"The triage rule \"%1\" is not followed: %2"_s.arg(rule.name, wrong)});
            continue;
        }
        names.insert(rule.name);
        policy.rules.push_back(rule);
    }
    return policy;
}

} // namespace coppice::library
