// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

namespace coppice::test {

/// Drives coppicectl as a user's shell would: a process of its own, with state, cache and home in a scratch folder.
class Ctl
{
public:
    /// `home` is a folder for this user's state; `library` is given by --library unless empty.
    Ctl(QString program, QString home, QString library = {});

    struct Answer {
        int exit = -1;
        QByteArray out;
        QByteArray err;
        QJsonObject json; ///< of stdout, when that is one JSON document
        [[nodiscard]] QList<QJsonObject> lines() const; ///< of stdout as JSON lines
    };
    /// Runs with --json. At most two minutes.
    [[nodiscard]] Answer operator()(const QStringList &args) const;
    /// Runs without --json.
    [[nodiscard]] Answer plain(const QStringList &args) const;
    /// Starts in a process group of its own without waiting; answers the pid. What it says on stderr is added to `log`.
    [[nodiscard]] qint64 start(const QStringList &args, const QString &log = {}) const;
    /// The same user on a library.
    [[nodiscard]] Ctl on(const QString &library) const
    {
        Ctl other = *this;
        other.m_library = library;
        return other;
    }
    void setEnv(const QString &name, const QString &value) { m_env[name] = value; }
    [[nodiscard]] const QString &home() const { return m_home; }

private:
    [[nodiscard]] Answer run(const QStringList &args, bool json) const;
    [[nodiscard]] QMap<QString, QString> environment() const;
    QString m_program, m_home, m_library;
    QMap<QString, QString> m_env;
};

} // namespace coppice::test

/// Fails the test with both streams when a command did not end with this status.
#define QCOMPARE_EXIT(answer, code)                                                                                    \
    do {                                                                                                               \
        const auto answered_ = (answer); /* once: it is a command */                                                   \
        QVERIFY2(answered_.exit == (code),                                                                             \
                 qPrintable(QStringLiteral("exit %1, expected %2\n%3\n%4")                                             \
                                .arg(answered_.exit)                                                                   \
                                .arg(code)                                                                             \
                                .arg(QString::fromUtf8(answered_.out.left(4000)), QString::fromUtf8(answered_.err.left(4000))))); \
    } while (false)
