// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever stands in an event, nothing of it has an effect in a tracker: what is left of a text when its code is taken
// out, by the trackers' own rules, holds none of it.
#include "forges/document.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

using namespace coppice;
using namespace coppice::forges;

namespace {

/// All mark a place with CANARY where it would show outside of code.
const char *const hostile[] = {
    "CANARY", "@CANARY", "#1 CANARY", "![CANARY](http://evil.example/p.png)", "[CANARY](javascript:alert(1))", "<img src=x alt=CANARY>",
    "```\nCANARY @all\n```", "````\n/close CANARY\n````", "`` CANARY ``", "`CANARY", "CANARY`", "a``CANARY``b```c````", "\n\n# CANARY\n\n", "~~~\nCANARY\n~~~",
    "</pre>CANARY<pre>", "</PRE >CANARY", "</code>CANARY", "<notextile>CANARY</notextile>", "{{include(CANARY)}}", "!http://evil.example/CANARY.png!",
    "\"CANARY\":http://evil.example", "h1. CANARY", "bq. CANARY", "p{color:red}. CANARY", "@CANARY@ x", "%{color:red}CANARY%", "/assign @CANARY", "/close\nCANARY",
    "\r\n/label ~CANARY\r\n", "&lt;/pre&gt;CANARY", "    CANARY indented", "> CANARY", "- [ ] CANARY", "| CANARY | b |\n|---|---|", "\\`CANARY\\`", "\\\\```CANARY",
    "http://evil.example/CANARY", "www.CANARY.example", "CANARY@evil.example", "GH-1 CANARY", "acme/weather#1 CANARY", "[^1]: CANARY", "<!-- CANARY -->", "$$CANARY$$",
    "$`CANARY`$", "```mermaid\nCANARY\n```", "<details><summary>CANARY", "[[CANARY]]", "attachment:CANARY", "commit:CANARY", "\t\tCANARY\t", "CANARY\u202e\u200b", "\x1b[31mCANARY",
};

QString document(const QString &text, Markup markup)
{
    return render({paragraph({{QStringLiteral("Seen in"), false}, {text, true}, {QStringLiteral("and more."), false}}), heading(QStringLiteral("What it said")), quote(text),
                   item({{QStringLiteral("Release:"), false}, {text, true}}), paragraph({{text, true}})},
                  markup);
}

/// Without fenced code and code spans, as CommonMark reads them: a fence ends at a line of as many ticks or more, a span at
/// a run of exactly as many.
QString withoutMarkdownCode(const QString &text)
{
    QString rest;
    QString fence;
    for (const QString &line : text.split(u'\n')) {
        static const QRegularExpression ticks(QStringLiteral("^ {0,3}(`{3,})([^`]*)$"));
        const auto match = ticks.match(line);
        if (!fence.isEmpty()) {
            if (match.hasMatch() && match.captured(2).trimmed().isEmpty() && match.captured(1).size() >= fence.size())
                fence.clear();
        } else if (match.hasMatch()) {
            fence = match.captured(1);
        } else {
            rest += line + u'\n';
        }
    }
    QString out;
    for (qsizetype i = 0; i < rest.size();) {
        if (rest[i] == u'\\' && i + 1 < rest.size()) {
            i += 2;
            continue;
        }
        if (rest[i] != u'`') {
            out += rest[i++];
            continue;
        }
        qsizetype n = 0;
        while (i + n < rest.size() && rest[i + n] == u'`')
            ++n;
        const QRegularExpression end(QStringLiteral("(?<!`)`{%1}(?!`)").arg(n));
        const auto close = end.match(rest, i + n);
        if (close.hasMatch()) {
            i = close.capturedEnd();
        } else {
            out += rest.mid(i, n);
            i += n;
        }
    }
    return out;
}

QString withoutTextileCode(QString text)
{
    static const QRegularExpression code(QStringLiteral("<(pre|code|kbd|notextile)\\b[^>]*>.*?</\\1\\b[^>]*>"), QRegularExpression::DotMatchesEverythingOption | QRegularExpression::CaseInsensitiveOption);
    return text.remove(code);
}

} // namespace

class DocumentTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingLeavesItsCode_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : hostile)
            QTest::newRow(QByteArray(text).simplified().constData()) << QString::fromUtf8(text);
    }
    void nothingLeavesItsCode()
    {
        QFETCH(QString, text);
        for (const Markup markup : {Markup::GitHub, Markup::GitLab, Markup::Markdown}) {
            const QString rendered = document(text, markup);
            QVERIFY(rendered.contains(QStringLiteral("CANARY"))); // it is told
            const QString left = withoutMarkdownCode(rendered);
            QVERIFY2(!left.contains(QStringLiteral("CANARY")) && !left.contains(QStringLiteral("evil")), qPrintable(rendered));
            QVERIFY2(left.contains(QStringLiteral("and more")) && left.contains(QStringLiteral("What it said")), qPrintable(rendered));
        }
        // A command of GitLab's stands at the beginning of a line, also in what some versions take for no code.
        static const QRegularExpression command(QStringLiteral("^ {0,3}/"), QRegularExpression::MultilineOption);
        QVERIFY(!command.match(document(text, Markup::GitLab)).hasMatch());
        const QString textile = document(text, Markup::Textile);
        const QString left = withoutTextileCode(textile);
        QVERIFY2(!left.contains(QStringLiteral("CANARY")) && !left.contains(QStringLiteral("evil")), qPrintable(textile));
        QCOMPARE(textile.count(QStringLiteral("<pre>")), 1);
        QCOMPARE(textile.count(QStringLiteral("</pre>")), 1);
        static const QRegularExpression mention(QStringLiteral("@\\w"));
        QVERIFY(!mention.match(textile).hasMatch());
    }

    void adfHoldsTextOnly_data() { nothingLeavesItsCode_data(); }
    void adfHoldsTextOnly()
    {
        QFETCH(QString, text);
        const QJsonObject adf = toAdf({paragraph({{QStringLiteral("Seen"), false}, {text, true}}), quote(text), item({{text, true}})});
        QStringList kinds;
        const std::function<void(const QJsonValue &)> walk = [&](const QJsonValue &node) {
            kinds << node[u"type"].toString();
            for (const auto &mark : node[u"marks"].toArray())
                kinds << mark[u"type"].toString();
            for (const auto &child : node[u"content"].toArray())
                walk(child);
        };
        walk(adf);
        kinds.removeDuplicates();
        for (const QString &kind : kinds)
            QVERIFY2(QStringList({QStringLiteral("doc"), QStringLiteral("paragraph"), QStringLiteral("text"), QStringLiteral("code"), QStringLiteral("codeBlock"), QStringLiteral("bulletList"), QStringLiteral("listItem")}).contains(kind), qPrintable(kind));
        QVERIFY(fromAdf(adf).contains(QStringLiteral("CANARY")));
    }

    void ourOwnWordsAreTakenLiterally()
    {
        const QString said = QStringLiteral("*all* of `it` is @bob's, see #1 & [x](y) <b>");
        const QString shown = render({paragraph({{said, false}})}, Markup::GitHub);
        static const QRegularExpression bare(QStringLiteral("(?<!\\\\)[`*\\[\\]<>]"));
        QVERIFY2(!bare.match(shown).hasMatch(), qPrintable(shown));
        static const QRegularExpression named(QStringLiteral("@\\w|#\\d"));
        QVERIFY(!named.match(shown).hasMatch());
        QVERIFY(!named.match(render({paragraph({{said, false}})}, Markup::Textile)).hasMatch());
    }

    void titlesNameNobody_data() { nothingLeavesItsCode_data(); }
    void titlesNameNobody()
    {
        QFETCH(QString, text);
        const QString title = inertTitle(text);
        static const QRegularExpression reference(QStringLiteral("[@#!~%$&][\\w\"']|://|^/|\\n|www\\.|GH-\\d"), QRegularExpression::CaseInsensitiveOption);
        QVERIFY2(!reference.match(title).hasMatch(), qPrintable(title));
        QVERIFY(title.size() < 400);
    }

    void everythingIsBounded()
    {
        const QString much(1'000'000, u'x');
        Document document;
        for (int i = 0; i < 50; ++i)
            document.push_back(quote(much));
        document.push_back(paragraph({{QStringLiteral("coppice-0123456789ab"), true}}));
        for (const Markup markup : {Markup::GitHub, Markup::GitLab, Markup::Textile}) {
            const QString text = render(document, markup);
            QVERIFY(text.size() < 40'000);
            QVERIFY(text.contains(QStringLiteral("coppice-0123456789ab"))); // by which it is found again
        }
        QVERIFY(QJsonDocument(toAdf(document)).toJson(QJsonDocument::Compact).size() < 40'000);
        QJsonValue deep = QJsonObject{{QStringLiteral("type"), QStringLiteral("text")}, {QStringLiteral("text"), QStringLiteral("x")}};
        for (int i = 0; i < 900; ++i)
            deep = QJsonObject{{QStringLiteral("type"), QStringLiteral("doc")}, {QStringLiteral("content"), QJsonArray{deep}}};
        QCOMPARE(fromAdf(deep), QString());
    }
};

COPPICE_TEST(DocumentTest)
#include "document_test.moc"
