// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/toml_file.h"

#include <stdexcept>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

void refuseToml()
{
    throw std::runtime_error("a key, value or table begins with a character that cannot stand there");
}

std::optional<TomlFile> TomlFile::read(Builder &builder, const QString &path)
{
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return std::nullopt;
    try {
        return TomlFile{path, toml::parse(std::string_view(bytes->constData(), size_t(bytes->size())))};
    } catch (const toml::parse_error &error) {
        builder.finding(Finding::Severity::Error, u"manifest.broken"_s,
                        u"The file is not TOML: %1"_s.arg(QString::fromUtf8(error.description())),
                        u"%1:%2"_s.arg(path).arg(error.source().begin.line));
    } catch (const std::exception &error) {
        builder.finding(Finding::Severity::Error, u"manifest.broken"_s,
                        u"The file could not be read as TOML: %1"_s.arg(QString::fromUtf8(error.what())), path);
    }
    return std::nullopt;
}

const toml::node *tomlAt(const toml::table &table, std::initializer_list<const char *> keys)
{
    const toml::node *at = &table;
    for (const char *key : keys) {
        const auto *inner = at->as_table();
        at = inner ? inner->get(key) : nullptr;
        if (!at)
            return nullptr;
    }
    return at;
}

QString tomlText(const toml::node *node)
{
    const auto *text = node ? node->as_string() : nullptr;
    return text ? QString::fromStdString(text->get()) : QString();
}

QString tomlKey(const toml::key &key)
{
    return QString::fromUtf8(key.str().data(), qsizetype(key.str().size()));
}

} // namespace coppice::manifest
