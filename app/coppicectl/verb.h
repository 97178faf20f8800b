// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}

namespace coppice::ctl {

/// An option or a positional argument of a verb. Each call answers the option itself. Its verb owns it.
class Option
{
public:
    explicit Option(CLI::Option *option) : m_option(option) { }
    Option *required(bool is = true);
    Option *needs(Option *other);
    Option *excludes(Option *other);
    Option *excludes(const std::string &name); ///< of an option that is there already
    Option *between(qint64 least, qint64 most);
    Option *among(const std::vector<std::string> &words);
    Option *byDefault(const std::string &value);
    Option *oneEach(); ///< of a list: each mention of the option takes one word

private:
    CLI::Option *m_option;
};

/// A command or subcommand of the terminal: a thin face of CLI11, which every file that includes it pays for with three
/// seconds of compiling. Targets must outlive the reading of the command line.
class Verb
{
public:
    explicit Verb(CLI::App *app);
    ~Verb();
    Q_DISABLE_COPY_MOVE(Verb)

    Verb *addSubcommand(const std::string &name, const std::string &description);
    /// The subcommand of this name; null when there is none yet.
    [[nodiscard]] Verb *subcommand(const std::string &name) const;
    Verb *requireSubcommand();
    /// "--name" is an option, "name" a positional argument, "name,--name" both. Options that are not given leave the target as it is.
    Option *addOption(const std::string &name, std::string &target, const std::string &description = {});
    Option *addOption(const std::string &name, std::vector<std::string> &target, const std::string &description = {});
    Option *addOption(const std::string &name, int &target, const std::string &description = {});
    Option *addOption(const std::string &name, std::optional<int> &target, const std::string &description = {});
    Option *addOption(const std::string &name, qint64 &target, const std::string &description = {});
    Option *addOption(const std::string &name, double &target, const std::string &description = {});
    Option *addFlag(const std::string &name, bool &target, const std::string &description = {});
    Option *addFlag(const std::string &name, const std::string &description); ///< that says what is so without it
    void callback(std::function<void()> carryOut);

private:
    Option *keep(CLI::Option *option);
    CLI::App *m_app;
    std::vector<std::unique_ptr<Verb>> m_below;
    std::vector<std::unique_ptr<Option>> m_options;
};

} // namespace coppice::ctl
