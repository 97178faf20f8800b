// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/package_sources.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

namespace coppice::workspace {

namespace {

QByteArray readSmall(const QString &path)
{
    QFile file(path);
    return QFileInfo(file).isFile() && file.open(QIODevice::ReadOnly) ? file.read(256 * 1024) : QByteArray();
}

/// key = value lines of an ini-like file; sections are ignored. Later lines win.
QMap<QString, QString> readKeys(const QString &path)
{
    QMap<QString, QString> keys;
    for (const auto &raw : readSmall(path).split('\n')) {
        const QString line = QString::fromUtf8(raw).trimmed();
        const auto at = line.indexOf(u'=');
        if (at <= 0 || line.startsWith(u'#') || line.startsWith(u';'))
            continue;
        QString value = line.mid(at + 1).trimmed();
        if (value.size() >= 2 && value.startsWith(u'"') && value.endsWith(u'"'))
            value = value.mid(1, value.size() - 2);
        static const QRegularExpression variable(QStringLiteral("\\$\\{([A-Za-z_][A-Za-z0-9_]*)\\}"));
        for (auto match = variable.match(value); match.hasMatch(); match = variable.match(value))
            value.replace(match.capturedStart(), match.capturedLength(), qEnvironmentVariable(match.captured(1).toUtf8().constData()).remove(u'$'));
        keys[line.left(at).trimmed()] = value;
    }
    return keys;
}

class Collector
{
public:
    explicit Collector(QString home) : m_home(std::move(home)) { }

    PackageSources collect()
    {
        npm();
        pip();
        go();
        certificates();
        return std::move(m_sources);
    }

private:
    /// Notes the host and answers the address without credentials; empty when it is no http address.
    QString clean(const QString &text)
    {
        QUrl url(text.trimmed());
        if (!url.isValid() || (url.scheme() != u"http" && url.scheme() != u"https") || url.host().isEmpty())
            return {};
        url.setUserInfo({});
        const QString entry = hostWithPort(url);
        if (!m_sources.hosts.contains(entry))
            m_sources.hosts << entry;
        return url.toString();
    }

    void npm()
    {
        QMap<QString, QString> keys;
        for (const QString &file : {QStringLiteral("/usr/local/etc/npmrc"), QStringLiteral("/usr/etc/npmrc"), QStringLiteral("/etc/npmrc"),
                                    qEnvironmentVariable("npm_config_userconfig", m_home + QStringLiteral("/.npmrc"))})
            keys.insert(readKeys(file));
        for (const char *name : {"npm_config_registry", "NPM_CONFIG_REGISTRY"}) {
            if (qEnvironmentVariableIsSet(name))
                keys[QStringLiteral("registry")] = qEnvironmentVariable(name);
        }
        QByteArray file = "fund=false\naudit=false\nupdate-notifier=false\n";
        for (auto it = keys.cbegin(); it != keys.cend(); ++it) {
            if (it.key() != u"registry" && !it.key().endsWith(u":registry"))
                continue;
            const QString registry = clean(*it);
            if (!registry.isEmpty())
                file += it.key().toUtf8() + '=' + registry.toUtf8() + '\n';
        }
        for (const char *name : {"strict-ssl", "legacy-peer-deps", "omit-lockfile-registry-resolved", "replace-registry-host"}) {
            const QString value = keys.value(QLatin1String(name));
            if (value == u"true" || value == u"false" || value == u"never" || value == u"always" || value == u"npmjs")
                file += QByteArray(name) + '=' + value.toUtf8() + '\n';
        }
        m_sources.homeFiles[QStringLiteral(".npmrc")] = file;
        for (const char *name : {"https-proxy", "proxy"}) {
            const QUrl url(keys.value(QLatin1String(name)));
            if (m_sources.proxy.isEmpty() && url.scheme() == u"http" && !url.host().isEmpty())
                m_sources.proxy = url.toString();
        }
    }

    void pip()
    {
        QMap<QString, QString> keys;
        for (const QString &file : {QStringLiteral("/etc/pip.conf"), QString(m_home + QStringLiteral("/.pip/pip.conf")),
                                    QString(m_home + QStringLiteral("/.config/pip/pip.conf")), qEnvironmentVariable("PIP_CONFIG_FILE")})
            keys.insert(readKeys(file));
        const QString index = clean(qEnvironmentVariable("PIP_INDEX_URL", keys.value(QStringLiteral("index-url"))));
        if (!index.isEmpty())
            m_sources.env[QStringLiteral("PIP_INDEX_URL")] = m_sources.env[QStringLiteral("UV_DEFAULT_INDEX")] = index;
        QStringList extra;
        for (const auto &one : qEnvironmentVariable("PIP_EXTRA_INDEX_URL", keys.value(QStringLiteral("extra-index-url"))).split(u' ', Qt::SkipEmptyParts))
            extra << clean(one);
        extra.removeAll(QString());
        if (!extra.isEmpty())
            m_sources.env[QStringLiteral("PIP_EXTRA_INDEX_URL")] = extra.join(u' ');
        const QString trusted = qEnvironmentVariable("PIP_TRUSTED_HOST", keys.value(QStringLiteral("trusted-host")));
        if (!trusted.isEmpty())
            m_sources.env[QStringLiteral("PIP_TRUSTED_HOST")] = trusted;
    }

    void go()
    {
        const auto keys = readKeys(m_home + QStringLiteral("/.config/go/env"));
        QStringList kept;
        const QString proxies = qEnvironmentVariable("GOPROXY", keys.value(QStringLiteral("GOPROXY")));
        for (const auto &entry : proxies.split(QRegularExpression(QStringLiteral("[,|]")), Qt::SkipEmptyParts)) {
            const QString url = clean(entry);
            if (!url.isEmpty())
                kept << url;
        }
        if (!kept.isEmpty())
            m_sources.env[QStringLiteral("GOPROXY")] = kept.join(u',');
        for (const char *name : {"GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOSUMCHECK"}) {
            const QString value = qEnvironmentVariable(name, keys.value(QLatin1String(name)));
            if (!value.isEmpty())
                m_sources.env[QLatin1String(name)] = value;
        }
    }

    /// Bundles of certificates lie where the sandbox shows them, or are not used.
    void certificates()
    {
        for (const char *name : {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO"}) {
            const QString path = QFileInfo(qEnvironmentVariable(name)).canonicalFilePath();
            if (path.startsWith(u"/etc/ssl/") || path.startsWith(u"/etc/pki/") || path.startsWith(u"/usr/"))
                m_sources.env[QLatin1String(name)] = path;
        }
    }

    QString m_home;
    PackageSources m_sources;
};

} // namespace

QString hostWithPort(const QUrl &url)
{
    const QString host = url.host(QUrl::FullyEncoded);
    return host.isEmpty() ? host
                          : QStringLiteral("%1:%2").arg(host.contains(u':') ? QString(u'[' + host + u']') : host)
                                .arg(url.port(url.scheme() == u"https" ? 443 : 80));
}

PackageSources hostPackageSources(const QString &home)
{
    return Collector(home).collect();
}

} // namespace coppice::workspace
