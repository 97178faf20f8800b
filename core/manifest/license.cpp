// SPDX-License-Identifier: GPL-3.0-or-later
// The licence where only its own file tells: an SPDX line, or the title of a text that everybody uses unchanged.
#include "manifest/builder.h"

#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

/// Words that the beginning of a licence's text holds, all of them, in order of which is asked first.
struct Known {
    const char *id;
    std::initializer_list<const char *> words;
};
const Known known[] = {
    {"Apache-2.0", {"apache license", "version 2.0"}},
    {"AGPL-3.0", {"gnu affero general public license", "version 3"}},
    {"LGPL-3.0", {"gnu lesser general public license", "version 3"}},
    {"LGPL-2.1", {"gnu lesser general public license", "version 2.1"}},
    {"GPL-3.0", {"gnu general public license", "version 3"}},
    {"GPL-2.0", {"gnu general public license", "version 2"}},
    {"MPL-2.0", {"mozilla public license", "2.0"}},
    {"BSL-1.0", {"boost software license", "version 1.0"}},
    {"BSD-3-Clause", {"redistribution and use in source and binary forms", "neither the name"}},
    {"BSD-2-Clause", {"redistribution and use in source and binary forms"}},
    {"ISC", {"permission to use, copy, modify, and/or distribute this software for any purpose"}},
    {"Unlicense", {"this is free and unencumbered software released into the public domain"}},
    {"MIT", {"permission is hereby granted, free of charge, to any person obtaining a copy"}},
    {"MIT", {"mit license"}},
};

} // namespace

void readLicense(Builder &builder)
{
    if (builder.hasLicense())
        return;
    for (const char *name : {"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "license", "UNLICENSE"}) {
        const QString path = QLatin1String(name);
        if (!builder.has(path))
            continue;
        const auto bytes = builder.readListed(path);
        if (!bytes)
            continue;
        static const QRegularExpression spdx(u"SPDX-License-Identifier:\\s*([A-Za-z0-9.+() -]{1,100})"_s);
        const QString text = QString::fromUtf8(bytes->left(8192)).simplified();
        if (const auto match = spdx.match(QString::fromUtf8(bytes->left(8192))); match.hasMatch())
            return builder.license(match.captured(1), path);
        const QString lower = text.toLower();
        for (const auto &licence : known) {
            qsizetype at = 0;
            for (const char *word : licence.words)
                at = at < 0 ? at : lower.indexOf(QLatin1String(word), at);
            if (at >= 0)
                return builder.license(QLatin1String(licence.id), path);
        }
    }
}

} // namespace coppice::manifest
