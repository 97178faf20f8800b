// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <health/env_scan.h>

#include <QTest>

#include <algorithm>

using namespace coppice::health;

class EnvScanTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void usesAreFound_data();
    void usesAreFound();
    void placesAreLines();
    void testsAreNoSource();
    void namesThatArePutTogetherAreTold();
    void wordsAreWhole();
};

static QByteArrayList namesIn(const char *path, const QByteArray &text)
{
    QByteArrayList names;
    for (const auto &use : scanEnvironment(path, text).uses) {
        if (!names.contains(use.name))
            names << use.name;
    }
    std::sort(names.begin(), names.end());
    return names;
}

void EnvScanTest::usesAreFound_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArrayList>("names");
    const auto row = [](const char *name, const char *path, const char *text, const QByteArrayList &names) { QTest::newRow(name) << QByteArray(path) << QByteArray(text) << names; };
    row("a dot", "a.ts", "const k = process.env.API_KEY ?? 'x'; if (process.env?.OTHER) {}", {"API_KEY", "OTHER"});
    row("brackets", "a.mjs", "process.env[\"A_B\"]; process.env['C_D']; process.env[`E_F`]", {"A_B", "C_D", "E_F"});
    row("taken apart", "a.js", "const { HOST_NAME, TOKEN: t = 'x', ...rest } = process.env;", {"HOST_NAME", "TOKEN"});
    row("within a template", "a.js", "const u = `https://${process.env.HOST_NAME}/`;", {"HOST_NAME"});
    row("a comment is no use", "a.js", "// process.env.OLD_ONE\n/* process.env.OLDER */ const s = 'http://x'; process.env.NEW_ONE", {"NEW_ONE"});
    row("what is written is not read", "a.js", "process.env.SET_HERE = '1'; if (process.env.COMPARED === '1') {} process.env.DEFAULTED ??= '2'", {"COMPARED", "DEFAULTED"});
    row("another name for it", "a.ts", "const env = process.env;\nlisten(env.SERVER_PORT); const x = this.config.env.NOT_THIS;", {"SERVER_PORT"});
    row("a helper of their own", "a.ts", "const k = requireEnv('SOME_KEY'); const n = getEnvNumber(\"SOME_NUMBER\", 3); setEnv('NOT_READ', 1)", {"SOME_KEY", "SOME_NUMBER"});
    row("other runtimes", "a.ts", "Deno.env.get('D_KEY'); Bun.env.B_KEY; import.meta.env.VITE_KEY; import.meta.env.MODE", {"B_KEY", "D_KEY", "VITE_KEY"});
    row("python", "a.py", "import os\nA = os.environ['A_KEY']\nB = os.environ.get(\"B_KEY\", 'x')\nC = os.getenv('C_KEY')\nos.environ['WRITTEN'] = '1'\n", {"A_KEY", "B_KEY", "C_KEY"});
    row("python's words", "a.py", "\"\"\"os.environ['TOLD_ONLY']\"\"\"\n# os.environ['COMMENT']\nx = \"it's\"  # don't\ny = os.environ['REAL_ONE']\n", {"REAL_ONE"});
    row("pydantic", "settings.py",
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"WX_\")\n    api_key: str\n    base_url: str = Field(alias='OTHER_URL')\n\n    def f(self):\n        a: int = 1\n",
        {"OTHER_URL", "WX_API_KEY"});
    row("click", "cli.py", "@click.option('--key', envvar='CLI_KEY')\n", {"CLI_KEY"});
    row("go", "main.go", "a := os.Getenv(\"A_KEY\")\nb, ok := os.LookupEnv(\"B_KEY\") // os.Getenv(\"NO\")\nos.Setenv(\"SET_KEY\", \"1\")\ntype C struct { D string `env:\"D_KEY,required\"` }", {"A_KEY", "B_KEY", "D_KEY"});
    row("rust", "main.rs", "let a = std::env::var(\"A_KEY\"); let b = env::var_os(\"B_KEY\"); let v = env!(\"CARGO_PKG_VERSION\");\n#[arg(long, env = \"C_KEY\")]\n", {"A_KEY", "B_KEY", "C_KEY"});
    row("java", "A.java", "String a = System.getenv(\"A_KEY\"); System.getenv().getOrDefault(\"B_KEY\", \"\");", {"A_KEY", "B_KEY"});
    row("c sharp", "A.cs", "Environment.GetEnvironmentVariable(\"A_KEY\"); Environment.SetEnvironmentVariable(\"NO\", \"1\");", {"A_KEY"});
    row("ruby", "a.rb", "ENV['A_KEY'] # ENV['NO']\nENV.fetch(\"B_KEY\", 1)\n", {"A_KEY", "B_KEY"});
    row("php", "a.php", "<?php $_ENV['A_KEY']; getenv('B_KEY'); env('C_KEY', 1);", {"A_KEY", "B_KEY", "C_KEY"});
    row("spring", "src/application.yml", "url: ${DB_URL:jdbc:x}\nname: ${spring.name}\n", {"DB_URL"});
    row("no code at all", "README.md", "process.env.TOLD", {});
}

void EnvScanTest::usesAreFound()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, text);
    QFETCH(QByteArrayList, names);
    QCOMPARE(namesIn(path.constData(), text), names);
}

void EnvScanTest::placesAreLines()
{
    const auto scan = scanEnvironment("a.py", "import os\n\n\nX = os.environ['A_KEY']\n");
    QCOMPARE(scan.uses.size(), 1U);
    QCOMPARE(scan.uses.front().line, 4);
}

void EnvScanTest::testsAreNoSource()
{
    for (const char *path : {"src/a.ts", "main.go", "src/lib.rs", "pkg/app/settings.py"})
        QVERIFY2(isScannedSource(path), path);
    for (const char *path : {"test/a.js", "src/a.test.ts", "tests/test_x.py", "main_test.go", "src/types.d.ts", "lib/x.min.js", "README.md", "examples/a.py", "vite.config.ts"})
        QVERIFY2(!isScannedSource(path), path);
}

void EnvScanTest::namesThatArePutTogetherAreTold()
{
    QVERIFY(scanEnvironment("a.js", "process.env[`${prefix}_KEY`]").dynamic);
    QVERIFY(scanEnvironment("a.js", "process.env[name]").dynamic);
    QVERIFY(!scanEnvironment("a.js", "process.env['NAME']").dynamic);
}

void EnvScanTest::wordsAreWhole()
{
    QSet<QByteArray> found;
    findWords("export A_KEY_2=1; echo $B_KEY", {"A_KEY", "B_KEY"}, found);
    QCOMPARE(found, QSet<QByteArray>{"B_KEY"});
}

COPPICE_TEST(EnvScanTest)
#include "env_scan_test.moc"
