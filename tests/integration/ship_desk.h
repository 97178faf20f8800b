// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/ctl.h"
#include "support/scratch.h"

#include <QJsonArray>

namespace coppice::test {

inline QString textIn(const QJsonObject &object, QStringView key)
{
    return object[key].toString();
}

/// A library with a remote, and one plugin that came from an upstream by git subtree. Everything by coppicectl.
class ShipDesk
{
public:
    explicit ShipDesk(const QList<std::pair<QString, QByteArray>> &more = {}, const QString &program = QStringLiteral(COPPICECTL))
        : ctl(program, scratch.path(QStringLiteral("home")))
    {
        QList<std::pair<QString, QByteArray>> files{{"src.txt", "one\ntwo\nthree\n"}, {"package.json", "{\n  \"name\": \"a\",\n  \"version\": \"1.2.0\"\n}\n"}};
        scratch.repository("plugin", {{files[0].first, files[0].second}, {files[1].first, files[1].second}});
        for (const auto &[path, bytes] : more)
            scratch.commit("plugin", path, bytes, "chore: " + path);
        scratch.git(scratch.path(), {"clone", "-q", "--bare", "plugin", "upstreams/a.git"});
        library = scratch.repository("library", {{"README.md", "a library\n"}});
        ctl = ctl.on(library);
        must({"init", "--adopt", library});
        must({"plugins", "add", upstream(), "--name", "a"});
        scratch.git(scratch.path(), {"clone", "-q", "--bare", "library", "remote.git"});
        scratch.git(library, {"remote", "add", "origin", scratch.path("remote.git")});
    }
    QJsonObject must(const QStringList &args) const
    {
        const auto answer = ctl(args);
        if (answer.exit != 0)
            qFatal("%s: %s", qPrintable(args.join(u' ')), answer.out.constData());
        return answer.json;
    }
    [[nodiscard]] QString upstream() const { return scratch.path("upstreams/a.git"); }
    [[nodiscard]] QByteArray head(const QString &repository) const { return scratch.git(repository, {"rev-parse", "HEAD"}); }
    [[nodiscard]] QByteArray upstreamFile(const QString &path = "src.txt") const { return scratch.git(upstream(), {"show", "HEAD:" + path}); }
    /// Adds lines to a settings file of the library, committed.
    void settings(const QString &path, const QByteArray &add) const
    {
        const QString file = "library/" + path;
        scratch.commit("library", path, scratch.read(file) + add, "chore: settings");
    }
    /// Writes a plugin's settings anew.
    void pluginSettings(const QByteArray &yaml) const { scratch.commit("library", ".coppice/plugins/a.yaml", yaml, "chore: settings of a"); }
    /// Opens, accepts and applies a change of one of the plugin's files; answers the commit.
    QString apply(const QByteArray &bytes, const QString &title = "fix: count right", const QString &file = "src.txt") const
    {
        return land(propose(bytes, title, file));
    }
    /// Opens a change of one of the plugin's files as a patch; answers its id.
    QString propose(const QByteArray &bytes, const QString &title = "fix: count right", const QString &file = "src.txt", const QString &ticket = {}) const
    {
        const QString path = "library/plugins/a/" + file;
        const QByteArray now = scratch.read(path);
        scratch.write(path, bytes);
        scratch.git(library, {"diff", "--output=" + scratch.path("patch")});
        scratch.write(path, now);
        scratch.git(library, {"status", "--porcelain"}); // freshens the index
        QStringList args{"review", "open", "--plugin", "a", "--patch", scratch.path("patch"), "--title", title};
        if (!ticket.isEmpty())
            args << "--ticket" << ticket;
        return textIn(must(args), u"id");
    }
    QString ticket(const QString &title = "It counts wrong") const
    {
        const QString id = textIn(must({"tickets", "new", "--plugin", "a", "--title", title}), u"id");
        must({"tickets", "triage", id, "accept"});
        return id;
    }
    QString land(const QString &id) const
    {
        must({"review", "accept", id, "--all"});
        return textIn(must({"review", "apply", id}), u"commit");
    }

    Scratch scratch;
    Ctl ctl;
    QString library;
};

} // namespace coppice::test
