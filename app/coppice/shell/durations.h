// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tones.h"

#include <QObject>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// How long something took, in words, for QML.
class Durations : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
public:
    using QObject::QObject;
    /// "3 min 20 s"
    Q_INVOKABLE QString of(double ms) const { return durationText(ms > 0 ? qint64(ms) : 0); }
};

} // namespace coppice::ui
