# SPDX-License-Identifier: GPL-3.0-or-later
# Headers of others that most files include, compiled once: about two fifths of the time of a build from nothing.
# The cost is that a file which forgets an include is noticed only by a build without them, so the development preset has
# none; it has ccache, which cannot share compiled headers between folders.
option(COPPICE_PRECOMPILED "Compile the headers of Qt and the standard library once" OFF)

set(COPPICE_COMMON_HEADERS <QByteArray> <QDateTime> <QDir> <QFile> <QFileInfo> <QHash> <QJsonArray> <QJsonDocument>
    <QJsonObject> <QMap> <QObject> <QRegularExpression> <QSet> <QString> <QStringBuilder> <QStringList> <QUrl>
    <algorithm> <array> <chrono> <functional> <map> <memory> <mutex> <optional> <stop_token> <string> <thread>
    <unordered_map> <utility> <variant> <vector>)

# coppice_precompile(TARGET [headers...]): compiled headers of the target's own, the common ones and those named.
# coppice_precompile_like(TARGET OWNER): those of OWNER, which must be built with the same options.
function(coppice_precompile TARGET)
    if(COPPICE_PRECOMPILED)
        target_precompile_headers(${TARGET} PRIVATE ${COPPICE_COMMON_HEADERS} ${ARGN})
    endif()
endfunction()
function(coppice_precompile_like TARGET OWNER)
    if(COPPICE_PRECOMPILED)
        target_precompile_headers(${TARGET} REUSE_FROM ${OWNER})
    endif()
endfunction()
