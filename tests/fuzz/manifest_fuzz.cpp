// SPDX-License-Identifier: GPL-3.0-or-later
// The first byte chooses a file name, the rest is that file's content.
#include <manifest/locks.h>
#include <manifest/manifest.h>
#include <manifest/spdx.h>

#include <cstdlib>

using namespace coppice;

namespace {

constexpr const char *names[] = {
    "server.json", "manifest.json", "package.json", "package-lock.json", "pyproject.toml", "setup.cfg", "requirements.txt",
    "uv.lock",     "go.mod",        "Cargo.toml",   "Cargo.lock",        "pom.xml",        "smithery.yaml", ".env.example",
    ".mcp.json",   "Makefile",      "tool",         "tests/a.test.mjs", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
    "poetry.lock", "Pipfile.lock",  "go.work",      "pnpm-workspace.yaml", "bun.lock",     "gradle.lockfile",
    "pdm.lock",    "pylock.toml",   "LICENSE",
};

class OneFile final : public manifest::FileSource
{
public:
    OneFile(QString path, QByteArray bytes) : m_path(std::move(path)), m_bytes(std::move(bytes)) { }
    QStringList list(const QString &folder) const override
    {
        const qsizetype slash = m_path.indexOf(u'/');
        if (folder.isEmpty())
            return {slash < 0 ? m_path : m_path.left(slash + 1), QStringLiteral("package.json"), QStringLiteral("Cargo.toml")};
        return slash > 0 && folder == m_path.left(slash) ? QStringList{m_path.mid(slash + 1)} : QStringList();
    }
    std::optional<QByteArray> read(const QString &path) const override
    {
        if (path == m_path)
            return m_bytes;
        if (path == QLatin1String("package.json")) // what makes the lock files count
            return QByteArray(R"({"name":"x","version":"1.0.0"})");
        if (path == QLatin1String("Cargo.toml"))
            return QByteArray("[package]\nname='x'\nversion='1.0.0'\n");
        return std::nullopt;
    }

private:
    QString m_path;
    QByteArray m_bytes;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    const OneFile files(QString::fromLatin1(names[data[0] % std::size(names)]),
                        QByteArray(reinterpret_cast<const char *>(data) + 1, qsizetype(size - 1)));
    const auto manifest = manifest::readManifest(files);
    // What is read is bounded, and survives being stored.
    if (manifest.environment.size() > 500 || manifest.findings.size() > 200 || manifest.name.value.size() > 400)
        std::abort();
    const auto json = manifest::toJson(manifest);
    if (manifest::toJson(manifest::fromJson(json)) != json)
        std::abort();
    const auto locks = manifest::readLocks(files);
    if (locks.packages.size() > 50'000 || locks.findings.size() > 101)
        std::abort();
    // What is spelled as the SPDX list has it stays as it is.
    for (const QString &text : {manifest.license.value, QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size))}) {
        const auto licence = manifest::spdxLicense(text);
        const auto again = manifest::spdxLicense(licence.id + licence.expression);
        if (again.id != licence.id || again.expression != licence.expression)
            std::abort();
    }
    return 0;
}
