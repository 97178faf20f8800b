// SPDX-License-Identifier: GPL-3.0-or-later
// Signals about what lies in a plugin's files.
#include "health/signals.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

Judged manifest(const Judge &judge)
{
    const auto &value = judge.value;
    const auto findings = value[u"findings"].toArray();
    const int errors = value[u"errors"].toInt(), warnings = value[u"warnings"].toInt();
    const auto first = findings.isEmpty() ? QJsonObject() : findings.first().toObject();
    const QString what = first[u"where"].toString() + u": " + first[u"text"].toString();
    if (errors > 0)
        return bad(u"%1 wrong in the manifests: %2"_s.arg(errors == 1 ? u"One thing is"_s : u"%1 things are"_s.arg(errors), what), u"Correct %1."_s.arg(first[u"where"].toString()));
    if (warnings > 0)
        return bad(what, u"Make the files agree."_s, 0.3);
    const bool byTags = value[u"language"].toString() == "go"_L1; // go.mod has no place for a version
    if (value[u"version"].toString().isEmpty() && !byTags)
        return bad(u"No file says which version this is."_s, u"Write a version into its manifest."_s, 0.5);
    if (value[u"name"].toString().isEmpty())
        return bad(u"No file says what it is called."_s, u"Write a name into its manifest."_s, 0.5);
    const QString named = value[u"version"].toString().isEmpty() ? u"whose versions are its tags"_s : value[u"version"].toString();
    return good(u"The manifests agree: %1 %2."_s.arg(value[u"name"].toString(), named));
}

Judged lock(const Judge &judge)
{
    const auto &value = judge.value;
    const auto missing = value[u"missing"].toArray();
    const int differs = value[u"differs_count"].toInt();
    if (!missing.isEmpty()) {
        const auto first = missing.first().toObject();
        const QString told = u"%1 asks for %2, and no lock file says which versions"_s.arg(first[u"manifest"].toString(), first[u"packages"].toInt() == 1 ? u"1 package"_s : u"%1 packages"_s.arg(first[u"packages"].toInt()));
        // what is published as a library is often left open so that it is tested with what its users get
        if (const QString refused = first[u"refused"].toString(); missing.size() == 1 && !refused.isEmpty())
            return bad(u"%1: %2 keeps it out on purpose."_s.arg(told, refused), u"Commit %1 for repeatable checks, or exempt the plugin with that reason."_s.arg(first[u"wanted"].toString()), 0.5);
        return bad(told + u'.', u"Commit %1."_s.arg(first[u"wanted"].toString()));
    }
    const QString files = listed(value[u"files"].toArray(), nullptr, int(value[u"files"].toArray().size()));
    if (differs > 0)
        return bad(u"%1 is not that of the manifest: %2."_s.arg(files, listed(value[u"differs"].toArray(), nullptr, differs)), u"Lock anew and commit %1."_s.arg(files), 0.3);
    if (value[u"dependencies"].toInt() == 0)
        return value[u"java"].toBool() ? exempt(u"Its build tool has no lock file by default."_s) : good(u"It uses no packages that have to be locked."_s);
    return good(files.isEmpty() ? u"Its manifest pins all versions."_s : u"%1 fits the manifest."_s.arg(files));
}

QString bare(QString id)
{
    id = id.trimmed().toLower();
    for (const char *end : {"-only", "-or-later", "+"}) {
        if (id.endsWith(QLatin1String(end)))
            id.chop(qsizetype(std::strlen(end)));
    }
    return id;
}
QStringList idsOf(const QString &expression)
{
    static const QRegularExpression between(u"\\s+(?:OR|AND|WITH)\\s+|[()/,]"_s, QRegularExpression::CaseInsensitiveOption);
    QStringList ids;
    for (const auto &id : expression.split(between, Qt::SkipEmptyParts))
        ids << bare(id);
    return ids;
}

