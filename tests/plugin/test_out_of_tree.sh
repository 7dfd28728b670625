#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What an author outside the tree does: install, then run every command of the guide (the blocks
# marked sh), in order, in an empty folder; then see that both plugins were really loaded.
set -eu
build=${1:?build folder} MACTL_SOURCE=${2:?source folder}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MACTL_SOURCE PREFIX=$work/prefix
cmake --install "$build" --prefix "$PREFIX" >"$work/install.log" || { cat "$work/install.log"; exit 1; }

export PATH=$PREFIX/bin:$PATH
PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name mactl.pc)")
export PKG_CONFIG_PATH
unset CMAKE_C_COMPILER_LAUNCHER MACTL_PLUGIN_PATH MACTL_HOME

awk '/^```sh$/ {on=1; next} /^```$/ {on=0} on' "$MACTL_SOURCE/docs/plugin-author.md" >"$work/guide.sh"
grep -q 'find_package\|pkg-config' "$work/guide.sh" || { echo "the guide has no commands"; exit 1; }
mkdir "$work/author"
cd "$work/author"
bash -eux "$work/guide.sh" >"$work/guide.log" 2>&1 || { cat "$work/guide.log"; exit 1; }

check() { "$@" || { echo "failed: $*"; cat "$work/guide.log"; exit 1; }; }
check test "$(mactl plugin inspect ./example/build/list_ma.so -o json | grep -c '"agent"')" = 1
check test "$(mactl plugin inspect ./corp_rules.so -o json | grep -c '"corp.displayName"')" = 1
check grep -q '^list_ma .* agent' "$work/guide.log"
check grep -q '^corp_rules .* rules' "$work/guide.log"

# the header stands alone, and in C++ too
header=$PREFIX/include/mactl/ma.h
check cc -std=gnu17 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -x c "$header"
if command -v c++ >/dev/null; then
  check c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "$header"
fi

# an installed plugin is found by its name alone, also where the installed tree was moved
cmake --install example/build --prefix "$PREFIX" >/dev/null
check test -f "$(pkg-config --variable=plugindir mactl)/list_ma.so"
echo "both plugins built with find_package and with pkg-config, and were loaded"
