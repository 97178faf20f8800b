// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/trial_sets.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/paths.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <map>

namespace coppice::evals {

using namespace Qt::StringLiterals;

QString trialsHome()
{
    return stateHome() + u"/evals"_s;
}

Result<TrialSet> readTrialSet(const QString &folder)
{
    TrialSet set;
    set.folder = QFileInfo(folder).canonicalFilePath();
    COPPICE_TRY(set.trials, TrialStore::read(set.folder.isEmpty() ? folder : set.folder));
    qint64 first = 0;
    for (auto &trial : set.trials) {
        // A record is text from outside: it names nothing but what lies beside it.
        const QString there = trial.folder.isEmpty() ? QString() : QFileInfo(set.folder + u'/' + trial.folder).canonicalFilePath();
        trial.folder = there.startsWith(set.folder + u'/') ? there : QString();
        set.last = std::max(set.last, trial.at);
        first = first == 0 ? trial.at : std::min(first, trial.at);
    }
    set.name = QFileInfo(set.folder).fileName();
    if (Id::parse(set.name) && first > 0)
        set.name = isoTime(first).left(16).replace(u'T', u' ');
    return set;
}

TrialSets readTrialSets(const QString &home, const QStringList &others)
{
    TrialSets all;
    QStringList folders;
    const auto names = QDir(home).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const QString &name : names) {
        if (QFileInfo(home + u'/' + name + u"/trials.jsonl"_s).isFile())
            folders << home + u'/' + name;
    }
    folders << others;
    for (const QString &folder : std::as_const(folders)) {
        auto set = readTrialSet(folder);
        if (!set)
            all.broken.push_back(set.error());
        else if (!set->trials.empty() && std::ranges::find(all.sets, set->folder, &TrialSet::folder) == all.sets.end())
            all.sets.push_back(std::move(*set));
    }
    std::ranges::stable_sort(all.sets, std::ranges::greater(), &TrialSet::last);
    return all;
}

std::vector<Trial> allTrials(const std::vector<TrialSet> &sets)
{
    std::vector<Trial> all;
    for (const auto &set : sets)
        all.insert(all.end(), set.trials.begin(), set.trials.end());
    // in the order in which they were made, so that arms stand in the order in which they were tried
    std::ranges::stable_sort(all, {}, &Trial::at);
    // a number says which try it is of its task and arm
    if (sets.size() > 1) {
        std::map<QStringList, int> tries;
        for (auto &trial : all)
            trial.number = ++tries[{trial.task, trial.client, trial.model, trial.arm}];
    }
    return all;
}

} // namespace coppice::evals
