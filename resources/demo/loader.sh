#!/bin/sh
# Plays production: serves the requests beside this file with the release that is deployed in `current`, and appends
# what the plugin logs to plugin.log.  usage: loader.sh
here=$(cd "$(dirname "$0")" && pwd)
. "$here/start.env"
cd "$here/current" && exec sh -c "$START" < "$here/requests.txt" >> "$here/answers.log" 2>> "$here/plugin.log"
