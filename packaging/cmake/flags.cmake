# SPDX-License-Identifier: GPL-3.0-or-later
# Warnings and definitions that every target of this project is built with.
add_library(coppice_flags INTERFACE)
target_compile_options(coppice_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers)
target_compile_definitions(coppice_flags INTERFACE QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_NO_KEYWORDS
    QT_NO_URL_CAST_FROM_STRING QT_USE_QSTRINGBUILDER QT_STRICT_ITERATORS)
if(COPPICE_SANITIZE)
    target_compile_options(coppice_flags INTERFACE -fsanitize=${COPPICE_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(coppice_flags INTERFACE -fsanitize=${COPPICE_SANITIZE})
endif()

if(COPPICE_FUZZ)
    target_compile_options(coppice_flags INTERFACE -fsanitize=fuzzer-no-link) # coverage, for every room
endif()

find_program(COPPICE_CCACHE ccache)
if(COPPICE_CCACHE AND NOT COPPICE_PRECOMPILED)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${COPPICE_CCACHE})
endif()
