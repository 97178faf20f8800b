// SPDX-License-Identifier: GPL-3.0-or-later
// Attempts to break out of a run, made from inside one that coppicectl carries out. Each is tried outside first, where it has
// to work, as far as that does no harm: an attempt that cannot succeed proves nothing. At the end they are printed as a table.
#include "support/ctl.h"
#include "support/ears.h"
#include "support/left.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QProcess>
#include <QProcessEnvironment>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <cstdio>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace coppice::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

struct Attempt {
    QString name, control, script;
};

/// Every attempt is a shell script that says "REACHED: what" or "DENIED: why", and nothing else.
const QByteArray preamble = R"sh(reached() { printf 'REACHED: %s\n' "$(printf %s "$*" | tr '\n' ' ' | head -c 150)"; exit; }
denied() { printf 'DENIED: %s\n' "$(printf %s "$*" | tr '\n' ' ' | head -c 150)"; exit; }
attempt() {
    local out status
    out=$("$@" 2>&1); status=$?
    [ $status -eq 0 ] && reached "$out" || denied "$(printf %s "$out" | grep . | tail -n 1 | head -c 150) ($status)"
}
)sh";
const QByteArray runner = R"sh(here=$(dirname "$0")
set -a; . "$here/targets"; set +a
for script in "$here"/[0-9]*.sh; do
    echo "##### ${script##*/}"
    timeout -k 2 30 bash "$script" </dev/null 2>&1
done
)sh";

QList<Attempt> attempts()
{
    QList<Attempt> all;
    for (const char *file : {"files", "network", "machine"}) {
        QFile source(QStringLiteral(COPPICE_SOURCE_DIR "/tests/integration/matrix/%1.sh").arg(QLatin1String(file)));
        if (!source.open(QIODevice::ReadOnly))
            qFatal("cannot read %s", qPrintable(source.fileName()));
        const auto parts = QString::fromUtf8(source.readAll()).split(QStringLiteral("\n##### "));
        for (qsizetype i = 1; i < parts.size(); ++i) {
            const QString title = parts[i].section(u'\n', 0, 0);
            all.push_back({title.section(QStringLiteral(" | "), 0, 0), title.section(QStringLiteral(" | "), 1), parts[i].section(u'\n', 1)});
        }
    }
    return all;
}

/// "##### 07.sh" and the line after it, by number.
QHash<int, QString> answersIn(const QByteArray &output)
{
    QHash<int, QString> answers;
    const auto parts = QString::fromUtf8(output).split(QStringLiteral("##### "));
    for (const auto &part : parts.mid(1))
        answers[part.section(u'.', 0, 0).toInt()] = part.section(u'\n', 1).trimmed();
    return answers;
}

} // namespace

class MatrixTest final : public QObject
{
    Q_OBJECT

    Scratch m_scratch;
    Ctl m_ctl{QStringLiteral(COPPICECTL), m_scratch.path(QStringLiteral("home"))};
    Ears m_ears, m_controlEars;
    QString m_library;
    QString m_mark = QStringLiteral("matrix-%1").arg(QRandomGenerator::global()->generate(), 8, 16, QLatin1Char('0'));
    QList<Attempt> m_attempts = attempts();
    QHash<int, QString> m_outside, m_inside;
    QList<QStringList> m_table;
    QProcess m_sleeper, m_victim, m_controlVictim;
    QByteArray m_shared;
    int m_segment = -1;
    bool m_keyring = false;

