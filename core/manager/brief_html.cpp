// SPDX-License-Identifier: GPL-3.0-or-later
#include "brief.h"

#include "base/clock.h"
#include "manager/words.h"

namespace coppice::manager {

using namespace Qt::StringLiterals;

namespace {

QString item(const QString &id, const QString &text, const QString &why, const QString &link)
{
    const QString command = commandFor(link);
    return u"<li id=\"%1\"><b class=\"id\">%1</b> %2%3%4</li>\n"_s.arg(id, text.toHtmlEscaped(), why.isEmpty() ? QString() : u"<br><span class=\"why\">%1</span>"_s.arg(why.toHtmlEscaped()),
                                                                        command.isEmpty() ? QString() : u" <code>coppicectl %1</code>"_s.arg(command.toHtmlEscaped()));
}

QString claims(const QString &title, QChar letter, const std::vector<Claim> &all, int leftOut, const QString &none)
{
    QString html = u"<h2>%1</h2>\n"_s.arg(title);
    if (all.empty())
        html += u"<p>%1</p>\n"_s.arg(none);
    else
        html += u"<ul>\n"_s;
    for (size_t i = 0; i < all.size(); ++i)
        html += item(letter + QString::number(i + 1), all[i].text, {}, all[i].link);
    if (!all.empty())
        html += u"</ul>\n"_s;
    return leftOut > 0 ? QString(html + u"<p>%1 left out.</p>\n"_s.arg(counted(leftOut, u"more is"_s, u"more are"_s))) : html;
}

QString worded(const Worded &told)
{
    QString html;
    if (!told.problem.isEmpty())
        html += u"<p class=\"why\">%1 did not word it: %2</p>\n"_s.arg(told.client.toHtmlEscaped(), told.problem.toHtmlEscaped());
    else
        html += u"<h2>In the words of %1</h2>\n"_s.arg(told.client.toHtmlEscaped());
    for (const auto &paragraph : told.paragraphs) {
        html += u"<p>"_s;
        for (const auto &one : paragraph) {
            QStringList links;
            for (const QString &fact : one.facts)
                links << u"<a href=\"#%1\">%1</a>"_s.arg(fact.toHtmlEscaped());
            html += one.text.toHtmlEscaped() + u" <sup>"_s + links.join(u' ') + u"</sup> "_s;
        }
        html += u"</p>\n"_s;
    }
    if (const QString left = leftOutText(told); !left.isEmpty())
        html += u"<p class=\"why\">%1</p>\n"_s.arg(left);
    if (!told.untold.isEmpty() && told.problem.isEmpty())
        html += u"<p class=\"why\">Not told in these words: %1.</p>\n"_s.arg(told.untold.join(u", "_s).toHtmlEscaped());
    return html;
}

} // namespace

QString htmlOf(const Brief &brief, const QString &library)
{
    QString html = u"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Brief of %1</title>\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                   "<style>body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#1d2126;background:#fff}"
                   "h1{font-size:1.5em}h2{font-size:1.1em;margin-top:1.6em}li{margin:.4em 0}.id{color:#57606a;font-weight:600}.why{color:#57606a}"
                   "code{font-size:.85em;color:#57606a}sup{font-size:.7em}"
                   "@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#16191d}a{color:#7db7ff}.id,.why,code{color:#9aa4af}}</style></head><body>\n"
                   "<h1>Brief of %1</h1>\n"_s.arg(library.toHtmlEscaped());
    html += u"<p class=\"why\">%1, UTC. %2</p>\n"_s.arg(isoTime(brief.at).left(16).replace(u'T', u' '), brief.first ? u"The first brief of this library."_s
                                                                                                                  : u"Since %1."_s.arg(isoTime(brief.since).left(16).replace(u'T', u' ')));
    if (brief.worded)
        html += worded(*brief.worded);
    html += claims(u"What is at risk"_s, u'r', brief.risks, brief.risksLeftOut, u"Nothing that is known."_s);
    html += claims(u"What changed"_s, u'c', brief.changed, brief.changedLeftOut, u"Nothing."_s);
    html += u"<h2>What is proposed</h2>\n"_s;
    html += brief.proposals.empty() ? u"<p>Nothing.</p>\n"_s : u"<ul>\n"_s;
    for (size_t i = 0; i < brief.proposals.size(); ++i)
        html += item(u"p%1"_s.arg(i + 1), brief.proposals[i].title + u'.', brief.proposals[i].why, brief.proposals[i].link);
    if (!brief.proposals.empty())
        html += u"</ul>\n"_s;
    if (!brief.unknown.isEmpty()) {
        html += u"<h2>What could not be looked at</h2>\n<ul>\n"_s;
        for (qsizetype i = 0; i < brief.unknown.size(); ++i)
            html += item(u"u%1"_s.arg(i + 1), brief.unknown[i], {}, {});
        html += u"</ul>\n"_s;
    }
    return html + u"</body></html>\n"_s;
}

} // namespace coppice::manager
