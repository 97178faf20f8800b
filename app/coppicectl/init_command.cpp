// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/counted.h>
#include <engine/session.h>
#include <library/library.h>

#include <QFileInfo>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

const Definition init([](Verb &root, Context &context) {
    struct Options {
        std::string dir;
        std::string name;
        std::string upstreams;
        std::vector<std::string> prefixes;
        bool adopt = false;
    };
    const auto options = std::make_shared<Options>();
    auto *command = root.addSubcommand("init", "Make a new library, or one of a repository that holds plugins already");
    command->addOption("DIR", options->dir, "The library's folder")->required();
    auto *adopt = command->addFlag("--adopt", options->adopt, "Take an existing repository as it is and write only its settings");
    command->addOption("--upstreams", options->upstreams, "A folder with the plugins' own repositories, <id>.git or <id>")->needs(adopt);
    command->addOption("--prefix", options->prefixes, "A folder that is a plugin, or a pattern such as 'packages/*'; may stand "
                                                       "several times; plugins/* otherwise")
        ->needs(adopt);
    command->addOption("--name", options->name, "The library's name; the folder's otherwise")->excludes(adopt);
    command->callback([options, &context] {
        context.setAction([options](Context &c) -> Result<int> {
            const QString dir = QFileInfo(q(options->dir)).absoluteFilePath();
            if (!options->adopt) {
                COPPICE_TRY(const auto made, library::initLibrary(dir, q(options->name)));
                c.answer({{u"library"_s, made.path()}, {u"name"_s, made.name()}},
                         u"The library %1 is in %2.\nAdd a plugin: coppicectl --library %2 plugins add URL --name ID"_s.arg(made.name(), made.path()));
                return 0;
            }
            const QString upstreams = options->upstreams.empty() ? QString() : QFileInfo(q(options->upstreams)).absoluteFilePath();
            QStringList prefixes;
            for (const auto &prefix : options->prefixes)
                prefixes << q(prefix);
            COPPICE_TRY(const auto adopted, library::adoptLibrary(dir, upstreams, prefixes));
            c.library = adopted.path();
            COPPICE_TRY(auto *session, c.session());
            COPPICE_TRY(const auto catalog, session->library().scan(session->state(), c.stop(), c.progress()));
            QJsonArray ids;
            int without = 0;
            for (const auto &entry : catalog.entries) {
                ids.append(entry.plugin.id);
                without += entry.plugin.settings.upstream ? 0 : 1;
            }
            QString text = u"%1 is a library of %2 now."_s.arg(adopted.path(), counted(qint64(catalog.entries.size()), "plugin"));
            if (catalog.entries.empty())
                text += u"\nNo folder matches the prefixes %1; name those that hold plugins in coppice.yaml, commit, and adopt again."_s
                            .arg(catalog.settings.prefixes.join(u", "_s));
            if (without > 0)
                text += u"\nWithout an upstream: %1; name it in .coppice/plugins/<id>.yaml."_s.arg(counted(without, "plugin"));
            c.answer({{u"library"_s, adopted.path()}, {u"name"_s, adopted.name()}, {u"commit"_s, catalog.head.toString()}, {u"plugins"_s, ids}}, text);
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl
