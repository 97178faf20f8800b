// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/error.h>

#include <QObject>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// An Error as QML shows it: what happened, to what, and what to do.
class ErrorInfo
{
    Q_GADGET
    QML_VALUE_TYPE(errorInfo)
    Q_PROPERTY(bool present READ present CONSTANT)
    Q_PROPERTY(QString code MEMBER code CONSTANT)
    Q_PROPERTY(QString what MEMBER what CONSTANT)
    Q_PROPERTY(QString where MEMBER where CONSTANT)
    Q_PROPERTY(QString fix MEMBER fix CONSTANT)
    Q_PROPERTY(bool needsPerson MEMBER needsPerson CONSTANT)
public:
    ErrorInfo() = default;
    explicit ErrorInfo(const Error &error);
    [[nodiscard]] bool present() const { return !what.isEmpty(); }
    friend bool operator==(const ErrorInfo &, const ErrorInfo &) = default;

    QString code, what, where, fix;
    bool needsPerson = false;
};

} // namespace coppice::ui