Judged licence(const Judge &judge)
{
    const QString declared = judge.value[u"declared"].toString(), says = judge.value[u"file_says"].toString(), file = judge.value[u"file"].toString();
    const auto &settings = judge.policy.settings();
    const QString next = u"Name a licence in its manifest, and add its text as LICENSE."_s;
    if (declared.isEmpty() && says.isEmpty())
        return bad(file.isEmpty() ? u"Nothing says under which licence it is."_s : u"%1 is no licence that is known by its words, and no manifest names one."_s.arg(file), next, file.isEmpty() ? 0 : 0.5);
    const QString id = declared.isEmpty() ? says : declared;
    const auto ids = idsOf(id);
    const auto contains = [](const QStringList &list, const QString &one) { return std::ranges::any_of(list, [&](const auto &each) { return bare(each) == one; }); };
    if (std::ranges::any_of(ids, [&](const auto &one) { return contains(settings.licencesDenied, one); }))
        return bad(u"%1 is a licence that coppice.yaml denies."_s.arg(id), u"Choose another licence, or take it off health.licences.deny."_s);
    const bool allowed = std::ranges::any_of(ids, [&](const auto &one) { return contains(settings.licencesAllowed, one); });
    if (!settings.licencesAllowed.isEmpty() && !allowed)
        return bad(u"%1 is none of the licences that coppice.yaml allows."_s.arg(id), u"Choose one of %1, or add it to health.licences.allow."_s.arg(settings.licencesAllowed.join(u", "_s)));
    const QString low = id.toLower();
    if (!allowed && low.startsWith("see licen"_L1) && says.isEmpty())
        return file.isEmpty() ? bad(u"It says %1, and it has no such file."_s.arg(id), u"Add the file, or name a licence in its manifest."_s)
                              : bad(u"It says %1, and %2 is no licence that is known by its words."_s.arg(id, file), u"Have somebody read it, and list %1 under health.licences.allow in coppice.yaml."_s.arg(id), 0.5);
    if (!allowed && (low == "unlicensed"_L1 || low == "none"_L1 || low == "noassertion"_L1 || low == "proprietary"_L1) && says.isEmpty())
        return bad(u"It says %1: nobody is told what may be done with it."_s.arg(id), u"Name a licence, or list %1 under health.licences.allow in coppice.yaml."_s.arg(id));
    if (!declared.isEmpty() && !says.isEmpty()) {
        const auto told = idsOf(says);
        if (!std::ranges::any_of(told, [&](const auto &one) { return ids.contains(one); }))
            return bad(u"%1 says %2, and %3 says %4."_s.arg(judge.value[u"source"].toString(), declared, file, says), u"Make both say the same."_s, 0.5);
    }
    return good(u"%1, by %2."_s.arg(id, declared.isEmpty() ? file : judge.value[u"source"].toString()));
}

Judged variables(const Judge &judge)
{
    const auto &value = judge.value;
    QJsonArray left;
    const auto &known = judge.policy.settings().variablesKnown;
    const int count = value[u"undeclared_count"].toInt();
    int waived = 0;
    for (const auto &one : value[u"undeclared"].toArray()) {
        const QString name = one[u"name"].toString();
        const bool is = std::ranges::any_of(known, [&](const QString &pattern) {
            return QRegularExpression(QRegularExpression::wildcardToRegularExpression(pattern, QRegularExpression::UnanchoredWildcardConversion)).match(name).capturedLength() == name.size();
        });
        if (is)
            ++waived;
        else
            left.append(one);
    }
    const bool allTold = count <= int(value[u"undeclared"].toArray().size())
        && std::ranges::all_of(left, [](const QJsonValue &one) { return !one[u"told"].toString().isEmpty(); });
    if (count - waived > 0 && allTold)
        return bad(u"Its code reads %1, of which %2 tells, and no manifest."_s.arg(listed(left, "name", count - waived), left.first()[u"told"].toString()),
                   u"Declare %1 in its manifest or .env.example, too, so that programs know as well as readers."_s.arg(count - waived == 1 ? u"it"_s : u"them"_s), 0.5);
    if (count - waived > 0)
        return bad(u"Its code reads %1, which nothing declares (%2)."_s.arg(listed(left, "name", count - waived), left.isEmpty() ? QString() : left.first()[u"where"].toString()),
                   u"Declare %1 in its manifest or .env.example, so that whoever runs it knows."_s.arg(count - waived == 1 ? u"it"_s : u"them"_s));
    if (!value[u"complete"].toBool(true))
        return unknown(u"It has more files than are read."_s, u"Keep what is built or copied out of the repository."_s);
    if (value[u"used"].toInt() == 0)
        return good(value[u"sources"].toInt() == 0 ? u"It has no source code that reads variables."_s : u"Its code reads no variables."_s);
    return good(value[u"declared"].toInt() == 0 ? u"Its code reads nothing but what every system sets."_s : u"Each variable that its code reads is declared, or set by every system."_s);
}

Judged leftovers(const Judge &judge)
{
    const auto &value = judge.value;
    const int unused = value[u"unused_count"].toInt(), only = value[u"example_only_count"].toInt();
    if (value[u"declared"].toInt() > 0 && value[u"sources"].toInt() == 0)
        return exempt(u"It has no source code here that could read what it declares."_s);
    if (unused > 0)
        return bad(u"%1 is declared (%2), and nothing reads it."_s.arg(listed(value[u"unused"].toArray(), "name", unused), value[u"unused"].toArray().first()[u"where"].toString()),
                   u"Take it off, or use it."_s);
    if (only > 0)
        return bad(u"%1 stands in the example file only; its manifest does not declare it."_s.arg(listed(value[u"example_only"].toArray(), "name", only)),
                   u"Declare it in the manifest, too."_s, 0.5);
    return good(value[u"declared"].toInt() == 0 ? u"It declares no variables."_s : u"Each of the %1 declared variables is read."_s.arg(value[u"declared"].toInt()));
}

