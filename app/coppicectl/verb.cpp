// SPDX-License-Identifier: GPL-3.0-or-later
#include "verb.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace coppice::ctl {

Option *Option::required(bool is)
{
    m_option->required(is);
    return this;
}

Option *Option::needs(Option *other)
{
    m_option->needs(other->m_option);
    return this;
}

Option *Option::excludes(Option *other)
{
    m_option->excludes(other->m_option);
    return this;
}

Option *Option::excludes(const std::string &name)
{
    m_option->excludes(name);
    return this;
}

Option *Option::between(qint64 least, qint64 most)
{
    m_option->check(CLI::Range(least, most));
    return this;
}

Option *Option::among(const std::vector<std::string> &words)
{
    m_option->check(CLI::IsMember(words));
    return this;
}

Option *Option::byDefault(const std::string &value)
{
    m_option->default_val(value);
    return this;
}

Option *Option::oneEach()
{
    m_option->allow_extra_args(false);
    return this;
}

Verb::Verb(CLI::App *app) : m_app(app) { }
Verb::~Verb() = default;

Verb *Verb::addSubcommand(const std::string &name, const std::string &description)
{
    m_below.push_back(std::make_unique<Verb>(m_app->add_subcommand(name, description)));
    return m_below.back().get();
}

Verb *Verb::subcommand(const std::string &name) const
{
    const auto found = std::ranges::find_if(m_below, [&](const auto &verb) { return verb->m_app->get_name() == name; });
    return found == m_below.end() ? nullptr : found->get();
}

Verb *Verb::requireSubcommand()
{
    m_app->require_subcommand(1);
    return this;
}

Option *Verb::keep(CLI::Option *option)
{
    m_options.push_back(std::make_unique<Option>(option));
    return m_options.back().get();
}

Option *Verb::addOption(const std::string &name, std::string &target, const std::string &description)
{
    return keep(m_app->add_option(name, target, description));
}

Option *Verb::addOption(const std::string &name, std::vector<std::string> &target, const std::string &description)
{
    return keep(m_app->add_option(name, target, description));
}

Option *Verb::addOption(const std::string &name, int &target, const std::string &description)
{
    return keep(m_app->add_option(name, target, description));
}

Option *Verb::addOption(const std::string &name, std::optional<int> &target, const std::string &description)
{
    return keep(m_app->add_option(name, target, description));
}

Option *Verb::addOption(const std::string &name, qint64 &target, const std::string &description)
{
    return keep(m_app->add_option(name, target, description));
}

Option *Verb::addOption(const std::string &name, double &target, const std::string &description)
{
    return keep(m_app->add_option(name, target, description));
}

Option *Verb::addFlag(const std::string &name, bool &target, const std::string &description)
{
    return keep(m_app->add_flag(name, target, description));
}

Option *Verb::addFlag(const std::string &name, const std::string &description)
{
    return keep(m_app->add_flag(name, description));
}

void Verb::callback(std::function<void()> carryOut)
{
    m_app->callback(std::move(carryOut));
}

} // namespace coppice::ctl
