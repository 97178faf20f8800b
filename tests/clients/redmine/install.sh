#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's Redmine with SQLite, as root. Newer bundlers count a gem as missing whose folder does not exist, and Debian keeps
# some gems' files elsewhere: with those folders made, the package configures itself.
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends redmine redmine-sqlite ruby-webrick && exit 0
for gems in /usr/share/rubygems-integration/all /usr/share/rubygems-integration/*.*.* /usr/lib/*/rubygems-integration/*; do
    for spec in "$gems"/specifications/*.gemspec; do
        [ -e "$spec" ] && mkdir -p "$gems/gems/$(basename "$spec" .gemspec)"
    done
done
dpkg --configure -a
