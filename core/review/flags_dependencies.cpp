// SPDX-License-Identifier: GPL-3.0-or-later
// Packages that a patch begins to depend on.
#include "review/flags.h"

#include "manifest/manifest.h"

#include <QRegularExpression>
#include <QSet>

namespace coppice::review {

namespace {

/// One file, under its bare name, as the manifest readers want it.
class OneFile final : public manifest::FileSource
{
public:
    OneFile(QString name, QByteArray bytes) : m_name(std::move(name)), m_bytes(std::move(bytes)) { }
    [[nodiscard]] QStringList list(const QString &folder) const override
    {
        return folder.isEmpty() ? QStringList{m_name} : QStringList();
    }
    [[nodiscard]] std::optional<QByteArray> read(const QString &path) const override
    {
        return path == m_name && m_bytes.size() <= 1 << 20 ? std::optional(m_bytes) : std::nullopt;
    }

private:
    QString m_name;
    QByteArray m_bytes;
};

/// Names of packages in a requirements file.
QSet<QString> requirements(const QByteArray &bytes)
{
    static const QRegularExpression name(QStringLiteral("^([A-Za-z0-9][A-Za-z0-9._-]*)\\s*(\\[|[<>=!~;@#]|$)"));
    QSet<QString> packages;
    for (const auto &raw : bytes.split('\n')) {
        const QString line = QString::fromUtf8(raw).trimmed();
        const auto match = name.match(line);
        if (match.hasMatch())
            packages.insert(QStringLiteral("pkg:pypi/") + match.captured(1).toLower().replace(u'_', u'-').replace(u'.', u'-'));
        else if (line.startsWith(QLatin1String("git+")) || line.startsWith(QLatin1String("http")) || line.startsWith(QLatin1String("-e ")))
            packages.insert(line.left(200));
    }
    return packages;
}

QSet<QString> packagesIn(const QString &name, const QByteArray &bytes)
{
    if (name.endsWith(QLatin1String(".txt")) || name.endsWith(QLatin1String(".in")))
        return requirements(bytes);
    QSet<QString> packages;
    for (const auto &dependency : manifest::readManifest(OneFile(name, bytes)).dependencies)
        packages.insert(dependency.purl);
    return packages;
}

} // namespace

void flagDependencies(const FlagInput &input, std::vector<Flag> &flags)
{
    static const QRegularExpression declares(
        QStringLiteral("^(package\\.json|pyproject\\.toml|go\\.mod|Cargo\\.toml|pom\\.xml|[\\w.-]*requirements[\\w.-]*\\.(txt|in))$"),
        QRegularExpression::CaseInsensitiveOption);
    const QString name = fileName(input.path);
    if (input.added.empty() || !declares.match(name).hasMatch())
        return;
    QStringList fresh = (packagesIn(name, input.after) - packagesIn(name, input.before)).values();
    fresh.sort();
    for (qsizetype i = 0; i < fresh.size() && i < 50; ++i) {
        // The line that names it: the package's last part, as it is written in the file.
        QString bare = fresh[i].mid(fresh[i].indexOf(u'/') + 1);
        bare.replace(QLatin1String("%40"), QLatin1String("@"));
        int line = 0;
        for (const auto &added : input.added) {
            if (added.text.contains(bare, Qt::CaseInsensitive)
                || added.text.contains(bare.mid(bare.lastIndexOf(u'/') + 1), Qt::CaseInsensitive)) {
                line = added.line;
                break;
            }
        }
        flags.push_back({QStringLiteral("new-dependency"), input.file.path, line,
                         QStringLiteral("Begins to depend on %1.").arg(fresh[i]), {}});
    }
}

} // namespace coppice::review
