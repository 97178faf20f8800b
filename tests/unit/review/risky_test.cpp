// SPDX-License-Identifier: GPL-3.0-or-later
// The risk flags on patches whose truth is known (tests/support/risky): precision and recall, by kind and over all.
// COPPICE_RISKY names another folder of cases, made by mutate.py; COPPICE_RISKY_SHOW=1 prints what went wrong.
#include <git/tree_edit.h>
#include <review/patch.h>

#include "risky_cases.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QMap>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace coppice;
using namespace coppice::review;
using test::RiskyCase;
using test::RiskyTruth;

namespace {

/// Kinds as the cases call them. What the cases have no kind for (binary files, links, …) is not judged.
QString judgedKind(const QString &kind)
{
    static const QMap<QString, QString> others{{QStringLiteral("secrets"), QStringLiteral("secret")},
                                               {QStringLiteral("vendored"), QStringLiteral("generated")}};
    static const QSet<QString> known{
        QStringLiteral("tests-deleted"), QStringLiteral("tests-weakened"), QStringLiteral("ci"), QStringLiteral("hooks"),
        QStringLiteral("agent-instructions"), QStringLiteral("lock-file"), QStringLiteral("new-dependency"),
        QStringLiteral("network"), QStringLiteral("process"), QStringLiteral("secret"), QStringLiteral("hidden-characters"),
        QStringLiteral("generated"), QStringLiteral("outside-plugin"), QStringLiteral("size")};
    const QString name = others.value(kind, kind);
    return known.contains(name) ? name : QString();
}

struct Count {
    int hits = 0, mistakes = 0, misses = 0;
    [[nodiscard]] double precision() const { return hits + mistakes ? double(hits) / (hits + mistakes) : 1; }
    [[nodiscard]] double recall() const { return hits + misses ? double(hits) / (hits + misses) : 1; }
    Count &operator+=(const Count &other)
    {
        hits += other.hits;
        mistakes += other.mistakes;
        misses += other.misses;
        return *this;
    }
    [[nodiscard]] QString text() const
    {
        return QStringLiteral("precision %1  recall %2  (%3 hits, %4 mistakes, %5 misses)")
            .arg(precision(), 0, 'f', 3).arg(recall(), 0, 'f', 3).arg(hits).arg(mistakes).arg(misses);
    }
};
using Counts = QMap<QString, Count>;

Count sum(const Counts &counts)
{
    Count all;
    for (const auto &count : counts)
        all += count;
    return all;
}

struct Raised {
    QString kind, path, detail;
    int line = 0;
};

git::Oid treeOf(git::Repository &repository, const RiskyCase &one, bool after)
{
    std::vector<git::TreeChange> changes;
    for (const auto &file : one.files) {
        const auto &text = after ? file.after : file.before;
        if (text)
            changes.push_back({after ? file.path : file.oldPath, git::TreeEntry{{}, git::Mode::File, repository.writeBlob(*text).value()}});
    }
    return git::editTree(repository, repository.writeTree({}).value(), changes).value();
}

std::vector<Raised> raisedBy(git::Repository &repository, const RiskyCase &one)
{
    Patch patch;
    Revision revision;
    revision.base = treeOf(repository, one, false);
    revision.result = treeOf(repository, one, true);
    patch.revisions = {revision};
    const auto flags = flagsOf(repository, patch, "plugins/demo", filesOf(repository, revision).value()).value();
    std::vector<Raised> raised;
    QSet<QString> seen;
    for (const auto &flag : flags) {
        const QString kind = judgedKind(flag.kind), path = kind == u"size" ? QString() : QString::fromUtf8(flag.path);
        const QString key = kind + u' ' + path;
        if (!kind.isEmpty() && !seen.contains(key)) {
            seen.insert(key);
            raised.push_back({kind, path, flag.detail, flag.line});
        }
    }
    return raised;
}

bool answers(const Raised &flag, const RiskyTruth &truth)
{
    return std::any_of(truth.kinds.begin(), truth.kinds.end(), [&](const QString &kind) { return flag.kind == kind; })
        && (truth.path == u"*" || flag.kind == u"size" || flag.path.isEmpty() || flag.path == truth.path);
}

/// Adds a case to the counts; answers what went wrong. `known` are flags of the commit before the mutation.
QStringList judge(const RiskyCase &one, const std::vector<Raised> &raised, const std::vector<Raised> &known, Counts &counts)
{
    QStringList wrong;
    for (const auto &truth : one.expect) {
        const bool hit = std::any_of(raised.begin(), raised.end(), [&](const Raised &flag) { return answers(flag, truth); });
        auto &count = counts[truth.kinds.first()];
        ++(hit ? count.hits : count.misses);
        if (!hit)
            wrong << QStringLiteral("MISS %1: %2 %3").arg(one.name, truth.kinds.join(u'|'), truth.path);
    }
    for (const auto &flag : raised) {
        const auto says = [&](const RiskyTruth &truth) { return answers(flag, truth); };
        const bool judged = one.judge.isEmpty()
            || std::any_of(one.judge.begin(), one.judge.end(), [&](const QString &kind) { return flag.kind == kind; });
        const bool was = std::any_of(known.begin(), known.end(), [&](const Raised &other) {
            return other.kind == flag.kind && other.path == flag.path;
        });
        if (!judged || was || std::any_of(one.expect.begin(), one.expect.end(), says) || std::any_of(one.may.begin(), one.may.end(), says))
            continue;
        ++counts[flag.kind].mistakes;
        wrong << QStringLiteral("MISTAKE %1: %2 %3:%4 %5").arg(one.name, flag.kind, flag.path).arg(flag.line).arg(flag.detail);
    }
    return wrong;
}

/// Which half of the cases a name belongs to: the detector was worked on with one of them alone.
bool heldOut(const QString &name)
{
    return QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha1)[0] & 1;
}

