// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"

#include <QHash>

namespace coppice::library {

/// Which plugins depend on which, directly: by `needs` in their settings, or by a package that their manifests ask for and
/// another plugin is. Read once from a catalog; safe from any thread.
class Dependents
{
public:
    explicit Dependents(const Catalog &catalog);
    /// Ids, in the catalog's order, each once; never the plugin itself.
    [[nodiscard]] QStringList of(const QString &plugin) const { return m_dependents.value(plugin); }
    [[nodiscard]] int count(const QString &plugin) const { return int(m_dependents.value(plugin).size()); }

private:
    QHash<QString, QStringList> m_dependents; ///< by plugin
};

} // namespace coppice::library
