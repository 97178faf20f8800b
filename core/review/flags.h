// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What each kind of flag means (`Flag::kind`):
//   hidden-characters   characters that are not seen, change the order, or look like others (class in `hiddenClass`)
//   outside-plugin      the file lies outside of the plugin that the patch is for
//   tainted             the agent had read text from outside; about the patch as a whole
//   agent-instructions  what agents are told or allowed
//   ci                  what continuous integration runs, or who has to look at changes
//   hooks               runs without being called: git hooks, install scripts, build scripts, what an editor starts
//   secrets             a value that opens something
//   process             starts another program, or runs text as code
//   network             reaches the network
//   tests-deleted       a test is gone, or no longer found
//   tests-weakened      a test checks less than before, or is not run
//   new-dependency      a package that was not there, or comes from another place
//   lock-file           which versions are installed
//   coppice-settings    the library's own settings and templates
//   submodule, link, executable, binary   what a file is
//   vendored, generated code of others; what is made from something else
//   size                too much to be read with care

#include "review/flags_code.h"
#include "review/lines.h"
#include "review/patch.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace coppice::review {

/// A line of one side of the diff, as text.
struct SideLine {
    int line = 0;
    QString text;
};
/// What a flag rule looks at.
struct FlagInput {
    const FilePatch &file;
    QString path; ///< shown
    std::vector<SideLine> added, removed;
    QByteArray before, after; ///< empty for binary and too large files
    Language language = Language::Other;
    CodeText codeBefore, codeAfter; ///< empty for prose, and where no line changed
    bool partly = false; ///< too large to be read as code as a whole: in the two, lines far from changes are empty
    int lastRead = 0;    ///< then: the line from which even changed ones are; 0 when all of them were read
};
/// Flags of one kind of concern in one file; each rule bounds how many it adds.
void flagPath(const FlagInput &input, std::vector<Flag> &flags);
void flagGenerated(const FlagInput &input, std::vector<Flag> &flags);
void flagHidden(const FlagInput &input, std::vector<Flag> &flags);
void flagSecrets(const FlagInput &input, std::vector<Flag> &flags);
void flagDependencies(const FlagInput &input, std::vector<Flag> &flags);
/// What runs unasked by what a manifest or settings file says.
void flagUnasked(const FlagInput &input, std::vector<Flag> &flags);
/// Settings and commands of tests: thresholds, what is left out, commands that cannot fail.
void flagTestSettings(const FlagInput &input, std::vector<Flag> &flags);

/// Calls that reach out of the process. What the patch takes away in one place and puts into another has moved.
class ReachJudge
{
public:
    ReachJudge();
    ~ReachJudge();
    void add(const FlagInput &input);
    void conclude(std::vector<Flag> &flags) const;

private:
    struct Facts;
    std::unique_ptr<Facts> m_facts;
};

/// Tests that go away or check less. Assertions are compared over the whole patch.
class TestJudge
{
public:
    TestJudge();
    ~TestJudge();
    void add(const FlagInput &input);
    void conclude(std::vector<Flag> &flags) const;

private:
    struct Facts;
    std::unique_ptr<Facts> m_facts;
};

/// The last part of a path.
[[nodiscard]] QString fileName(const QString &path);

inline constexpr qsizetype longestScanned = 20'000; ///< longer lines are not looked through for patterns
inline constexpr int mostOfAKind = 20;              ///< flags of one kind in one file

/// At most `mostOfAKind` of these; the last says how many more there are.
void addBounded(std::vector<Flag> found, std::vector<Flag> &flags);

} // namespace coppice::review
