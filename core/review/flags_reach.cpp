// SPDX-License-Identifier: GPL-3.0-or-later
// Calls that reach out of the process: the network, other programs, text that is run as code.
#include "review/flags.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <iterator>

namespace coppice::review {

namespace {

enum class Reach { Network, Process, Evaluated };

struct Rule {
    Reach reach;
    QRegularExpression pattern;
};
using Rules = std::vector<Rule>;

Rule rule(Reach reach, const char *pattern)
{
    return {reach, QRegularExpression(QString::fromLatin1(pattern))};
}

/// Calls by language. The patterns see neither comments nor what is in strings.
const Rules &rulesOf(Language language)
{
    using enum Language;
    using enum Reach;
    static const Rules javaScript{
        rule(Network, "(?<![\\w.$#])(?:fetch|XMLHttpRequest|WebSocket|EventSource|WebTransport|RTCPeerConnection|importScripts)\\s*\\(|\\b(?:globalThis|window|self)\\.fetch\\s*\\(|\\bsendBeacon\\s*\\("
                      "|\\b(?:https?|http2|net|tls|dgram|dns)\\.(?:get|request|connect|createConnection|createServer|createSecureServer|createSocket|lookup|resolve\\w*|Socket|Agent)\\s*\\("
                      "|\\baxios(?:\\.\\w+)?\\s*\\(|(?<![\\w.$])(?:got|ky|needle|superagent|nodeFetch)(?:\\.\\w+)?\\s*\\(|\\bundici\\.\\w+\\s*\\(|\\bDeno\\.(?:connect\\w*|listen\\w*|serve)\\s*\\(|\\bBun\\.(?:connect|listen|serve)\\s*\\(|\\bnew\\s+(?:WebSocket\\w*|XMLHttpRequest|QNetwork\\w+)\\b"),
        rule(Process, "\\bchild_process\\b\\.\\w+|(?<![\\w.$])(?:execSync|execFile|execFileSync|spawn|spawnSync|fork|execa|execaSync|execaCommand)\\s*\\(|(?<![\\w.$])exec\\s*\\(|\\b(?:cp|childProcess|child)\\.(?:exec\\w*|spawn\\w*|fork)\\s*\\(|\\bpty\\.spawn\\b"
                      "|\\bDeno\\.(?:run|Command)\\b|\\bBun\\.(?:spawn\\w*|\\$)|\\bshell(?:js)?\\.exec\\s*\\(|(?<![\\w$])\\$`"),
        rule(Evaluated, "(?<![\\w.$])eval\\s*\\(|\\bnew\\s+Function\\s*\\(|\\bvm\\.(?:runIn\\w+|Script|compileFunction)\\b|\\bprocess\\.(?:binding|dlopen)\\b|\\bset(?:Timeout|Interval)\\s*\\(\\s*[\"'`]"),
    };
    static const Rules python{
        rule(Network, "\\b(?:requests|httpx|session|_?http_session|niquests)\\.(?:get|post|put|patch|delete|head|options|request|stream|Session|Client|AsyncClient)\\s*\\(|\\burl(?:open|retrieve)\\s*\\(|\\burllib3\\.\\w+\\s*\\(|\\baiohttp\\.\\w+\\s*\\("
                      "|\\bHTTPS?Connection\\s*\\(|\\bsocket\\.(?:socket|create_connection|create_server|getaddrinfo|gethostbyname)\\s*\\(|(?<![\\w.])create_connection\\s*\\(|\\b(?:smtplib|ftplib|telnetlib|poplib|imaplib|nntplib|paramiko|xmlrpc|websockets?|asyncssh|grpc)\\.\\w+\\s*\\("
                      "|\\basyncio\\.(?:open_connection|start_server)\\s*\\(|\\bServerProxy\\s*\\("),
        rule(Process, "\\bsubprocess\\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)\\b|(?<![\\w.])(?:Popen|check_output|check_call)\\s*\\(|\\bos\\.(?:system|popen\\w*|exec[lv]\\w*|spawn\\w*|posix_spawn\\w*|startfile|fork)\\s*\\(|\\bcreate_subprocess_\\w+\\s*\\(|\\bpty\\.spawn\\s*\\("
                      "|\\b(?:sh|pexpect|plumbum|invoke)\\.(?:run|spawn|local|Command)\\s*\\("),
        rule(Evaluated, "(?<![\\w.])(?:eval|exec|__import__)\\s*\\(|\\bbuiltins\\.(?:eval|exec)\\b|\\b(?:pickle|cPickle|dill|marshal|shelve|cloudpickle)\\.(?:loads?|Unpickler|open)\\b|\\byaml\\.(?:unsafe_load|full_load)\\b|\\byaml\\.load\\s*\\((?![^)\\n]*Safe)|\\bctypes\\.(?:CDLL|cdll|WinDLL|windll)\\b|\\brunpy\\.\\w+\\s*\\("),
    };
    static const Rules go{
        rule(Network, "\\b(?:net|tls)\\.(?:Dial\\w*|Listen\\w*|Lookup\\w*|ResolveTCPAddr)\\s*\\(|\\bhttp\\.(?:Get|Post|PostForm|Head|NewRequest\\w*|ListenAndServe\\w*|DefaultClient\\.\\w+)\\s*\\(|&?\\bhttp\\.(?:Client|Server|Transport)\\s*\\{|\\b(?:rpc|smtp|ssh|grpc|websocket)\\.(?:Dial\\w*|NewClient|SendMail)\\s*\\(|\\bDialContext\\s*\\(|\\bnet\\.Dialer\\b|\\.DefaultClient\\b"),
        rule(Process, "\\bexec\\.Command\\w*\\s*\\(|\\b(?:syscall|unix)\\.(?:Exec|ForkExec|StartProcess)\\s*\\(|\\bos\\.StartProcess\\s*\\("),
        rule(Evaluated, "\\bplugin\\.Open\\s*\\("),
    };
    static const Rules rust{
        rule(Network, "\\b(?:reqwest|ureq|hyper|isahc|surf|attohttpc|minreq|curl)::\\w+|\\b(?:TcpStream|TcpListener|UdpSocket|UnixStream)::\\w+\\s*\\(|\\bto_socket_addrs\\s*\\("),
        rule(Process, "\\bCommand::new\\s*\\(|\\blibc::(?:exec\\w*|fork|system|posix_spawn\\w*)\\s*\\(|\\bduct::cmd\\b|\\bcmd!\\s*\\("),
        rule(Evaluated, "\\blibloading::\\w+|\\bLibrary::new\\s*\\(|\\bdlopen\\s*\\("),
    };
    static const Rules java{
        rule(Network, "\\bHttpClient\\b\\s*\\.\\s*new\\w+|\\bHttp(?:s)?URLConnection\\b|\\.openConnection\\s*\\(|\\.openStream\\s*\\(|\\bnew\\s+(?:[\\w.]+\\.)?(?:Server|Datagram|Multicast|SSL)?Socket\\s*\\(|\\b(?:Server)?SocketChannel\\.open\\s*\\(|\\bOkHttpClient\\s*[(.]|\\bHttpRequest\\.newBuilder\\s*\\(|\\bnew\\s+(?:RestTemplate|URL\\s*\\([^;]*\\.open)"
                      "|\\bWebClient\\.create\\s*\\(|\\bURLSession\\b|\\bNWConnection\\b|\\bHttpClient\\s*[({]|\\bInetAddress\\.getBy\\w+\\s*\\(|\\bHttpClients\\.\\w+"),
        rule(Process, "\\bProcessBuilder\\b\\s*\\(|\\bgetRuntime\\s*\\(\\s*\\)\\s*\\.\\s*exec|\\bRuntime\\.getRuntime\\s*\\(\\s*\\)\\.exec|\\bProcess\\s*\\(\\s*\\)|\\bProcess\\.(?:run|start)\\s*\\(|[\"']\\.execute\\s*\\(\\s*\\)|\\bsh\\s*\\(\\s*script"),
        rule(Evaluated, "\\bScriptEngineManager\\s*\\(|\\bGroovyShell\\s*\\(|\\bnew\\s+ObjectInputStream\\s*\\(|\\bdefineClass\\s*\\(|\\bURLClassLoader\\b|\\bSystem\\.load(?:Library)?\\s*\\("),
    };
    static const Rules cSharp{
        rule(Network, "\\bnew\\s+(?:[\\w.]+\\.)?(?:HttpClient|WebClient|TcpClient|TcpListener|UdpClient|Socket|SmtpClient|ClientWebSocket|HttpListener|RestClient|HttpRequestMessage)\\b|\\bWebRequest\\.Create\\w*\\s*\\(|\\bDns\\.\\w+\\s*\\(|\\bHttpClient\\.\\w+\\s*\\(|\\.(?:GetStringAsync|PostAsJsonAsync|GetFromJsonAsync|DownloadString|DownloadFile)\\s*\\(|\\bHttpClient\\s+\\w+\\s*=\\s*new\\s*\\("),
        rule(Process, "\\bProcess\\.Start\\s*\\(|\\bnew\\s+(?:[\\w.]+\\.)?ProcessStartInfo\\b|\\bnew\\s+(?:[\\w.]+\\.)?Process\\s*[({]"),
        rule(Evaluated, "\\bCSharpScript\\.\\w+|\\bAssembly\\.Load\\w*\\s*\\(|\\bnew\\s+BinaryFormatter\\b|\\[\\s*DllImport\\b|\\bCompileAssemblyFromSource\\b"),
    };
    static const Rules ruby{
        rule(Network, "\\bNet::(?:HTTP|FTP|SMTP|SSH|IMAP|POP3)\\b(?!(?:::)?\\w*(?:Error|Exception))|\\b(?:TCPSocket|UDPSocket|TCPServer|UNIXSocket|SSLSocket)\\b|\\b(?:URI|OpenURI)\\.(?:open|open_uri)\\b|\\b(?:HTTParty|Faraday|RestClient|Excon|Typhoeus|HTTPX|HTTP)\\.\\w+|\\bSocket\\.(?:tcp|udp|new)\\b"),
        rule(Process, "(?<![\\w.:@])(?:system|spawn|exec|fork)\\s*(?:\\(|[\"'%]|\\s[\\w:@*])|\\bKernel\\.(?:system|exec|spawn|`|fork)|\\bIO\\.popen\\b|\\bOpen3\\.\\w+|\\bProcess\\.(?:spawn|exec)\\b|(?<![\\w\\\\\"'])`[^`\\n]+`|%x[({\\[!|]|\\bPTY\\.spawn\\b"),
        rule(Evaluated, "(?<![\\w.:])eval[\\s(]+[\\w\"'@]|\\b(?:instance|class|module)_eval\\s*\\(?\\s*[\"'a-z<]|\\bbinding\\.eval\\b|\\bMarshal\\.load\\b|\\bYAML\\.(?:unsafe_load|load)\\s*\\(|\\bERB\\.new\\b"),
    };
    static const Rules php{
        rule(Network, "\\bcurl_(?:init|exec|multi_exec|setopt\\w*)\\s*\\(|\\b(?:fsockopen|pfsockopen|stream_socket_\\w+|socket_(?:create|connect)|ftp_connect|ssh2_connect|mail|gethostbyname|dns_get_record)\\s*\\(|\\bnew\\s+\\\\?(?:GuzzleHttp\\\\)?Client\\s*\\(|\\bnew\\s+\\\\?SoapClient\\b|\\bHttpClient::create\\s*\\(|\\bHttp::(?:get|post|put)\\s*\\("),
        rule(Process, "(?<![\\w>$:\\\\])\\\\?(?:shell_exec|proc_open|popen|passthru|pcntl_exec|system|exec)\\s*\\((?!\\s*\\))|(?<![\\w\\\\'\"])`[^`\\n]+`|\\bnew\\s+\\\\?(?:[\\w\\\\]*\\\\)?Process\\s*\\(|\\bProcess::(?:run|start|fromShellCommandline)\\b"),
        rule(Evaluated, "(?<![\\w>$:])eval\\s*\\(|\\bunserialize\\s*\\(|\\bcreate_function\\s*\\(|\\bassert\\s*\\(\\s*\\$|\\b(?:include|require)(?:_once)?\\s*\\(?\\s*\\$_(?:GET|POST|REQUEST|COOKIE)"),
    };
    static const Rules c{
        rule(Network, "\\bQ(?:NetworkAccessManager|NetworkRequest|TcpSocket|TcpServer|UdpSocket|SslSocket|LocalSocket|WebSocket|HostInfo)\\b(?!\\s*;?\\s*$|>)|\\bcurl_easy_\\w+\\s*\\(|(?<![\\w.>:])(?:::)?(?:socket|connect|getaddrinfo|gethostbyname|sendto|accept)\\s*\\((?!\\s*(?:&|this|\\w+\\s*,\\s*&|\\w+(?:\\.get\\(\\))?\\s*,\\s*(?:&|SIGNAL|Q|\\w+::)))"
                      "|\\bboost::(?:asio|beast)::\\w+|\\basio::ip::\\w+|\\bNSURLSession\\b|\\bWinHttpOpen\\s*\\(|\\bInternetOpen\\w*\\s*\\(|\\bhttplib::\\w+|\\bcpr::\\w+\\s*\\("),
        rule(Process, "\\bQProcess\\b(?!Environment|\\s*;?\\s*$|>)|(?<![\\w.>])(?:std::|::)?(?:system|popen|_popen|execl|execlp|execle|execv|execvp|execvpe|execve|fork|vfork|posix_spawnp?|CreateProcess[AW]?|ShellExecute\\w*|WinExec)\\s*\\(|\\bboost::process::\\w+|\\bNSTask\\b"),
        rule(Evaluated, "\\b(?:dlopen|LoadLibrary\\w*)\\s*\\(|\\bQLibrary\\b\\s*[({\\w]|\\b(?:QJSEngine|QScriptEngine)\\b[^;\\n]*[({]|\\bPyRun_\\w+\\s*\\(|\\bluaL_do\\w+\\s*\\(|\\bmprotect\\s*\\("),
    };
    static const Rules perl{
        rule(Network, "\\b(?:LWP::\\w+|HTTP::Tiny|IO::Socket\\w*|Net::\\w+|Mojo::UserAgent)\\b"),
        rule(Process, "(?<![\\w>$@%&{:])(?:system|exec)\\s*[(\"'$@\\w]|\\bqx\\s*[({/'|]|(?<![\\w\\\\])`[^`\\n]+`|\\bopen3?\\s*\\([^;\\n]*\\|"),
        rule(Evaluated, "(?<![\\w>$])eval\\s*[(\"'$]"),
    };
    static const Rules elixir{
        rule(Network, "\\b(?:HTTPoison|Req|Finch|Tesla|Mint\\.HTTP)\\.\\w+|:(?:gen_tcp|gen_udp|httpc|ssl)\\.\\w+"),
        rule(Process, "\\bSystem\\.(?:cmd|shell)\\b|:os\\.cmd\\b|\\bPort\\.open\\b"),
        rule(Evaluated, "\\bCode\\.eval_\\w+|:erlang\\.binary_to_term\\b"),
    };
    static const Rules shell{
        rule(Network, "(?:^|[|;&`({\\t ]|\\$\\()(?:sudo\\s+)?(?:curl|wget|nc|ncat|netcat|telnet|ssh|scp|sftp|ftp|rsync|socat|aria2c|Invoke-WebRequest|http|https)\\s+(?=[-\\w\"'$/@{.:~])(?!\\w+\\s*=)|/dev/(?:tcp|udp)/"),
        rule(Evaluated, "(?:^|[|;&`({\\t ]|\\$\\()(?:eval\\s+[\"'$`\\w]|(?:/bin/|/usr/bin/env\\s+)?(?:ba|z|da|k)?sh\\s+-\\w*c\\b|(?:python3?|node|perl|ruby|php)\\s+-(?:c|e|r)\\b|(?:source|\\.)\\s+(?:<\\(|/dev/))|\\|\\s*(?:sudo\\s+)?(?:/bin/)?(?:ba|z|da)?sh\\b|\\|\\s*(?:python3?|node|perl|ruby)\\s*(?:-\\s*)?$|\\bbase64\\s+(?:-d|--decode|-D)\\b[^\\n]*\\|"),
    };
    static const Rules none;
    switch (language) {
    case JavaScript: return javaScript;
    case Python: return python;
    case Go: return go;
    case Rust: return rust;
    case Java: return java;
    case CSharp: return cSharp;
    case Ruby: return ruby;
    case Php: return php;
    case C: return c;
    case Perl: return perl;
    case Elixir: return elixir;
    case Shell: return shell;
    default: return none;
    }
}

/// Whole modules that exist to reach out: bringing one in counts where the file calls nothing of it by its own name.
const Rules &importsOf(Language language)
{
    static const Rules javaScript{
        rule(Reach::Network, "(?:\\bfrom\\s*|\\brequire\\s*\\(\\s*|\\bimport\\s*\\(?\\s*)['\"](?:node:)?(?:https?|http2|net|tls|dgram|dns(?:/promises)?|node-fetch|axios|got|undici|ws|ky|superagent|request|needle|cross-fetch)['\"]"),
        rule(Reach::Process, "(?:\\bfrom\\s*|\\brequire\\s*\\(\\s*|\\bimport\\s*\\(?\\s*)['\"](?:(?:node:)?child_process|execa|shelljs|cross-spawn|zx|node-pty)['\"]"),
        rule(Reach::Evaluated, "(?:\\bfrom\\s*|\\brequire\\s*\\(\\s*|\\bimport\\s*\\(?\\s*)['\"](?:node:)?vm2?['\"]"),
    };
    static const Rules python{
        rule(Reach::Process, "^\\s*(?:import\\s+(?:subprocess|pexpect|pty)\\b|from\\s+(?:subprocess|os)\\s+import\\s[^\\n]*\\b(?:run|call|Popen|check_\\w+|system|popen|exec\\w+|spawn\\w*)\\b)"),
        rule(Reach::Network, "^\\s*from\\s+(?:requests|httpx|urllib\\.request|socket|http\\.client|smtplib|ftplib)\\s+import\\s[^\\n]*\\b(?:get|post|put|patch|delete|request|Session|Client|urlopen|socket|create_connection|HTTPS?Connection|SMTP|FTP)\\b"),
    };
    static const Rules none;
    return language == Language::JavaScript ? javaScript : language == Language::Python ? python : none;
}

QString detailOf(Reach reach, const QString &what)
{
    const QString shown = what.size() > 60 ? what.left(59) + u'…' : what;
    switch (reach) {
    case Reach::Network: return QStringLiteral("Reaches the network: %1").arg(shown);
    case Reach::Process: return QStringLiteral("Starts another program: %1").arg(shown);
    case Reach::Evaluated: break;
    }
    return QStringLiteral("Runs code or data that is only known when it runs: %1").arg(shown);
}

QString kindOf(Reach reach)
{
    return reach == Reach::Network ? QStringLiteral("network") : QStringLiteral("process");
}

struct Call {
    Reach reach;
    QString token; ///< what was called
    QString text;  ///< its line, to tell what has moved
    int line = 0;
};

/// Commands in settings and build files (CI steps, Dockerfiles, package scripts) are shell as well.
bool holdsCommands(const QString &path)
{
    static const QRegularExpression names(QStringLiteral("(\\.ya?ml|\\.mk|\\.json|\\.toml|(^|/)(Makefile|justfile|Dockerfile[^/]*|Containerfile|Procfile))$"),
                                          QRegularExpression::CaseInsensitiveOption);
    return names.match(path).hasMatch();
}

/// Hosts that a line names in its strings.
QStringList hostsIn(const QString &text)
{
    static const QRegularExpression host(QStringLiteral("\\b(?:https?|wss?|ftp)://([\\w.-]+\\.[a-z]{2,})"));
    QStringList all;
    auto it = host.globalMatch(text);
    while (it.hasNext() && all.size() < 20)
        all << it.next().captured(1);
    return all;
}

} // namespace

struct ReachJudge::Facts {
    struct File {
        QByteArray path;
        std::vector<Call> added, removed;
    };
    std::vector<File> files;
};
ReachJudge::ReachJudge() : m_facts(std::make_unique<Facts>()) { }
ReachJudge::~ReachJudge() = default;

void ReachJudge::add(const FlagInput &input)
{
    if (input.codeAfter.bare.isEmpty() && input.codeBefore.bare.isEmpty())
        return;
    Facts::File file;
    file.path = input.file.path;
    const bool commands = input.language == Language::Config && holdsCommands(input.path) && !fileName(input.path).contains(QLatin1String("lock"));
    const auto &rules = commands ? rulesOf(Language::Shell) : rulesOf(input.language);
    static const QRegularExpression scriptText(QStringLiteral("\\b(?:eval|sh\\s+-\\w*c)\\b"));
    const auto collect = [&](const std::vector<SideLine> &lines, const CodeText &text, std::vector<Call> &calls) {
        for (const auto &line : lines) {
            if (line.text.size() > longestScanned || calls.size() > 20'000)
                continue;
            QString code = text.line(text.code, line.line).toString();
            if (input.language == Language::Shell && scriptText.match(code).hasMatch())
                code = text.line(text.bare, line.line).toString();
            if (commands) { // a script in JSON is a string, a step in YAML none
                code = text.line(text.bare, line.line).toString();
                static const QRegularExpression key(QStringLiteral("^\\s*(?:-\\s*)?\"?(?:name|description|title|url|homepage|uses|image|keywords|summary|author|repository)\"?\\s*[:=]"));
                static const QRegularExpression script(QStringLiteral("^\\s*\"[\\w:.-]+\"\\s*:\\s*\"(.*)\"?,?\\s*$"));
                if (key.match(code).hasMatch())
                    continue;
                if (input.path.endsWith(QLatin1String(".json"))) {
                    const auto match = script.match(code);
                    const QString tail = match.captured(1);
                    static const QRegularExpression command(QStringLiteral("^\\s*(?:[\\w./-]+=\\S+\\s+)*(?:sudo\\s+)?(?:curl|wget|nc|ssh|scp|rsync)\\s+\\S|[|;&]\\s*(?:curl|wget|nc|ssh|sh|bash)\\b|\\b(?:ba)?sh\\s+-c\\b|\\bnode\\s+-e\\b|\\$\\((?:curl|wget)"));
                    if (!fileName(input.path).startsWith(QLatin1String("package")) || !command.match(tail).hasMatch())
                        continue;
                    code = tail;
                }
            }
            // Functions that read files read addresses just as well: only the text tells.
            static const QRegularExpression address(QStringLiteral("\\b(?:file_get_contents|fopen|readfile|copy|urlopen|urlretrieve|read_csv|read_json|open|download\\w*|fetch\\w*|simplexml_load_file|openStream)[\\s(]+[fru]?[\"'`](?:https?|ftp|wss?)://"));
            if (!commands && code.contains(QChar(inString))) {
                const auto match = address.match(text.line(text.bare, line.line).toString());
                if (match.hasMatch())
                    calls.push_back({Reach::Network, match.captured(), line.text.simplified(), line.line});
            }
            for (const auto &one : rules) {
                auto it = one.pattern.globalMatch(code);
                for (int i = 0; it.hasNext() && i < 50; ++i) {
                    QString token = it.next().captured().simplified().remove(u' ').remove(QChar(inString));
                    calls.push_back({one.reach, token, line.text.simplified(), line.line});
                }
            }
        }
    };
    collect(input.added, input.codeAfter, file.added);
    collect(input.removed, input.codeBefore, file.removed);
    for (const auto &one : importsOf(input.language)) {
        const bool calls = std::any_of(file.added.begin(), file.added.end(), [&](const Call &call) { return call.reach == one.reach; });
        for (const auto &line : input.added) {
            const auto match = line.text.size() > longestScanned ? QRegularExpressionMatch() : one.pattern.match(input.codeAfter.line(input.codeAfter.bare, line.line).toString());
            if (match.hasMatch() && !calls && !line.text.contains(QLatin1String("import type")) && !one.pattern.match(input.codeBefore.bare).hasMatch())
                file.added.push_back({one.reach, match.captured().simplified(), line.text.simplified(), line.line});
        }
        for (const auto &line : input.removed) {
            const auto match = line.text.size() > longestScanned ? QRegularExpressionMatch() : one.pattern.match(line.text);
            if (match.hasMatch())
                file.removed.push_back({one.reach, match.captured().simplified(), line.text.simplified(), line.line});
        }
    }
    if (!file.added.empty() || !file.removed.empty())
        m_facts->files.push_back(std::move(file));
}

void ReachJudge::conclude(std::vector<Flag> &flags) const
{
    // First what is the same line elsewhere, then the same call in the same file, whose arguments have changed.
    QHash<QString, int> lines;
    QSet<QString> hosts;
    for (const auto &file : m_facts->files) {
        for (const auto &call : file.removed) {
            ++lines[call.text + u'\n' + call.token];
            for (const auto &host : hostsIn(call.text))
                hosts.insert(host);
        }
    }
    std::vector<Flag> found;
    for (const auto &file : m_facts->files) {
        QHash<QString, int> tokens;
        for (const auto &call : file.removed)
            ++tokens[call.token];
        std::vector<const Call *> rest;
        for (const auto &call : file.added) {
            auto &moved = lines[call.text + u'\n' + call.token];
            if (moved > 0) {
                --moved;
                --tokens[call.token];
            } else {
                rest.push_back(&call);
            }
        }
        QSet<QString> said;
        for (const auto *call : rest) {
            const auto names = hostsIn(call->text);
            const bool newHost = std::any_of(names.begin(), names.end(), [&](const QString &host) { return !hosts.contains(host); });
            if (tokens.value(call->token) > 0 && !(newHost && call->reach == Reach::Network)) {
                --tokens[call->token];
                continue;
            }
            const QString key = kindOf(call->reach) + QString::number(call->line);
            if (said.contains(key))
                continue;
            said.insert(key);
            found.push_back({kindOf(call->reach), file.path, call->line, detailOf(call->reach, call->text), {}});
        }
    }
    addBounded(std::move(found), flags);
}

} // namespace coppice::review
