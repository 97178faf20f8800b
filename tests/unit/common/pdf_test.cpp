// SPDX-License-Identifier: GPL-3.0-or-later
#include <common/pdf.h>

#include "support/test_main.h"

#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using coppice::app::writePdf;

namespace {

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int pagesIn(const QByteArray &pdf)
{
    static const QRegularExpression page(u"/Type\\s*/Page\\b(?!s)"_s);
    int count = 0;
    for (auto it = page.globalMatch(QString::fromLatin1(pdf)); it.hasNext(); it.next())
        ++count;
    return count;
}

QString textOf(const QString &path)
{
    QProcess reader;
    reader.start(u"pdftotext"_s, {u"-layout"_s, path, u"-"_s});
    return reader.waitForFinished(20'000) ? QString::fromUtf8(reader.readAllStandardOutput()) : QString();
}

} // namespace

class PdfTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void longTablesGoOnWithTheirHeads();
    void rowsStayWhole();
    void breaksAndTitleAreKept();
    void nothingIsLoadedFromOutside();
    void charactersWithoutFontAreTold();
    void whatCannotBeWrittenIsTold();

private:
    QTemporaryDir m_folder;
};

void PdfTest::longTablesGoOnWithTheirHeads()
{
    QString html = u"<html><head><title>A long list</title></head><body><table width='100%'><thead><tr><th>Plugin head</th><th>Points</th></tr></thead>"_s;
    for (int i = 0; i < 200; ++i)
        html += u"<tr><td>plugin-%1</td><td>%2</td></tr>"_s.arg(i).arg(i / 2.0);
    const QString path = m_folder.filePath(u"long.pdf"_s);
    const auto printed = writePdf(html + u"</table></body></html>"_s, path);
    QVERIFY2(printed, printed ? "" : qPrintable(printed.error().message()));
    QVERIFY(printed->pages >= 3 && printed->pages <= 8);
    QVERIFY(printed->notes.isEmpty());
    QCOMPARE(pagesIn(bytesOf(path)), printed->pages);
    if (QStandardPaths::findExecutable(u"pdftotext"_s).isEmpty())
        return;
    const QString text = textOf(path);
    QCOMPARE(text.count(u"Plugin head"_s), printed->pages);
    QCOMPARE(text.count(u"A long list"_s), printed->pages);
    for (int i = 0; i < 200; ++i)
        QVERIFY2(text.contains(QRegularExpression(u"plugin-%1\\s+%2\\b"_s.arg(i).arg(i / 2.0))), qPrintable(QString::number(i)));
    QVERIFY(text.contains(u"page %1 of %1"_s.arg(printed->pages)));
}

void PdfTest::rowsStayWhole()
{
    QString html = u"<html><body><h2>Rows</h2><table width='100%'><thead><tr><th>Rows head</th></tr></thead>"_s;
    for (int i = 0; i < 60; ++i)
        html += u"<tr><td>first-%1<br>%2last-%1</td></tr>"_s.arg(i).arg(u"between<br>"_s.repeated(1 + i % 5));
    const QString path = m_folder.filePath(u"rows.pdf"_s);
    const auto printed = writePdf(html + u"</table><h2>Alone</h2><table><tr><td>under it</td></tr></table></body></html>"_s, path);
    QVERIFY(printed);
    QVERIFY(printed->pages > 3);
    if (QStandardPaths::findExecutable(u"pdftotext"_s).isEmpty())
        return;
    const auto pages = textOf(path).split(u'\f');
    for (int i = 0; i < 60; ++i) {
        int whole = 0;
        for (const auto &page : pages)
            whole += page.contains(QRegularExpression(u"first-%1\\b[\\s\\S]*last-%1\\b"_s.arg(i)));
        QVERIFY2(whole == 1, qPrintable(u"row %1 stands whole on %2 pages"_s.arg(i).arg(whole)));
    }
}

void PdfTest::breaksAndTitleAreKept()
{
    const QString path = m_folder.filePath(u"breaks.pdf"_s);
    const auto printed = writePdf(u"<html><head><title>Health of x</title></head><body><p>one</p><h2 style='page-break-before: always'>two</h2>"
                                  "<p><svg width='200' height='40' viewBox='0 0 200 40'><rect width='120' height='40' fill='#ab241c'/></svg></p></body></html>"_s, path);
    QVERIFY(printed);
    QCOMPARE(printed->pages, 2);
    const QByteArray pdf = bytesOf(path);
    QVERIFY(pdf.contains("/Title"));
    QVERIFY(!pdf.contains("/Subtype /Image")); // drawn, not a picture of points
    // written over, whole
    QVERIFY(writePdf(u"<p>short</p>"_s, path));
    QCOMPARE(pagesIn(bytesOf(path)), 1);
}

void PdfTest::nothingIsLoadedFromOutside()
{
    const QString secret = m_folder.filePath(u"secret.html"_s);
    QFile file(secret);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("p { page-break-before: always }");
    file.close();
    const QString path = m_folder.filePath(u"outside.pdf"_s);
    const auto printed = writePdf(u"<html><head><link rel='stylesheet' href='file://%1'></head><body><p>a</p><p>b</p><img src='file://%1'></body></html>"_s.arg(secret), path);
    QVERIFY(printed);
    QCOMPARE(printed->pages, 1);
    // an SVG that is none leaves a gap and no crash
    QVERIFY(writePdf(u"<p>x <svg width='10' height='10'><broken</svg> y</p><svg"_s, path));
}

void PdfTest::charactersWithoutFontAreTold()
{
    // a character of the private use area has no font anywhere
    const auto printed = writePdf(u"<p>name: \U0010f8a3 and \U0010f8a3</p>"_s, m_folder.filePath(u"boxes.pdf"_s));
    QVERIFY(printed);
    QCOMPARE(printed->notes.size(), 1);
    QCOMPARE(printed->notes.front().count(u"\U0010f8a3"_s), 1);
    QVERIFY(writePdf(u"<p>\u8bbe\u7f6e \u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd</p>"_s, m_folder.filePath(u"scripts.pdf"_s)));
}

void PdfTest::whatCannotBeWrittenIsTold()
{
    const auto noFolder = writePdf(u"<p>x</p>"_s, m_folder.filePath(u"none/there.pdf"_s));
    QVERIFY(!noFolder);
    QCOMPARE(noFolder.error().code, u"pdf.path"_s);
    QVERIFY(!noFolder.error().fix.isEmpty());
    QCOMPARE(writePdf(u"<p>x</p>"_s, m_folder.path()).error().code, u"pdf.path"_s);
    QCOMPARE(writePdf(u"<p>x</p>"_s, {}).error().code, u"pdf.path"_s);
    const auto empty = writePdf(u"  "_s, m_folder.filePath(u"empty.pdf"_s));
    QVERIFY(!empty);
    QCOMPARE(empty.error().code, u"pdf.failed"_s);
    QVERIFY(!QFileInfo::exists(m_folder.filePath(u"empty.pdf"_s)));
    QVERIFY(!writePdf(u"<p>x</p>"_s, u"/proc/version"_s));
}

COPPICE_TEST(PdfTest)
#include "pdf_test.moc"