    [[nodiscard]] bool hasControl(const Attempt &attempt) const
    {
        const QString &kind = attempt.control;
        QFile yama(QStringLiteral("/proc/sys/kernel/yama/ptrace_scope"));
        const bool traces = !yama.open(QIODevice::ReadOnly) || yama.readAll().trimmed() == "0" || ::geteuid() == 0;
        return kind == u"yes" || kind == u"fd" || (kind == u"root" && ::geteuid() == 0) || (kind == u"ptrace" && traces)
            || (kind == u"v6" && m_controlEars.tcp6 > 0) || (kind == u"keyring" && m_keyring);
    }
    QByteArray targets(const QString &library, const Ears &ears, const QProcess &victim) const
    {
        const QString runs = QDir(m_scratch.path(QStringLiteral("home/state/coppice"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
        QByteArray text;
        const auto add = [&text](const char *name, const QString &value) { text += QByteArray(name) + "='" + value.toUtf8() + "'\n"; };
        add("T_SCRATCH", m_scratch.path());
        add("T_LIBRARY", library);
        add("T_COPPICECTL", QStringLiteral(COPPICECTL));
        add("T_HOME", m_scratch.path(QStringLiteral("home")));
        add("T_RUNS", m_scratch.path(QStringLiteral("home/state/coppice/%1/runs").arg(runs)));
        add("T_CACHE", m_scratch.path(QStringLiteral("home/cache")));
        add("T_CONFIG", m_scratch.path(QStringLiteral("home/config")));
        add("T_RUNTIME", ears.runtime);
        add("T_TMP", m_scratch.path(QStringLiteral("temporary")));
        add("T_SHM", QString::fromUtf8(m_shared));
        add("T_SHM_KEY", QString::number(m_segment < 0 ? 0 : int(::getpid())));
        add("T_MARK", m_mark);
        add("T_KEY", m_mark);
        add("T_PID", QString::number(m_sleeper.processId()));
        add("T_VICTIM", QString::number(victim.processId()));
        add("T_PORT", QString::number(ears.tcp));
        add("T_PORT6", QString::number(ears.tcp6));
        add("T_UDP", QString::number(ears.udp));
        add("T_ABSTRACT", ears.abstractName);
        return text;
    }
    void startSleeper(QProcess &process) const
    {
        process.start(QStringLiteral("bash"), {QStringLiteral("-c"), QStringLiteral("exec -a %1 sleep 900").arg(m_mark)});
        QVERIFY(process.waitForStarted());
    }
    Ctl::Answer run(const QString &command, const QStringList &more = {}, const QString &client = QStringLiteral("exec")) const
    {
        const auto ticket = m_ctl({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--plugin"), QStringLiteral("sums"),
                                   QStringLiteral("--title"), QStringLiteral("try this")});
        QStringList args{QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), ticket.json[u"id"].toString(),
                         QStringLiteral("--playbook"), QStringLiteral("fix"), QStringLiteral("--client"), client, QStringLiteral("--wait")};
        if (!command.isEmpty())
            args << QStringLiteral("--command") << command;
        return m_ctl(args + more);
    }
    QByteArray logOf(const Ctl::Answer &run) const
    {
        return m_ctl.plain({QStringLiteral("run"), QStringLiteral("logs"), run.json[u"id"].toString()}).out;
    }
    void tell(const QString &name, const QString &what, const QString &control, bool denied)
    {
        m_table << QStringList{name, what, control, denied ? QStringLiteral("denied") : QStringLiteral("REACHED")};
    }
    /// All files below a folder but what Coppice itself writes, with their sizes and times.
    QByteArray stateOf(const QString &folder) const
    {
        QProcess find;
        find.start(QStringLiteral("bash"), {QStringLiteral("-c"), QStringLiteral("cd \"$0\" && find . -path ./.git/coppice -prune -o -path ./.git/objects -prune -o -path ./.git/refs/coppice -prune "
                                                                                 "-o -path ./state -prune -o -path ./cache -prune -o -type f -printf '%p %s %T@\\n' | sort"),
                                            folder});
        find.waitForFinished();
        return find.readAllStandardOutput();
    }

    static QByteArrayList changed(const QByteArray &before, const QByteArray &after)
    {
        const auto old = before.split('\n');
        QByteArrayList lines;
        for (const auto &line : after.split('\n')) {
            if (!old.contains(line))
                lines << line;
        }
        if (old.size() != after.count('\n') + 1 && lines.isEmpty())
            lines << "something is gone";
        return lines;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const char *file : {".ssh/id_ed25519", ".netrc", ".npmrc", ".aws/credentials", "notes/diary", "config/coppice/keys",
                                 "cache/coppice/prepare/entry/files/x"})
            m_scratch.write(QStringLiteral("home/") + QLatin1String(file), "canary\n");
        m_scratch.write(QStringLiteral("home/.git-credentials"), "https://me:canary@git.example.org\n");
        m_scratch.write(QStringLiteral("home/.gitconfig"), "[credential]\n\thelper = store\n");
        m_scratch.write(QStringLiteral("temporary"), "canary\n");
        m_shared = "/dev/shm/" + m_mark.toLatin1();
        QFile shared(QString::fromUtf8(m_shared));
        QVERIFY(shared.open(QIODevice::WriteOnly));
        shared.write("canary\n");
        shared.close();
        m_segment = ::shmget(key_t(::getpid()), 4096, IPC_CREAT | 0600);
        m_keyring = ::syscall(SYS_add_key, "user", m_mark.toLatin1().constData(), "canary", 6UL, -3L) > 0;
        for (QProcess *process : {&m_sleeper, &m_victim, &m_controlVictim})
            startSleeper(*process);

        m_library = m_scratch.repository(QStringLiteral("library"),
                                         {{QStringLiteral("plugins/sums/sums.py"), "def add(a, b):\n    return a + b\n"},
                                          {QStringLiteral("plugins/other/other.py"), "x = 'canary'\n"}});
        m_ears.open(m_scratch.path(QStringLiteral("rt")), m_mark + QStringLiteral("-a"));
        m_controlEars.open(m_scratch.path(QStringLiteral("rt2")), m_mark + QStringLiteral("-b"));
        m_ctl.setEnv(QStringLiteral("HOST_SECRET"), QStringLiteral("canary"));
        m_ctl.setEnv(QStringLiteral("XDG_RUNTIME_DIR"), m_ears.runtime);
        m_ctl.setEnv(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("unix:path=%1/bus").arg(m_ears.runtime));
        m_ctl.setEnv(QStringLiteral("SSH_AUTH_SOCK"), m_ears.runtime + QStringLiteral("/bus"));
        QCOMPARE_EXIT(m_ctl({QStringLiteral("init"), QStringLiteral("--adopt"), m_library}), 0);
        m_ctl = m_ctl.on(m_library);
        QCOMPARE_EXIT(run(QStringLiteral("echo an earlier run > earlier")), 0); // so that there is something of it to be found
    }

    /// Outside, on a copy of what must stay whole.
    void attemptsWorkOutside()
    {
        const QString control = m_scratch.path(QStringLiteral("control"));
        QDir().mkpath(control);
        QCOMPARE(QProcess::execute(QStringLiteral("cp"), {QStringLiteral("-a"), m_library, control + QStringLiteral("/library")}), 0);
        m_controlEars.addDatagram(control + QStringLiteral("/library/.git/coppice/engine.sock"));
        const QString plugin = m_scratch.repository(QStringLiteral("control/src/sums"), {{QStringLiteral("sums.py"), "x\n"}});
        m_scratch.write(QStringLiteral("control/src/other/other.py"), "canary\n");
        m_scratch.write(QStringLiteral("control/attempts/all.sh"), runner);
        m_scratch.write(QStringLiteral("control/attempts/targets"), targets(control + QStringLiteral("/library"), m_controlEars, m_controlVictim));
        for (int i = 0; i < m_attempts.size(); ++i) {
            if (hasControl(m_attempts[i]))
                m_scratch.write(QStringLiteral("control/attempts/%1.sh").arg(i, 3, 10, QLatin1Char('0')), preamble + m_attempts[i].script.toUtf8());
        }
        QProcess process;
        auto env = QProcessEnvironment::systemEnvironment();
        env.remove(QStringLiteral("GIT_CONFIG_GLOBAL")); // a person's shell has the person's settings
        env.insert(QStringLiteral("HOST_SECRET"), QStringLiteral("canary"));
        env.insert(QStringLiteral("HOME"), m_scratch.path(QStringLiteral("home")));
        for (const char *name : {"STATE", "CACHE", "CONFIG"})
            env.insert(QStringLiteral("XDG_%1_HOME").arg(QLatin1String(name)), m_scratch.path(QStringLiteral("home/") + QString::fromLatin1(name).toLower()));
        process.setProcessEnvironment(env);
        process.setWorkingDirectory(plugin);
        process.start(QStringLiteral("bash"), {QStringLiteral("-c"), QStringLiteral("exec 7</dev/zero; bash \"$0\""), control + QStringLiteral("/attempts/all.sh")});
        QVERIFY(process.waitForFinished(200'000));
        m_outside = answersIn(process.readAllStandardOutput());
        int tried = 0;
        QStringList wrong;
        for (int i = 0; i < m_attempts.size(); ++i) {
            if (!hasControl(m_attempts[i]))
                continue;
            ++tried;
            if (!m_outside.value(i).startsWith(u"REACHED"))
                wrong << m_attempts[i].name + QStringLiteral(": ") + m_outside.value(i);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
        QVERIFY2(tried >= 35, qPrintable(QString::number(tried)));
        QVERIFY2(m_controlEars.heard() >= 8, "the listeners hear nothing");
    }

    void attemptsFromInside()
    {
        m_scratch.write(QStringLiteral("library/plugins/sums/attempts/all.sh"), runner);
        m_scratch.write(QStringLiteral("library/plugins/sums/attempts/targets"), targets(m_library, m_ears, m_victim));
        for (int i = 0; i < m_attempts.size(); ++i)
            m_scratch.write(QStringLiteral("library/plugins/sums/attempts/%1.sh").arg(i, 3, 10, QLatin1Char('0')), preamble + m_attempts[i].script.toUtf8());
        m_scratch.git(m_library, words("add -A"));
        m_scratch.git(m_library, words("commit -qm attempts"));
        const QByteArray home = stateOf(m_scratch.path(QStringLiteral("home")));
        const QByteArray library = stateOf(m_library);
        const QByteArray name = QSysInfo::machineHostName().toUtf8();
        const auto answer = run(QStringLiteral("bash attempts/all.sh; touch tried"));
        QCOMPARE_EXIT(answer, 0);
        const QByteArray log = logOf(answer);
        m_inside = answersIn(log);
        QCOMPARE(m_inside.size(), m_attempts.size());

        // What can be seen from outside, whatever they say.
        QCOMPARE(m_ears.heard(), 0);
        QVERIFY2(!log.contains("canary\n") && !log.contains("x = 'canary'"), log.constData());
        QCOMPARE(changed(home, stateOf(m_scratch.path(QStringLiteral("home")))), QByteArrayList());
        QCOMPARE(changed(library, stateOf(m_library)), QByteArrayList());
        QCOMPARE(m_scratch.git(m_library, words("status --porcelain")), QByteArray());
        QCOMPARE(m_victim.state(), QProcess::Running);
        QCOMPARE(m_sleeper.state(), QProcess::Running);
        QCOMPARE(QSysInfo::machineHostName().toUtf8(), name);
        for (const char *path : {"/usr/local/bin/ls", "/etc/ld.so.preload", "/etc/cron.d/owned", "/tmp/owned"})
            QVERIFY2(!QFileInfo::exists(QLatin1String(path)), path);
        QCOMPARE(m_scratch.read(m_shared.mid(1)), QByteArray()); // no such file below the scratch folder either
        const auto review = m_ctl({QStringLiteral("review"), QStringLiteral("show"), answer.json[u"review"].toString()});
        QVERIFY2(!review.out.contains("canary"), review.out.constData());
    }

    void everyAttemptIsDenied_data()
    {
        QTest::addColumn<int>("number");
        for (int i = 0; i < m_attempts.size(); ++i)
            QTest::newRow(qPrintable(m_attempts[i].name)) << i;
    }
    void everyAttemptIsDenied()
    {
        QFETCH(int, number);
        const Attempt &attempt = m_attempts[number];
        const QString said = m_inside.value(number);
        const bool denied = said.startsWith(u"DENIED: ") && said.count(u'\n') == 0;
        const QString control = hasControl(attempt) ? QStringLiteral("works outside")
                                                    : QString(QStringLiteral("not tried") + (attempt.control.startsWith(u"no: ") ? attempt.control.mid(2) : QString()));
        tell(attempt.name, said.section(u':', 1).trimmed(), control, denied);
        QVERIFY2(denied, qPrintable(said));
    }

    void nothingOutlivesARun()
    {
        const QString left = m_mark + QStringLiteral("-left");
        const auto first = run(QStringLiteral("for place in /tmp /dev/shm /var/tmp ~; do echo x > $place/owned-by-one; done; mkdir -p ~/.config/autostart; "
                                              "echo 'touch owned' > ~/.bashrc; echo '* * * * * true' | crontab - ; "
                                              "(setsid nohup bash -c 'exec -a %1 sleep 600' </dev/null >/dev/null 2>&1 &); "
                                              "(bash -c 'trap \"\" TERM HUP; exec -a %1 sleep 600' &); touch one").arg(left));
        QCOMPARE_EXIT(first, 0);
        QCOMPARE(processesLeft(m_scratch.path(QStringLiteral("home/state")), left), QStringList());
        tell(QStringLiteral("processes that outlive the run"), QStringLiteral("none is left"), QStringLiteral("the mark is looked for in /proc"), true);
        const auto second = run(QStringLiteral("ls -A ~ /tmp /dev/shm /var/tmp 2>/dev/null | grep -e owned -e bashrc; touch two"));
        QCOMPARE_EXIT(second, 0);
        QCOMPARE(logOf(second), QByteArray());
        QVERIFY(!QFileInfo::exists(QStringLiteral("/tmp/owned-by-one")) && !QFileInfo::exists(QStringLiteral("/dev/shm/owned-by-one")));
        tell(QStringLiteral("files that outlive the run (home, /tmp, /dev/shm)"), QStringLiteral("the next run finds none"), QStringLiteral("written by the first run"), true);
    }

    void aForkBombAndAMassacreStayInside()
    {
        const auto bomb = run(QStringLiteral("python3 -c 'import os, time\nn = 0\ntry:\n    while n < 6000:\n        if os.fork() == 0:\n            time.sleep(60)\n"
                                             "            os._exit(0)\n        n += 1\nexcept OSError as error:\n    pass\nprint(n, flush=True)'; exit 1"));
        QCOMPARE_EXIT(bomb, 1);
        const int made = logOf(bomb).split('\n').value(0).toInt();
        QVERIFY2(made > 1000 && made < 4200, logOf(bomb).constData());
        QCOMPARE(m_sleeper.state(), QProcess::Running);
        tell(QStringLiteral("more processes than 4,096"), QStringLiteral("stopped after %1: %2").arg(made).arg(bomb.json[u"reason"].toString().left(80)),
             QStringLiteral("6,000 were asked for"), true);
        const auto massacre = run(QStringLiteral("kill -9 -1; sleep 1; echo survived"));
        QCOMPARE_EXIT(massacre, 1);
        QCOMPARE(m_sleeper.state(), QProcess::Running);
        QCOMPARE(m_victim.state(), QProcess::Running);
        tell(QStringLiteral("kill -9 of everything"), QStringLiteral("the run ended: %1").arg(massacre.json[u"reason"].toString().left(80)),
             QStringLiteral("a sleeper outside lives"), true);
    }

    /// What an agent leaves in its folder is taken apart, shown and applied outside, and runs nothing and shows nothing there.
    void whatIsLeftInTheFolderDoesNothingOutside()
    {
        const QString ran = m_scratch.path(QStringLiteral("ran-on-the-host"));
        const auto answer = run(QStringLiteral(
            "key=%1; ran=%2; ln -s $key link-to-key; ln -s / root; ln -s ../../.git/config link-to-config; mkfifo pipe; "
            "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'; cp /bin/id setuid; chmod 6755 setuid; "
            "printf x > $'name\\nwith a line'; printf x > $'\\e[2Jname'; mkdir -p sub/.git/hooks sub2; echo \"[core] fsmonitor = touch $ran\" > sub/.git/config; "
            "echo 'ref: refs/heads/main' > sub/.git/HEAD; mkdir sub/.git/objects sub/.git/refs; echo x > sub/file; "
            "echo 'gitdir: %3/.git' > sub2/.git; echo x > sub2/file; mkdir .GIT; echo x > .GIT/config; "
            "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = ext::touch %%S %2\\n\\tupdate = !touch %2\\n' > .gitmodules; "
            "echo '* filter=owned diff=owned merge=owned' > .gitattributes; printf '[filter \"owned\"]\\n\\tsmudge = touch %2\\n\\tclean = touch %2\\n' > .gitconfig; "
            "mkdir -p .husky .vscode .claude; echo \"touch $ran\" > .husky/pre-commit; echo '{\"hooks\":{}}' > .claude/settings.json; "
            "echo done > sums.txt").arg(m_scratch.path(QStringLiteral("home/.ssh/id_ed25519")), ran, m_library));
        QCOMPARE_EXIT(answer, 0);
        const QString id = answer.json[u"review"].toString();
        const auto shown = m_ctl({QStringLiteral("review"), QStringLiteral("show"), id});
        QCOMPARE_EXIT(shown, 0);
        const auto text = m_ctl.plain({QStringLiteral("review"), QStringLiteral("show"), id});
        QVERIFY(!text.out.contains('\033') && !text.out.contains("canary") && !shown.out.contains("canary"));
        QStringList paths;
        for (const auto &file : shown.json[u"files"].toArray())
            paths << file[u"path"].toString();
        const QRegularExpression hidden(QStringLiteral("(^|/)\\.git/|(^|/)\\.git$|/pipe$|/socket$"), QRegularExpression::CaseInsensitiveOption);
        QCOMPARE(paths.filter(hidden), QStringList());
        QVERIFY(paths.contains(QStringLiteral("plugins/sums/sums.txt")));
        // A person who is careless accepts it all.
        QCOMPARE_EXIT(m_ctl({QStringLiteral("review"), QStringLiteral("accept"), id, QStringLiteral("--all")}), 0);
        const auto applied = m_ctl({QStringLiteral("review"), QStringLiteral("apply"), id});
        QVERIFY2(applied.exit == 0 || applied.json[u"error"][u"message"].isString(), applied.out.constData());
        QVERIFY(!QFileInfo::exists(ran));
        (void)m_ctl(words("sync status"));
        (void)m_ctl(words("plugins list"));
        QVERIFY(!QFileInfo::exists(ran));
        const QFileInfo setuid(m_library + QStringLiteral("/plugins/sums/setuid"));
        if (setuid.exists()) {
            struct stat info {};
            QCOMPARE(::stat(setuid.filePath().toUtf8().constData(), &info), 0);
            QCOMPARE(info.st_mode & 07000, 0u);
        }
        QVERIFY(!QFileInfo(m_library + QStringLiteral("/plugins/sums/pipe")).exists());
        for (const char *what : {"hooks and settings in nested git folders", "a .git file that points to the library", "submodules with commands",
                                 "filters by .gitattributes", "links to keys in the patch", "pipes and sockets in the patch", "setuid bits in the patch",
                                 "names with lines and escapes in them"})
            tell(QString::fromLatin1(what), QStringLiteral("nothing ran, nothing was read: %1").arg(applied.exit == 0 ? QStringLiteral("applied as plain files")
                                                                                                       : applied.json[u"error"][u"message"].toString().left(60)),
                 QStringLiteral("a marker file"), true);
    }

    /// The one way out leads to the model's host and nowhere else, however it is asked, and the key stays outside.
    void theGatewayLeadsToTheModelOnly()
    {
        const QByteArray settings = "clients:\n  talker:\n    kind: exec\n    command: [python3, gateway.py, '" + QByteArray::number(m_ears.tcp)
            + "']\n    model: {dialect: anthropic, base_url: 'http://127.0.0.1:" + QByteArray::number(m_controlEars.tcp) + "', key_env: MODEL_KEY}\n";
        m_scratch.write(QStringLiteral("library/coppice.yaml"), m_scratch.read(QStringLiteral("library/coppice.yaml")) + settings);
        m_scratch.write(QStringLiteral("library/plugins/sums/gateway.py"),
                        "import os, socket, sys\nport = sys.argv[1]\nbody = '{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}'\n"
                        "there = '127.0.0.1:' + port\n"
                        "asked = [('the model', 'POST /v1/messages', 'localhost'), ('a tunnel', 'CONNECT ' + there, there),\n"
                        "         ('an absolute address', 'GET http://' + there + '/x', there), ('an absolute address, posted', 'POST http://' + there + '/v1/messages', there),\n"
                        "         ('another host in the header', 'POST /v1/messages', there), ('another host in the path', 'POST //' + there + '/v1/messages', 'localhost'),\n"
                        "         ('a user and host in the path', 'POST @' + there + '/v1/messages', 'localhost')]\n"
                        "for name, line, host in asked:\n"
                        "    try:\n"
                        "        s = socket.create_connection(('127.0.0.1', 8377), 5); s.settimeout(8)\n"
                        "        s.sendall((line + ' HTTP/1.1\\r\\nHost: ' + host + '\\r\\nContent-Type: application/json\\r\\nx-api-key: ' + os.environ.get('ANTHROPIC_API_KEY', '') + '\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body).encode())\n"
                        "        if 'CONNECT' in line: s.sendall(b'GET /x HTTP/1.1\\r\\n\\r\\n')\n"
                        "        answer = s.recv(4096).decode(errors='replace').split('\\r\\n')[0]\n"
                        "    except OSError as error: answer = str(error)\n"
                        "    print(name + ': ' + (answer or 'closed'), flush=True)\n"
                        "print('key' if 'canary-key' in str(os.environ) else 'no key')\nopen('talked', 'w').write('x')\n");
        m_scratch.git(m_library, words("add -A"));
        m_scratch.git(m_library, words("commit -qm talker"));
        m_ctl.setEnv(QStringLiteral("MODEL_KEY"), QStringLiteral("canary-key"));
        const int before = m_controlEars.heard();
        const auto answer = run({}, {}, QStringLiteral("talker"));
        const QByteArray log = logOf(answer);
        QVERIFY2(log.contains("a user and host in the path: "), QByteArray(answer.out + log).constData());
        QVERIFY2(m_controlEars.heard() > before, QByteArray("the model's own host was not reached:\n" + log).constData());
        QCOMPARE(m_ears.heard(), 0);
        QVERIFY(!log.contains("canary-key") && log.contains("no key"));
        for (const auto &line : log.split('\n')) {
            const QString name = QString::fromUtf8(line).section(u':', 0, 0);
            if (line.contains(": ") && name != u"the model")
                tell(QStringLiteral("gateway: ") + name, QString::fromUtf8(line).section(u':', 1).trimmed(), QStringLiteral("the model is reached"), true);
        }
    }

    void cleanupTestCase()
    {
        ::shmctl(m_segment, IPC_RMID, nullptr);
        QFile::remove(QString::fromUtf8(m_shared));
        for (QProcess *process : {&m_sleeper, &m_victim, &m_controlVictim}) {
            process->kill();
            process->waitForFinished();
        }
        std::printf("%-48s | %-24s | %-8s | %s\n", "attempt", "control", "verdict", "what happened");
        for (const auto &row : m_table)
            std::printf("%-48s | %-24s | %-8s | %s\n", qPrintable(row[0].left(48)), qPrintable(row[2].left(24)), qPrintable(row[3]), qPrintable(row[1]));
        std::printf("%d attempts\n", int(m_table.size()));
        std::fflush(stdout);
        QVERIFY(m_table.size() >= 40);
    }
};

COPPICE_TEST(MatrixTest)
#include "matrix_test.moc"
