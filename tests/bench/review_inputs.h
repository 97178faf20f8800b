// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringBuilder>

#include <random>
#include <utility>
#include <vector>

namespace coppice::bench {

/// Source of so many lines, and the same with scattered edits of one to three lines: replaced, put in, or taken out.
inline std::pair<QByteArray, QByteArray> sourcePair(int lines, int edits, unsigned seed)
{
    std::mt19937 random{seed};
    std::vector<QByteArray> before;
    before.reserve(size_t(lines));
    const QByteArray names[] = {"count", "total", "first", "entry", "buffer", "index", "offset", "result", "handle", "state"};
    const auto name = [&] { return names[random() % std::size(names)]; };
    for (int i = 0; i < lines; ++i) {
        switch (random() % 6) {
        case 0: before.push_back("    const int " + name() + " = " + name() + " + " + QByteArray::number(int(random() % 1000)) + ";\n"); break;
        case 1: before.push_back("    if (" + name() + " != " + name() + ") {\n"); break;
        case 2: before.push_back("        " + name() + "->" + name() + "(" + name() + ", \"" + QByteArray::number(i) + "\");\n"); break;
        case 3: before.push_back("    }\n"); break;
        case 4: before.push_back("    // " + name() + " of the " + name() + " that the " + name() + " keeps\n"); break;
        default: before.push_back("    return " + name() + "(" + name() + ", " + QByteArray::number(i) + ");\n");
        }
    }
    std::vector<QByteArray> after = before;
    for (int i = 0; i < edits; ++i) {
        const size_t at = random() % after.size();
        switch (random() % 3) {
        case 0: after[at] = "    changed(" + name() + ", " + QByteArray::number(i) + ");\n"; break;
        case 1: after[at] += "    added(" + name() + ");\n    more(" + QByteArray::number(i) + ");\n"; break;
        default: after[at].clear();
        }
    }
    std::pair<QByteArray, QByteArray> pair;
    for (const auto &line : before)
        pair.first += line;
    for (const auto &line : after)
        pair.second += line;
    return pair;
}

/// A script without line ends, as a bundler writes it, and the same with two edits.
inline std::pair<QByteArray, QByteArray> minifiedPair(qsizetype bytes)
{
    QByteArray before;
    before.reserve(bytes + 64);
    for (int i = 0; before.size() < bytes; ++i)
        before += "var a" + QByteArray::number(i) + "=function(b,c){return b!==c&&d[" + QByteArray::number(i % 97) + "](b)};";
    QByteArray after = before;
    after.insert(bytes / 3, "/*x*/");
    after.insert(bytes / 2, "a0();");
    return {before, after};
}

} // namespace coppice::bench
