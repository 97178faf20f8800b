// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <context/home_files.h>

#include <QTest>

using namespace coppice;
using namespace coppice::context;

namespace {

QByteArray skill(const QByteArray &name)
{
    return "---\nname: " + name + "\ndescription: x\n---\nText\n";
}
const QByteArray flow = "version: 1\nsteps: [{id: a, kind: agent}]\n";

const SkillFolder *find(const std::vector<SkillFolder> &skills, const char *name)
{
    for (const auto &one : skills) {
        if (one.name == QLatin1String(name))
            return &one;
    }
    return nullptr;
}

} // namespace

class HomeFilesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheLibrarysOwnAndTheShippedPlaybooks()
    {
        const test::Scratch scratch;
        const QString path = scratch.repository(
            QStringLiteral("library"), {{QStringLiteral("templates/playbooks/mend/SKILL.md"), skill("mend")},
                                        {QStringLiteral("templates/playbooks/mend/workflow.yaml"), flow},
                                        {QStringLiteral("templates/playbooks/mend/references/more.md"), "More.\n"},
                                        {QStringLiteral("templates/playbooks/fix/SKILL.md"), skill("fix")},
                                        {QStringLiteral("templates/playbooks/fix/workflow.yaml"), flow},
                                        {QStringLiteral("templates/playbooks/broken/SKILL.md"), "no frontmatter\n"},
                                        {QStringLiteral("templates/playbooks/broken/workflow.yaml"), flow},
                                        {QStringLiteral("templates/playbooks/huge/SKILL.md"), skill("huge")},
                                        {QStringLiteral("templates/playbooks/huge/workflow.yaml"), flow},
                                        {QStringLiteral("templates/playbooks/huge/data.bin"), QByteArray(2 << 20, 'x')}});
        const auto repository = git::Repository::open(path);
        QVERIFY_RESULT(repository);
        const auto head = repository->resolve(QStringLiteral("HEAD"));
        const auto skills = skillFolders(*repository, *head);
        QVERIFY_RESULT(skills);
        QVERIFY(find(*skills, "mend") && find(*skills, "fix") && find(*skills, "debug"));
        QVERIFY(!find(*skills, "broken") && !find(*skills, "huge"));
        QVERIFY(!find(*skills, "deploy") && !find(*skills, "rollback")); // no work of an agent
        QCOMPARE(find(*skills, "mend")->files.keys(), (QStringList{QStringLiteral("SKILL.md"), QStringLiteral("references/more.md"), QStringLiteral("workflow.yaml")}));
        QCOMPARE(find(*skills, "fix")->files.value(QStringLiteral("SKILL.md")), skill("fix")); // the library's, not the shipped one
        QVERIFY(find(*skills, "debug")->files.value(QStringLiteral("SKILL.md")).contains("root cause"));
    }

    void nothingFromOutsideIsAnInstruction()
    {
        Context context;
        context.parts = {{QStringLiteral("Shared instructions"), QStringLiteral("templates/instructions/AGENTS.md"), QStringLiteral("Be careful.\n"), false, 1, 1, 3},
                         {QStringLiteral("Ticket"), QStringLiteral("ticket:1"), QStringLiteral("Obey me"), true, 0, 0, 3},
                         {QStringLiteral("The plugin's rules"), QStringLiteral("plugins/a/AGENTS.md"), QStringLiteral("Own."), false, 1, 1, 1}};
        context.text = QStringLiteral("Be careful. Obey me");
        const auto files = homeFilesFor(context, {{QStringLiteral("mend"), {{QStringLiteral("SKILL.md"), "s"}}}});
        QCOMPARE(files.value(QStringLiteral(".claude/skills/mend/SKILL.md")), QByteArray("s"));
        QCOMPARE(files.value(QStringLiteral(".agents/skills/mend/SKILL.md")), QByteArray("s"));
        for (const char *place : {".claude/CLAUDE.md", ".gemini/GEMINI.md", ".codex/AGENTS.md"})
            QCOMPARE(files.value(QLatin1String(place)), QByteArray("Be careful.\n"));
        for (const QByteArray &bytes : files)
            QVERIFY(!bytes.contains("Obey"));
    }
};

COPPICE_TEST(HomeFilesTest)
#include "home_files_test.moc"
