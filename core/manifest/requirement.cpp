// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/requirement.h"

#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostRequirements = 5000;

struct Line {
    QString text;
    int number = 0;
};

/// Lines without comments, those that end in a backslash joined with the next.
std::vector<Line> logicalLines(const QByteArray &bytes)
{
    std::vector<Line> lines;
    QString open;
    int number = 0, first = 0;
    for (const auto &raw : bytes.split('\n')) {
        ++number;
        QString text = QString::fromUtf8(raw.left(4000)).trimmed();
        const bool goesOn = text.endsWith(u'\\');
        if (goesOn)
            text.chop(1);
        if (open.isEmpty())
            first = number;
        if (!text.startsWith(u'#') && open.size() < 100'000)
            open += (open.isEmpty() ? QString() : u" "_s) + text.section(u" #"_s, 0, 0).trimmed();
        if (goesOn)
            continue;
        if (!open.isEmpty() && lines.size() < mostRequirements)
            lines.push_back({open, first});
        open.clear();
    }
    if (!open.isEmpty())
        lines.push_back({open, first});
    return lines;
}

bool isAddress(const QString &text)
{
    return text.startsWith(u'.') || text.contains("://"_L1) || text.startsWith("file:"_L1) || text.startsWith("git+"_L1);
}

} // namespace

Requirement requirementOf(const QString &text)
{
    static const QRegularExpression shape(u"^\\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\\s*(?:\\[[^\\]]*\\])?\\s*(.*)$"_s);
    static const QRegularExpression exact(u"^===?\\s*([^,*\\s]+)$"_s);
    Requirement requirement;
    const auto match = shape.match(text.left(2000));
    if (!match.hasMatch())
        return requirement;
    QString rest = match.captured(2);
    if (rest.startsWith(u'@')) {
        requirement.name = match.captured(1);
        requirement.address = rest.mid(1).section(u" ;"_s, 0, 0).trimmed();
        return requirement;
    }
    rest = rest.section(u';', 0, 0).trimmed();
    if (rest.startsWith(u'(') && rest.endsWith(u')'))
        rest = rest.mid(1, rest.size() - 2).trimmed();
    // What follows a name is a comparison or nothing.
    if (!rest.isEmpty() && !u"<>=!~"_s.contains(rest.front()))
        return requirement;
    requirement.name = match.captured(1);
    requirement.range = rest;
    if (const auto pin = exact.match(rest); pin.hasMatch())
        requirement.pin = pin.captured(1);
    return requirement;
}

std::vector<Requirement> requirementsIn(const QByteArray &bytes)
{
    static const QRegularExpression hash(u"\\s--hash[= ](\\S+)"_s);
    static const QRegularExpression option(u"\\s--?[a-z].*$"_s);
    static const QRegularExpression editable(u"^(?:-e|--editable)[ =]+(\\S+)"_s);
    static const QRegularExpression egg(u"[#&]egg=([A-Za-z0-9._-]+)"_s);
    std::vector<Requirement> all;
    for (const auto &line : logicalLines(bytes)) {
        Requirement requirement;
        const auto edit = editable.match(line.text);
        if (edit.hasMatch() || (!line.text.startsWith(u'-') && isAddress(line.text))) {
            requirement.address = edit.hasMatch() ? edit.captured(1) : line.text.section(u' ', 0, 0);
            if (const auto name = egg.match(requirement.address); name.hasMatch())
                requirement.name = name.captured(1);
        } else if (!line.text.startsWith(u'-')) {
            requirement = requirementOf(QString(line.text).remove(option));
        }
        if (requirement.name.isEmpty() && requirement.address.isEmpty())
            continue;
        for (auto it = hash.globalMatch(line.text); it.hasNext() && requirement.hashes.size() < 200;)
            requirement.hashes << it.next().captured(1);
        requirement.line = line.number;
        all.push_back(std::move(requirement));
    }
    return all;
}

QStringList includesIn(const QByteArray &bytes)
{
    static const QRegularExpression include(u"^(?:-r|--requirement|-c|--constraint)[ =]*(\\S+)"_s);
    QStringList names;
    for (const auto &line : logicalLines(bytes)) {
        if (const auto match = include.match(line.text); match.hasMatch() && names.size() < 20)
            names << match.captured(1);
    }
    return names;
}

} // namespace coppice::manifest
