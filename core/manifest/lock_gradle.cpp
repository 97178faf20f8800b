// SPDX-License-Identifier: GPL-3.0-or-later
// gradle.lockfile and buildscript-gradle.lockfile: docs.gradle.org/current/userguide/dependency_locking.html
#include "manifest/lock_reader.h"

#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

/// Of a line's configurations: what is only tested with, or only compiles, is not what runs.
Dependency::Scope scopeOf(const QString &configurations)
{
    static const QRegularExpression tools(u"^(test|integrationTest|functionalTest|jmh|annotationProcessor|checkstyle|pmd|spotbugs|jacoco|kotlin|ktlint|detekt|classpath)"_s);
    for (const auto &name : QStringView(configurations).split(u',', Qt::SkipEmptyParts)) {
        if (!tools.match(name).hasMatch() && !name.contains(u"Test") && !name.endsWith(u"AnnotationProcessor"))
            return Dependency::Scope::Runtime;
    }
    return Dependency::Scope::Development;
}

void readLockfile(LockReader &reader, const QString &file, bool isBuild)
{
    const auto bytes = reader.read(file);
    if (!bytes)
        return;
    bool any = false;
    int number = 0, wrong = 0;
    for (const auto &raw : bytes->split('\n')) {
        ++number;
        const QString line = QString::fromUtf8(raw.left(4000)).trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        const qsizetype equals = line.indexOf(u'=');
        const QStringList parts = line.left(equals < 0 ? 0 : equals).split(u':');
        if (equals > 0 && parts == QStringList{u"empty"_s}) { // configurations that hold nothing
            any = true;
            continue;
        }
        if (parts.size() != 3 || parts.contains(QString())) {
            wrong = wrong > 0 ? wrong : number;
            continue;
        }
        any = true;
        const auto place = reader.add(purl(u"maven"_s, QString(parts[0] + u'/' + parts[1])), parts[2], file);
        if (!place)
            continue;
        const auto scope = isBuild ? Dependency::Scope::Development : scopeOf(line.mid(equals + 1));
        reader.scope(*place, scope);
        if (scope == Dependency::Scope::Runtime)
            reader.choose(reader.at(*place).purl, parts[2]);
    }
    if (!any && wrong > 0)
        reader.broken(u"The file is no lock file of Gradle: no line reads group:name:version=configurations"_s, u"%1:%2"_s.arg(file).arg(wrong));
}

} // namespace

void readGradleLocks(LockReader &reader)
{
    readLockfile(reader, u"gradle.lockfile"_s, false);
    readLockfile(reader, u"buildscript-gradle.lockfile"_s, true);
}

} // namespace coppice::manifest
