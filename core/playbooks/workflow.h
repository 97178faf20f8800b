// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Of this room alone: how the two files of a playbook are read.

#include "playbooks/playbook.h"

#include <yaml-cpp/yaml.h>

namespace coppice::playbooks {

/// A file of the playbook that is being read: for errors with its line.
struct File {
    QString path;
    int lineOffset = 0; ///< lines before the YAML begins

    [[nodiscard]] Fail bad(const YAML::Node &node, const QString &what) const { return bad(node.Mark().line, what); }
    [[nodiscard]] Fail bad(int line, const QString &what) const;
};

/// The root of a YAML text that holds keys and values; yaml-cpp's exceptions end here.
[[nodiscard]] Result<YAML::Node> loadYaml(const File &file, const QByteArray &yaml);
[[nodiscard]] Result<QString> scalarOf(const File &file, const YAML::Node &node, const QString &key);
[[nodiscard]] Result<bool> booleanOf(const File &file, const YAML::Node &node, const QString &key);
[[nodiscard]] Result<QStringList> stringsOf(const File &file, const YAML::Node &node, const QString &key);

/// One entry of `steps`; needs, conditions and slots may name earlier steps only.
[[nodiscard]] Result<Step> readStep(const File &file, const YAML::Node &node, const std::vector<Step> &earlier);
[[nodiscard]] Result<> readWorkflow(Playbook &playbook, const File &file, const QByteArray &yaml);

} // namespace coppice::playbooks