Judged links(const Judge &judge)
{
    const auto &value = judge.value;
    const int broken = value[u"bad_count"].toInt();
    if (broken > 0) {
        const auto first = value[u"bad"].toArray().first().toObject();
        const QString state = first[u"state"].toString();
        const QString next = state == "escaping"_L1 || state == "absolute"_L1 ? u"Link to something under templates/, or keep a file of its own."_s
                                                                             : u"See coppicectl templates check, and decide there."_s;
        return bad(u"%1 → %2 is %3%4."_s.arg(first[u"path"].toString(), first[u"target"].toString(), state, broken > 1 ? u", and %1 more"_s.arg(broken - 1) : QString()), next);
    }
    const int count = value[u"links"].toInt() + value[u"copies"].toInt();
    return good(count == 0 ? u"It has no links to templates, and none is asked for."_s : u"All %1 links and copies are as their templates."_s.arg(count));
}

Judged owner(const Judge &judge)
{
    const auto owners = judge.value[u"owners"].toArray();
    if (owners.isEmpty())
        return bad(u"Nobody owns it."_s, u"Write owners into .coppice/plugins/%1.yaml."_s.arg(judge.plugin));
    return good(u"%1 (%2)."_s.arg(listed(owners, nullptr, int(owners.size())), judge.value[u"source"].toString()));
}

Judged instructions(const Judge &judge)
{
    const auto &value = judge.value;
    if (value[u"agents"].toBool()) {
        if (!value[u"agents_link"].toBool() && value[u"agents_words"].toInt() < 5)
            return bad(u"AGENTS.md says nothing."_s, u"Say how it is built, tested and what to mind."_s, 0.2);
        return good(value[u"agents_link"].toBool() ? u"AGENTS.md links to shared instructions."_s : u"AGENTS.md has %1 words."_s.arg(value[u"agents_words"].toInt()));
    }
    if (const QString other = value[u"other"].toString(); !other.isEmpty())
        return bad(u"Only %1 instructs agents; others do not read that."_s.arg(other), u"Make it AGENTS.md, and link %1 to it."_s.arg(other), 0.5);
    return bad(u"No AGENTS.md tells agents what to mind here."_s, u"Add one: a run of the playbook document drafts it."_s);
}

Judged knowledge(const Judge &judge)
{
    const int files = judge.value[u"knowledge"].toInt();
    const bool spec = judge.value[u"spec"].toBool();
    if (spec && files > 0)
        return good(u"A specification, and %1 files of knowledge."_s.arg(files));
    if (spec)
        return bad(u"It has a specification, and no knowledge was written down."_s, u"Keep decisions and pitfalls in .agents/knowledge/."_s, 0.6);
    if (files > 0)
        return bad(u"%1 files of knowledge, but no specification says what it must do."_s.arg(files), u"Write .agents/spec.md."_s, 0.6);
    return bad(u"Neither a specification nor knowledge is written down."_s, u"Write .agents/spec.md: what it must do, and must not."_s, judge.value[u"readme"].toBool() ? 0.2 : 0);
}

} // namespace

QString listed(const QJsonArray &array, const char *key, int count, int shown)
{
    QStringList names;
    for (qsizetype i = 0; i < qMin<qsizetype>(shown, array.size()); ++i)
        names << (key ? array[i][QLatin1String(key)].toString() : array[i].toString());
    if (count > names.size() && !names.isEmpty())
        return names.join(u", "_s) + u" and %1 more"_s.arg(count - names.size());
    return names.size() > 1 ? names.mid(0, names.size() - 1).join(u", "_s) + u" and "_s + names.last() : names.join(QString());
}

std::vector<SignalKind> fileSignals()
{
    return {
        {"manifest", "Manifests agree", "manifest", 8, manifest},
        {"lock", "Lock file fits", "lock", 7, lock},
        {"licence", "Licence", "licence", 6, licence},
        {"variables", "Variables it reads are declared", "environment", 9, variables},
        {"leftovers", "Variables it declares are read", "environment", 3, leftovers},
        {"links", "Templates in step", "links", 5, links},
        {"owner", "Owner", "owner", 5, owner},
        {"instructions", "Instructions for agents", "knowledge", 4, instructions},
        {"knowledge", "Specification and knowledge", "knowledge", 3, knowledge},
    };
}

} // namespace coppice::health
