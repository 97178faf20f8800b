// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/sandbox.h"

namespace coppice::sandbox {

/// What makes programs work inside that this user has installed outside the system's folders.
struct Toolchain {
    std::vector<Bind> binds;                         ///< install roots, read-only, at their own paths
    std::vector<std::pair<QString, QString>> links;  ///< link → target, for programs that PATH reaches by a link
    QStringList path;                                ///< folders to put before the system's, in the order of PATH
    void add(const Toolchain &other);
};

/// The install root of one program, given by its path: a node_modules folder, the folder above its `bin`, or the file
/// alone where that folder would hold more than the program (home, ~/.local, /opt, …). Empty when the system has it.
[[nodiscard]] Toolchain installOf(const QString &program);

/// The usual languages' programs (node, python3, go, cargo, java, …) as PATH finds them. The managers that stand
/// between (pyenv, rustup, asdf, mise) are asked for the real one. Found once per value of PATH.
[[nodiscard]] const Toolchain &installedToolchains();

/// Programs that a command line names: its first word, words found on PATH, and whole paths of programs.
[[nodiscard]] Toolchain toolsNamedIn(const QStringList &argv);

/// Changes when one of the usual languages' programs is another one or another version of it.
[[nodiscard]] QByteArray toolchainIdentity();

} // namespace coppice::sandbox
