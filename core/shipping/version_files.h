// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace coppice::shipping {

/// Whether a file of a plugin's root is one that may hold its version.
[[nodiscard]] bool holdsVersion(const QByteArray &name);
/// The file's bytes with its own version changed and not a byte more: package.json and its lock file, server.json and
/// manifest.json (and the package entries of the same version in it), pyproject.toml, Cargo.toml and its lock file, pom.xml.
/// `name` of the package for lock files. None where it holds none of its own (it is inherited, or made when it is built).
[[nodiscard]] std::optional<QByteArray> withVersion(const QByteArray &file, const QByteArray &bytes, const QString &from, const QString &to);

} // namespace coppice::shipping
