#!/bin/sh
# Puts the plugin in the current folder into a folder that serves it:
#   <target>/releases/<version>-<n>/  the files of one release, never changed afterwards
#   <target>/current                  a link to the release that is served
# usage: deploy.sh TARGET VERSION
# A release appears whole or not at all; the link moves in one step, so that a reader sees the old or the new one.
set -eu

target=${1:?name the folder to deploy to}
version=${2:?name the version}

mkdir -p "$target/releases"
n=1
while [ -e "$target/releases/$version-$n" ]; do n=$((n + 1)); done
part="$target/releases/.$version-$n.part"
rm -rf "$part"
mkdir "$part"
tar -cf - --exclude=./.git . | tar -C "$part" -xf -
mv "$part" "$target/releases/$version-$n"
ln -sfn "releases/$version-$n" "$target/.current.new"
mv -T "$target/.current.new" "$target/current"
echo "deployed $version as $version-$n"
