// SPDX-License-Identifier: GPL-3.0-or-later
// Grouping accuracy of messages without a stack: the share of lines whose group is exactly the true one, on the corrected
// Loghub-2k sets (J. Zhu et al., ISSRE 2023), which may not be shipped and so lie outside the repository.
#include "capture/ingest.h"
#include "support/test_main.h"

#include <QFile>
#include <QMap>
#include <QSet>
#include <QTest>

using namespace coppice::capture;

namespace {

QString folder()
{
    for (const char *up : {"/../shared", "/../../shared"}) {
        const QString path = QStringLiteral(COPPICE_SOURCE_DIR) + QLatin1String(up) + QStringLiteral("/data/loghub-2k/");
        if (QFile::exists(path))
            return path;
    }
    return {};
}

/// Rows of a CSV file with quoted fields.
QList<QStringList> rowsOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QString text = QString::fromUtf8(file.readAll());
    QList<QStringList> rows;
    QStringList row;
    QString field;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (quoted && c == u'"' && i + 1 < text.size() && text[i + 1] == u'"') {
            field += c;
            ++i;
        } else if (c == u'"') {
            quoted = !quoted;
        } else if (!quoted && (c == u',' || c == u'\n')) {
            row << field;
            field.clear();
            if (c == u'\n') {
                rows << row;
                row.clear();
            }
        } else if (c != u'\r' || quoted) {
            field += c;
        }
    }
    return rows;
}

} // namespace

class LoghubTest : public QObject
{
    Q_OBJECT
    double accuracyOf(const QString &name)
    {
        const auto rows = rowsOf(folder() + name + u'/' + name + QStringLiteral("_2k.log_structured_corrected.csv"));
        if (rows.size() != 2001)
            return -1;
        const qsizetype content = rows[0].indexOf(QStringLiteral("Content"));
        const qsizetype truth = rows[0].indexOf(QStringLiteral("EventTemplate"));
        Grouper grouper;
        QMap<QString, QSet<int>> wanted;
        QMap<QString, QSet<int>> got;
        for (int i = 1; i < rows.size(); ++i) {
            Event event;
            event.message = rows[i][content];
            wanted[rows[i][truth]] << i;
            got[grouper.keyOf(event).fingerprint] << i;
        }
        qsizetype right = 0;
        for (const auto &group : std::as_const(got)) {
            if (wanted[rows[*group.begin()][truth]] == group)
                right += group.size();
        }
        return double(right) / 2000;
    }
private Q_SLOTS:
    void oneConfigurationForAll()
    {
        if (folder().isEmpty())
            QSKIP("../shared/data/loghub-2k is not there");
        double sum = 0;
        int sets = 0;
        for (const char *name : {"HDFS", "Hadoop", "BGL", "Windows", "Android", "Apache", "OpenSSH", "OpenStack"}) {
            const double accuracy = accuracyOf(QString::fromLatin1(name));
            qInfo("%-10s %.3f", name, accuracy);
            QVERIFY2(accuracy >= 0.6, name);
            sum += accuracy;
            ++sets;
        }
        qInfo("average    %.3f", sum / sets);
        QVERIFY(sum / sets >= 0.88);
    }
};
COPPICE_TEST(LoghubTest)
#include "loghub_test.moc"
