// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace coppice::receivers {

/// What a plugin's production shows to be let in.
struct ReceiverKey {
    QString plugin;
    QString project; ///< a small number: some kits want one in the address
    QByteArray key;  ///< 32 hexadecimal digits where it was made here
};

/// One key per plugin, in a folder of the user outside of any repository: keys.json names the plugin, its project and by a
/// reference where the key lies ("file:…/1.key" as made here; "keychain:…" and "env:…" may be put there by hand). Files are
/// for the user only. Changes by another process are seen within a second. Safe from any thread.
class KeyRing
{
public:
    [[nodiscard]] static Result<std::unique_ptr<KeyRing>> open(const QString &folder);
    ~KeyRing();

    /// The plugin's key; made when there is none.
    [[nodiscard]] Result<ReceiverKey> keyOf(const QString &plugin);
    [[nodiscard]] Result<std::vector<ReceiverKey>> all();
    /// Whose key this is. Looked up by a digest under a secret of this process, then compared in constant time.
    [[nodiscard]] std::optional<QString> pluginOf(QByteArrayView key);

private:
    KeyRing();
    struct Private;
    std::unique_ptr<Private> d;
};

/// True for equal bytes, in a time that tells nothing but the lengths.
[[nodiscard]] bool equalInConstantTime(QByteArrayView a, QByteArrayView b);

} // namespace coppice::receivers
