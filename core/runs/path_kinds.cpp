// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/path_kinds.h"

#include <QRegularExpression>
#include <QSet>
#include <QString>
#include <QStringList>

namespace coppice::runs {

namespace {

bool inFolderNamed(const QStringList &parts, const QSet<QString> &names)
{
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        if (names.contains(parts[i].toLower()))
            return true;
    }
    return false;
}

} // namespace

bool isTestPath(const QByteArray &path)
{
    if (isDocPath(path))
        return false;
    static const QSet<QString> folders{
        QStringLiteral("test"),      QStringLiteral("tests"),     QStringLiteral("__tests__"), QStringLiteral("spec"),
        QStringLiteral("specs"),     QStringLiteral("testdata"),  QStringLiteral("test-data"), QStringLiteral("test_data"),
        QStringLiteral("__mocks__"), QStringLiteral("e2e"),       QStringLiteral("__snapshots__"), QStringLiteral("__fixtures__"),
        QStringLiteral("testing"),   QStringLiteral("fixtures"),
    };
    const QStringList parts = QString::fromUtf8(path).split(u'/');
    if (inFolderNamed(parts, folders))
        return true;
    const QString &name = parts.last();
    // test_x.py, x_test.go, x.test.ts, test-x.js, tests.py, conftest.py, x.bats
    static const QRegularExpression word(QStringLiteral("(^|[._-])tests?([._-][^.]*)?\\.[a-z0-9]+$|(^|[._-])test\\.[a-z]+\\.[a-z]+$|"
                                                        "^conftest\\.py$|\\.bats$"),
                                         QRegularExpression::CaseInsensitiveOption);
    // x.spec.ts, x_spec.rb: "spec" of a code file only, since a specification is no test
    static const QRegularExpression spec(QStringLiteral("[._-]spec\\.([cm]?[jt]sx?|rb|py|lua|coffee|exs?|dart|php|go)$"));
    // WeatherTest.java, TestWeather.kt, WeatherSpec.scala, WeatherTests.cs
    static const QRegularExpression camel(
        QStringLiteral("([a-z0-9](Test|Tests|TestCase|Spec|IT)|^Tests?[A-Z]\\w*)\\.(java|kt|kts|scala|groovy|cs|fs|php|swift)$"));
    return word.match(name).hasMatch() || spec.match(name).hasMatch() || camel.match(name).hasMatch();
}

bool isDocPath(const QByteArray &path)
{
    const QStringList parts = QString::fromUtf8(path).split(u'/');
    const QString name = parts.last().toLower();
    static const QRegularExpression ending(QStringLiteral("\\.(md|mdx|markdown|rst|adoc|asciidoc|org|textile)$"));
    static const QRegularExpression well(
        QStringLiteral("^(readme|changelog|changes|history|news|contributing|authors|maintainers|license|licence|copying|notice|"
                       "security|code_of_conduct)(\\.[a-z]+)?$"));
    static const QRegularExpression code(QStringLiteral("\\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|php|cs|c|cc|cpp|h|sh|lua|ex|exs|json|ya?ml|toml)$"));
    if (ending.match(name).hasMatch())
        return true;
    if (well.match(name).hasMatch())
        return !code.match(name).hasMatch();
    static const QSet<QString> folders{QStringLiteral("doc"), QStringLiteral("docs"), QStringLiteral("documentation")};
    return inFolderNamed(parts, folders) && !code.match(name).hasMatch();
}

} // namespace coppice::runs
