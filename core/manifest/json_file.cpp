// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/json_file.h"

#include <vector>

namespace coppice::manifest {

namespace {
constexpr int mostLevels = 8;       // deeper values have no use for a line
constexpr qsizetype mostPaths = 20'000;

struct Level {
    bool array = false;
    int index = 0;
    QByteArray path; ///< of the container, "" for the root
    QByteArray key;  ///< of the member being read
    bool wantsKey = false;
};
} // namespace

JsonLines::JsonLines(const QByteArray &text)
{
    int line = 1;
    std::vector<Level> levels;
    qsizetype deeper = 0; // containers below mostLevels, which are only counted

    auto pathHere = [&]() -> QByteArray {
        if (levels.empty())
            return {};
        const Level &level = levels.back();
        const QByteArray last = level.array ? QByteArray::number(level.index) : level.key;
        return level.path.isEmpty() ? last : level.path + '/' + last;
    };
    auto record = [&](int at) {
        if (deeper == 0 && !levels.empty() && m_lines.size() < mostPaths)
            m_lines.insert(pathHere(), at);
    };

    bool fresh = true; // the next token starts a value
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        switch (c) {
        case '\n':
            ++line;
            break;
        case ' ':
        case '\t':
        case '\r':
            break;
        case '{':
        case '[':
            record(line);
            if (deeper > 0 || int(levels.size()) >= mostLevels) {
                ++deeper;
            } else {
                levels.push_back({c == '[', 0, pathHere(), {}, c == '{'});
            }
            fresh = true;
            break;
        case '}':
        case ']':
            if (deeper > 0)
                --deeper;
            else if (!levels.empty())
                levels.pop_back();
            fresh = false;
            break;
        case ',':
            if (deeper == 0 && !levels.empty()) {
                ++levels.back().index;
                levels.back().wantsKey = !levels.back().array;
            }
            fresh = true;
            break;
        case ':':
            if (deeper == 0 && !levels.empty())
                levels.back().wantsKey = false;
            fresh = true;
            break;
        case '"': {
            const qsizetype start = i + 1;
            const int startLine = line;
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                if (text[i] == '\\')
                    ++i;
                else if (text[i] == '\n')
                    ++line;
            }
            if (deeper == 0 && !levels.empty() && levels.back().wantsKey) {
                levels.back().key = text.mid(start, qMin<qsizetype>(i, text.size()) - start);
            } else if (fresh) {
                record(startLine);
            }
            fresh = false;
            break;
        }
        default:
            if (fresh)
                record(line);
            fresh = false;
        }
    }
}

} // namespace coppice::manifest
