// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/addresses.h"

#include <QDir>
#include <QHash>
#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

QString pathReference(const QString &path, const QString &folder)
{
    QString text = path.trimmed();
    if (text.startsWith("file://"_L1))
        text = text.mid(7);
    if (text.isEmpty() || text.startsWith(u'/') || text.startsWith(u'~') || text.contains(u'\\') || text.size() > 500)
        return {};
    return QString(u"path:" + QDir::cleanPath(folder.isEmpty() ? text : QString(folder + u'/' + text)));
}

QString gitReference(const QString &address)
{
    QString text = address.trimmed().left(1000);
    if (text.startsWith("git+"_L1))
        text = text.mid(4);
    text = text.section(u'#', 0, 0).section(u'?', 0, 0);
    static const QRegularExpression scp(u"^(?:[A-Za-z0-9._-]+@)?([A-Za-z0-9.-]+):([^/\\\\:][^:]*)$"_s);
    static const QRegularExpression url(u"^(?:https?|ssh|git)://(?:[^/@]*@)?([^/:]+)(?::\\d+)?/(.+)$"_s);
    QString host, path;
    if (const auto match = url.match(text); match.hasMatch()) {
        host = match.captured(1);
        path = match.captured(2);
    } else if (const auto scpMatch = scp.match(text); scpMatch.hasMatch() && scpMatch.captured(1).contains(u'.')) {
        host = scpMatch.captured(1);
        path = scpMatch.captured(2);
    } else {
        return {};
    }
    path = path.section(u'@', 0, 0); // pip's "…/name.git@tag"
    while (path.endsWith(u'/'))
        path.chop(1);
    if (path.endsWith(".git"_L1))
        path.chop(4);
    return path.isEmpty() ? QString() : QString(u"git:https://" + host.toLower() + u'/' + path);
}

QString npmReference(const QString &specification, const QString &folder)
{
    const QString text = specification.trimmed();
    if (text.startsWith("workspace:"_L1))
        return u"workspace:"_s;
    for (const char *scheme : {"file:", "link:", "portal:"}) {
        if (text.startsWith(QLatin1String(scheme)))
            return pathReference(text.mid(text.indexOf(u':') + 1), folder);
    }
    if (text.startsWith("./"_L1) || text.startsWith("../"_L1))
        return pathReference(text, folder);
    static const QHash<QString, QString> hosts{{u"github"_s, u"github.com"_s}, {u"gitlab"_s, u"gitlab.com"_s}, {u"bitbucket"_s, u"bitbucket.org"_s}};
    static const QRegularExpression shorthand(u"^(?:(github|gitlab|bitbucket):)?([A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]+?)(?:\\.git)?(?:#.*)?$"_s);
    if (const auto match = shorthand.match(text); match.hasMatch())
        return QString(u"git:https://" + hosts.value(match.captured(1), u"github.com"_s) + u'/' + match.captured(2));
    if (text.startsWith("git"_L1) || text.startsWith("ssh:"_L1) || text.contains(".git#"_L1) || text.endsWith(".git"_L1))
        return gitReference(text);
    return {};
}

} // namespace coppice::manifest
