// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/go_mod.h"

#include <QStringList>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostLines = 20'000;

QString unquoted(const QString &word)
{
    return word.size() > 1 && (word.startsWith(u'"') || word.startsWith(u'`')) ? word.mid(1, word.size() - 2) : word;
}

void readReplacement(GoMod &module, const QStringList &words)
{
    const qsizetype arrow = words.indexOf("=>"_L1);
    if (arrow < 1 || arrow + 1 >= words.size())
        return;
    GoMod::Replacement replacement;
    replacement.path = words[0];
    replacement.of = arrow > 1 ? words[1] : QString();
    replacement.to = words[arrow + 1];
    replacement.version = words.value(arrow + 2);
    replacement.isFolder = replacement.to.startsWith("./"_L1) || replacement.to.startsWith("../"_L1) || replacement.to.startsWith(u'/')
        || replacement.to == ".."_L1 || replacement.to == "."_L1;
    module.replacements.push_back(replacement);
}

} // namespace

std::optional<GoMod::Replacement> GoMod::replacement(const QString &path, const QString &version) const
{
    const Replacement *any = nullptr;
    for (const auto &one : replacements) {
        if (one.path != path)
            continue;
        if (one.of == version)
            return one;
        if (one.of.isEmpty())
            any = &one;
    }
    return any ? std::optional(*any) : std::nullopt;
}

GoMod parseGoMod(const QByteArray &bytes)
{
    GoMod module;
    QString block;
    int line = 0;
    for (const auto &raw : bytes.split('\n')) {
        ++line;
        const QString text = QString::fromUtf8(raw.left(2000));
        QStringList words = text.section(u"//"_s, 0, 0).simplified().split(u' ', Qt::SkipEmptyParts);
        if (words.isEmpty())
            continue;
        if (words.front() == ")"_L1) {
            block.clear();
            continue;
        }
        if (words.size() == 2 && words[1] == "("_L1) {
            block = words.front();
            continue;
        }
        const QString verb = block.isEmpty() ? words.takeFirst() : block;
        for (auto &word : words)
            word = unquoted(word);
        if (verb == "module"_L1 && !words.isEmpty() && module.module.isEmpty()) {
            module.module = words.front();
            module.moduleLine = line;
        } else if (verb == "require"_L1 && words.size() >= 2 && module.needs.size() < mostLines) {
            module.needs.push_back({words[0], words[1], text.section(u"//"_s, 1).trimmed().startsWith("indirect"_L1), line});
        } else if (verb == "replace"_L1 && module.replacements.size() < mostLines) {
            readReplacement(module, words);
        }
    }
    return module;
}

} // namespace coppice::manifest
