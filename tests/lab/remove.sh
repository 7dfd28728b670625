#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# remove.sh FOLDER - stops the labs that lie in it and removes it with all that it holds: of a test that is gone.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
[ -d "$1" ] && [ -O "$1" ] || exit 0
# One that can't be stopped keeps neither the others nor the folder; and what ends may still write while we remove.
# Whoever is starting one holds its mark, and is let come to an end.
find "$1" -maxdepth 2 -name .lab -type f | while read -r mark; do (flock -w 300 "$mark" true; halt "${mark%/*}/pid"); done
for _ in $(seq 200); do
  chmod -R u+w "$1" 2>/dev/null
  rm -rf "$1" 2>/dev/null && exit 0
  sleep 0.05
done
rm -rf "$1"
