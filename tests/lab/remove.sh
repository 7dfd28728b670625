#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# remove.sh FOLDER - stops the labs that lie in it and removes it with all that it holds: of a test that is gone.
set -eu
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
[ -d "$1" ] && [ -O "$1" ] || exit 0
find "$1" -maxdepth 2 -name .lab -type f | while read -r mark; do halt "${mark%/*}/pid"; done
chmod -R u+w "$1"
rm -rf "$1"
