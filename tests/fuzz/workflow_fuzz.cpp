// SPDX-License-Identifier: GPL-3.0-or-later
// A workflow.yaml comes with a library that somebody else may have written: reading one stays within bounds, and what is read
// keeps what is promised to those who carry it out.
#include <playbooks/condition.h>
#include <playbooks/values.h>

#include <cstdlib>

using namespace coppice::playbooks;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto playbook = parsePlaybook(QStringLiteral("mend"), [&](const QString &file) -> std::optional<QByteArray> {
        if (file == QLatin1String("workflow.yaml"))
            return bytes;
        // The program of a graph is never looked for outside the playbook's folder.
        if (file.startsWith(u'/') || file.contains(QStringLiteral("..")))
            std::abort();
        return QByteArray("---\nname: mend\ndescription: x\n---\nText\n");
    });
    if (!playbook)
        return 0;
    QStringList earlier;
    for (const Step &step : playbook->steps) {
        for (const QString &need : step.needs) {
            if (!earlier.contains(need))
                std::abort();
        }
        if (!step.when.isEmpty()) {
            const auto condition = Condition::parse(step.when);
            if (!condition)
                std::abort();
            static_cast<void>(condition->holds({}, true));
        }
        if (step.run.contains(QStringLiteral("{{outputs.")) || step.timeout.count() < 1 || step.timeout.count() > 86400)
            std::abort();
        earlier << step.id;
    }
    static_cast<void>(outputSlots(*playbook, {}));
    return 0;
}
