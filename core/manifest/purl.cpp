// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/purl.h"

#include <QStringList>
#include <QUrl>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

QString encoded(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text, ":"));
}

} // namespace

QString foldPypi(const QString &name)
{
    QString folded;
    folded.reserve(name.size());
    bool gap = false;
    for (const QChar c : name) {
        if (c == u'-' || c == u'_' || c == u'.') {
            gap = true;
            continue;
        }
        if (gap)
            folded += u'-';
        gap = false;
        folded += c.toLower();
    }
    return gap ? QString(folded + u'-') : folded;
}

QString purl(const QString &type, const QString &name)
{
    QString folded = name;
    if (type == "npm"_L1 || type == "golang"_L1)
        folded = name.toLower();
    else if (type == "pypi"_L1)
        folded = foldPypi(name);
    QStringList parts = folded.split(u'/', Qt::SkipEmptyParts);
    if (parts.isEmpty())
        return {};
    for (auto &part : parts)
        part = encoded(part);
    return QString(u"pkg:" + type + u'/' + parts.join(u'/'));
}

QString purlWithVersion(const QString &purl, const QString &version)
{
    return version.isEmpty() ? purl : QString(purl + u'@' + encoded(version));
}

QString purlType(const QString &purl)
{
    return purl.startsWith("pkg:"_L1) ? purl.mid(4).section(u'/', 0, 0) : QString();
}

QString purlName(const QString &purl)
{
    QString rest = purl.section(u'/', 1);
    for (const QChar end : {u'#', u'?', u'@'})
        rest = rest.section(end, 0, 0);
    return QUrl::fromPercentEncoding(rest.toUtf8());
}

} // namespace coppice::manifest
