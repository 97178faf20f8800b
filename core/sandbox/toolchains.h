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

/// What one program needs, given by its path: its install root (a node_modules folder, the prefix above its `bin`, a package's
/// folder, or the file alone where a folder would hold more than the program), and the same of what it is read by (the first
/// line of a script) and of what a shell's script starts. Managers of versions (pyenv, asdf, mise, rustup, volta) are asked
/// for the real one. Of a prefix below home only what installing makes is shown. Empty when the system has it all.
[[nodiscard]] Toolchain installOf(const QString &program);

/// The usual languages' programs (node, python3, go, cargo, java, …) as PATH finds them. The managers that stand
/// between (pyenv, rustup, asdf, mise) are asked for the real one. Found once per value of PATH.
[[nodiscard]] const Toolchain &installedToolchains();

/// Programs that a command line names: its first word, words found on PATH, and whole paths of programs.
[[nodiscard]] Toolchain toolsNamedIn(const QStringList &argv);

/// Changes when one of the usual languages' programs is another one or another version of it.
[[nodiscard]] QByteArray toolchainIdentity();

} // namespace coppice::sandbox
