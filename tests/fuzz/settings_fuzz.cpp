// SPDX-License-Identifier: GPL-3.0-or-later
// Settings files are read, written back and edited; an edit that is answered has set exactly its value.
#include <library/settings.h>

#include <cstdlib>

using namespace coppice;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    (void)library::parseLibrarySettings(text, QStringLiteral("coppice.yaml"));
    const auto plugin = library::parsePluginSettings(text, QStringLiteral("x.yaml"), QStringLiteral("x"));
    const QByteArray written = library::pluginSettingsYaml(plugin);
    if (library::pluginSettingsYaml(library::parsePluginSettings(written, QStringLiteral("x.yaml"), QStringLiteral("x"))) != written)
        std::abort();
    const auto edited = library::setInYaml(text, QStringLiteral("upstream.branch"), QStringLiteral("dev"));
    if (edited) {
        const auto after = library::parsePluginSettings(*edited, QStringLiteral("x.yaml"), QStringLiteral("x"));
        if (after.upstream && after.upstream->branch != QStringLiteral("dev"))
            std::abort();
    }
    return 0;
}