void print(const QString &text)
{
    fprintf(stdout, "%s\n", qPrintable(text));
    fflush(stdout);
}

void printCounts(const QString &title, const Counts &counts)
{
    print(title);
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        print(QStringLiteral("  %1 %2").arg(it.key(), -20).arg(it->text()));
    print(QStringLiteral("  %1 %2").arg(QStringLiteral("all"), -20).arg(sum(counts).text()));
}

} // namespace

class RiskyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cases()
    {
        test::Scratch scratch;
        auto repository = std::move(*git::Repository::initBare(scratch.path("r.git")));
        const auto cases = test::readRiskyCases(QStringLiteral(COPPICE_SOURCE_DIR "/tests/support/risky/cases"));
        QVERIFY(cases.size() >= 400);
        Counts working, held, harmless, risky;
        const bool show = qEnvironmentVariableIsSet("COPPICE_RISKY_SHOW");
        QElapsedTimer timer;
        timer.start();
        for (const auto &one : cases) {
            QVERIFY2(one.fault.isEmpty(), qPrintable(one.name + u' ' + one.fault));
            const auto raised = raisedBy(repository, one);
            const bool held_ = heldOut(one.name);
            const auto wrong = judge(one, raised, {}, held_ ? held : working);
            judge(one, raised, {}, one.expect.empty() ? harmless : risky);
            if (show && (!held_ || qEnvironmentVariable("COPPICE_RISKY_SHOW") == u"all")) {
                for (const auto &line : wrong)
                    print(line);
            }
        }
        print(QStringLiteral("%1 cases in %2 ms").arg(cases.size()).arg(timer.elapsed()));
        printCounts(QStringLiteral("the half that the flags were worked on with"), working);
        printCounts(QStringLiteral("the half held out"), held);
        print(QStringLiteral("harmless cases: %1").arg(sum(harmless).text()));
        print(QStringLiteral("risky cases:    %1").arg(sum(risky).text()));
        Counts all = working;
        for (auto it = held.cbegin(); it != held.cend(); ++it)
            all[it.key()] += it.value();
        printCounts(QStringLiteral("all"), all);
        for (const auto &half : {working, held}) {
            QVERIFY(sum(half).precision() >= 0.9);
            QVERIFY(sum(half).recall() >= 0.9);
        }
        for (auto it = all.cbegin(); it != all.cend(); ++it) {
            if (it->hits + it->misses >= 15)
                QVERIFY2(it->precision() >= 0.8 && it->recall() >= 0.8, qPrintable(it.key() + u' ' + it->text()));
        }
    }

    void others()
    {
        const QString folder = qEnvironmentVariable("COPPICE_RISKY");
        if (folder.isEmpty())
            return;
        test::Scratch scratch;
        auto repository = std::move(*git::Repository::initBare(scratch.path("r.git")));
        const auto cases = test::readRiskyCases(folder);
        QVERIFY(!cases.empty());
        QMap<QString, std::vector<Raised>> unmutated;
        Counts mutated, real;
        const bool show = qEnvironmentVariableIsSet("COPPICE_RISKY_SHOW");
        // NAME-0 is the commit as it was, NAME-MUTATION the same with one mutation.
        const auto stemOf = [&](const QString &name) {
            for (auto at = name.indexOf(u'-'); at >= 0; at = name.indexOf(u'-', at + 1)) {
                if (unmutated.contains(name.left(at)))
                    return name.left(at);
            }
            return QString();
        };
        for (const auto &one : cases) {
            if (one.name.endsWith(QLatin1String("-0"))) {
                unmutated[one.name.chopped(2)] = raisedBy(repository, one);
                const auto wrong = judge(one, unmutated[one.name.chopped(2)], {}, real);
                if (show && qEnvironmentVariable("COPPICE_RISKY_SHOW") == u"real") {
                    for (const auto &line : wrong)
                        print(line);
                }
            }
        }
        for (const auto &one : cases) {
            if (one.name.endsWith(QLatin1String("-0")))
                continue;
            for (const auto &line : judge(one, raisedBy(repository, one), unmutated.value(stemOf(one.name)), mutated)) {
                if (show)
                    print(line);
            }
        }
        printCounts(QStringLiteral("%1 commits as they are (truth is weak)").arg(unmutated.size()), real);
        printCounts(QStringLiteral("%1 mutations").arg(cases.size() - size_t(unmutated.size())), mutated);
    }
};

COPPICE_TEST(RiskyTest)
#include "risky_test.moc"
